import { assert } from "../base/assert.ts";
import { baseOffsetOf, batchByteCountOf, lastOffsetOf, maxTimestampOf } from "../protocol/records/batch.ts";
import type { Files } from "../runtime/runtime.ts";
import { BatchWalk } from "./batch-walk.ts";
import type { FilePool, PooledFile } from "./file-pool.ts";
import type { LogConfig } from "./log-config.ts";
import { OffsetIndex } from "./offset-index.ts";
import type { ReadMemory } from "./read-memory.ts";
import { segmentFileName, segmentSuffixes } from "./segment-name.ts";
import { TimeIndex } from "./time-index.ts";

const relativeOffsetMax = 0x7fffffff;

/** What one write to a segment holds: one batch on a leader, perhaps several on a follower. */
export interface AppendedChunk {
  readonly bytes: Buffer;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
  /** Last offset of the batch that holds `maxTimestamp`. */
  readonly offsetOfMaxTimestamp: number;
}

export interface SegmentPlace {
  readonly pool: FilePool;
  readonly directory: string;
  readonly baseOffset: number;
}

/** When a segment came to be and how much earlier than `segment.ms` it is rolled. */
export interface SegmentBirth {
  readonly createdMs: number;
  readonly rollJitterMs: number;
}

/**
 * One `.log` file with its two indexes: the batches from `baseOffset` on. Batches are only added at the end or cut off
 * the end; indexes say where to look and never where something is for certain.
 */
export class Segment {
  readonly baseOffset: number;
  readonly offsetIndex: OffsetIndex;
  readonly timeIndex: TimeIndex;
  readonly createdMs: number;
  readonly rollJitterMs: number;
  private readonly directory: string;
  private readonly files: Files;
  private readonly log: PooledFile;
  private size = 0;
  private bytesSinceIndexEntry = 0;
  private largest: { readonly timestamp: number; readonly offset: number } | undefined;
  private firstBatchTimestamp: number | undefined;

  private constructor(place: SegmentPlace, birth: SegmentBirth, isNew: boolean) {
    const { files } = place.pool;
    this.baseOffset = place.baseOffset;
    this.directory = place.directory;
    this.files = files;
    this.createdMs = birth.createdMs;
    this.rollJitterMs = birth.rollJitterMs;
    this.log = place.pool.file(this.pathOf(".log"), { create: isNew });
    const make = isNew ? "empty" : "existing";
    this.offsetIndex = OffsetIndex[make](files, this.pathOf(".index"), place.baseOffset);
    this.timeIndex = TimeIndex[make](files, this.pathOf(".timeindex"), place.baseOffset);
  }

  /**
   * A new, empty segment. What other files of that name hold is gone. The first segment of a log gets its file with
   * its first batch: an empty log is the same without, and a broker may have ten thousand of them. Any other gets it
   * at once, as its name is all that tells where the log goes on.
   */
  static create(place: SegmentPlace, birth: SegmentBirth): Segment {
    const segment = new Segment(place, birth, true);
    for (const suffix of segmentSuffixes) {
      const path = segment.pathOf(suffix);
      if (place.pool.files.exists(path)) place.pool.files.remove(path);
    }
    if (place.baseOffset > 0) assert(segment.log.opened.byteCount === 0, "a new segment is empty");
    return segment;
  }

  /** The segment that the files hold. Its file is closed again, as most segments of a data directory rest. */
  static open(place: SegmentPlace, birth: SegmentBirth): Segment {
    const segment = new Segment(place, birth, false);
    segment.size = segment.log.opened.byteCount;
    segment.log.close();
    return segment;
  }

  get byteCount(): number {
    return this.size;
  }

  get hasLogFile(): boolean {
    return this.files.exists(this.pathOf(".log"));
  }

  get hasIndexFile(): boolean {
    return this.files.exists(this.pathOf(".index"));
  }

  /** Largest timestamp of its records, or when its file was last written where they have none (KAFKA.md I.3). */
  get largestTimestamp(): number {
    const { timestamp } = this.largestEntry();
    return timestamp >= 0 ? timestamp : this.log.opened.modifiedMs;
  }

  /** Largest timestamp that is known, with the last offset of its batch; -1 where none is. */
  largestEntry(): { readonly timestamp: number; readonly offset: number } {
    this.largest ??= this.timeIndex.lastEntry();
    return this.largest;
  }

  /** Must a chunk go to a new segment instead of this one (KAFKA.md C.8)? */
  mustRollFor(chunk: AppendedChunk, config: LogConfig, nowMs: number): boolean {
    if (this.size > config.segmentBytes - chunk.bytes.byteLength) return true;
    if (this.size > 0 && this.waitedMs(chunk, nowMs) > config.segmentMs - this.rollJitterMs) return true;
    if (this.offsetIndex.isFull(config.segmentIndexBytes) || this.timeIndex.isFull(config.segmentIndexBytes)) {
      return true;
    }
    return chunk.lastOffset - this.baseOffset > relativeOffsetMax;
  }

  /** Write a chunk at the end. Throws `FileError` where the disk refuses; then nothing has changed. */
  append(chunk: AppendedChunk, indexIntervalBytes: number): void {
    assert(chunk.lastOffset >= this.baseOffset, "a segment holds offsets from its base on");
    const position = this.size;
    // What is read from index files for the bookkeeping is read before: after the write nothing may fail any more.
    this.offsetIndex.load();
    this.timeIndex.load();
    this.log.opened.append([chunk.bytes]);
    this.size += chunk.bytes.byteLength;
    this.noteBatch(chunk, position, indexIntervalBytes);
  }

  /** Bytes `[position, limit)`, in a fresh buffer or in one that the caller may give back. */
  read(position: number, limit: number, memory?: ReadMemory): Buffer {
    assert(position <= limit && limit <= this.size, "a segment is read within its size");
    const bytes = memory?.take(limit - position) ?? Buffer.allocUnsafeSlow(limit - position);
    const byteCount = this.log.opened.read(position, bytes);
    return bytes.subarray(0, byteCount);
  }

  /** Batches whose headers start in `[position, end of the segment)`. */
  walk(position: number): BatchWalk {
    return new BatchWalk(this.log.opened, position, this.size);
  }

  /** Position of the first batch that reaches `offset` or lies behind it; the end of the segment where none does. */
  positionOf(offset: number): number {
    const walk = this.walk(this.offsetIndex.lookup(offset).position);
    while (walk.next()) {
      if (lastOffsetOf(walk.bytes, walk.headerPosition) >= offset) return walk.position;
    }
    return this.size;
  }

  /** Offset behind the last batch; the base offset of an empty segment. Reads from the last index entry on. */
  nextOffset(): number {
    let nextOffset = this.baseOffset;
    const walk = this.walk(this.offsetIndex.lastEntry()?.position ?? 0);
    while (walk.next()) nextOffset = lastOffsetOf(walk.bytes, walk.headerPosition) + 1;
    return nextOffset;
  }

  /** Forget the indexes and build them anew with `noteBatch`, as recovery reads the batches. */
  clearIndexes(): void {
    this.offsetIndex.clear();
    this.timeIndex.clear();
    this.largest = undefined;
    this.firstBatchTimestamp = undefined;
    this.bytesSinceIndexEntry = 0;
  }

  /** Keep the indexes up to date with a chunk that stands at `position` (KAFKA.md C.5). */
  noteBatch(chunk: AppendedChunk, position: number, indexIntervalBytes: number): void {
    if (position === 0) this.firstBatchTimestamp = maxTimestampOf(chunk.bytes, 0);
    if (chunk.maxTimestamp > this.largestEntry().timestamp) {
      this.largest = { timestamp: chunk.maxTimestamp, offset: chunk.offsetOfMaxTimestamp };
    }
    if (this.bytesSinceIndexEntry > indexIntervalBytes) {
      this.offsetIndex.append(chunk.lastOffset, position);
      this.timeIndex.appendIfLater(this.largestEntry().timestamp, this.largestEntry().offset);
      this.bytesSinceIndexEntry = 0;
    }
    this.bytesSinceIndexEntry += chunk.bytes.byteLength;
  }

  /** Cut the file at `position`, where `offset` is the first one to go. */
  truncate(position: number, offset: number): void {
    assert(position <= this.size, "a segment is only cut shorter");
    this.log.opened.truncate(position);
    this.size = position;
    this.offsetIndex.truncateTo(offset);
    this.timeIndex.truncateTo(offset);
    this.bytesSinceIndexEntry = 0;
    if (position === 0) this.firstBatchTimestamp = undefined;
    this.findLargest();
  }

  /** No more is appended: the last time index entry is added and the indexes go to their files. */
  seal(): void {
    const { timestamp, offset } = this.largestEntry();
    this.timeIndex.appendIfLater(timestamp, offset);
    this.offsetIndex.seal();
    this.timeIndex.seal();
  }

  /** Force all to the disk. */
  sync(): void {
    this.log.opened.sync();
    this.syncIndexes();
  }

  /** Force the index files to the disk, where they were written since. */
  syncIndexes(): void {
    this.offsetIndex.sync();
    this.timeIndex.sync();
  }

  close(): void {
    this.log.close();
  }

  /** Rename its files so that they are no part of the log; returns the names to remove later. */
  markDeleted(): readonly string[] {
    this.log.close();
    const deleted: string[] = [];
    for (const suffix of segmentSuffixes) {
      const path = this.pathOf(suffix);
      if (!this.files.exists(path)) continue;
      this.files.rename(path, `${path}.deleted`);
      deleted.push(`${path}.deleted`);
    }
    return deleted;
  }

  /** Remove its files at once. */
  remove(): void {
    this.log.close();
    for (const suffix of segmentSuffixes) this.files.remove(this.pathOf(suffix));
  }

  /** The time index knows of indexed batches only; those behind its last entry are looked at. */
  private findLargest(): void {
    this.largest = this.timeIndex.lastEntry();
    const walk = this.walk(this.offsetIndex.lookup(this.largest.offset).position);
    while (walk.next()) {
      const timestamp = maxTimestampOf(walk.bytes, walk.headerPosition);
      if (timestamp <= this.largest.timestamp) continue;
      this.largest = { timestamp, offset: lastOffsetOf(walk.bytes, walk.headerPosition) };
    }
  }

  private waitedMs(chunk: AppendedChunk, nowMs: number): number {
    const first = this.firstTimestamp();
    return first >= 0 ? chunk.maxTimestamp - first : nowMs - this.createdMs;
  }

  private firstTimestamp(): number {
    if (this.firstBatchTimestamp === undefined) {
      const walk = this.walk(0);
      this.firstBatchTimestamp = walk.next() ? maxTimestampOf(walk.bytes, walk.headerPosition) : -1;
    }
    return this.firstBatchTimestamp;
  }

  private pathOf(suffix: (typeof segmentSuffixes)[number]): string {
    return `${this.directory}/${segmentFileName(this.baseOffset, suffix)}`;
  }
}

/** The chunk that a single batch is, standing at `position` of `bytes`. */
export function chunkOfBatch(bytes: Buffer, position: number): AppendedChunk {
  const byteCount = batchByteCountOf(bytes, position);
  const lastOffset = lastOffsetOf(bytes, position);
  assert(lastOffset >= baseOffsetOf(bytes, position), "a batch ends where it begins or later");
  return {
    bytes: position === 0 && bytes.byteLength === byteCount ? bytes : bytes.subarray(position, position + byteCount),
    lastOffset,
    maxTimestamp: maxTimestampOf(bytes, position),
    offsetOfMaxTimestamp: lastOffset,
  };
}
