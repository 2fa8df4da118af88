import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { brokerWent } from "../../../src/controller/broker-membership.ts";
import type { ResponseOf } from "../../../src/protocol/api-messages.ts";
import { BrokerScene } from "../../builders/broker-scene.ts";

interface Paging {
  readonly limit?: number;
  readonly cursor?: readonly [topicName: string, partitionIndex: number];
}

function ask(scene: BrokerScene, names: readonly string[], { limit = 2000, cursor }: Paging = {}): ResponseOf<75> {
  return scene.ask(75, 0, {
    topics: names.map((name) => ({ name })),
    responsePartitionLimit: limit,
    cursor: cursor === undefined ? null : { topicName: cursor[0], partitionIndex: cursor[1] },
  });
}

/** `a:0,1` for each topic, and where to go on. */
function shown({ topics, nextCursor }: ResponseOf<75>): string {
  const pages = topics.map(({ name, errorCode, partitions }) => {
    const indexes = partitions.map(({ partitionIndex }) => partitionIndex).join(",");
    return errorCode === 0 ? `${name}:${indexes}` : `${name}!${errorCode}`;
  });
  return `${pages.join(" ")}${nextCursor === null ? "" : ` > ${nextCursor.topicName}:${nextCursor.partitionIndex}`}`;
}

/** Topics "a" with two partitions and "b" with three. */
function twoTopics(): BrokerScene {
  const scene = new BrokerScene();
  scene.createTopic("b", { partitionCount: 3 });
  scene.createTopic("a", { partitionCount: 2 });
  return scene;
}

describe("DescribeTopicPartitions", () => {
  it("tells topics by name and partitions by index, each topic once", () => {
    const scene = twoTopics();
    assert.equal(shown(ask(scene, ["b", "a", "b"])), "a:0,1 b:0,1,2");
    assert.equal(shown(ask(scene, [])), "a:0,1 b:0,1,2");
  });

  it("cuts pages at the wanted size, which is at least one partition", () => {
    const scene = twoTopics();
    const pages = [-1, 0, 1, 2, 3, 5, 100].map((limit) => shown(ask(scene, [], { limit })));
    assert.deepEqual(pages, [
      "a:0 > a:1",
      "a:0 > a:1",
      "a:0 > a:1",
      "a:0,1 > b:0",
      "a:0,1 b:0 > b:1",
      "a:0,1 b:0,1,2",
      "a:0,1 b:0,1,2",
    ]);
  });

  it("cuts them at what the broker allows", () => {
    const scene = new BrokerScene({ configs: { "max.request.partition.size.limit": "2" } });
    scene.createTopic("a", { partitionCount: 3 });
    assert.equal(shown(ask(scene, [])), "a:0,1 > a:2");
  });

  it("goes on where a cursor stands, page by page to the end", () => {
    const scene = twoTopics();
    assert.equal(shown(ask(scene, ["a", "b"], { limit: 2, cursor: ["a", 1] })), "a:1 b:0 > b:1");
    assert.equal(shown(ask(scene, ["a", "b"], { cursor: ["b", 9] })), "b:");
    assert.equal(shown(ask(scene, [], { cursor: ["aa", 1] })), "b:0,1,2");
  });

  it("refuses a cursor at a topic that wasn't asked for, or before the first partition", () => {
    const scene = twoTopics();
    assert.equal(shown(ask(scene, ["b", "a"], { cursor: ["other", 0] })), "b!42 a!42");
    assert.equal(shown(ask(scene, ["a", "b"], { cursor: ["b", -1] })), "a!42 b!42");
  });

  it("says which topics are not there or can't be", () => {
    const answer = ask(twoTopics(), ["a", "none", "a b"]);
    assert.equal(shown(answer), "a:0,1 a b!17 none!3");
    assert.deepEqual(
      answer.topics.map(({ topicAuthorizedOperations }) => topicAuthorizedOperations),
      [3576, 3576, 3576],
    );
  });

  it("tells a partition without a leader as such, without an error", () => {
    const scene = new BrokerScene({ brokerCount: 2 });
    scene.createTopic("t", { partitionCount: 2 });
    scene.change((metadata) => brokerWent(metadata, 2));
    const partitions = ask(scene, ["t"]).topics[0]?.partitions ?? [];
    const orphan = partitions.find(({ replicaNodes }) => replicaNodes[0] === 2);
    assert.deepEqual(
      [orphan?.errorCode, orphan?.leaderId, orphan?.leaderEpoch, orphan?.offlineReplicas],
      [0, -1, 1, [2]],
    );
    const healthy = partitions.find(({ replicaNodes }) => replicaNodes[0] === 1);
    assert.deepEqual(
      [healthy?.leaderId, healthy?.leaderEpoch, healthy?.isrNodes, healthy?.offlineReplicas],
      [1, 0, [1], []],
    );
  });
});
