import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { emptyClusterMetadata, withConfigs } from "../../../src/coordination/cluster-metadata.ts";
import { noLayers } from "../../../src/coordination/configs/config-resolution.ts";
import {
  brokerConfigBoolean,
  brokerConfigLayers,
  brokerConfigNumber,
  topicConfigValues,
} from "../../../src/coordination/configs/typed-configs.ts";
import { defaultLogConfig } from "../../../src/log/log-config.ts";

describe("configurations for whoever acts on them", () => {
  it("are by default what the log takes as its default", () => {
    const values: Readonly<Record<string, unknown>> = { ...topicConfigValues(new Map(), noLayers) };
    const { producerIdExpirationMs, ...ofTopics } = defaultLogConfig;
    for (const [name, value] of Object.entries(ofTopics)) assert.deepEqual(values[name], value, name);
    assert.equal(brokerConfigNumber("producer.id.expiration.ms", noLayers), producerIdExpirationMs);
  });

  it("are infinite where Kafka says for ever or without bound", () => {
    const overrides = new Map([
      ["retention.ms", "-1"],
      ["retention.bytes", "-7"],
      ["flush.ms", "9223372036854775807"],
    ]);
    const { retentionMs, retentionBytes, flushMs, gzipLevel } = topicConfigValues(overrides, noLayers);
    assert.deepEqual([retentionMs, retentionBytes, flushMs, gzipLevel], [Infinity, Infinity, Infinity, -1]);
  });

  it("come from the broker that asks", () => {
    const one = withConfigs(emptyClusterMetadata("c"), "brokerConfigs", "1", new Map([["message.max.bytes", "100"]]));
    const maxMessageBytesOf = (brokerId: number): number =>
      topicConfigValues(new Map(), brokerConfigLayers(one, brokerId, new Map([["message.max.bytes", "50"]])))
        .maxMessageBytes;
    assert.deepEqual([maxMessageBytesOf(1), maxMessageBytesOf(2)], [100, 50]);
    const layers = brokerConfigLayers(
      one,
      2,
      new Map([
        ["delete.topic.enable", "FALSE"],
        ["num.partitions", " 7 "],
      ]),
    );
    assert.deepEqual(
      [brokerConfigBoolean("delete.topic.enable", layers), brokerConfigNumber("num.partitions", layers)],
      [false, 7],
    );
  });
});
