import { batchHeaderByteCount, batchByteCountOf, recordsCountOf } from "./batch.ts";

/**
 * Walks the records of an uncompressed section and allocates nothing: it runs over every record that is produced.
 * `next` moves to a record, whose places are then in the fields; a visitor is meant to be kept and reset.
 *
 * It holds records to their own length and the section to its declared count (KAFKA.md B.2): when `next` answers false,
 * `fault` is undefined exactly if all records were well-formed, as many as declared, and nothing lay behind them.
 */
export class RecordVisitor {
  /** Why the walk ended early, as a sentence; undefined while all is well. */
  fault: string | undefined = undefined;
  /** Of the record visited now, counted from 0; -1 before the first. */
  index = -1;
  offsetDelta = 0;
  /** In ms; rounded beyond 2^53. */
  timestampDelta = 0;
  /** Where the record starts (its length) and ends. */
  recordPosition = 0;
  recordLimit = 0;
  keyPosition = 0;
  /** -1 for a null key. */
  keyByteCount = -1;
  valuePosition = 0;
  /** -1 for a null value (a tombstone). */
  valueByteCount = -1;
  /** Where the first header's key length is. */
  headersPosition = 0;
  headersCount = 0;

  private bytes: Uint8Array = new Uint8Array(0);
  private position = 0;
  private limit = 0;
  private declaredCount = 0;

  get hasKey(): boolean {
    return this.keyByteCount >= 0;
  }

  /** Walk `[position, limit)` of `bytes`, which claims to hold `recordsCount` records. */
  reset(bytes: Uint8Array, position: number, limit: number, recordsCount: number): this {
    this.bytes = bytes;
    this.position = position;
    this.limit = Math.min(limit, bytes.length);
    this.declaredCount = recordsCount;
    this.index = -1;
    this.fault = undefined;
    return this;
  }

  /** Walk the records of an uncompressed batch that is wholly in `buffer`. */
  resetToBatch(buffer: Buffer, position: number): this {
    const limit = position + batchByteCountOf(buffer, position);
    return this.reset(buffer, position + batchHeaderByteCount, limit, recordsCountOf(buffer, position));
  }

  /** Move to the next record; false at the end and at the first fault. */
  next(): boolean {
    if (this.fault !== undefined) return false;
    if (this.index + 1 >= this.declaredCount) {
      this.checkEnd();
      return false;
    }
    this.recordPosition = this.position;
    // A number that is cut off gives 0 and leaves no bytes, which the body then finds missing.
    const byteCount = this.varint();
    const recordLimit = this.position + byteCount;
    if (byteCount < 0 || recordLimit > this.limit) {
      return this.fail(`a record of ${byteCount} bytes where ${this.limit - this.position} are left`);
    }
    this.recordLimit = recordLimit;
    return this.visitBody(recordLimit);
  }

  private visitBody(recordLimit: number): boolean {
    const sectionLimit = this.limit;
    // Varints are read against the record's own end, so that a record can't borrow bytes from the next one.
    this.limit = recordLimit;
    this.position++;
    this.timestampDelta = this.varlong();
    this.offsetDelta = this.varint();
    this.keyByteCount = this.nullableByteCount("key");
    this.keyPosition = this.position;
    if (this.keyByteCount > 0) this.position += this.keyByteCount;
    this.valueByteCount = this.nullableByteCount("value");
    this.valuePosition = this.position;
    if (this.valueByteCount > 0) this.position += this.valueByteCount;
    this.headersCount = this.varint();
    this.headersPosition = this.position;
    if (this.headersCount !== 0) this.skipHeaders();
    this.limit = sectionLimit;
    if (this.fault !== undefined) return false;
    if (this.position !== recordLimit) {
      return this.fail(`${recordLimit - this.position} bytes of a record are left over`);
    }
    this.index++;
    return true;
  }

  private skipHeaders(): void {
    if (this.headersCount < 0) {
      this.fail(`${this.headersCount} headers`);
      return;
    }
    // Each header takes two bytes at least, so a great count fails as soon as the bytes are used up.
    for (let index = 0; index < this.headersCount && this.fault === undefined; index++) {
      const keyByteCount = this.nullableByteCount("header key");
      if (keyByteCount < 0) {
        this.fail("a header without a key");
        return;
      }
      this.position += keyByteCount;
      const valueByteCount = this.nullableByteCount("header value");
      if (valueByteCount > 0) this.position += valueByteCount;
    }
  }

  /** A length, or null: -1, or as Kafka reads it any other negative number. What it counts lies within the record. */
  private nullableByteCount(what: string): number {
    const byteCount = this.varint();
    if (byteCount > this.limit - this.position) {
      this.fail(`a ${what} of ${byteCount} bytes where ${Math.max(0, this.limit - this.position)} are left`);
      return -1;
    }
    return Math.max(-1, byteCount);
  }

  /** A zig-zag 32-bit number of one to five bytes. */
  private varint(): number {
    const bytes = this.bytes;
    let position = this.position;
    if (position >= this.limit) return this.failNumber("a number is cut off");
    let byte = bytes[position++] as number;
    let raw = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift > 28) return this.failNumber("a number has more than five bytes");
      if (position >= this.limit) return this.failNumber("a number is cut off");
      byte = bytes[position++] as number;
      raw |= (byte & 0x7f) << shift;
    }
    this.position = position;
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** A zig-zag 64-bit number of one to ten bytes. */
  private varlong(): number {
    const bytes = this.bytes;
    let position = this.position;
    if (position >= this.limit) return this.failNumber("a number is cut off");
    let byte = bytes[position++] as number;
    if (byte < 0x80) {
      this.position = position;
      return (byte >>> 1) ^ -(byte & 1);
    }
    const isNegative = (byte & 1) === 1;
    // The magnitude, as a float from the second byte on, so that it may pass 32 bits.
    let magnitude = (byte & 0x7e) / 2;
    let scale = 64;
    for (let count = 1; byte >= 0x80; count++) {
      if (count === 10) return this.failNumber("a number has more than ten bytes");
      if (position >= this.limit) return this.failNumber("a number is cut off");
      byte = bytes[position++] as number;
      // The tenth byte holds bit 63 alone.
      magnitude += (count === 9 ? byte & 1 : byte & 0x7f) * scale;
      scale *= 128;
    }
    this.position = position;
    return isNegative ? -magnitude - 1 : magnitude;
  }

  private checkEnd(): void {
    if (this.declaredCount < 0) this.fail(`${this.declaredCount} records`);
    else if (this.position < this.limit) this.fail(`${this.limit - this.position} bytes behind the last record`);
  }

  private fail(fault: string): false {
    this.fault ??= fault;
    return false;
  }

  private failNumber(fault: string): 0 {
    this.fail(fault);
    // Nothing is read behind a fault: without bytes left, every further read fails at once.
    this.position = this.limit;
    return 0;
  }
}
