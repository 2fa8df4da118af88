import { assert } from "../base/assert.ts";
import type { Uuid } from "../base/uuid.ts";
import type { PartitionMetadata } from "../coordination/cluster-metadata.ts";
import type { AppendResult } from "../log/append-result.ts";
import type { EpochEnd } from "../log/leader-epoch-cache.ts";
import type { LogConfig } from "../log/log-config.ts";
import type { LogSlice, ReadLimits } from "../log/log-reader.ts";
import type { TimestampedOffset } from "../log/log-search.ts";
import type { PartitionLog } from "../log/partition-log.ts";
import type { ErrorName } from "../protocol/error-code.ts";

const anyLeaderEpoch = -1;

/** What makes a hosted replica: which partition it is of, and where its records are. */
export interface PartitionOptions {
  readonly brokerId: number;
  readonly topicId: Uuid;
  readonly log: PartitionLog;
  readonly minInSyncReplicas: number;
  readonly metadata: PartitionMetadata;
}

/**
 * A replica of a partition that this broker hosts: a log, and the role that the cluster gave this broker for it. As the
 * leader it gives records their place and says what is committed; with one replica that is everything, as soon as it is
 * appended.
 */
export class Partition {
  readonly topic: string;
  readonly topicId: Uuid;
  readonly index: number;
  private readonly brokerId: number;
  private readonly log: PartitionLog;
  private metadata: PartitionMetadata;
  private minInSyncReplicas: number;
  private retired = false;

  constructor(options: PartitionOptions) {
    this.brokerId = options.brokerId;
    this.topic = options.log.topic;
    this.topicId = options.topicId;
    this.index = options.log.partition;
    this.log = options.log;
    this.metadata = options.metadata;
    this.minInSyncReplicas = options.minInSyncReplicas;
    this.takeRole();
  }

  get isLeader(): boolean {
    return this.metadata.leaderId === this.brokerId;
  }

  /** This broker no longer hosts it. */
  get isRetired(): boolean {
    return this.retired;
  }

  get leaderEpoch(): number {
    return this.metadata.leaderEpoch;
  }

  get logStartOffset(): number {
    return this.log.logStartOffset;
  }

  get logEndOffset(): number {
    return this.log.logEndOffset;
  }

  /** First offset that consumers can't read yet. */
  get highWatermark(): number {
    return this.log.highWatermark;
  }

  /** Where a reader of committed transactions must stop. There are no transactions yet. */
  get lastStableOffset(): number {
    return this.log.highWatermark;
  }

  /** Bytes that wait for a reader who is at `startOffset`. */
  byteCountBetween(startOffset: number, limitOffset: number): number {
    return this.log.byteCountBetween(startOffset, limitOffset);
  }

  get byteCount(): number {
    return this.log.byteCount;
  }

  /** Leader epoch of the oldest record; -1 where the log doesn't know. */
  get logStartEpoch(): number {
    return this.log.leaderEpochs.epochOf(this.log.logStartOffset);
  }

  /** Whether records may be deleted on request at all. */
  get deletesOldRecords(): boolean {
    return this.log.config.cleanupPolicy.includes("delete");
  }

  /** The cluster has decided anew who leads and who is in sync. */
  applyMetadata(metadata: PartitionMetadata): void {
    if (metadata === this.metadata) return;
    assert(metadata.index === this.index, "a partition keeps its index");
    this.metadata = metadata;
    this.takeRole();
  }

  applyConfig(config: LogConfig, minInSyncReplicas: number): void {
    this.minInSyncReplicas = minInSyncReplicas;
    this.log.applyConfig(config);
  }

  /** NONE if the asker and this broker believe in the same leader epoch, or the asker doesn't care (KIP-320). */
  fence(currentLeaderEpoch: number): ErrorName {
    if (currentLeaderEpoch === anyLeaderEpoch || currentLeaderEpoch === this.leaderEpoch) return "NONE";
    return currentLeaderEpoch < this.leaderEpoch ? "FENCED_LEADER_EPOCH" : "UNKNOWN_LEADER_EPOCH";
  }

  /** Whether enough replicas are in sync for acks=all; more than there are is never asked for (KAFKA.md T.1). */
  get hasEnoughInSyncReplicas(): boolean {
    const wanted = Math.min(this.minInSyncReplicas, this.metadata.assignedReplicas.length);
    return this.metadata.inSyncReplicas.length >= wanted;
  }

  /** Append what a client produced. `records` belongs to the log from now on and is written to. */
  append(records: Buffer, produceVersion: number): AppendResult {
    assert(this.isLeader, "only the leader appends");
    const result = this.log.appendAsLeader(records, { leaderEpoch: this.leaderEpoch, produceVersion });
    this.advanceHighWatermark();
    return result;
  }

  read(startOffset: number, limits: ReadLimits): LogSlice | ErrorName {
    return this.log.read(startOffset, limits);
  }

  /** The first record at or after `timestamp`. */
  offsetForTimestamp(timestamp: number): TimestampedOffset | undefined | ErrorName {
    return this.log.offsetForTimestamp(timestamp);
  }

  /** The record with the largest timestamp. */
  offsetOfMaxTimestamp(): TimestampedOffset | undefined | ErrorName {
    return this.log.offsetOfMaxTimestamp();
  }

  /** Where `leaderEpoch` ends in this log. */
  epochEnd(leaderEpoch: number): EpochEnd {
    if (leaderEpoch === this.leaderEpoch) return { leaderEpoch, endOffset: this.logEndOffset };
    return this.log.leaderEpochs.endOffsetFor(leaderEpoch, this.logEndOffset);
  }

  /** What is below `offset` is not to be seen any more. */
  deleteRecordsBefore(offset: number): ErrorName {
    return this.log.deleteRecordsBefore(offset);
  }

  /** Nobody is to use this replica any more. */
  retire(): void {
    this.retired = true;
  }

  private takeRole(): void {
    if (!this.isLeader) return;
    this.log.startLeaderEpoch(this.leaderEpoch);
    this.advanceHighWatermark();
  }

  /** The leader is the only replica in sync: what it has is committed. */
  private advanceHighWatermark(): void {
    if (this.metadata.inSyncReplicas.length === 1) this.log.advanceHighWatermark(this.log.logEndOffset);
  }
}
