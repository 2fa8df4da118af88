import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { zeroUuid } from "../../../src/base/uuid.ts";
import type { RequestDraftOf } from "../../../src/protocol/api-messages.ts";
import { BrokerScene } from "../../builders/broker-scene.ts";

type Asked = RequestDraftOf<19>["topics"][number];

function topic(name: string, overrides: Partial<Asked> = {}): Asked {
  return { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [], ...overrides };
}

function ask(scene: BrokerScene, version: number, topics: readonly Asked[], more: Partial<RequestDraftOf<19>> = {}) {
  return scene.ask(19, version, { topics, timeoutMs: 5000, validateOnly: false, ...more }).topics;
}

function verdicts(answers: readonly { readonly name: string; readonly errorCode: number }[]): readonly string[] {
  return answers.map(({ name, errorCode }) => `${name} ${errorCode}`);
}

describe("CreateTopics", () => {
  it("creates a topic that every broker knows when the answer comes, in every version", () => {
    const scene = new BrokerScene({ brokerCount: 3 });
    for (let version = 2; version <= 7; version++) {
      const [made] = ask(scene, version, [topic(`t${version}`, { numPartitions: 3 })]);
      assert.equal(made?.errorCode, 0);
      assert.equal(made.errorMessage, null);
      const known = scene.broker(3).metadata.topics.get(`t${version}`);
      assert.equal(known?.partitions.length, 3);
      assert.equal(made.topicId, version >= 7 ? known.topicId : zeroUuid);
      assert.equal(made.numPartitions, version >= 5 ? 3 : -1);
    }
  });

  it("tells every configuration of the new topic with its source, what was asked for as it was asked for", () => {
    const scene = new BrokerScene({ configs: { "log.segment.bytes": "2000000" } });
    const [made] = ask(scene, 7, [topic("t", { configs: [{ name: "retention.ms", value: " 77 " }] })]);
    const configs = made?.configs ?? [];
    const names = configs.map(({ name }) => name);
    assert.equal(names.length, 33);
    assert.deepEqual(names, [...names].sort());
    const shown = (wanted: string): unknown => {
      const { value, configSource } = configs.find(({ name }) => name === wanted) ?? {};
      return [value, configSource];
    };
    assert.deepEqual(shown("retention.ms"), [" 77 ", 1]);
    assert.deepEqual(shown("min.insync.replicas"), ["1", 3]);
    assert.deepEqual(shown("segment.bytes"), ["2000000", 4]);
    assert.deepEqual(shown("segment.ms"), ["604800000", 5]);
  });

  it("creates nothing for a client that doesn't want to wait", () => {
    const scene = new BrokerScene();
    for (const timeoutMs of [0, -1]) {
      const [refused] = ask(scene, 7, [topic("t")], { timeoutMs });
      assert.deepEqual([refused?.errorCode, refused?.errorMessage, refused?.numPartitions], [7, null, -1]);
      assert.deepEqual(refused?.configs, []);
    }
    assert.equal(scene.store.metadata.topics.size, 0);
  });

  it("refuses a name that comes twice, once, and creates the others", () => {
    const scene = new BrokerScene();
    const answers = ask(scene, 7, [topic("t"), topic("u"), topic("t", { numPartitions: 3 })]);
    assert.deepEqual(verdicts(answers), ["u 0", "t 42"]);
    assert.equal(answers[1]?.errorMessage, "Duplicate topic name.");
    assert.deepEqual([...scene.store.metadata.topics.keys()], ["u"]);
  });

  it("lets nobody create the cluster's own metadata", () => {
    const [refused] = ask(new BrokerScene(), 7, [topic("__cluster_metadata")]);
    assert.deepEqual(
      [refused?.errorCode, refused?.errorMessage],
      [42, "Creation of internal topic __cluster_metadata is prohibited."],
    );
  });

  it("answers each topic of a request for itself, and errors without counts and configurations", () => {
    const scene = new BrokerScene();
    const answers = ask(scene, 7, [
      topic("good"),
      topic("bad name"),
      topic("none", { numPartitions: 0 }),
      topic("many", { replicationFactor: 2 }),
      topic("config", { configs: [{ name: "no.such", value: "1" }] }),
    ]);
    assert.deepEqual(verdicts(answers), ["good 0", "bad name 17", "none 37", "many 38", "config 40"]);
    for (const { numPartitions, replicationFactor, configs, topicId } of answers.slice(1)) {
      assert.deepEqual([numPartitions, replicationFactor, configs, topicId], [-1, -1, [], zeroUuid]);
    }
  });

  it("only validates where no more is asked, and makes up an id", () => {
    const scene = new BrokerScene();
    const [made] = ask(scene, 7, [topic("t")], { validateOnly: true });
    assert.equal(made?.errorCode, 0);
    assert.notEqual(made.topicId, zeroUuid);
    assert.equal(scene.store.metadata.topics.size, 0);
  });

  it("answers a request for nothing with nothing", () => {
    assert.deepEqual(ask(new BrokerScene(), 7, []), []);
  });
});
