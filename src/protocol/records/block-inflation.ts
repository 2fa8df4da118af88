import type { CorruptCompressionError } from "./corrupt-compression-error.ts";

/** Fewer bytes than this are copied faster one by one than by a call into the runtime. */
const bulkByteCount = 32;

/**
 * One block of the LZ77 family on its way from `source` to `[start, limit)` of `target`: literals are copied out of the
 * source, matches out of what was written before. Nothing is read or written outside, whatever the block says.
 */
export class BlockInflation {
  readonly source: Buffer;
  /** Next byte to read. */
  from: number;
  /** Next byte to write. */
  to: number;
  private readonly target: Buffer;
  private readonly start: number;
  private readonly limit: number;
  private readonly corrupt: (reason: string) => CorruptCompressionError;

  constructor(
    source: { readonly bytes: Buffer; readonly position: number },
    target: { readonly bytes: Buffer; readonly start: number; readonly limit: number },
    corrupt: (reason: string) => CorruptCompressionError,
  ) {
    this.source = source.bytes;
    this.from = source.position;
    this.target = target.bytes;
    this.start = target.start;
    this.to = target.start;
    this.limit = target.limit;
    this.corrupt = corrupt;
  }

  /** The source is used up. */
  get isAtEnd(): boolean {
    return this.from >= this.source.length;
  }

  /** The target is filled. */
  get isFull(): boolean {
    return this.to === this.limit;
  }

  /** The next byte of the source. */
  byte(): number {
    if (this.from >= this.source.length) throw this.corrupt("a block is cut off");
    return this.source[this.from++] as number;
  }

  /** The next bytes of the source as a number, lowest byte first. */
  number(byteCount: number): number {
    if (byteCount > this.source.length - this.from) throw this.corrupt("a block is cut off");
    let value = 0;
    for (let shift = 0; shift < 8 * byteCount; shift += 8) value |= (this.source[this.from++] as number) << shift;
    return value >>> 0;
  }

  /** Copy what comes next in the source. */
  copyLiteral(byteCount: number): void {
    const { source, target, from, to } = this;
    if (byteCount > source.length - from || byteCount > this.limit - to) throw this.corrupt("a literal runs over");
    if (byteCount > bulkByteCount) target.set(source.subarray(from, from + byteCount), to);
    else for (let index = 0; index < byteCount; index++) target[to + index] = source[from + index] as number;
    this.from = from + byteCount;
    this.to = to + byteCount;
  }

  /** Copy what was written `distance` bytes ago. It may overlap what it writes, and then repeats those bytes. */
  copyMatch(distance: number, byteCount: number): void {
    const { target, to: start } = this;
    const limit = start + byteCount;
    if (distance === 0 || distance > start - this.start || limit > this.limit) throw this.corrupt("a match runs over");
    if (byteCount > 2 * bulkByteCount && distance >= byteCount) {
      target.copyWithin(start, start - distance, limit - distance);
    } else {
      for (let to = start; to < limit; to++) target[to] = target[to - distance] as number;
    }
    this.to = limit;
  }
}
