/**
 * The end of a log, in memory. A consumer that keeps up reads what was just written; serving it from the file would
 * copy through the kernel what this process still has. A big batch is kept by reference, as it came from the socket; a
 * small one is copied next to its neighbours, so that it doesn't hold on to the whole chunk of network input that it
 * came in, and so that many of them leave as one piece. All tails of a data directory share one budget.
 */
import { assert } from "../base/assert.ts";
import { baseOffsetOf, batchByteCountOf, lastOffsetOf } from "../protocol/records/batch.ts";

const slabByteCountFirst = 1024;
const slabByteCountMax = 64 * 1024;
/** From this size on a batch is kept by reference, if it fills at least half of the memory that it holds on to. */
const referencedByteCountMin = 16 * 1024;

/** A stretch of whole batches, one after another. */
interface TailChunk {
  readonly tail: LogTail;
  readonly bytes: Buffer;
  /** Memory that this chunk keeps from being freed. */
  readonly heldByteCount: number;
  readonly firstOffset: number;
  /** Where it starts in the segment's file. */
  readonly position: number;
  byteCount: number;
  isDropped: boolean;
}

/** Bounds the memory of many tails together: what was appended first, to whatever log, is dropped first. */
export class TailBudget {
  readonly byteCountMax: number;
  private heldByteCount = 0;
  /** In the order in which they were appended. */
  private readonly chunks = new Set<TailChunk>();

  constructor(byteCountMax: number) {
    this.byteCountMax = byteCountMax;
  }

  get byteCount(): number {
    return this.heldByteCount;
  }

  hold(chunk: TailChunk): void {
    this.chunks.add(chunk);
    this.heldByteCount += chunk.heldByteCount;
    for (const oldest of this.chunks) {
      if (this.heldByteCount <= this.byteCountMax) return;
      oldest.tail.dropFirst();
    }
  }

  release(chunk: TailChunk): void {
    assert(!chunk.isDropped, "a chunk of a tail is dropped once");
    chunk.isDropped = true;
    this.chunks.delete(chunk);
    this.heldByteCount -= chunk.heldByteCount;
  }
}

/** The last batches of one active segment, contiguous up to its end. */
export class LogTail {
  private readonly budget: TailBudget;
  private chunks: TailChunk[] = [];
  private slabByteCount = slabByteCountFirst;

  constructor(budget: TailBudget) {
    this.budget = budget;
  }

  /** The batch at `position` of the segment, the newest one. From now on nobody may write to it. */
  append(batch: Buffer, position: number): void {
    if (this.budget.byteCountMax === 0) return;
    const heldByteCount = batch.buffer.byteLength;
    if (batch.byteLength >= referencedByteCountMin && batch.byteLength * 2 >= heldByteCount) {
      this.addChunk(batch, heldByteCount, position).byteCount = batch.byteLength;
      return;
    }
    let chunk = this.chunks.at(-1);
    if (chunk === undefined || chunk.bytes.byteLength - chunk.byteCount < batch.byteLength) {
      const slab = this.newSlab(batch.byteLength);
      // The new slab may have cost the budget older chunks, but never itself.
      chunk = this.addChunk(slab, slab.byteLength, position, baseOffsetOf(batch, 0));
      if (chunk.isDropped) return;
    }
    assert(chunk.position + chunk.byteCount === position, "the tail is contiguous");
    batch.copy(chunk.bytes, chunk.byteCount);
    chunk.byteCount += batch.byteLength;
  }

  /** Position of the first batch that reaches `offset` or lies behind it; undefined where the tail starts later. */
  positionOf(offset: number): number | undefined {
    const chunk = this.chunks[this.chunkIndexAt((candidate) => candidate.firstOffset <= offset)];
    if (chunk === undefined) return undefined;
    let position = 0;
    while (position < chunk.byteCount && lastOffsetOf(chunk.bytes, position) < offset) {
      position += batchByteCountOf(chunk.bytes, position);
    }
    return chunk.position + position;
  }

  /** Size of the batch that starts at `position`; undefined where the tail starts later or ends there. */
  batchByteCountAt(position: number): number | undefined {
    const chunk = this.chunks[this.chunkIndexAt((candidate) => candidate.position <= position)];
    if (chunk === undefined || position >= chunk.position + chunk.byteCount) return undefined;
    return batchByteCountOf(chunk.bytes, position - chunk.position);
  }

  /** Bytes `[position, limit)` of the segment as pieces, without copying; undefined where the tail starts later. */
  read(position: number, limit: number): Buffer[] | undefined {
    let index = this.chunkIndexAt((candidate) => candidate.position <= position);
    if (index < 0) return undefined;
    const pieces: Buffer[] = [];
    for (let chunk = this.chunks[index]; chunk !== undefined && chunk.position < limit; chunk = this.chunks[++index]) {
      const from = Math.max(0, position - chunk.position);
      const to = Math.min(chunk.byteCount, limit - chunk.position);
      if (from < to) pieces.push(chunk.bytes.subarray(from, to));
    }
    return pieces;
  }

  /** Forget all: the segment was rolled, cut or closed. */
  clear(): void {
    for (const chunk of this.chunks) this.budget.release(chunk);
    this.chunks = [];
    this.slabByteCount = slabByteCountFirst;
  }

  /** Called by the budget. */
  dropFirst(): void {
    const first = this.chunks.shift();
    assert(first !== undefined, "a tail that is told to drop has a chunk");
    this.budget.release(first);
  }

  private addChunk(bytes: Buffer, heldByteCount: number, position: number, firstOffset?: number): TailChunk {
    const chunk: TailChunk = {
      tail: this,
      bytes,
      heldByteCount,
      firstOffset: firstOffset ?? baseOffsetOf(bytes, 0),
      position,
      byteCount: 0,
      isDropped: false,
    };
    this.chunks.push(chunk);
    this.budget.hold(chunk);
    return chunk;
  }

  /** Slabs double from log to busy log: ten thousand quiet partitions must not cost a full slab each. */
  private newSlab(byteCount: number): Buffer {
    const slab = Buffer.allocUnsafeSlow(Math.max(byteCount, this.slabByteCount));
    this.slabByteCount = Math.min(this.slabByteCount * 2, slabByteCountMax);
    return slab;
  }

  /** Index of the last chunk that `isAtOrBefore` holds for, as it does for every one before; -1 for none. */
  private chunkIndexAt(isAtOrBefore: (chunk: TailChunk) => boolean): number {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const chunk = this.chunks[middle];
      if (chunk !== undefined && isAtOrBefore(chunk)) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
