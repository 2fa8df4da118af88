import { readInt64, writeInt64 } from "../protocol/records/batch.ts";
import type { Files } from "../runtime/runtime.ts";
import { IndexFile } from "./index-file.ts";

const entryByteCount = 12;

export interface TimeIndexEntry {
  /** The largest timestamp in the segment up to and with `offset`. */
  readonly timestamp: number;
  /** Last offset of the batch that holds it. */
  readonly offset: number;
}

const timestampOf = (bytes: Buffer, position: number): number => readInt64(bytes, position);
const relativeOffsetOf = (bytes: Buffer, position: number): number => bytes.readInt32BE(position + 8);

/** Timestamp to offset, sparse (KAFKA.md C.4). Timestamps strictly grow, whatever order the records have. */
export class TimeIndex {
  private readonly baseOffset: number;
  private readonly entries: IndexFile;
  /** The last entry, remembered because every append asks for it. */
  private last: TimeIndexEntry | undefined;

  private constructor(baseOffset: number, entries: IndexFile) {
    this.baseOffset = baseOffset;
    this.entries = entries;
  }

  static empty(files: Files, path: string, baseOffset: number): TimeIndex {
    return new TimeIndex(baseOffset, IndexFile.empty(files, path, entryByteCount));
  }

  static existing(files: Files, path: string, baseOffset: number): TimeIndex {
    return new TimeIndex(baseOffset, IndexFile.existing(files, path, entryByteCount));
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

  /** One slot stays free for the entry that a roll or a close adds. */
  isFull(byteCountMax: number): boolean {
    return this.entries.count >= Math.floor(byteCountMax / entryByteCount) - 1;
  }

  /** Add an entry unless it says nothing new: only a timestamp above the last one's does. */
  appendIfLater(timestamp: number, offset: number): void {
    const last = this.lastEntry();
    if (timestamp <= last.timestamp || offset < last.offset) return;
    const slot = this.entries.extend();
    writeInt64(slot.bytes, slot.position, timestamp);
    slot.bytes.writeInt32BE(offset - this.baseOffset, slot.position + 8);
    this.last = { timestamp, offset };
  }

  /** The last entry whose timestamp is at most `timestamp`; (-1, base offset) where there is none. */
  lookup(timestamp: number): TimeIndexEntry {
    const index = this.entries.floor(timestamp, timestampOf);
    return index < 0 ? { timestamp: -1, offset: this.baseOffset } : this.entryAt(index);
  }

  lastEntry(): TimeIndexEntry {
    this.last ??=
      this.entries.count === 0 ? { timestamp: -1, offset: this.baseOffset } : this.entryAt(this.entries.count - 1);
    return this.last;
  }

  /** Forget every entry that speaks of `offset` or a later one. */
  truncateTo(offset: number): void {
    this.entries.truncate(this.entries.floor(offset - this.baseOffset - 1, relativeOffsetOf) + 1);
    this.last = undefined;
  }

  clear(): void {
    this.entries.clear();
    this.last = undefined;
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

  entryAt(index: number): TimeIndexEntry {
    const bytes = this.entries.entry(index);
    return { timestamp: timestampOf(bytes, 0), offset: this.baseOffset + relativeOffsetOf(bytes, 0) };
  }
}
