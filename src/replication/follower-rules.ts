import type { EpochEnd, LeaderEpochCache } from "../log/leader-epoch-cache.ts";

/** What a follower's rules look at in its log. */
export interface FollowedLog {
  readonly logEndOffset: number;
  readonly highWatermark: number;
  readonly leaderEpochs: Pick<LeaderEpochCache, "latestEpoch" | "endOffsetFor">;
}

/** What has happened between a follower and its leader in this leader epoch. */
export interface FollowingSoFar {
  /** How often the leader said that the logs part. */
  readonly divergenceCount: number;
  /** The leader has answered without objecting to what the follower has. */
  readonly hasAgreed: boolean;
}

/**
 * How a follower makes sure that what it has is what its leader has. There is one right way; that the ways of the past
 * lose records is what tests show by putting them in its place (INVARIANTS.md 8).
 */
export interface FollowerRules {
  /** Where the log is cut before the first fetch. */
  startOffset(log: FollowedLog): number;
  /** The leader epoch that a fetch is fenced by, where `leaderEpoch` is the one the follower was told; -1: none. */
  fencingEpoch(leaderEpoch: number): number;
  /** The epoch whose end the leader compares with the fetch offset; -1: it compares nothing. */
  lastFetchedEpoch(log: FollowedLog, soFar: FollowingSoFar): number;
  /** Where to cut when the leader's log parts from this one at `diverging`. */
  truncationOffset(log: FollowedLog, diverging: EpochEnd): number;
}

/**
 * Fenced by the epoch in every fetch (KIP-320), cut by the epochs in the log (KIP-279), in the fetch itself
 * (KIP-595).
 */
export const followerRules: FollowerRules = {
  // Without an epoch there is nothing to compare: what is below the high watermark is all that is sure (KAFKA.md D.7).
  startOffset: (log) => (log.leaderEpochs.latestEpoch === -1 ? log.highWatermark : log.logEndOffset),
  fencingEpoch: (leaderEpoch) => leaderEpoch,
  lastFetchedEpoch: (log) => log.leaderEpochs.latestEpoch,
  truncationOffset(log, diverging) {
    const { logEndOffset } = log;
    const own = log.leaderEpochs.endOffsetFor(diverging.leaderEpoch, logEndOffset);
    if (own.endOffset < 0) return Math.min(diverging.endOffset, logEndOffset);
    // An epoch that this log doesn't have: cut what is younger, and ask again about an epoch that it has (KIP-279).
    if (own.leaderEpoch !== diverging.leaderEpoch) return Math.min(own.endOffset, logEndOffset);
    return Math.min(own.endOffset, diverging.endOffset, logEndOffset);
  },
};
