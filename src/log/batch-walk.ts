import { batchByteCountOf, batchHeaderByteCount, currentMagic, magicOf } from "../protocol/records/batch.ts";
import type { File } from "../runtime/runtime.ts";

const blockByteCount = 8 * 1024;

/** A segment holds bytes that are no batch where one should start. */
export class CorruptLogError extends Error {
  override readonly name = "CorruptLogError";
}

/**
 * Walks the batch headers of a file from a batch's start on, reading a block at a time and skipping the records. The
 * header found is at `headerPosition` of `bytes`; the batch itself is at `position` of the file.
 */
export class BatchWalk {
  bytes: Buffer = Buffer.alloc(0);
  headerPosition = 0;
  position: number;
  byteCount = 0;
  private readonly file: File;
  private readonly limit: number;
  /** Where in the file `bytes` starts. */
  private blockPosition = 0;

  /** Walk batches that start in `[position, limit)` of `file`. */
  constructor(file: File, position: number, limit: number) {
    this.file = file;
    this.position = position;
    this.limit = limit;
  }

  /** Move to the next batch; false at the limit. Throws `CorruptLogError` where no batch can start. */
  next(): boolean {
    this.position += this.byteCount;
    this.byteCount = 0;
    if (this.position >= this.limit) return false;
    if (this.limit - this.position < batchHeaderByteCount) throw this.corrupt("a cut header");
    this.headerPosition = this.position - this.blockPosition;
    if (this.headerPosition + batchHeaderByteCount > this.bytes.byteLength) this.readBlock(blockByteCount);
    const byteCount = batchByteCountOf(this.bytes, this.headerPosition);
    if (byteCount < batchHeaderByteCount || byteCount > this.limit - this.position) {
      throw this.corrupt(`a batch of ${byteCount} bytes`);
    }
    if (magicOf(this.bytes, this.headerPosition) !== currentMagic) throw this.corrupt("another magic than 2");
    this.byteCount = byteCount;
    return true;
  }

  /** The whole batch that the walk stands at, at position `headerPosition` of the returned bytes. */
  wholeBatch(): Buffer {
    if (this.headerPosition + this.byteCount > this.bytes.byteLength) this.readBlock(this.byteCount);
    return this.bytes;
  }

  private readBlock(byteCountMin: number): void {
    const byteCount = Math.min(Math.max(blockByteCount, byteCountMin), this.limit - this.position);
    const block = Buffer.allocUnsafeSlow(byteCount);
    if (this.file.read(this.position, block) < byteCount) throw this.corrupt("less than the file holds");
    this.bytes = block;
    this.blockPosition = this.position;
    this.headerPosition = 0;
  }

  private corrupt(what: string): CorruptLogError {
    return new CorruptLogError(`${what} at position ${this.position} of ${this.limit}`);
  }
}
