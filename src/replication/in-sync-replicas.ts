import type { FollowerProgress } from "./follower-progress.ts";

/**
 * Who is in sync, as a leader knows it: what the controller committed, and one change at most that it was asked for and
 * has not answered (KIP-497, KAFKA.md D.5).
 */
export type InSyncState =
  | { readonly kind: "committed"; readonly inSyncReplicas: readonly number[] }
  | { readonly kind: "expanding"; readonly inSyncReplicas: readonly number[]; readonly joiningReplica: number }
  | {
      readonly kind: "shrinking";
      readonly inSyncReplicas: readonly number[];
      readonly leavingReplicas: ReadonlySet<number>;
    };

/** A change that is on its way to the controller. */
export type PendingInSyncState = Exclude<InSyncState, { readonly kind: "committed" }>;

export function committed(inSyncReplicas: readonly number[]): InSyncState {
  return { kind: "committed", inSyncReplicas };
}

/** The replicas in sync that the leader wants; a joining one goes to the end of the list (KAFKA.md T.3). */
export function proposedInSyncReplicas(state: PendingInSyncState): readonly number[] {
  return state.kind === "expanding"
    ? [...state.inSyncReplicas, state.joiningReplica]
    : state.inSyncReplicas.filter((id) => !state.leavingReplicas.has(id));
}

/**
 * Everybody who may be in sync, whatever the controller decides: who is joining counts from now on, who is leaving
 * counts until that is committed. Only what all of them have is committed, whichever of them is elected next.
 */
export function maximalInSyncReplicas(state: InSyncState): readonly number[] {
  return state.kind === "expanding" ? [...state.inSyncReplicas, state.joiningReplica] : state.inSyncReplicas;
}

/** A leader's log, and its followers'. */
export interface ReplicaPositions {
  readonly leaderLogEndOffset: number;
  readonly followers: ReadonlyMap<number, FollowerProgress>;
  readonly nowMs: number;
  /** `replica.lag.time.max.ms` */
  readonly lagTimeMaxMs: number;
}

/**
 * How far the leader's high watermark may go (KAFKA.md D.3): to where everybody is who may be in sync. It also waits
 * for those who have caught up and are about to join, or they would never reach a high watermark that runs ahead of
 * them. -1 while somebody is unknown who counts.
 */
export function highWatermarkLimit(
  state: InSyncState,
  positions: ReplicaPositions,
  mayJoin: (replicaId: number) => boolean,
): number {
  const { leaderLogEndOffset, followers, nowMs, lagTimeMaxMs } = positions;
  const counting = maximalInSyncReplicas(state);
  let limit = leaderLogEndOffset;
  for (const [replicaId, follower] of followers) {
    if (follower.logEndOffset >= limit) continue;
    const isAwaited = follower.isCaughtUp(leaderLogEndOffset, nowMs, lagTimeMaxMs) && mayJoin(replicaId);
    if (isAwaited || counting.includes(replicaId)) limit = follower.logEndOffset;
  }
  return limit;
}

/** The followers in sync that have been behind for too long. Never counted in records, always in time. */
export function laggingReplicas(inSyncReplicas: readonly number[], positions: ReplicaPositions): ReadonlySet<number> {
  const { leaderLogEndOffset, followers, nowMs, lagTimeMaxMs } = positions;
  const lagging = new Set<number>();
  for (const replicaId of inSyncReplicas) {
    const follower = followers.get(replicaId);
    if (follower?.isCaughtUp(leaderLogEndOffset, nowMs, lagTimeMaxMs) === false) lagging.add(replicaId);
  }
  return lagging;
}
