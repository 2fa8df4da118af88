import {
  batchByteCountOf,
  batchHeaderByteCount,
  logOverheadByteCount,
  lastOffsetOf,
} from "../protocol/records/batch.ts";
import type { LogTail } from "./log-tail.ts";
import type { ReadMemory } from "./read-memory.ts";
import type { SegmentList } from "./segment-list.ts";
import type { Segment } from "./segment.ts";

/** How many readers are remembered who go through the files of one log at the same time. */
const placesRemembered = 8;

export interface ReadLimits {
  /** Bytes wanted at most; the last batch may be cut by that. */
  readonly byteCountMax: number;
  /** Give the first batch whole however large it is: without that a reader could be stuck for ever (KIP-74). */
  readonly atLeastOneBatch: boolean;
  /** First offset that may not be seen: the high watermark, the last stable offset, or the log's end. */
  readonly limitOffset: number;
}

/** Whole batches, but for a last one that may be cut. The bytes stay the log's: who has them must not write to them. */
export interface LogSlice {
  readonly chunks: readonly Buffer[];
  readonly byteCount: number;
}

interface KnownPlace {
  readonly segment: Segment;
  readonly position: number;
}

export const emptySlice: LogSlice = { chunks: [], byteCount: 0 };

/** Finds and hands out stretches of a log: from memory near its end, from files before that. */
export class LogReader {
  private readonly segments: SegmentList;
  private readonly tail: LogTail;
  private readonly memory: ReadMemory;
  /** Where those who read from files will want to go on: saves them the index and the walk behind it. */
  private readonly places = new Map<number, KnownPlace>();

  constructor(segments: SegmentList, tail: LogTail, memory: ReadMemory) {
    this.segments = segments;
    this.tail = tail;
    this.memory = memory;
  }

  /** From the batch that holds `startOffset` on; ends at the end of a segment at the latest. */
  read(startOffset: number, limits: ReadLimits): LogSlice {
    for (let index = this.segments.indexOf(startOffset); index < this.segments.count; index++) {
      const segment = this.segments.at(index);
      const limitPosition = this.limitPositionIn(index, limits.limitOffset);
      const position = this.positionIn(segment, startOffset);
      if (position < limitPosition) return this.slice(segment, position, limitPosition, limits);
      // Compaction may have emptied the end of a segment: what is wanted is then in the next.
      const nextBase = this.segments.nextBaseOf(index);
      if (nextBase === undefined || nextBase >= limits.limitOffset) break;
    }
    return emptySlice;
  }

  /** Bytes of the batches from the one that holds `startOffset` to before `limitOffset`. */
  byteCountBetween(startOffset: number, limitOffset: number): number {
    if (startOffset >= limitOffset) return 0;
    const startIndex = this.segments.indexOf(startOffset);
    const limitIndex = this.segments.indexOf(limitOffset);
    let byteCount = this.limitPositionIn(limitIndex, limitOffset);
    for (let index = startIndex; index < limitIndex; index++) byteCount += this.segments.at(index).byteCount;
    return byteCount - this.positionIn(this.segments.at(startIndex), startOffset);
  }

  /** Positions have changed: a segment was cut or is gone. */
  forget(): void {
    this.places.clear();
  }

  private limitPositionIn(index: number, limitOffset: number): number {
    const segment = this.segments.at(index);
    const nextBase = this.segments.nextBaseOf(index);
    if (nextBase !== undefined && limitOffset >= nextBase) return segment.byteCount;
    return this.positionIn(segment, limitOffset);
  }

  /** Position of the first batch of `segment` that reaches `offset` or lies behind it; its end where none does. */
  private positionIn(segment: Segment, offset: number): number {
    if (offset <= segment.baseOffset) return 0;
    if (segment === this.segments.active) {
      const position = this.tail.positionOf(offset);
      if (position !== undefined) return position;
    }
    const known = this.places.get(offset);
    return known?.segment === segment ? known.position : segment.positionOf(offset);
  }

  private slice(segment: Segment, position: number, limitPosition: number, limits: ReadLimits): LogSlice {
    const end = Math.min(limitPosition, position + limits.byteCountMax);
    if (segment === this.segments.active) {
      const pieces = this.sliceOfTail(position, end, limits);
      if (pieces !== undefined) return pieces;
    }
    const headerLimit = Math.min(position + batchHeaderByteCount, segment.byteCount);
    const bytes = segment.read(position, Math.max(end, headerLimit), this.memory);
    const firstLimit = position + batchByteCountOf(bytes, 0);
    if (firstLimit <= end) {
      this.rememberEnd(segment, position, bytes);
      const cut = bytes.subarray(0, end - position);
      return { chunks: [cut], byteCount: cut.byteLength };
    }
    this.memory.giveBack(bytes);
    if (!limits.atLeastOneBatch) return emptySlice;
    const first = segment.read(position, Math.min(firstLimit, segment.byteCount), this.memory);
    this.rememberEnd(segment, position, first);
    return { chunks: [first], byteCount: first.byteLength };
  }

  private sliceOfTail(position: number, end: number, limits: ReadLimits): LogSlice | undefined {
    const firstByteCount = this.tail.batchByteCountAt(position);
    if (firstByteCount === undefined) return undefined;
    let limit = end;
    if (position + firstByteCount > end) {
      if (!limits.atLeastOneBatch) return emptySlice;
      limit = position + firstByteCount;
    }
    const chunks = this.tail.read(position, limit);
    return chunks === undefined ? undefined : { chunks, byteCount: limit - position };
  }

  private rememberEnd(segment: Segment, position: number, bytes: Buffer): void {
    let nextPosition = 0;
    let nextOffset = -1;
    while (nextPosition + batchHeaderByteCount <= bytes.byteLength) {
      const byteCount = batchByteCountOf(bytes, nextPosition);
      if (byteCount <= logOverheadByteCount || nextPosition + byteCount > bytes.byteLength) break;
      nextOffset = lastOffsetOf(bytes, nextPosition) + 1;
      nextPosition += byteCount;
    }
    if (nextOffset < 0) return;
    this.places.set(nextOffset, { segment, position: position + nextPosition });
    for (const oldest of this.places.keys()) {
      if (this.places.size <= placesRemembered) break;
      this.places.delete(oldest);
    }
  }
}
