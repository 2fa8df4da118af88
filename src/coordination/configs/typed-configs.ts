import { assert } from "../../base/assert.ts";
import type { ClusterMetadata, ConfigOverrides } from "../cluster-metadata.ts";
import type { BrokerConfigLayers } from "./config-resolution.ts";
import { brokerConfigValue, inheritedTopicConfig, noLayers } from "./config-resolution.ts";
import { parseConfig } from "./config-definition.ts";
import type { ConfigValue } from "./config-definition.ts";
import { topicConfigs } from "./topic-configs.ts";

/**
 * A topic's configuration as whoever acts on it wants it. "For ever" and "without bound" (Kafka's 2^63-1, and -1 where
 * that means the same) are `Infinity`.
 */
export interface TopicConfigValues {
  readonly cleanupPolicy: readonly ("delete" | "compact")[];
  readonly compressionType: "producer" | "uncompressed" | "gzip" | "snappy" | "lz4" | "zstd";
  readonly gzipLevel: number;
  readonly lz4Level: number;
  readonly zstdLevel: number;
  readonly deleteRetentionMs: number;
  readonly fileDeleteDelayMs: number;
  readonly flushMessages: number;
  readonly flushMs: number;
  readonly indexIntervalBytes: number;
  readonly maxMessageBytes: number;
  readonly timestampType: "CreateTime" | "LogAppendTime";
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
  readonly minCleanableDirtyRatio: number;
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;
  readonly minInSyncReplicas: number;
  readonly retentionBytes: number;
  readonly retentionMs: number;
  readonly segmentBytes: number;
  readonly segmentIndexBytes: number;
  readonly segmentMs: number;
  readonly segmentJitterMs: number;
  readonly isUncleanLeaderElectionEnabled: boolean;
}

/** The layers of broker `brokerId`, which was started with `staticConfigs`. */
export function brokerConfigLayers(
  metadata: Pick<ClusterMetadata, "brokerConfigs">,
  brokerId: number,
  staticConfigs: ConfigOverrides,
): BrokerConfigLayers {
  return {
    dynamicBroker: metadata.brokerConfigs.get(String(brokerId)) ?? noLayers.dynamicBroker,
    dynamicDefault: metadata.brokerConfigs.get("") ?? noLayers.dynamicDefault,
    static: staticConfigs,
  };
}

/** What counts for a topic with these overrides on a broker with these layers. */
export function topicConfigValues(overrides: ConfigOverrides, layers: BrokerConfigLayers): TopicConfigValues {
  const value = (name: string): ConfigValue => topicConfigValue(name, overrides, layers);
  const whole = (name: string): number => wholeNumber(value(name));
  const unboundedBelowZero = (name: string): number => (whole(name) < 0 ? Infinity : whole(name));
  return {
    cleanupPolicy: value("cleanup.policy") as TopicConfigValues["cleanupPolicy"],
    compressionType: value("compression.type") as TopicConfigValues["compressionType"],
    gzipLevel: whole("compression.gzip.level"),
    lz4Level: whole("compression.lz4.level"),
    zstdLevel: whole("compression.zstd.level"),
    deleteRetentionMs: whole("delete.retention.ms"),
    fileDeleteDelayMs: whole("file.delete.delay.ms"),
    flushMessages: whole("flush.messages"),
    flushMs: whole("flush.ms"),
    indexIntervalBytes: whole("index.interval.bytes"),
    maxMessageBytes: whole("max.message.bytes"),
    timestampType: value("message.timestamp.type") as TopicConfigValues["timestampType"],
    timestampBeforeMaxMs: whole("message.timestamp.before.max.ms"),
    timestampAfterMaxMs: whole("message.timestamp.after.max.ms"),
    minCleanableDirtyRatio: Number(value("min.cleanable.dirty.ratio")),
    minCompactionLagMs: whole("min.compaction.lag.ms"),
    maxCompactionLagMs: whole("max.compaction.lag.ms"),
    minInSyncReplicas: whole("min.insync.replicas"),
    retentionBytes: unboundedBelowZero("retention.bytes"),
    retentionMs: unboundedBelowZero("retention.ms"),
    segmentBytes: whole("segment.bytes"),
    segmentIndexBytes: whole("segment.index.bytes"),
    segmentMs: whole("segment.ms"),
    segmentJitterMs: whole("segment.jitter.ms"),
    isUncleanLeaderElectionEnabled: value("unclean.leader.election.enable") === true,
  };
}

function topicConfigValue(name: string, overrides: ConfigOverrides, layers: BrokerConfigLayers): ConfigValue {
  const definition = topicConfigs.get(name);
  assert(definition !== undefined, "the name of a topic configuration is known");
  const parsed = parseConfig(definition, overrides.get(name) ?? inheritedTopicConfig(name, layers));
  assert(parsed.isValid, "a topic configuration was checked when it was set");
  return parsed.value;
}

export function brokerConfigNumber(name: string, layers: BrokerConfigLayers): number {
  return wholeNumber(brokerConfigValue(name, layers));
}

export function brokerConfigBoolean(name: string, layers: BrokerConfigLayers): boolean {
  return brokerConfigValue(name, layers) === true;
}

/** Times and sizes past what a number holds exactly are past anything that can happen. */
function wholeNumber(value: ConfigValue): number {
  const number = Number(value);
  return Math.abs(number) > Number.MAX_SAFE_INTEGER ? number * Infinity : number;
}
