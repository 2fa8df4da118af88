import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import {
  brokerConfigs,
  brokerSynonyms,
  dynamicConfigComplaint,
} from "../../../src/coordination/configs/broker-configs.ts";
import { goldenConfigs } from "../../builders/golden-configs.ts";

function complaint(overrides: Readonly<Record<string, string>>, isPerBroker = true): string | undefined {
  return dynamicConfigComplaint(new Map(Object.entries(overrides)), isPerBroker);
}

describe("broker configurations", () => {
  it("are those of Kafka: type, default, importance, valid values, and whether they can change live", function () {
    const golden = goldenConfigs();
    if (golden === undefined) return this.skip();
    assert.deepEqual([...brokerConfigs.keys()].sort(), Object.keys(golden.broker).sort());
    const dynamic = new Set(golden.dynamicBrokerConfigs);
    for (const [name, wanted] of Object.entries(golden.broker)) {
      const { type, defaultValue, importance, validator, update } = brokerConfigs.get(name) ?? assert.fail();
      assert.deepEqual(
        [
          name,
          type.toUpperCase(),
          defaultValue,
          importance.toUpperCase(),
          validator?.validValues,
          update !== "read-only",
        ],
        [name, wanted.type, wanted.default ?? null, wanted.importance, wanted.valid, dynamic.has(name)],
      );
    }
  });

  it("say of each whether Tapedeck acts upon it", () => {
    const acted = [...brokerConfigs.values()].filter(({ isActedUpon }) => isActedUpon).map(({ name }) => name);
    for (const name of ["num.partitions", "log.segment.bytes", "log.retention.hours", "message.max.bytes"]) {
      assert.ok(acted.includes(name), name);
    }
    for (const name of ["num.io.threads", "ssl.protocol", "log.local.retention.ms", "log.preallocate"]) {
      assert.ok(!acted.includes(name), name);
    }
    for (const { name, isActedUpon, documentation } of brokerConfigs.values()) {
      assert.ok(documentation !== null && documentation.endsWith("."), name);
      if (!isActedUpon) assert.match(documentation, /doesn't act on it|does nothing|lets files grow/, name);
    }
  });

  it("are refused where they can't change at all, or not for all brokers at once", () => {
    assert.equal(complaint({ "num.partitions": "5" }), "Cannot update these configs dynamically: Set(num.partitions)");
    assert.equal(
      complaint({ listeners: "PLAINTEXT://:1" }, false),
      "Cannot update these configs at default cluster level, broker id must be specified: Set(listeners)",
    );
    assert.equal(complaint({ listeners: "PLAINTEXT://:1" }), undefined);
    assert.match(complaint({ "listener.name.external.ssl.keystore.type": "JKS" }, false) ?? "", /broker id must be/);
    assert.match(
      complaint({ "ssl.keystore.type": "JKS" }) ?? "",
      /^These security configs can be dynamically updated only/,
    );
  });

  it("are checked by value where Kafka knows the name, and taken as they are where it doesn't", () => {
    assert.equal(
      complaint({ "log.flush.interval.messages": "x" }),
      "Invalid value x for configuration log.flush.interval.messages: Not a number of type LONG",
    );
    assert.match(complaint({ "leader.replication.throttled.rate": "-1" }) ?? "", /Value must be at least 0$/);
    assert.match(complaint({ "max.connections.per.ip.overrides": "host" }) ?? "", /not of the form host:count$/);
    assert.equal(complaint({ "max.connections.per.ip.overrides": "::1:5,host:0" }), undefined);
    assert.match(complaint({ "metric.reporters": "a.B" }) ?? "", /Class a.B could not be found/);
    assert.equal(complaint({ "no.such.config": "anything" }, false), undefined);
  });

  it("can be said in other units, the finest of which counts", () => {
    assert.deepEqual(brokerSynonyms("log.retention.hours"), [
      "log.retention.ms",
      "log.retention.minutes",
      "log.retention.hours",
    ]);
    assert.deepEqual(brokerSynonyms("log.flush.interval.ms"), [
      "log.flush.interval.ms",
      "log.flush.scheduler.interval.ms",
    ]);
    assert.deepEqual(brokerSynonyms("log.flush.scheduler.interval.ms"), ["log.flush.scheduler.interval.ms"]);
  });

  it("claim to be acted upon where some code names them, and nowhere else", () => {
    const root = fileURLToPath(new URL("../../../src/", import.meta.url));
    const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((file) => /^(broker|cluster|controller|coordination|log|replication)\/.*\.ts$/.test(file))
      .filter((file) => !file.startsWith("coordination/configs/broker"));
    const codeOf = (wanted: RegExp): string =>
      sources
        .filter((file) => wanted.test(file))
        .map((file) => readFileSync(`${root}${file}`, "utf8"))
        .join("\n");
    const all = codeOf(/./);
    const acting = codeOf(/^(broker|cluster|log|replication)\//);
    for (const { name, isActedUpon, documentation } of brokerConfigs.values()) {
      // The defaults of topic configurations are read by the names of those.
      if (documentation?.startsWith("What topics that don't say have") === true) continue;
      if (isActedUpon) assert.ok(all.includes(`"${name}"`), `${name} is named by no code`);
      else assert.ok(!acting.includes(`"${name}"`), `${name} is acted upon`);
    }
  });
});
