/**
 * The header of a record batch, magic 2 (KAFKA.md B.1), read and patched where it lies.
 *
 * A batch stays one stretch of bytes from socket to segment to socket, so nothing here builds an object: every function
 * takes the buffer and the position at which the batch starts. Those who call must know that the header is complete
 * (`hasCompleteHeader`), and that the magic is 2 before they read anything behind it.
 *
 * 64-bit fields come out as `number` without a `bigint` in between. Above 2^53 that rounds; `hasSafeNumbers` says
 * whether any field of a batch from outside does.
 */
import { crc32c } from "../../base/crc32c.ts";

/** Bytes of base offset and batch length, which the batch length doesn't count. */
export const logOverheadByteCount = 12;
/** Bytes before the first record. */
export const batchHeaderByteCount = 61;
/** Least value of the batch length field: a batch without records. */
export const batchLengthMin = batchHeaderByteCount - logOverheadByteCount;
export const currentMagic = 2;
export const noProducerId = -1;
export const noProducerEpoch = -1;
export const noSequence = -1;
export const noTimestamp = -1;
export const noPartitionLeaderEpoch = -1;
export const sequenceMax = 0x7fffffff;

/** Where each field starts, relative to the start of the batch. */
export const fieldPositions = {
  baseOffset: 0,
  batchLength: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordsCount: 57,
  records: 61,
} as const;

export const attributeBits = {
  codec: 0x07,
  logAppendTime: 0x08,
  transactional: 0x10,
  control: 0x20,
  deleteHorizon: 0x40,
} as const;

export type TimestampType = "CreateTime" | "LogAppendTime";

const twoToThe32 = 0x1_0000_0000;

/** A signed 64-bit number; rounded beyond 2^53. */
export function readInt64(buffer: Buffer, position: number): number {
  return buffer.readInt32BE(position) * twoToThe32 + buffer.readUInt32BE(position + 4);
}

/** `value` must be a safe integer. */
export function writeInt64(buffer: Buffer, position: number, value: number): void {
  buffer.writeInt32BE(Math.floor(value / twoToThe32), position);
  // The two's complement of the low half is what is left after the floor.
  buffer.writeUInt32BE(value - Math.floor(value / twoToThe32) * twoToThe32, position + 4);
}

// --- How far the batch reaches.

export function hasCompleteHeader(buffer: Buffer, position: number): boolean {
  return position + batchHeaderByteCount <= buffer.length;
}

export function baseOffsetOf(buffer: Buffer, position: number): number {
  return readInt64(buffer, position);
}

/** The length field: bytes of the batch behind it. May be anything, as it comes from outside. */
export function batchLengthOf(buffer: Buffer, position: number): number {
  return buffer.readInt32BE(position + fieldPositions.batchLength);
}

/** All bytes of the batch, header included. */
export function batchByteCountOf(buffer: Buffer, position: number): number {
  return logOverheadByteCount + batchLengthOf(buffer, position);
}

export function partitionLeaderEpochOf(buffer: Buffer, position: number): number {
  return buffer.readInt32BE(position + fieldPositions.partitionLeaderEpoch);
}

export function magicOf(buffer: Buffer, position: number): number {
  return buffer.readInt8(position + fieldPositions.magic);
}

// --- What the CRC covers.

export function crcOf(buffer: Buffer, position: number): number {
  return buffer.readUInt32BE(position + fieldPositions.crc);
}

/** The CRC that the batch ought to carry. The whole batch must be in the buffer. */
export function computeCrc(buffer: Buffer, position: number): number {
  const limit = position + batchByteCountOf(buffer, position);
  return crc32c(buffer.subarray(position + fieldPositions.attributes, limit));
}

/** Does the batch carry the CRC of its own bytes? The whole batch must be in the buffer. */
export function crcIsValid(buffer: Buffer, position: number): boolean {
  return crcOf(buffer, position) === computeCrc(buffer, position);
}

export function attributesOf(buffer: Buffer, position: number): number {
  return buffer.readInt16BE(position + fieldPositions.attributes);
}

/** 0 to 7; 5 and above stand for no codec (`codecOf` gives the name). */
export function codecIdOf(buffer: Buffer, position: number): number {
  return attributesOf(buffer, position) & attributeBits.codec;
}

export function timestampTypeOf(buffer: Buffer, position: number): TimestampType {
  return (attributesOf(buffer, position) & attributeBits.logAppendTime) === 0 ? "CreateTime" : "LogAppendTime";
}

export function isTransactional(buffer: Buffer, position: number): boolean {
  return (attributesOf(buffer, position) & attributeBits.transactional) !== 0;
}

export function isControl(buffer: Buffer, position: number): boolean {
  return (attributesOf(buffer, position) & attributeBits.control) !== 0;
}

export function hasDeleteHorizon(buffer: Buffer, position: number): boolean {
  return (attributesOf(buffer, position) & attributeBits.deleteHorizon) !== 0;
}

export function lastOffsetDeltaOf(buffer: Buffer, position: number): number {
  return buffer.readInt32BE(position + fieldPositions.lastOffsetDelta);
}

/** Offset of the last record that the batch ever had; survives compaction. */
export function lastOffsetOf(buffer: Buffer, position: number): number {
  return baseOffsetOf(buffer, position) + lastOffsetDeltaOf(buffer, position);
}

/** First offset behind the batch. */
export function nextOffsetOf(buffer: Buffer, position: number): number {
  return lastOffsetOf(buffer, position) + 1;
}

/** What timestamp deltas count from, in ms; the delete horizon where `hasDeleteHorizon`. */
export function baseTimestampOf(buffer: Buffer, position: number): number {
  return readInt64(buffer, position + fieldPositions.baseTimestamp);
}

/** When tombstones and markers of the batch may go, wall ms; undefined while that isn't settled (KAFKA.md B.1). */
export function deleteHorizonMsOf(buffer: Buffer, position: number): number | undefined {
  return hasDeleteHorizon(buffer, position) ? baseTimestampOf(buffer, position) : undefined;
}

export function maxTimestampOf(buffer: Buffer, position: number): number {
  return readInt64(buffer, position + fieldPositions.maxTimestamp);
}

/** Below 0 is none. */
export function producerIdOf(buffer: Buffer, position: number): number {
  return readInt64(buffer, position + fieldPositions.producerId);
}

export function producerEpochOf(buffer: Buffer, position: number): number {
  return buffer.readInt16BE(position + fieldPositions.producerEpoch);
}

/** Below 0 is none. */
export function baseSequenceOf(buffer: Buffer, position: number): number {
  return buffer.readInt32BE(position + fieldPositions.baseSequence);
}

/** Sequence of the last record; `noSequence` where the batch has none. */
export function lastSequenceOf(buffer: Buffer, position: number): number {
  const baseSequence = baseSequenceOf(buffer, position);
  return baseSequence < 0 ? noSequence : addToSequence(baseSequence, lastOffsetDeltaOf(buffer, position));
}

/** `increment` sequences after `sequence`: behind 2^31 - 1 comes 0 (KAFKA.md B.1, L.15). */
export function addToSequence(sequence: number, increment: number): number {
  const sum = sequence + increment;
  return sum > sequenceMax ? sum - sequenceMax - 1 : sum;
}

export function recordsCountOf(buffer: Buffer, position: number): number {
  return buffer.readInt32BE(position + fieldPositions.recordsCount);
}

/** The records as they lie there, compressed or not. The whole batch must be in the buffer. */
export function recordsSectionOf(buffer: Buffer, position: number): Buffer {
  return buffer.subarray(position + batchHeaderByteCount, position + batchByteCountOf(buffer, position));
}

/** Are all 64-bit fields exact as `number`? To be asked once, at the wire's edge. */
export function hasSafeNumbers(buffer: Buffer, position: number): boolean {
  return (
    Number.isSafeInteger(baseOffsetOf(buffer, position)) &&
    Number.isSafeInteger(baseTimestampOf(buffer, position)) &&
    Number.isSafeInteger(maxTimestampOf(buffer, position)) &&
    Number.isSafeInteger(producerIdOf(buffer, position))
  );
}

// --- Patching. The CRC covers neither base offset nor leader epoch.

export function setBaseOffset(buffer: Buffer, position: number, baseOffset: number): void {
  writeInt64(buffer, position, baseOffset);
}

/** So that the last record has `lastOffset`. */
export function setLastOffset(buffer: Buffer, position: number, lastOffset: number): void {
  setBaseOffset(buffer, position, lastOffset - lastOffsetDeltaOf(buffer, position));
}

export function setPartitionLeaderEpoch(buffer: Buffer, position: number, leaderEpoch: number): void {
  buffer.writeInt32BE(leaderEpoch, position + fieldPositions.partitionLeaderEpoch);
}

/** Leaves a stale CRC behind: `updateCrc` belongs after the last of these. */
export function setAttributes(buffer: Buffer, position: number, attributes: number): void {
  buffer.writeInt16BE(attributes, position + fieldPositions.attributes);
}

/** Leaves a stale CRC behind: `updateCrc` belongs after the last of these. */
export function setMaxTimestamp(buffer: Buffer, position: number, maxTimestamp: number): void {
  writeInt64(buffer, position + fieldPositions.maxTimestamp, maxTimestamp);
}

/** Leaves a stale CRC behind: `updateCrc` belongs after the last of these. */
export function setTimestampType(buffer: Buffer, position: number, timestampType: TimestampType): void {
  const others = attributesOf(buffer, position) & ~attributeBits.logAppendTime;
  const bit = timestampType === "LogAppendTime" ? attributeBits.logAppendTime : 0;
  setAttributes(buffer, position, others | bit);
}

/** Set the CRC to what the bytes are now. The whole batch must be in the buffer. */
export function updateCrc(buffer: Buffer, position: number): void {
  buffer.writeUInt32BE(computeCrc(buffer, position), position + fieldPositions.crc);
}
