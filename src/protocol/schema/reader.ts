import { MalformedMessageError } from "./message-error.ts";

const int64HighUnit = 2 ** 32;
const uuidByteCount = 16;
const stringByteCountMax = 0x7fff;

/**
 * Walks over the bytes of one message. Every read is checked against the end, so that nothing a peer sends can make it
 * look past its own frame or allocate more than that frame can hold.
 *
 * An int64 beyond the safe integers is read as the nearest safe one (`Number.MAX_SAFE_INTEGER` or its negative). A
 * client may legally send 2^63-1 as an offset or a timestamp, and Kafka answers it with an error code rather than by
 * closing the connection; no log reaches 2^53, so a handler gives the same answer to the nearest safe integer.
 */
export class Reader {
  private readonly bytes: Buffer;
  private readonly limit: number;
  private at: number;

  constructor(bytes: Buffer, position = 0) {
    this.bytes = bytes;
    this.limit = bytes.length;
    this.at = position;
  }

  /** Where the next read begins. */
  get position(): number {
    return this.at;
  }

  get byteCountLeft(): number {
    return this.limit - this.at;
  }

  bool(): boolean {
    return this.bytes.readInt8(this.take(1)) !== 0;
  }

  int8(): number {
    return this.bytes.readInt8(this.take(1));
  }

  int16(): number {
    return this.bytes.readInt16BE(this.take(2));
  }

  uint16(): number {
    return this.bytes.readUInt16BE(this.take(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.take(4));
  }

  uint32(): number {
    return this.bytes.readUInt32BE(this.take(4));
  }

  int64(): number {
    const position = this.take(8);
    const value = this.bytes.readInt32BE(position) * int64HighUnit + this.bytes.readUInt32BE(position + 4);
    if (value > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
    if (value < -Number.MAX_SAFE_INTEGER) return -Number.MAX_SAFE_INTEGER;
    return value;
  }

  float64(): number {
    return this.bytes.readDoubleBE(this.take(8));
  }

  uuid(): string {
    const position = this.take(uuidByteCount);
    return this.bytes.toString("base64url", position, position + uuidByteCount);
  }

  /** Seven bits a byte, lowest first, as Java's int: five bytes may give a negative number. */
  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.bytes.readUInt8(this.take(1));
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new MalformedMessageError("a varint of more than five bytes");
  }

  /** The length in front of a compact string, blob or array, which is sent plus one; negative is null. */
  compactLength(): number {
    return (this.unsignedVarint() - 1) | 0;
  }

  /** Text of `byteCount` bytes; what is no UTF-8 becomes U+FFFD, as in Kafka. */
  string(byteCount: number): string {
    if (byteCount > stringByteCountMax) throw new MalformedMessageError(`a string of ${byteCount} bytes`);
    const position = this.take(byteCount);
    return this.bytes.toString("utf8", position, position + byteCount);
  }

  /** A view of the next `byteCount` bytes, not a copy. */
  slice(byteCount: number): Buffer {
    const position = this.take(byteCount);
    return this.bytes.subarray(position, position + byteCount);
  }

  skip(byteCount: number): void {
    this.take(byteCount);
  }

  /** Refuses a count that the bytes left can't hold, before anything is allocated for it. */
  checkCount(count: number): void {
    if (count > this.limit - this.at) {
      throw new MalformedMessageError(`an array of ${count} elements in ${this.limit - this.at} bytes`);
    }
  }

  private take(byteCount: number): number {
    const position = this.at;
    const end = position + byteCount;
    if (end > this.limit || byteCount < 0) {
      throw new MalformedMessageError(`${byteCount} bytes at position ${position} of ${this.limit}`);
    }
    this.at = end;
    return position;
  }
}
