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
import type { FollowerFetch } from "./follower-progress.ts";
import { FollowerReplica } from "./follower-replica.ts";
import type { FollowerRules } from "./follower-rules.ts";
import { type FetchRecord, LeaderReplica, type LeaderSurroundings } from "./leader-replica.ts";

const anyLeaderEpoch = -1;

/** What makes a hosted replica: which partition it is of, and where its records are. */
export interface PartitionOptions {
  readonly brokerId: number;
  readonly topicId: Uuid;
  readonly log: PartitionLog;
  readonly minInSyncReplicas: number;
  readonly metadata: PartitionMetadata;
  /** What a leader with followers needs; without it this broker waits for no follower and commits what it has alone. */
  readonly surroundings?: LeaderSurroundings;
  /** Something that others wait for may have changed, though nobody asked this partition for anything. */
  readonly onMoved?: (partition: Partition) => void;
}

/**
 * A replica of a partition that this broker hosts: a log, and the role that the cluster gave this broker for it. As the
 * leader it gives records their place and says what is committed; with one replica that is everything, as soon as it is
 * appended. As a follower it copies its leader's log, which a fetcher does on the `FollowerReplica` that it hands out.
 */
export class Partition {
  readonly topic: string;
  readonly topicId: Uuid;
  readonly index: number;
  private readonly options: PartitionOptions;
  private readonly brokerId: number;
  private readonly log: PartitionLog;
  private metadata: PartitionMetadata;
  private minInSyncReplicas: number;
  private retired = false;
  /** Undefined where this broker doesn't lead, or leads the only replica. */
  private leader: LeaderReplica | undefined;
  private termCount = 0;

  constructor(options: PartitionOptions) {
    this.options = options;
    this.brokerId = options.brokerId;
    this.topic = options.log.topic;
    this.topicId = options.topicId;
    this.index = options.log.partition;
    this.log = options.log;
    this.metadata = options.metadata;
    this.minInSyncReplicas = options.minInSyncReplicas;
    this.takeRole(undefined);
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

  /** Which of its times as the leader this is: an epoch that follows the leader's own belongs to the same one. */
  get leaderTerm(): number {
    return this.termCount;
  }

  /** The replicas in sync, as far as the leader knows. */
  get inSyncReplicas(): readonly number[] {
    return this.leader?.inSyncReplicas ?? this.metadata.inSyncReplicas;
  }

  /** Those, and whoever might be by now: nothing is committed without them. */
  get maximalInSyncReplicas(): readonly number[] {
    return this.leader?.maximalInSyncReplicas ?? this.metadata.inSyncReplicas;
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
    const before = this.metadata;
    this.metadata = metadata;
    this.takeRole(before);
  }

  /** As LeaderAndIsr says it: only a higher leader epoch counts (KAFKA.md D.6). */
  applyLeadership(metadata: PartitionMetadata): ErrorName {
    if (metadata.leaderEpoch <= this.leaderEpoch) return "STALE_CONTROLLER_EPOCH";
    // A leader that heard of a later state from an AlterPartition of its own goes on with that.
    const knownEpoch = this.leader?.partitionEpoch ?? this.metadata.partitionEpoch;
    if (metadata.partitionEpoch >= knownEpoch) this.applyMetadata(metadata);
    return "NONE";
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
    return this.inSyncReplicas.length >= this.effectiveMinInSyncReplicas;
  }

  /**
   * What became of records that were appended with acks=all in `leaderTerm` and end before `nextOffset`: NONE once they
   * are committed (KAFKA.md D.9).
   */
  commitOf(nextOffset: number, leaderTerm: number): "waiting" | ErrorName {
    if (!this.isLeader || this.retired || leaderTerm !== this.leaderTerm) return "NOT_LEADER_OR_FOLLOWER";
    if (this.highWatermark < nextOffset) return "waiting";
    const isEnough = this.maximalInSyncReplicas.length >= this.effectiveMinInSyncReplicas;
    return isEnough ? "NONE" : "NOT_ENOUGH_REPLICAS_AFTER_APPEND";
  }

  /**
   * Whether the high watermark has reached what earlier leaders left. Until then this leader doesn't know what
   * consumers
   * have seen already, and can't say what the latest offset is (OFFSET_NOT_AVAILABLE, KAFKA.md D.3).
   */
  get knowsLatestOffset(): boolean {
    return this.leader === undefined || this.leader.epochStartOffset <= this.highWatermark;
  }

  /** Whether `brokerId` follows this leader. */
  hasFollower(brokerId: number): boolean {
    return this.leader?.progressOf(brokerId) !== undefined;
  }

  /**
   * A follower has read from `fetch.fetchOffset`, without objection. Of what that commits, the follower itself hears
   * with its next fetch.
   */
  recordFollowerFetch(replicaId: number, fetch: FollowerFetch): FetchRecord {
    return this.leader?.recordFetch(replicaId, fetch) ?? "refused";
  }

  /** Propose to go on without followers that are too far behind; to be asked every half `replica.lag.time.max.ms`. */
  dropLaggingReplicas(): void {
    this.leader?.shrinkIfDue();
  }

  /** What is below is gone from every replica that is alive (KAFKA.md D.12). */
  lowWatermark(isAlive: (brokerId: number) => boolean): number {
    return this.leader?.lowWatermark(isAlive) ?? this.logStartOffset;
  }

  /** This replica's part as a follower in the present epoch; a new one for each epoch. */
  asFollower(rules: FollowerRules): FollowerReplica {
    assert(!this.isLeader, "a leader follows nobody");
    const { topicId, leaderEpoch, log } = this;
    return new FollowerReplica({ topicId, leaderEpoch, log, rules, onMoved: () => this.options.onMoved?.(this) });
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
    this.fall();
  }

  private get effectiveMinInSyncReplicas(): number {
    return Math.min(this.minInSyncReplicas, this.metadata.assignedReplicas.length);
  }

  /** `before` is what was true until now. */
  private takeRole(before: PartitionMetadata | undefined): void {
    if (!this.isLeader) {
      this.fall();
      return;
    }
    if (!this.isSameTerm(before)) {
      this.fall();
      this.termCount += 1;
    }
    this.log.startLeaderEpoch(this.leaderEpoch);
    this.takeFollowers();
    this.advanceHighWatermark();
  }

  /**
   * Still the leader, and nobody was in between. Where an epoch was skipped another may have led in it, and whatever
   * was known of the followers is void.
   */
  private isSameTerm(before: PartitionMetadata | undefined): boolean {
    return before?.leaderId === this.brokerId && this.leaderEpoch <= before.leaderEpoch + 1;
  }

  private fall(): void {
    this.leader?.end();
    this.leader = undefined;
  }

  private takeFollowers(): void {
    const { surroundings } = this.options;
    if (surroundings === undefined || this.metadata.assignedReplicas.length === 1) {
      this.fall();
      return;
    }
    if (this.leader !== undefined) {
      this.leader.applyMetadata(this.metadata);
      return;
    }
    const { topic, topicId, index, brokerId, log } = this;
    this.leader = new LeaderReplica(
      {
        ...{ topic, topicId, index, brokerId, log, surroundings },
        minInSyncReplicas: () => this.effectiveMinInSyncReplicas,
        onMoved: () => this.options.onMoved?.(this),
      },
      this.metadata,
    );
  }

  /** A leader that is alone in sync, with no followers to count, has committed what it has. */
  private advanceHighWatermark(): void {
    if (this.leader !== undefined) this.leader.advanceHighWatermark();
    else if (this.metadata.inSyncReplicas.length === 1) this.log.advanceHighWatermark(this.log.logEndOffset);
  }
}
