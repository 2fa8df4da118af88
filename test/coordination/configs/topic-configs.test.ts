import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { inheritedTopicConfig, noLayers } from "../../../src/coordination/configs/config-resolution.ts";
import {
  brokerNameOfTopicConfig,
  topicConfigComplaint,
  topicConfigs,
} from "../../../src/coordination/configs/topic-configs.ts";
import { goldenConfigs } from "../../builders/golden-configs.ts";

function complaint(overrides: Readonly<Record<string, string>>): string | undefined {
  return topicConfigComplaint(new Map(Object.entries(overrides)), (name) => inheritedTopicConfig(name, noLayers));
}

describe("topic configurations", () => {
  it("are those of Kafka: type, default, importance, valid values", function () {
    const golden = goldenConfigs();
    if (golden === undefined) return this.skip();
    assert.deepEqual([...topicConfigs.keys()].sort(), Object.keys(golden.topic).sort());
    for (const [name, wanted] of Object.entries(golden.topic)) {
      const { type, defaultValue, importance, validator, documentation } = topicConfigs.get(name) ?? assert.fail();
      assert.deepEqual(
        [name, type.toUpperCase(), defaultValue, importance.toUpperCase(), validator?.validValues],
        [name, wanted.type, wanted.default, wanted.importance, wanted.valid],
      );
      assert.match(documentation ?? "", /\.$/);
    }
    assert.deepEqual(Object.fromEntries(brokerNameOfTopicConfig), golden.topicToBrokerName);
  });

  it("may be empty or say a policy twice, but codecs are said in small letters", () => {
    for (const policy of ["", "compact,compact", " compact , delete "])
      assert.equal(complaint({ "cleanup.policy": policy }), undefined);
    assert.equal(
      complaint({ "cleanup.policy": "shred" }),
      "Invalid value shred for configuration cleanup.policy: String must be one of: compact, delete",
    );
    assert.equal(
      complaint({ "compression.type": "GZIP" }),
      "Invalid value GZIP for configuration compression.type: String must be one of: " +
        "uncompressed, zstd, lz4, snappy, gzip, producer",
    );
  });

  it("keep to their ranges at both ends", () => {
    const good = {
      "segment.bytes": "1048576",
      "compression.gzip.level": "-1",
      "compression.lz4.level": "17",
      "retention.ms": "-1",
    };
    assert.equal(complaint(good), undefined);
    const bad: readonly (readonly [string, string, string])[] = [
      ["segment.bytes", "1048575", "Value must be at least 1048576"],
      ["compression.gzip.level", "0", "Value must be between 1 and 9 or equal to -1"],
      ["compression.lz4.level", "18", "Value must be no more than 17"],
      ["compression.lz4.level", "0", "Value must be at least 1"],
      ["min.cleanable.dirty.ratio", "1.1", "Value must be no more than 1"],
      ["min.cleanable.dirty.ratio", "-0.1", "Value must be at least 0"],
      ["retention.ms", "-2", "Value must be at least -1"],
    ];
    for (const [name, value, reason] of bad) {
      assert.equal(complaint({ [name]: value }), `Invalid value ${value} for configuration ${name}: ${reason}`);
    }
  });

  it("name throttled replicas as pairs or all of them", () => {
    for (const good of ["*", "0:1,1:1", "0:1,", ""])
      assert.equal(complaint({ "leader.replication.throttled.replicas": good }), undefined);
    assert.match(
      complaint({ "leader.replication.throttled.replicas": "x:y" }) ?? "",
      /^Invalid value \[x:y\] for .*literal '\*'/,
    );
  });

  it("don't contradict each other", () => {
    assert.equal(
      complaint({ "min.compaction.lag.ms": "10", "max.compaction.lag.ms": "9" }),
      "conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (9)",
    );
    assert.equal(complaint({ "min.compaction.lag.ms": "9", "max.compaction.lag.ms": "9" }), undefined);
  });

  it("don't switch on a remote storage that isn't there", () => {
    assert.match(complaint({ "remote.storage.enable": "true" }) ?? "", /^Tiered Storage functionality is disabled/);
    assert.equal(complaint({ "remote.storage.enable": "false", "local.retention.ms": "5" }), undefined);
  });

  it("have names that Kafka knows, and a wrong name is told before a wrong value", () => {
    assert.equal(
      complaint({ "segment.ms": "x", "log.retention.ms": "5" }),
      "Unknown topic config name: log.retention.ms",
    );
    assert.equal(complaint({ "message.format.version": "2.0" }), "Unknown topic config name: message.format.version");
  });
});
