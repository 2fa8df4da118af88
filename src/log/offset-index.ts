import { assert } from "../base/assert.ts";
import type { Files } from "../runtime/runtime.ts";
import { IndexFile } from "./index-file.ts";

const entryByteCount = 8;

/** Where to begin looking for an offset in a segment, and where the next entry bounds the search. */
export interface IndexedRange {
  readonly position: number;
  /** Position of the next indexed batch; undefined after the last entry. */
  readonly nextPosition: number | undefined;
}

const relativeOffsetOf = (bytes: Buffer, position: number): number => bytes.readInt32BE(position);

/**
 * Offset to position, sparse (KAFKA.md C.3). An entry holds the LAST offset of a chunk and the position of its FIRST
 * byte, so that a search that starts there finds every offset from the entry's on.
 */
export class OffsetIndex {
  private readonly baseOffset: number;
  private readonly entries: IndexFile;

  constructor(baseOffset: number, entries: IndexFile) {
    this.baseOffset = baseOffset;
    this.entries = entries;
  }

  static empty(files: Files, path: string, baseOffset: number): OffsetIndex {
    return new OffsetIndex(baseOffset, IndexFile.empty(files, path, entryByteCount));
  }

  static existing(files: Files, path: string, baseOffset: number): OffsetIndex {
    return new OffsetIndex(baseOffset, IndexFile.existing(files, path, entryByteCount));
  }

  get entryCount(): number {
    return this.entries.count;
  }

  get byteCount(): number {
    return this.entries.byteCount;
  }

  /** Have it in memory: from then on neither reading nor appending touches the disk. */
  load(): void {
    this.entries.load();
  }

  isFull(byteCountMax: number): boolean {
    return this.entries.count >= Math.floor(byteCountMax / entryByteCount);
  }

  /** Add the batch that ends with `offset` and begins at `position`. */
  append(offset: number, position: number): void {
    const last = this.lastEntry();
    assert(last === undefined || offset > last.offset, "offsets in an offset index grow");
    assert(last === undefined || position > last.position, "positions in an offset index grow");
    const slot = this.entries.extend();
    slot.bytes.writeInt32BE(offset - this.baseOffset, slot.position);
    slot.bytes.writeInt32BE(position, slot.position + 4);
  }

  lookup(offset: number): IndexedRange {
    const index = this.entries.floor(offset - this.baseOffset, relativeOffsetOf);
    return {
      position: index < 0 ? 0 : this.entryAt(index).position,
      nextPosition: index + 1 < this.entries.count ? this.entryAt(index + 1).position : undefined,
    };
  }

  lastEntry(): { readonly offset: number; readonly position: number } | undefined {
    return this.entries.count === 0 ? undefined : this.entryAt(this.entries.count - 1);
  }

  /** Forget every entry that speaks of `offset` or a later one. */
  truncateTo(offset: number): void {
    this.entries.truncate(this.entries.floor(offset - this.baseOffset - 1, relativeOffsetOf) + 1);
  }

  clear(): void {
    this.entries.clear();
  }

  save(): void {
    this.entries.save();
  }

  seal(): void {
    this.entries.seal();
  }

  sync(): void {
    this.entries.sync();
  }

  entryAt(index: number): { readonly offset: number; readonly position: number } {
    const bytes = this.entries.entry(index);
    return { offset: this.baseOffset + bytes.readInt32BE(0), position: bytes.readInt32BE(4) };
  }
}
