import type { DelayedOperation } from "../replication/purgatory.ts";
import type { Partition } from "../replication/partition.ts";
import { type FetchLimits, limitOffsetOf, type PartitionRead } from "./fetch-read.ts";

/**
 * A fetch that found too little and waits for more. It completes when what its partitions have now, taken together, is
 * enough, or when one of them can't be read any more as it could; whoever completes it reads the logs again.
 */
export class DelayedFetch implements DelayedOperation {
  private readonly reads: readonly PartitionRead[];
  private readonly limits: FetchLimits;
  private readonly complete: () => void;

  constructor(reads: readonly PartitionRead[], limits: FetchLimits, complete: () => void) {
    this.reads = reads;
    this.limits = limits;
    this.complete = complete;
  }

  /** The partitions whose changes matter. */
  get keys(): readonly Partition[] {
    const keys: Partition[] = [];
    for (const { partition } of this.reads) if (partition !== undefined) keys.push(partition);
    return keys;
  }

  tryComplete(): boolean {
    if (!this.isWorthAnswering()) return false;
    this.complete();
    return true;
  }

  expire(): void {
    this.complete();
  }

  private isWorthAnswering(): boolean {
    let byteCount = 0;
    for (const { asked, partition } of this.reads) {
      if (partition === undefined) continue;
      if (partition.isRetired || !(partition.isLeader || this.limits.readsFollowers)) return true;
      if (asked.currentLeaderEpoch >= 0 && partition.fence(asked.currentLeaderEpoch) !== "NONE") return true;
      const limitOffset = limitOffsetOf(partition, this.limits);
      // Cut off below the reader: it has to learn where.
      if (asked.fetchOffset > partition.logEndOffset) return true;
      if (asked.fetchOffset >= limitOffset) continue;
      byteCount += Math.min(asked.maxBytes, partition.byteCountBetween(asked.fetchOffset, limitOffset));
      if (byteCount >= this.limits.minBytes) return true;
    }
    return false;
  }
}
