import type { ErrorName } from "../protocol/error-code.ts";
import type { Partition } from "./partition.ts";
import type { DelayedOperation } from "./purgatory.ts";

/** One partition whose leader has moved its log start, and whose followers are yet to follow. */
export class AwaitedDeletion {
  readonly partition: Partition;
  private readonly beforeOffset: number;
  private readonly leaderTerm: number;
  private readonly isAlive: (brokerId: number) => boolean;
  private settledAs: ErrorName | undefined;

  constructor(partition: Partition, beforeOffset: number, isAlive: (brokerId: number) => boolean) {
    this.partition = partition;
    this.beforeOffset = beforeOffset;
    this.leaderTerm = partition.leaderTerm;
    this.isAlive = isAlive;
  }

  get errorName(): ErrorName {
    return this.settledAs ?? "REQUEST_TIMED_OUT";
  }

  /** First offset that some live replica still has; told with a time-out too (KAFKA.md S.3). */
  get lowWatermark(): number {
    return this.settledAs === "NOT_LEADER_OR_FOLLOWER" ? -1 : this.partition.lowWatermark(this.isAlive);
  }

  settle(): boolean {
    if (this.settledAs !== undefined) return true;
    const { partition } = this;
    const leads = partition.isLeader && !partition.isRetired && partition.leaderTerm === this.leaderTerm;
    if (leads && partition.lowWatermark(this.isAlive) < this.beforeOffset) return false;
    this.settledAs = leads ? "NONE" : "NOT_LEADER_OR_FOLLOWER";
    return true;
  }
}

/** A DeleteRecords request that waits until every live replica's log starts where it was asked to (KAFKA.md D.12). */
export class DelayedDeleteRecords implements DelayedOperation {
  private readonly awaited: readonly AwaitedDeletion[];
  private readonly complete: () => void;

  constructor(awaited: readonly AwaitedDeletion[], complete: () => void) {
    this.awaited = awaited;
    this.complete = complete;
  }

  get keys(): readonly Partition[] {
    return this.awaited.map(({ partition }) => partition);
  }

  tryComplete(): boolean {
    const unsettled = this.awaited.filter((deletion) => !deletion.settle());
    if (unsettled.length > 0) return false;
    this.complete();
    return true;
  }

  expire(): void {
    this.complete();
  }
}
