import { assert } from "../base/assert.ts";
import type { Files } from "../runtime/runtime.ts";
import {
  type EpochEntry,
  formatEpochCheckpoint,
  MalformedCheckpointError,
  parseEpochCheckpoint,
  readText,
  replaceFile,
} from "./checkpoint-file.ts";

/** Where a leader epoch ends; both numbers are -1 where the log can't tell. */
export interface EpochEnd {
  readonly leaderEpoch: number;
  readonly endOffset: number;
}

const unknownEnd: EpochEnd = { leaderEpoch: -1, endOffset: -1 };

/**
 * Which leader epoch wrote which stretch of a log, so that a follower can find where it parted from its leader
 * (KIP-101, KIP-279; KAFKA.md D.7). Epochs and start offsets strictly grow together. Every change is written to
 * `leader-epoch-checkpoint` before it counts.
 */
export class LeaderEpochCache {
  private readonly files: Files;
  private readonly path: string;
  private entries: readonly EpochEntry[];
  private isUnsynced = false;

  private constructor(files: Files, path: string, entries: readonly EpochEntry[]) {
    this.files = files;
    this.path = path;
    this.entries = entries;
  }

  /**
   * The cache that `path` holds. A file that is damaged counts as empty: who opens the log fills it from the batches.
   */
  static load(files: Files, path: string): LeaderEpochCache {
    const text = readText(files, path) ?? "";
    try {
      return new LeaderEpochCache(files, path, parseEpochCheckpoint(text));
    } catch (error) {
      if (error instanceof MalformedCheckpointError) return new LeaderEpochCache(files, path, []);
      throw error;
    }
  }

  all(): readonly EpochEntry[] {
    return this.entries;
  }

  /** The newest epoch; -1 where there is none. */
  get latestEpoch(): number {
    return this.entries.at(-1)?.epoch ?? -1;
  }

  /** The epoch that wrote `offset`; -1 where that is before the first known one. */
  epochOf(offset: number): number {
    return this.entries.findLast(({ startOffset }) => startOffset <= offset)?.epoch ?? -1;
  }

  /** `epoch` begins at `startOffset`: a new leader's term, or the first batch of an epoch. */
  assign(epoch: number, startOffset: number): void {
    assert(epoch >= 0 && startOffset >= 0, "an epoch and its start offset are not negative");
    if (epoch === this.latestEpoch) return;
    const kept = this.entries.filter((entry) => entry.epoch < epoch && entry.startOffset < startOffset);
    this.replace([...kept, { epoch, startOffset }]);
  }

  /** Forget what begins at `endOffset` or later, as the log now ends there. */
  truncateFromEnd(endOffset: number): void {
    if ((this.entries.at(-1)?.startOffset ?? -1) < endOffset) return;
    this.replace(this.entries.filter(({ startOffset }) => startOffset < endOffset));
  }

  /** Forget what ends before `startOffset`, as the log now starts there. */
  truncateFromStart(startOffset: number): void {
    const index = this.entries.findLastIndex((entry) => entry.startOffset <= startOffset);
    const reached = this.entries[index];
    if (reached === undefined || (index === 0 && reached.startOffset === startOffset)) return;
    this.replace([{ epoch: reached.epoch, startOffset }, ...this.entries.slice(index + 1)]);
  }

  clear(): void {
    if (this.entries.length > 0) this.replace([]);
  }

  /** Where `leaderEpoch` ends: the start of the next epoch, or the log's end for the newest. */
  endOffsetFor(leaderEpoch: number, logEndOffset: number): EpochEnd {
    if (leaderEpoch === -1) return unknownEnd;
    if (leaderEpoch === this.latestEpoch) return { leaderEpoch, endOffset: logEndOffset };
    const next = this.entries.find(({ epoch }) => epoch > leaderEpoch);
    if (next === undefined) return unknownEnd;
    const floor = this.entries.findLast(({ epoch }) => epoch <= leaderEpoch);
    return { leaderEpoch: floor?.epoch ?? leaderEpoch, endOffset: next.startOffset };
  }

  /** Force the file to the disk: recovery finds epochs again only where it reads the batches. */
  sync(): void {
    if (!this.isUnsynced) return;
    using file = this.files.open(this.path, { create: false });
    file.sync();
    this.isUnsynced = false;
  }

  private replace(entries: readonly EpochEntry[]): void {
    replaceFile(this.files, this.path, formatEpochCheckpoint(entries));
    this.isUnsynced = true;
    this.entries = entries;
  }
}
