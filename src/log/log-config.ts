import type { TimestampType } from "../protocol/records/batch.ts";

/** What a topic does with a batch's codec: keep the producer's, or store every batch in one codec. */
export type CompressionType = "producer" | "uncompressed" | "gzip" | "snappy" | "lz4" | "zstd";

export type CleanupPolicy = "delete" | "compact";

/**
 * The configuration of one log, resolved: topic override, broker's dynamic, broker's static, default (KAFKA.md I.1).
 * "For ever" and "without bound" (Kafka's -1 and 2^63-1) are `Infinity`, so that no rule needs a special case.
 */
export interface LogConfig {
  readonly cleanupPolicy: readonly CleanupPolicy[];
  readonly compressionType: CompressionType;
  readonly gzipLevel: number;
  readonly lz4Level: number;
  readonly zstdLevel: number;
  readonly deleteRetentionMs: number;
  readonly fileDeleteDelayMs: number;
  readonly flushMessages: number;
  readonly flushMs: number;
  readonly indexIntervalBytes: number;
  readonly maxMessageBytes: number;
  /** Which timestamp records carry: the producer's, or the leader's at the time of the append. */
  readonly timestampType: TimestampType;
  readonly timestampBeforeMaxMs: number;
  readonly timestampAfterMaxMs: number;
  readonly minCleanableDirtyRatio: number;
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;
  readonly retentionBytes: number;
  readonly retentionMs: number;
  readonly segmentBytes: number;
  readonly segmentIndexBytes: number;
  readonly segmentMs: number;
  readonly segmentJitterMs: number;
  /** A broker's setting (`producer.id.expiration.ms`), which every log of that broker follows. */
  readonly producerIdExpirationMs: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/** What Apache Kafka 4.1 does when nothing is said. */
export const defaultLogConfig: LogConfig = {
  cleanupPolicy: ["delete"],
  compressionType: "producer",
  gzipLevel: -1,
  lz4Level: 9,
  zstdLevel: 3,
  deleteRetentionMs: dayMs,
  fileDeleteDelayMs: 60_000,
  flushMessages: Infinity,
  flushMs: Infinity,
  indexIntervalBytes: 4096,
  maxMessageBytes: 1_048_588,
  timestampType: "CreateTime",
  timestampBeforeMaxMs: Infinity,
  timestampAfterMaxMs: 3_600_000,
  minCleanableDirtyRatio: 0.5,
  minCompactionLagMs: 0,
  maxCompactionLagMs: Infinity,
  retentionBytes: Infinity,
  retentionMs: 7 * dayMs,
  segmentBytes: 1_073_741_824,
  segmentIndexBytes: 10_485_760,
  segmentMs: 7 * dayMs,
  segmentJitterMs: 0,
  producerIdExpirationMs: dayMs,
};
