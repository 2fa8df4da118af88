import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { RequestDraftOf } from "../../../src/protocol/api-messages.ts";
import { BrokerScene } from "../../builders/broker-scene.ts";

type Asked = RequestDraftOf<33>["resources"][number];

function resource(resourceName: string, configs: Readonly<Record<string, string | null>>, resourceType = 2): Asked {
  return { resourceType, resourceName, configs: Object.entries(configs).map(([name, value]) => ({ name, value })) };
}

function ask(scene: BrokerScene, resources: readonly Asked[], version = 2, validateOnly = false): readonly string[] {
  const { responses } = scene.ask(33, version, { resources, validateOnly });
  return responses.map(
    (answer) => `${answer.resourceType} ${answer.resourceName} ${answer.errorCode} ${answer.errorMessage}`,
  );
}

function configsOf(scene: BrokerScene): Readonly<Record<string, string>> {
  return Object.fromEntries(scene.broker().metadata.topics.get("t")?.configs ?? []);
}

describe("AlterConfigs", () => {
  it("puts what isn't named back to its default, in every version", () => {
    const scene = new BrokerScene();
    scene.createTopic("t", { configs: { "segment.ms": "7000" } });
    for (let version = 0; version <= 2; version++) {
      assert.deepEqual(ask(scene, [resource("t", { "retention.ms": `${version}` })], version), ["2 t 0 null"]);
      assert.deepEqual(configsOf(scene), { "retention.ms": `${version}` });
    }
    assert.deepEqual(ask(scene, [resource("t", {})]), ["2 t 0 null"]);
    assert.deepEqual(configsOf(scene), {});
  });

  it("answers in the order of the request, whether a broker or the controller refuses", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    const asked = [
      resource("none", { "retention.ms": "5" }),
      resource("x", {}, 99),
      resource("t", { "retention.ms": "5" }),
      resource("7", {}, 4),
      resource("u", { "retention.ms": null }),
    ];
    assert.deepEqual(ask(scene, asked), [
      "2 none 3 The topic 'none' does not exist.",
      "99 x 42 Unknown resource type 99",
      "2 t 0 null",
      "4 7 42 Unexpected broker id, expected 1, but received 7",
      "2 u 42 Null value not supported for : retention.ms",
    ]);
    assert.deepEqual(configsOf(scene), { "retention.ms": "5" });
  });

  it("refuses resources and names that come twice, where Kafka leaves the client without an answer", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    const twice = resource("t", { "retention.ms": "5" });
    assert.deepEqual(ask(scene, [twice, twice]), [
      "2 t 42 Each resource must appear at most once.",
      "2 t 42 Each resource must appear at most once.",
    ]);
    const named = { ...twice, configs: [...twice.configs, ...twice.configs] };
    assert.deepEqual(ask(scene, [named]), ["2 t 42 Error due to duplicate config keys"]);
    assert.deepEqual(configsOf(scene), {});
  });

  it("only validates where no more is asked", () => {
    const scene = new BrokerScene();
    scene.createTopic("t");
    assert.deepEqual(ask(scene, [resource("t", { "retention.ms": "5" })], 2, true), ["2 t 0 null"]);
    assert.match(ask(scene, [resource("t", { "retention.ms": "x" })], 2, true)[0] ?? "", /^2 t 40 Invalid value x/);
    assert.deepEqual(configsOf(scene), {});
  });

  it("doesn't replace what a logger has", () => {
    assert.deepEqual(ask(new BrokerScene(), [resource("1", { root: "INFO" }, 8)]), ["8 1 42 Unknown resource type 8"]);
  });
});
