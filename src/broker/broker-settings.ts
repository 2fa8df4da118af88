import type { BrokerConfigLayers } from "../coordination/configs/config-resolution.ts";
import { brokerConfigBoolean, brokerConfigNumber } from "../coordination/configs/typed-configs.ts";

/** What a broker's own parts need of its configuration, resolved; each field is Kafka's name in camel case. */
export interface BrokerSettings {
  readonly socketRequestMaxBytes: number;
  readonly connectionsMaxIdleMs: number;
  readonly fetchMaxBytes: number;
  readonly maxIncrementalFetchSessionCacheSlots: number;
  readonly autoCreateTopicsEnable: boolean;
  readonly offsetsTopicNumPartitions: number;
  readonly offsetsTopicReplicationFactor: number;
  readonly offsetsTopicSegmentBytes: number;
  readonly transactionStateLogNumPartitions: number;
  readonly transactionStateLogReplicationFactor: number;
  readonly transactionStateLogSegmentBytes: number;
  readonly transactionStateLogMinIsr: number;
  readonly logRetentionCheckIntervalMs: number;
  readonly logFlushSchedulerIntervalMs: number;
  readonly logFlushOffsetCheckpointIntervalMs: number;
  readonly replicaHighWatermarkCheckpointIntervalMs: number;
  readonly producerIdExpirationMs: number;
}

export function brokerSettings(layers: BrokerConfigLayers): BrokerSettings {
  const value = (name: string): number => brokerConfigNumber(name, layers);
  return {
    socketRequestMaxBytes: value("socket.request.max.bytes"),
    connectionsMaxIdleMs: value("connections.max.idle.ms"),
    fetchMaxBytes: value("fetch.max.bytes"),
    maxIncrementalFetchSessionCacheSlots: value("max.incremental.fetch.session.cache.slots"),
    autoCreateTopicsEnable: brokerConfigBoolean("auto.create.topics.enable", layers),
    offsetsTopicNumPartitions: value("offsets.topic.num.partitions"),
    offsetsTopicReplicationFactor: value("offsets.topic.replication.factor"),
    offsetsTopicSegmentBytes: value("offsets.topic.segment.bytes"),
    transactionStateLogNumPartitions: value("transaction.state.log.num.partitions"),
    transactionStateLogReplicationFactor: value("transaction.state.log.replication.factor"),
    transactionStateLogSegmentBytes: value("transaction.state.log.segment.bytes"),
    transactionStateLogMinIsr: value("transaction.state.log.min.isr"),
    logRetentionCheckIntervalMs: value("log.retention.check.interval.ms"),
    logFlushSchedulerIntervalMs: value("log.flush.scheduler.interval.ms"),
    logFlushOffsetCheckpointIntervalMs: value("log.flush.offset.checkpoint.interval.ms"),
    replicaHighWatermarkCheckpointIntervalMs: value("replica.high.watermark.checkpoint.interval.ms"),
    producerIdExpirationMs: value("producer.id.expiration.ms"),
  };
}
