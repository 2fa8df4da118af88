import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { RequestDraftOf } from "../../../src/protocol/api-messages.ts";
import { BrokerScene } from "../../builders/broker-scene.ts";

type Asked = RequestDraftOf<44>["resources"][number];
type Change = readonly [name: string, configOperation: number, value: string | null];
const [set, remove, append] = [0, 1, 2];

function resource(resourceType: number, resourceName: string, ...changes: readonly Change[]): Asked {
  const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }));
  return { resourceType, resourceName, configs };
}

function ask(scene: BrokerScene, resources: readonly Asked[], version = 1): readonly string[] {
  const { responses } = scene.ask(44, version, { resources, validateOnly: false });
  return responses.map((answer) => `${answer.resourceName} ${answer.errorCode} ${answer.errorMessage}`);
}

function configsOf(scene: BrokerScene): Readonly<Record<string, string>> {
  return Object.fromEntries(scene.broker().metadata.topics.get("t")?.configs ?? []);
}

/** The value of a broker's configuration and where it comes from, as the broker tells it. */
function brokerConfig(scene: BrokerScene, wanted: string, brokerId: number): readonly unknown[] {
  const resources = [{ resourceType: 4, resourceName: `${brokerId}`, configurationKeys: [wanted] }];
  const asked = { resources, includeSynonyms: false, includeDocumentation: false };
  const { value, configSource } = scene.ask(32, 4, asked, brokerId).results[0]?.configs[0] ?? {};
  return [value, configSource];
}

describe("IncrementalAlterConfigs", () => {
  it("changes what is named and nothing else, in every version", () => {
    const scene = new BrokerScene();
    scene.createTopic("t", { configs: { "segment.ms": "7000" } });
    assert.deepEqual(ask(scene, [resource(2, "t", ["retention.ms", set, "5"])], 0), ["t 0 null"]);
    assert.deepEqual(ask(scene, [resource(2, "t", ["cleanup.policy", append, "compact"])], 1), ["t 0 null"]);
    assert.deepEqual(configsOf(scene), {
      "segment.ms": "7000",
      "retention.ms": "5",
      "cleanup.policy": "delete,compact",
    });
    assert.deepEqual(ask(scene, [resource(2, "t", ["retention.ms", remove, null], ["segment.ms", remove, ""])]), [
      "t 0 null",
    ]);
    assert.deepEqual(configsOf(scene), { "cleanup.policy": "delete,compact" });
  });

  it("needs a value for everything but taking back", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    for (const operation of [0, 2, 3]) {
      assert.deepEqual(ask(scene, [resource(2, "t", ["cleanup.policy", operation, null])]), [
        "t 42 Null value not supported for : cleanup.policy",
      ]);
    }
  });

  it("refuses operations that don't exist, where Kafka knows no better than UNKNOWN_SERVER_ERROR", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    assert.deepEqual(ask(scene, [resource(2, "t", ["retention.ms", set, "5"], ["segment.ms", 9, "5"])]), [
      "t 42 Unknown operations type 9",
    ]);
    assert.deepEqual(configsOf(scene), {});
  });

  it("refuses a name or a resource that comes twice", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    const once = resource(2, "t", ["retention.ms", set, "5"]);
    assert.deepEqual(ask(scene, [resource(2, "t", ["retention.ms", set, "5"], ["retention.ms", remove, null])]), [
      "t 42 Error due to duplicate config keys",
    ]);
    assert.deepEqual(ask(scene, [once, once]), [
      "t 42 Each resource must appear at most once.",
      "t 42 Each resource must appear at most once.",
    ]);
    assert.deepEqual(configsOf(scene), {});
  });

  it("changes one broker or all of them, and only the broker that is asked", () => {
    const scene = new BrokerScene({ brokerCount: 2 });
    assert.deepEqual(ask(scene, [resource(4, "", ["message.max.bytes", set, "50"])]), [" 0 null"]);
    assert.deepEqual(ask(scene, [resource(4, "1", ["message.max.bytes", set, "70"])]), ["1 0 null"]);
    assert.deepEqual(brokerConfig(scene, "message.max.bytes", 1), ["70", 2]);
    assert.deepEqual(brokerConfig(scene, "message.max.bytes", 2), ["50", 3]);
    assert.deepEqual(ask(scene, [resource(4, "2", ["message.max.bytes", set, "70"])]), [
      "2 42 Unexpected broker id, expected 1, but received 2",
    ]);
    assert.deepEqual(ask(scene, [resource(4, "one", ["message.max.bytes", set, "70"])]), [
      "one 42 Node id must be an integer, but it is: one",
    ]);
    assert.deepEqual(ask(scene, [resource(4, "01", ["message.max.bytes", remove, null])]), ["01 0 null"]);
    assert.deepEqual(brokerConfig(scene, "message.max.bytes", 1), ["50", 3]);
  });

  it("has the brokers act upon what was changed", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    assert.deepEqual(ask(scene, [resource(4, "", ["message.max.bytes", set, "50"])]), [" 0 null"]);
    assert.deepEqual(ask(scene, [resource(2, "t", ["max.message.bytes", set, "60"])]), ["t 0 null"]);
    const topics = scene.ask(32, 4, {
      resources: [{ resourceType: 2, resourceName: "t", configurationKeys: ["max.message.bytes"] }],
      includeSynonyms: true,
      includeDocumentation: false,
    }).results;
    assert.deepEqual(
      topics[0]?.configs[0]?.synonyms.map(({ value, source }) => [value, source]),
      [
        ["60", 1],
        ["50", 3],
        ["1048588", 5],
      ],
    );
  });

  it("has no loggers", () => {
    assert.deepEqual(ask(new BrokerScene(), [resource(8, "1", ["root", set, "DEBUG"])]), [
      "1 40 Logger root does not exist!",
    ]);
  });

  it("keeps the configurations of groups", () => {
    const scene = new BrokerScene();
    assert.deepEqual(ask(scene, [resource(32, "g", ["consumer.session.timeout.ms", set, "50000"])]), ["g 0 null"]);
    const [group] = scene.ask(32, 4, {
      resources: [{ resourceType: 32, resourceName: "g", configurationKeys: ["consumer.session.timeout.ms"] }],
      includeSynonyms: false,
      includeDocumentation: false,
    }).results;
    assert.deepEqual([group?.configs[0]?.value, group?.configs[0]?.configSource], ["50000", 8]);
  });
});
