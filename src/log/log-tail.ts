/**
 * The end of a log, in memory. A consumer that keeps up reads what was just written; serving it from the file would
 * copy through the kernel what this process still has. Batches are copied one behind another into slabs, so that none
 * holds on to the network input that it came in, and so that many of them leave as one piece. All tails of a data
 * directory share one budget.
 *
 * A slab that went out to no reader is filled anew once it is dropped. Kept batches live just long enough to reach the
 * old generation, where every 64 MB of fresh buffers make V8 collect the whole heap: without that, a broker that only
 * takes in records spends a tenth of its time on it. What a reader was given is left to the garbage collector, since
 * nobody says when the last byte of it has been sent.
 */
import { assert } from "../base/assert.ts";
import { baseOffsetOf, batchByteCountOf, lastOffsetOf } from "../protocol/records/batch.ts";

const slabByteCountFirst = 1024;
const slabByteCountMax = 256 * 1024;
/** A busy log drops one slab for each that it fills; more at once come from a log that is cut or gone. */
const spareSlabsMax = 4;

/** A stretch of whole batches, one after another. */
interface TailChunk {
  readonly tail: LogTail;
  readonly slab: Buffer;
  readonly firstOffset: number;
  /** Where it starts in the segment's file. */
  readonly position: number;
  byteCount: number;
  /** Somebody outside was given bytes of the slab. */
  isLent: boolean;
  isDropped: boolean;
}

/** Bounds the memory of many tails together: what was appended first, to whatever log, is dropped first. */
export class TailBudget {
  readonly byteCountMax: number;
  private heldByteCount = 0;
  /** In the order in which they were appended. */
  private readonly chunks = new Set<TailChunk>();
  /** All of `slabByteCountMax`. */
  private readonly spareSlabs: Buffer[] = [];

  constructor(byteCountMax: number) {
    this.byteCountMax = byteCountMax;
  }

  get byteCount(): number {
    return this.heldByteCount;
  }

  hold(chunk: TailChunk): void {
    this.chunks.add(chunk);
    this.heldByteCount += chunk.slab.byteLength;
    for (const oldest of this.chunks) {
      if (this.heldByteCount <= this.byteCountMax) return;
      oldest.tail.dropFirst();
    }
  }

  release(chunk: TailChunk): void {
    assert(!chunk.isDropped, "a chunk of a tail is dropped once");
    chunk.isDropped = true;
    this.chunks.delete(chunk);
    this.heldByteCount -= chunk.slab.byteLength;
    const isReusable = !chunk.isLent && chunk.slab.byteLength === slabByteCountMax;
    if (isReusable && this.spareSlabs.length < spareSlabsMax) this.spareSlabs.push(chunk.slab);
  }

  /** Room for `byteCount` bytes, with whatever in it. */
  takeSlab(byteCount: number): Buffer {
    const spare = byteCount === slabByteCountMax ? this.spareSlabs.pop() : undefined;
    return spare ?? Buffer.allocUnsafeSlow(byteCount);
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

  /** The batch at `position` of the segment, the newest one. It is copied. */
  append(batch: Buffer, position: number): void {
    if (this.budget.byteCountMax === 0) return;
    let chunk = this.chunks.at(-1);
    if (chunk === undefined || chunk.slab.byteLength - chunk.byteCount < batch.byteLength) {
      // The new slab may cost the budget older chunks, and itself where it is more than all of the budget.
      chunk = this.addChunk(this.newSlab(batch.byteLength), position, baseOffsetOf(batch, 0));
      if (chunk.isDropped) return;
    }
    assert(chunk.position + chunk.byteCount === position, "the tail is contiguous");
    batch.copy(chunk.slab, chunk.byteCount);
    chunk.byteCount += batch.byteLength;
  }

  /** Position of the first batch that reaches `offset` or lies behind it; undefined where the tail starts later. */
  positionOf(offset: number): number | undefined {
    const chunk = this.chunks[this.chunkIndexAt((candidate) => candidate.firstOffset <= offset)];
    if (chunk === undefined) return undefined;
    let position = 0;
    while (position < chunk.byteCount && lastOffsetOf(chunk.slab, position) < offset) {
      position += batchByteCountOf(chunk.slab, position);
    }
    return chunk.position + position;
  }

  /** Size of the batch that starts at `position`; undefined where the tail starts later or ends there. */
  batchByteCountAt(position: number): number | undefined {
    const chunk = this.chunks[this.chunkIndexAt((candidate) => candidate.position <= position)];
    if (chunk === undefined || position >= chunk.position + chunk.byteCount) return undefined;
    return batchByteCountOf(chunk.slab, position - chunk.position);
  }

  /** Bytes `[position, limit)` of the segment as pieces, without copying; undefined where the tail starts later. */
  read(position: number, limit: number): Buffer[] | undefined {
    let index = this.chunkIndexAt((candidate) => candidate.position <= position);
    if (index < 0) return undefined;
    const pieces: Buffer[] = [];
    for (let chunk = this.chunks[index]; chunk !== undefined && chunk.position < limit; chunk = this.chunks[++index]) {
      const from = Math.max(0, position - chunk.position);
      const to = Math.min(chunk.byteCount, limit - chunk.position);
      if (from >= to) continue;
      chunk.isLent = true;
      pieces.push(chunk.slab.subarray(from, to));
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

  private addChunk(slab: Buffer, position: number, firstOffset: number): TailChunk {
    const chunk: TailChunk = {
      tail: this,
      slab,
      firstOffset,
      position,
      byteCount: 0,
      isLent: false,
      isDropped: false,
    };
    this.chunks.push(chunk);
    this.budget.hold(chunk);
    return chunk;
  }

  /** Slabs double from log to busy log: ten thousand quiet partitions must not cost a full slab each. */
  private newSlab(byteCount: number): Buffer {
    const slab = this.budget.takeSlab(Math.max(byteCount, this.slabByteCount));
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
