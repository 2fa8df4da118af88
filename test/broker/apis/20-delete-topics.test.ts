import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { zeroUuid } from "../../../src/base/uuid.ts";
import { BrokerScene } from "../../builders/broker-scene.ts";

const unknownId = "P86Pnt-UaU4-HUfIByaKrQ";

function byName(scene: BrokerScene, version: number, names: readonly string[], timeoutMs = 5000) {
  return scene.ask(20, version, { topics: [], topicNames: names, timeoutMs }).responses;
}

function byState(scene: BrokerScene, topics: readonly (readonly [name: string | null, topicId: string])[]) {
  const asked = topics.map(([name, topicId]) => ({ name, topicId }));
  return scene.ask(20, 6, { topics: asked, topicNames: [], timeoutMs: 5000 }).responses;
}

function shown(answers: ReturnType<typeof byName>): readonly string[] {
  return answers.map(({ name, errorCode, errorMessage }) => `${name} ${errorCode} ${errorMessage}`);
}

describe("DeleteTopics", () => {
  it("deletes by name in every version, for every broker", () => {
    const scene = new BrokerScene({ brokerCount: 2 });
    for (let version = 1; version <= 5; version++) {
      scene.createTopic("t");
      assert.deepEqual(shown(byName(scene, version, ["t"])), ["t 0 null"]);
      assert.equal(scene.broker(2).metadata.topics.has("t"), false);
    }
    const topicId = scene.createTopic("t");
    const [gone] = byState(scene, [["t", zeroUuid]]);
    assert.deepEqual([gone?.name, gone?.errorCode, gone?.topicId], ["t", 0, topicId]);
  });

  it("deletes by id", () => {
    const scene = new BrokerScene();
    const topicId = scene.createTopic("t");
    assert.deepEqual(shown(byState(scene, [[null, topicId]])), ["t 0 null"]);
    assert.deepEqual(shown(byState(scene, [[null, topicId]])), ["null 100 This server does not host this topic ID."]);
  });

  it("knows neither names nor ids that are not there", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    assert.deepEqual(shown(byName(scene, 5, ["none", "bad name!", "t"])), [
      "none 3 This server does not host this topic-partition.",
      "bad name! 3 This server does not host this topic-partition.",
      "t 0 null",
    ]);
    assert.deepEqual(shown(byState(scene, [[null, unknownId]])), ["null 100 This server does not host this topic ID."]);
  });

  it("refuses what names a topic in no way, in two ways, or twice, and deletes none of these", () => {
    const scene = new BrokerScene();
    const topicId = scene.createTopic("t");
    assert.deepEqual(shown(byState(scene, [[null, zeroUuid]])), ["null 42 Neither topic name nor id were specified."]);
    assert.deepEqual(shown(byState(scene, [["t", topicId]])), [
      "t 42 You may not specify both topic name and topic id.",
    ]);
    assert.deepEqual(
      shown(
        byState(scene, [
          ["t", zeroUuid],
          ["t", zeroUuid],
        ]),
      ),
      ["t 42 Duplicate topic name."],
    );
    assert.deepEqual(
      shown(
        byState(scene, [
          [null, topicId],
          [null, topicId],
        ]),
      ),
      ["null 42 Duplicate topic id."],
    );
    assert.deepEqual(
      shown(
        byState(scene, [
          ["t", zeroUuid],
          [null, topicId],
        ]),
      ),
      ["t 42 The provided topic name maps to an ID that was already supplied."],
    );
    assert.equal(scene.store.metadata.topics.has("t"), true);
  });

  it("deletes nothing for a client that doesn't want to wait", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    assert.deepEqual(shown(byName(scene, 5, ["t", "none"], 0)), ["t 7 null", "none 7 null"]);
    assert.equal(scene.store.metadata.topics.has("t"), true);
  });

  it("deletes nothing where that is switched off", () => {
    const scene = new BrokerScene({ configs: { "delete.topic.enable": "false" } });
    scene.createTopic("t");
    const codes = [1, 3, 5].map((version) => byName(scene, version, ["t"])[0]?.errorCode);
    assert.deepEqual(codes, [42, 73, 73]);
    assert.equal(scene.store.metadata.topics.has("t"), true);
  });
});
