/**
 * Zig-zag numbers of records: small ones of either sign take one byte (KAFKA.md B.2). A varint has at most five bytes
 * and 32 bits, a varlong ten and 64; what is written here stays within 2^52 either way, where zig-zag is still exact.
 */
import { assert } from "../../base/assert.ts";

const writableMax = 2 ** 52;

/** Bytes that `value` takes as a varint or varlong. */
export function varintByteCount(value: number): number {
  let rest = zigZag(value);
  let byteCount = 1;
  for (; rest >= 128; byteCount++) rest = Math.floor(rest / 128);
  return byteCount;
}

/** Write `value` at `position`; answers the position behind it. */
export function writeVarint(buffer: Buffer, position: number, value: number): number {
  let rest = zigZag(value);
  let next = position;
  for (; rest >= 128; next++) {
    buffer[next] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  buffer[next] = rest;
  return next + 1;
}

/** The 32-bit number at `position`, which is known to be well-formed. */
export function readVarint(buffer: Buffer, position: number): number {
  let raw = 0;
  for (let shift = 0, next = position; shift <= 28; shift += 7, next++) {
    const byte = buffer[next] as number;
    raw |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return (raw >>> 1) ^ -(raw & 1);
}

/** The position behind the number at `position`, which need not be written as short as it could be. */
export function varintLimit(buffer: Buffer, position: number): number {
  let next = position;
  while ((buffer[next] as number) >= 0x80) next++;
  return next + 1;
}

function zigZag(value: number): number {
  assert(value <= writableMax && value >= -writableMax, "a varint is written within 2^52");
  return value >= 0 ? value * 2 : -value * 2 - 1;
}
