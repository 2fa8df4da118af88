/** What a follower's fetch tells its leader, and when it came. */
export interface FollowerFetch {
  /**
   * The follower's log end: fetching from there is the follower's word that it has everything before (KAFKA.md D.2).
   */
  readonly fetchOffset: number;
  readonly logStartOffset: number;
  /** Registration of the follower's broker; -1 if it doesn't say. */
  readonly brokerEpoch: number;
  readonly nowMs: number;
}

const unknownOffset = -1;
const never = -Infinity;

/**
 * How far one follower is, as its leader knows it from the follower's fetches. A follower counts as caught up as of the
 * moment when the leader's log ended where the follower is now, so that one that is always a few records behind a busy
 * leader is in sync all the same (KAFKA.md D.4).
 */
export class FollowerProgress {
  /** -1: it has not fetched from this leader yet. */
  logEndOffset = unknownOffset;
  /** -1: it has not said yet. */
  logStartOffset = unknownOffset;
  /** -1: it has not said. */
  brokerEpoch = -1;
  private lastFetchMs = never;
  private lastFetchLeaderLogEndOffset = unknownOffset;
  private lastCaughtUpMs = never;

  /** The leader's log ends at `leaderLogEndOffset`. False for a fetch of an earlier life of the follower's broker. */
  recordFetch(fetch: FollowerFetch, leaderLogEndOffset: number): boolean {
    if (fetch.brokerEpoch !== -1 && fetch.brokerEpoch < this.brokerEpoch) return false;
    if (fetch.fetchOffset >= leaderLogEndOffset) {
      this.lastCaughtUpMs = Math.max(this.lastCaughtUpMs, fetch.nowMs);
    } else if (fetch.fetchOffset >= this.lastFetchLeaderLogEndOffset) {
      this.lastCaughtUpMs = Math.max(this.lastCaughtUpMs, this.lastFetchMs);
    }
    this.logEndOffset = fetch.fetchOffset;
    this.logStartOffset = Math.max(this.logStartOffset, fetch.logStartOffset);
    this.brokerEpoch = Math.max(this.brokerEpoch, fetch.brokerEpoch);
    this.lastFetchLeaderLogEndOffset = leaderLogEndOffset;
    this.lastFetchMs = fetch.nowMs;
    return true;
  }

  /**
   * The leader begins an epoch: who is in sync gets its time anew, who isn't has to prove itself. A leader that goes on
   * in another epoch still knows how far its followers are; one that was none before begins with new ones.
   */
  beginEpoch(isInSync: boolean, leaderLogEndOffset: number, nowMs: number): void {
    this.lastFetchLeaderLogEndOffset = isInSync ? leaderLogEndOffset : 0;
    this.lastFetchMs = isInSync ? nowMs : never;
    this.lastCaughtUpMs = isInSync ? nowMs : never;
  }

  /** Caught up now, or no longer ago than `lagTimeMaxMs`. One that has everything is in sync however silent it is. */
  isCaughtUp(leaderLogEndOffset: number, nowMs: number, lagTimeMaxMs: number): boolean {
    return this.logEndOffset === leaderLogEndOffset || nowMs - this.lastCaughtUpMs <= lagTimeMaxMs;
  }
}
