import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ResponseOf } from "../../../src/protocol/api-messages.ts";
import { BrokerScene } from "../../builders/broker-scene.ts";

type Asked = readonly [resourceType: number, resourceName: string, keys?: readonly string[] | null];
type Answer = ResponseOf<32>["results"][number];
const topicType = 2;
const brokerType = 4;

function ask(scene: BrokerScene, asked: readonly Asked[], version = 4, documented = false): readonly Answer[] {
  const resources = asked.map(([resourceType, resourceName, configurationKeys = null]) => ({
    resourceType,
    resourceName,
    configurationKeys,
  }));
  return scene.ask(32, version, { resources, includeSynonyms: true, includeDocumentation: documented }).results;
}

function refusals(answers: readonly Answer[]): readonly string[] {
  return answers.map(({ errorCode, errorMessage, configs }) => `${errorCode} ${errorMessage} ${configs.length}`);
}

describe("DescribeConfigs", () => {
  it("tells everything of a topic, with types and sources", () => {
    const scene = new BrokerScene();
    scene.createTopic("t", { configs: { "retention.ms": "5", "cleanup.policy": " compact , delete " } });
    const [answer] = ask(scene, [[topicType, "t"]]);
    assert.deepEqual([answer?.errorCode, answer?.errorMessage, answer?.configs.length], [0, "", 33]);
    const find = (wanted: string) => answer?.configs.find(({ name }) => name === wanted);
    assert.deepEqual(find("retention.ms"), {
      name: "retention.ms",
      value: "5",
      readOnly: false,
      configSource: 1,
      isSensitive: false,
      synonyms: [{ name: "retention.ms", value: "5", source: 1 }],
      configType: 5,
      documentation: null,
    });
    assert.deepEqual([find("cleanup.policy")?.value, find("cleanup.policy")?.configType], ["compact,delete", 7]);
    assert.deepEqual([find("preallocate")?.configType, find("min.cleanable.dirty.ratio")?.configType], [1, 6]);
  });

  it("leaves out names that it doesn't know, and takes no names for all names", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    const counts = [["segment.ms", "no.such"], ["no.such"], [], null].map(
      (keys) => ask(scene, [[topicType, "t", keys]])[0]?.configs.length,
    );
    assert.deepEqual(counts, [1, 0, 33, 33]);
  });

  it("says what a configuration is for where that is asked", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    const [answer] = ask(scene, [[topicType, "t", ["retention.ms"]]], 4, true);
    assert.match(answer?.configs[0]?.documentation ?? "", /segments go once their newest record is older/);
  });

  it("answers in every version", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    for (let version = 1; version <= 4; version++) {
      const [answer] = ask(scene, [[topicType, "t", ["segment.bytes"]]], version);
      const { value, configSource, configType } = answer?.configs[0] ?? {};
      assert.deepEqual([value, configSource, configType], ["1073741824", 5, version >= 3 ? 3 : 0]);
    }
  });

  it("tells everything of the broker that is asked and nothing of another", () => {
    const scene = new BrokerScene({ brokerCount: 2 });
    const [own, other, nobody, none] = ask(scene, [
      [brokerType, "1"],
      [brokerType, "2"],
      [brokerType, "one"],
      [brokerType, "1.0"],
    ]);
    assert.equal(own?.configs.length, 316);
    const find = (wanted: string) => own.configs.find(({ name }) => name === wanted);
    assert.deepEqual(
      [find("node.id")?.value, find("node.id")?.configSource, find("node.id")?.readOnly],
      ["1", 4, true],
    );
    assert.equal(find("listeners")?.value, "PLAINTEXT://127.0.0.1:9092");
    assert.deepEqual([find("offsets.topic.replication.factor")?.value, find("log.retention.ms")?.value], ["1", null]);
    assert.deepEqual(refusals([other, nobody, none].flatMap((answer) => answer ?? [])), [
      "42 Unexpected broker id, expected 1 or empty string, but received 2 0",
      "42 Broker id must be an integer, but it is: one 0",
      "42 Broker id must be an integer, but it is: 1.0 0",
    ]);
  });

  it("tells of all brokers at once only what was set for all of them", () => {
    const [answer] = ask(new BrokerScene(), [[brokerType, ""]]);
    assert.deepEqual(
      answer?.configs.map(({ name, value, configSource }) => [name, value, configSource]),
      [["min.insync.replicas", "1", 3]],
    );
  });

  it("refuses topics that are not there or can't be", () => {
    assert.deepEqual(
      refusals(
        ask(new BrokerScene(), [
          [topicType, "none"],
          [topicType, ""],
          [topicType, "a b"],
        ]),
      ),
      [
        "3  0",
        "17 Topic name is invalid: the empty string is not allowed 0",
        "17 Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' " +
          "and '-' 0",
      ],
    );
  });

  it("describes groups and subscriptions that nobody has set anything for, and no loggers", () => {
    const scene = new BrokerScene();
    const [group, subscription, loggers] = ask(scene, [
      [32, "g"],
      [16, "m"],
      [8, "1"],
    ]);
    assert.deepEqual([group?.configs.length, subscription?.configs.length, loggers?.configs.length], [10, 3, 0]);
    assert.deepEqual(
      refusals(
        ask(scene, [
          [32, ""],
          [16, ""],
          [8, ""],
          [8, "7"],
        ]),
      ),
      [
        "42 Group name must not be empty 0",
        "42 Client metrics subscription name must not be empty 0",
        "42 Broker id must not be empty 0",
        "42 Unexpected broker id, expected 1 but received 7 0",
      ],
    );
  });

  it("refuses a whole request for one resource of a kind that doesn't exist", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    for (const type of [0, 1, 3, 99, -1]) {
      const answers = ask(scene, [
        [topicType, "t"],
        [type, "x"],
      ]);
      assert.deepEqual(
        answers.map(({ errorCode }) => errorCode),
        [42, 42],
      );
    }
  });

  it("answers twice for what is asked twice", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    const answers = ask(scene, [
      [topicType, "t", ["segment.ms"]],
      [topicType, "t", ["retention.ms"]],
    ]);
    assert.deepEqual(
      answers.map(({ configs }) => configs.map(({ name }) => name)),
      [["segment.ms"], ["retention.ms"]],
    );
  });
});
