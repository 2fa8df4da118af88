import type { Files } from "../runtime/runtime.ts";
import { CorruptSnapshotError, type ProducerStates } from "./producer-state.ts";
import { offsetOfFileName, segmentFileName } from "./segment-name.ts";

/**
 * The `.snapshot` files of one log: what was known of producers at certain offsets (KAFKA.md C.7). One per segment's
 * start and one at the log's end after a clean stop, so that opening a log reads only what came after the newest.
 */
export class ProducerSnapshots {
  private readonly files: Files;
  private readonly directory: string;
  /** Ascending, as the names are. */
  private offsets: number[];

  constructor(files: Files, directory: string, names: readonly string[]) {
    this.files = files;
    this.directory = directory;
    this.offsets = names.map((name) => offsetOfFileName(name, ".snapshot")).filter((offset) => offset !== undefined);
  }

  get all(): readonly number[] {
    return this.offsets;
  }

  /**
   * Bring `producers` to the newest whole snapshot at or below `offset`; returns its offset, or undefined where there
   * is none and the producers are empty. Damaged ones are removed on the way.
   */
  restoreNewest(producers: ProducerStates, offset: number): number | undefined {
    producers.clear();
    for (;;) {
      const newest = this.offsets.findLast((candidate) => candidate <= offset);
      if (newest === undefined) return undefined;
      try {
        producers.restore(this.files.readAll(this.pathOf(newest)));
        return newest;
      } catch (error) {
        if (!(error instanceof CorruptSnapshotError)) throw error;
        this.removeWhere((candidate) => candidate === newest);
      }
    }
  }

  /** Write the state at `offset`: what all records below it say. Not forced to the disk: it can be derived again. */
  write(producers: ProducerStates, offset: number): void {
    {
      using file = this.files.open(this.pathOf(offset), { create: true });
      file.truncate(0);
      file.append([producers.toSnapshot()]);
    }
    if (this.offsets.includes(offset)) return;
    this.offsets = [...this.offsets, offset].sort((left, right) => left - right);
  }

  removeWhere(isUnwanted: (offset: number) => boolean): void {
    for (const offset of this.offsets) if (isUnwanted(offset)) this.files.remove(this.pathOf(offset));
    this.offsets = this.offsets.filter((offset) => !isUnwanted(offset));
  }

  /** Keep those at the start of a segment, and the newest. */
  removeStray(segmentBases: ReadonlySet<number>): void {
    const newest = this.offsets.at(-1);
    this.removeWhere((offset) => offset !== newest && !segmentBases.has(offset));
  }

  private pathOf(offset: number): string {
    return `${this.directory}/${segmentFileName(offset, ".snapshot")}`;
  }
}
