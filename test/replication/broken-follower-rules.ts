import { type FollowerRules, followerRules } from "../../src/replication/follower-rules.ts";

/*
 * The ways of the past, each of which loses records that were acknowledged (INVARIANTS.md 8). A follower with one of
 * these in the place of `followerRules` must be caught by whoever claims to check replication.
 */

/** Before KIP-101: cut to one's own high watermark, which is known one fetch late. */
const truncateToHighWatermark: FollowerRules = {
  ...followerRules,
  startOffset: (log) => log.highWatermark,
  fencingEpoch: () => -1,
  lastFetchedEpoch: () => -1,
};

/** KIP-101 alone: asks once where its last epoch ends at the leader, and believes it where the leader lacks it. */
const epochsAskedOnce: FollowerRules = {
  ...followerRules,
  fencingEpoch: () => -1,
  lastFetchedEpoch: (log, { divergenceCount, hasAgreed }) =>
    divergenceCount === 0 && !hasAgreed ? log.leaderEpochs.latestEpoch : -1,
  truncationOffset: (log, diverging) => Math.min(diverging.endOffset, log.logEndOffset),
};

/** KIP-279 alone: cuts at the right place, but nobody is fenced, so that it may be the right place of another epoch. */
const epochsUnfenced: FollowerRules = {
  ...followerRules,
  fencingEpoch: () => -1,
  lastFetchedEpoch: (log, { hasAgreed }) => (hasAgreed ? -1 : log.leaderEpochs.latestEpoch),
};

/** The first try at KIP-320: cuts whenever the last epoch differs, but who follows in an old epoch counts as well. */
const lazyTruncation: FollowerRules = { ...followerRules, fencingEpoch: () => -1 };

export const brokenFollowerRules: Readonly<Record<string, FollowerRules>> = {
  truncateToHighWatermark,
  epochsAskedOnce,
  epochsUnfenced,
  lazyTruncation,
};
