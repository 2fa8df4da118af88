import { assert } from "../../base/assert.ts";
import { UnsupportedFieldError } from "./message-error.ts";

const int64HighUnit = 2 ** 32;
const uuidByteCount = 16;
const stringByteCountMax = 0x7fff;

/**
 * From this size on a blob is passed on as a chunk of its own: copying a smaller one is cheaper than one more chunk.
 */
const referenceByteCountMin = 1024;

const initialByteCount = 256;

/**
 * Collects the bytes of one message as chunks in order. Small values go into a growing buffer; large blobs (record
 * batches) stay where they are and become chunks, so that they reach the socket without a copy.
 */
export class Writer {
  private buffer = Buffer.allocUnsafe(initialByteCount);
  /** Next byte to write in `buffer`. */
  private at = 0;
  /** First byte of `buffer` that no chunk holds yet. */
  private chunkStart = 0;
  private readonly chunks: Buffer[] = [];
  private chunkedByteCount = 0;

  /** How many bytes were written so far. */
  get byteCount(): number {
    return this.chunkedByteCount + this.at - this.chunkStart;
  }

  bool(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  int8(value: number): void {
    const position = this.take(1);
    this.buffer.writeInt8(value, position);
  }

  int16(value: number): void {
    const position = this.take(2);
    this.buffer.writeInt16BE(value, position);
  }

  uint16(value: number): void {
    const position = this.take(2);
    this.buffer.writeUInt16BE(value, position);
  }

  int32(value: number): void {
    const position = this.take(4);
    this.buffer.writeInt32BE(value, position);
  }

  uint32(value: number): void {
    const position = this.take(4);
    this.buffer.writeUInt32BE(value, position);
  }

  int64(value: number): void {
    assert(Number.isSafeInteger(value), "an int64 is a safe integer");
    const position = this.take(8);
    this.buffer.writeInt32BE(Math.floor(value / int64HighUnit), position);
    this.buffer.writeUInt32BE(value >>> 0, position + 4);
  }

  float64(value: number): void {
    const position = this.take(8);
    this.buffer.writeDoubleBE(value, position);
  }

  uuid(value: string): void {
    const position = this.take(uuidByteCount);
    const byteCount = this.buffer.write(value, position, uuidByteCount, "base64url");
    assert(byteCount === uuidByteCount, "a uuid has 16 bytes");
  }

  unsignedVarint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** Text behind its length: an int16, or a varint of the length plus one where `isCompact`. */
  string(value: string, isCompact: boolean): void {
    const byteCount = Buffer.byteLength(value);
    if (byteCount > stringByteCountMax) throw new UnsupportedFieldError(`a string of ${byteCount} bytes`);
    if (isCompact) this.unsignedVarint(byteCount + 1);
    else this.int16(byteCount);
    const position = this.take(byteCount);
    this.buffer.write(value, position, byteCount, byteCount === value.length ? "latin1" : "utf8");
  }

  /** Bytes as they are; a large `value` is not copied, so nobody may change it afterwards. */
  raw(value: Buffer): void {
    if (value.length >= referenceByteCountMin) {
      this.flush();
      this.add(value);
      return;
    }
    const position = this.take(value.length);
    value.copy(this.buffer, position);
  }

  /** A writer for a part whose size must be known before it is written here; end it with `append`. */
  fork(): Writer {
    return new Writer();
  }

  append(part: Writer): void {
    for (const chunk of part.finish()) this.raw(chunk);
  }

  /** All chunks in order. The writer is not to be used afterwards. */
  finish(): Buffer[] {
    this.flush();
    return this.chunks;
  }

  private byte(value: number): void {
    const position = this.take(1);
    this.buffer.writeUInt8(value, position);
  }

  private flush(): void {
    if (this.at > this.chunkStart) this.add(this.buffer.subarray(this.chunkStart, this.at));
    this.chunkStart = this.at;
  }

  private add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.chunkedByteCount += chunk.length;
  }

  /** Makes room for `byteCount` bytes and answers where they begin in `buffer`. */
  private take(byteCount: number): number {
    if (this.at + byteCount > this.buffer.length) this.grow(byteCount);
    const position = this.at;
    this.at += byteCount;
    return position;
  }

  /** What chunks hold already stays in the old buffer; the rest moves to one at least twice its size. */
  private grow(byteCount: number): void {
    const pendingByteCount = this.at - this.chunkStart;
    const buffer = Buffer.allocUnsafe(Math.max(initialByteCount, (pendingByteCount + byteCount) * 2));
    this.buffer.copy(buffer, 0, this.chunkStart, this.at);
    this.buffer = buffer;
    this.at = pendingByteCount;
    this.chunkStart = 0;
  }
}
