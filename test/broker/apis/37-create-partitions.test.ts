import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { RequestDraftOf } from "../../../src/protocol/api-messages.ts";
import { BrokerScene } from "../../builders/broker-scene.ts";

type Asked = RequestDraftOf<37>["topics"][number];

function ask(
  scene: BrokerScene,
  topics: readonly Asked[],
  more: Partial<RequestDraftOf<37>> = {},
  version = 3,
): readonly string[] {
  const { results } = scene.ask(37, version, { topics, timeoutMs: 5000, validateOnly: false, ...more });
  return results.map(({ name, errorCode, errorMessage }) => `${name} ${errorCode} ${errorMessage}`);
}

function grow(name: string, count: number, assigned: readonly (readonly number[])[] | null = null): Asked {
  return { name, count, assignments: assigned?.map((brokerIds) => ({ brokerIds })) ?? null };
}

function countOf(scene: BrokerScene, name: string): number | undefined {
  return scene.broker().metadata.topics.get(name)?.partitions.length;
}

describe("CreatePartitions", () => {
  it("adds partitions that can be written to, in every version", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    for (let version = 0; version <= 3; version++) {
      assert.deepEqual(ask(scene, [grow("t", version + 2)], {}, version), ["t 0 null"]);
      assert.equal(countOf(scene, "t"), version + 2);
    }
    assert.notEqual(scene.broker().partitions.find("t", 4), undefined);
  });

  it("puts them where a person says", () => {
    const scene = new BrokerScene({ brokerCount: 3 });
    scene.createTopic("t");
    assert.deepEqual(ask(scene, [grow("t", 3, [[3], [2]])]), ["t 0 null"]);
    const leaders = scene
      .broker()
      .metadata.topics.get("t")
      ?.partitions.slice(1)
      .map(({ leaderId }) => leaderId);
    assert.deepEqual(leaders, [3, 2]);
  });

  it("answers each topic for itself, unknown ones without a word as Kafka does", () => {
    const scene = new BrokerScene();
    scene.createTopic("t", { partitionCount: 2 });
    scene.createTopic("u");
    assert.deepEqual(ask(scene, [grow("none", 3), grow("t", 2), grow("u", 3, [])]), [
      "none 3 null",
      "t 37 Topic already has 2 partition(s).",
      "u 39 Attempted to add 2 additional partition(s), but only 0 assignment(s) were specified.",
    ]);
  });

  it("refuses a topic that comes twice and grows the others", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    scene.createTopic("u");
    assert.deepEqual(ask(scene, [grow("t", 2), grow("u", 2), grow("t", 3)]), [
      "t 42 Duplicate topic name.",
      "u 0 null",
    ]);
    assert.deepEqual([countOf(scene, "t"), countOf(scene, "u")], [1, 2]);
  });

  it("adds nothing for a client that doesn't want to wait, or only validates", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    assert.deepEqual(ask(scene, [grow("t", 2)], { timeoutMs: 0 }), ["t 7 null"]);
    assert.deepEqual(ask(scene, [grow("t", 2)], { validateOnly: true }), ["t 0 null"]);
    assert.equal(countOf(scene, "t"), 1);
  });
});
