import type { AppendResult } from "../log/append-result.ts";
import type { Partition } from "./partition.ts";
import type { DelayedOperation } from "./purgatory.ts";

/** One partition of a Produce request with acks=all: appended, and not known to be committed yet. */
export class AwaitedAppend {
  readonly partition: Partition;
  private readonly leaderTerm: number;
  private current: AppendResult;
  private isWaiting = true;

  /** To be made right after the append, or after finding that an earlier try had appended it. */
  constructor(partition: Partition, appended: AppendResult) {
    this.partition = partition;
    this.leaderTerm = partition.leaderTerm;
    this.current = appended;
  }

  /** What to answer as of now. */
  get result(): AppendResult {
    return this.current;
  }

  /** Look again; true once it is settled, one way or the other. */
  settle(): boolean {
    if (!this.isWaiting) return true;
    const errorName = this.partition.commitOf(this.current.lastOffset + 1, this.leaderTerm);
    if (errorName === "waiting") return false;
    this.isWaiting = false;
    if (errorName !== "NONE") this.current = { ...this.current, errorName };
    return true;
  }

  /** The time is up. What was appended stays, and may yet be committed: its offset is told (KAFKA.md D.9). */
  expire(): void {
    if (this.isWaiting) this.current = { ...this.current, errorName: "REQUEST_TIMED_OUT" };
    this.isWaiting = false;
  }
}

/**
 * A Produce request with acks=all that waits until all of it is committed. Each partition settles by itself; the
 * request is answered when all have, or when its time is up.
 */
export class DelayedProduce implements DelayedOperation {
  private readonly awaited: readonly AwaitedAppend[];
  private readonly complete: () => void;

  constructor(awaited: readonly AwaitedAppend[], complete: () => void) {
    this.awaited = awaited;
    this.complete = complete;
  }

  /** The partitions whose high watermarks matter. */
  get keys(): readonly Partition[] {
    return this.awaited.map(({ partition }) => partition);
  }

  tryComplete(): boolean {
    // All are looked at: one that has settled must not change its mind while the others wait.
    const unsettled = this.awaited.filter((append) => !append.settle());
    if (unsettled.length > 0) return false;
    this.complete();
    return true;
  }

  expire(): void {
    for (const append of this.awaited) append.expire();
    this.complete();
  }
}
