import { assert } from "../base/assert.ts";
import type { Uuid } from "../base/uuid.ts";
import type { PartitionMetadata } from "../coordination/cluster-metadata.ts";
import { type FollowerFetch, FollowerProgress } from "./follower-progress.ts";
import {
  committed,
  highWatermarkLimit,
  type InSyncState,
  laggingReplicas,
  maximalInSyncReplicas,
  type PendingInSyncState,
  proposedInSyncReplicas,
  type ReplicaPositions,
} from "./in-sync-replicas.ts";
import { type AlterationOutcome, type PartitionAlterer, reactionTo } from "./partition-alterer.ts";

/** What a leader of several replicas needs from its broker. */
export interface LeaderSurroundings {
  monotonicMs(): number;
  /** `replica.lag.time.max.ms` */
  lagTimeMaxMs(): number;
  readonly alterer: PartitionAlterer;
  /** The broker is alive and not on its way out, in the life that fetched (-1: any), as far as this one knows. */
  mayBeInSync(brokerId: number, brokerEpoch: number): boolean;
}

/** What a follower's fetch changed: nothing that others wait for, something, or it was not one of this leader's. */
export type FetchRecord = "recorded" | "moved" | "refused";

/** The leader's own log. */
export interface LeaderLog {
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly highWatermark: number;
  advanceHighWatermark(offset: number): void;
}

export interface LeaderReplicaOptions {
  readonly topic: string;
  readonly topicId: Uuid;
  readonly index: number;
  readonly brokerId: number;
  readonly log: LeaderLog;
  readonly surroundings: LeaderSurroundings;
  /** Fewest replicas in sync with which anything is committed, at most as many as there are (KIP-966). */
  readonly minInSyncReplicas: () => number;
  /** The high watermark may have moved, though nobody fetched or appended. */
  readonly onMoved: () => void;
}

/**
 * A leader's view of its followers, from its election to its fall: how far each one is, who is in sync, what is
 * committed. It proposes changes of who is in sync, one at a time, and counts with whoever might be until the
 * controller has spoken (KAFKA.md D.3 to D.5).
 */
export class LeaderReplica {
  private readonly options: LeaderReplicaOptions;
  private readonly followers = new Map<number, FollowerProgress>();
  private state: InSyncState = committed([]);
  private leaderEpoch = -1;
  private knownPartitionEpoch = -1;
  private epochStart = -1;
  private isOver = false;

  /** `metadata` is what made this broker the leader. */
  constructor(options: LeaderReplicaOptions, metadata: PartitionMetadata) {
    this.options = options;
    this.applyMetadata(metadata);
  }

  /** What the controller committed. */
  get inSyncReplicas(): readonly number[] {
    return this.state.inSyncReplicas;
  }

  get maximalInSyncReplicas(): readonly number[] {
    return maximalInSyncReplicas(this.state);
  }

  /** Version of the committed state. */
  get partitionEpoch(): number {
    return this.knownPartitionEpoch;
  }

  /** Where this leader's log ended when its epoch began. */
  get epochStartOffset(): number {
    return this.epochStart;
  }

  /** Lowest log start of the replicas that are alive: what is below is gone everywhere (KAFKA.md D.12). */
  lowWatermark(isAlive: (brokerId: number) => boolean): number {
    let low = this.options.log.logStartOffset;
    for (const [replicaId, follower] of this.followers) {
      if (isAlive(replicaId)) low = Math.min(low, follower.logStartOffset);
    }
    return low;
  }

  /** What is known of a follower; undefined where it is none. */
  progressOf(replicaId: number): FollowerProgress | undefined {
    return this.followers.get(replicaId);
  }

  /** The controller has decided anew; this broker stays the leader. */
  applyMetadata(metadata: PartitionMetadata): void {
    assert(!this.isOver, "a leader that has fallen doesn't rise again");
    assert(metadata.leaderId === this.options.brokerId, "the state names this broker as the leader");
    this.meetFollowers(metadata);
    if (metadata.leaderEpoch > this.leaderEpoch) this.beginEpoch(metadata);
    this.state = committed(metadata.inSyncReplicas);
    this.knownPartitionEpoch = metadata.partitionEpoch;
    this.advanceHighWatermark();
  }

  /** The broker leads no longer: answers to what it proposed mean nothing any more. */
  end(): void {
    this.isOver = true;
  }

  /**
   * A follower has fetched, which may commit what it now has and may bring it back in sync. Refused where `replicaId`
   * is
   * no follower of this leader, or this is its broker's earlier life.
   */
  recordFetch(replicaId: number, fetch: FollowerFetch): FetchRecord {
    const follower = this.followers.get(replicaId);
    if (follower === undefined) return "refused";
    const { log } = this.options;
    const { highWatermark } = log;
    const { logEndOffset, logStartOffset } = follower;
    if (!follower.recordFetch(fetch, log.logEndOffset)) return "refused";
    this.expandIfDue(replicaId, follower);
    if (follower.logEndOffset !== logEndOffset) this.advanceHighWatermark();
    const hasMoved = log.highWatermark !== highWatermark || follower.logStartOffset !== logStartOffset;
    return hasMoved ? "moved" : "recorded";
  }

  /** Propose to go on without those that have been behind for too long. To be asked every half `lagTimeMaxMs`. */
  shrinkIfDue(): void {
    if (this.state.kind !== "committed") return;
    const { inSyncReplicas } = this.state;
    const leavingReplicas = laggingReplicas(inSyncReplicas, this.positions());
    if (leavingReplicas.size > 0) this.propose({ kind: "shrinking", inSyncReplicas, leavingReplicas });
  }

  /** Move the high watermark as far as it may go; never back. */
  advanceHighWatermark(): void {
    if (this.inSyncReplicas.length < this.options.minInSyncReplicas()) return;
    const { surroundings, log } = this.options;
    const limit = highWatermarkLimit(this.state, this.positions(), (replicaId) => {
      return surroundings.mayBeInSync(replicaId, this.followers.get(replicaId)?.brokerEpoch ?? -1);
    });
    if (limit > log.highWatermark) log.advanceHighWatermark(limit);
  }

  private positions(): ReplicaPositions {
    const { log, surroundings } = this.options;
    return {
      leaderLogEndOffset: log.logEndOffset,
      followers: this.followers,
      nowMs: surroundings.monotonicMs(),
      lagTimeMaxMs: surroundings.lagTimeMaxMs(),
    };
  }

  private meetFollowers({ assignedReplicas }: PartitionMetadata): void {
    for (const replicaId of [...this.followers.keys()]) {
      if (!assignedReplicas.includes(replicaId)) this.followers.delete(replicaId);
    }
    for (const replicaId of assignedReplicas) {
      const isNew = replicaId !== this.options.brokerId && !this.followers.has(replicaId);
      if (isNew) this.followers.set(replicaId, new FollowerProgress());
    }
  }

  private beginEpoch({ leaderEpoch, inSyncReplicas }: PartitionMetadata): void {
    const { log, surroundings } = this.options;
    this.leaderEpoch = leaderEpoch;
    this.epochStart = log.logEndOffset;
    for (const [replicaId, follower] of this.followers) {
      follower.beginEpoch(inSyncReplicas.includes(replicaId), log.logEndOffset, surroundings.monotonicMs());
    }
  }

  /** Back in sync is who has all that is committed and all that earlier leaders left: only then may it be elected. */
  private expandIfDue(replicaId: number, follower: FollowerProgress): void {
    const { log, surroundings } = this.options;
    if (this.state.kind !== "committed" || this.state.inSyncReplicas.includes(replicaId)) return;
    if (follower.logEndOffset < Math.max(log.highWatermark, this.epochStart)) return;
    if (!surroundings.mayBeInSync(replicaId, follower.brokerEpoch)) return;
    this.propose({ kind: "expanding", inSyncReplicas: this.state.inSyncReplicas, joiningReplica: replicaId });
  }

  private propose(state: PendingInSyncState): void {
    this.state = state;
    const { topic, topicId, index, surroundings } = this.options;
    const { leaderEpoch, partitionEpoch } = this;
    const inSyncReplicas = proposedInSyncReplicas(state).map((brokerId) => ({
      brokerId,
      brokerEpoch: this.followers.get(brokerId)?.brokerEpoch ?? -1,
    }));
    surroundings.alterer.propose({ topic, topicId, index, leaderEpoch, partitionEpoch, inSyncReplicas }, (outcome) => {
      // The controller may have spoken in the meantime, and its word is newer than this answer.
      if (!this.isOver && this.state === state) this.conclude(state, outcome);
    });
  }

  private conclude(state: PendingInSyncState, outcome: AlterationOutcome): void {
    if (outcome.kind === "refused") {
      this.concludeRefused(state, outcome);
      return;
    }
    // What is older than what is known was overtaken by the controller's own word.
    if (outcome.leaderEpoch !== this.leaderEpoch || outcome.partitionEpoch < this.knownPartitionEpoch) return;
    this.state = committed(outcome.inSyncReplicas);
    this.knownPartitionEpoch = outcome.partitionEpoch;
    this.advanceHighWatermark();
    this.options.onMoved();
  }

  private concludeRefused(state: PendingInSyncState, { errorName }: AlterationOutcome & { kind: "refused" }): void {
    switch (reactionTo(errorName)) {
      case "revert":
        this.state = committed(state.inSyncReplicas);
        this.advanceHighWatermark();
        this.options.onMoved();
        return;
      case "retry":
        this.propose(state);
        return;
      case "awaitMetadata":
    }
  }
}
