import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { createHash } from "node:crypto";
import { crc32c, lz4Compress, lz4Decompress, snappyCompress, snappyDecompress } from "@platformatic/wasm-utils/bundled";
import type { Fields, Value } from "./conversation.ts";

/**
 * Record batches for conversations, good and bad: every field of the header can be said, and the CRC fits unless it is
 * said too. Written on purpose without the engine's own batch code, which would otherwise vouch for itself.
 */
export interface BatchSpec {
  readonly records?: readonly RecordSpec[];
  readonly codec?: Codec;
  /** First timestamp; those of the records are deltas to it. */
  readonly baseTimestamp?: number;
  readonly baseOffset?: number;
  readonly batchLength?: number;
  readonly partitionLeaderEpoch?: number;
  readonly magic?: number;
  readonly crc?: number;
  /** Bits beside the codec's. */
  readonly attributes?: number;
  readonly lastOffsetDelta?: number;
  readonly maxTimestamp?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly recordsCount?: number;
  /** Bytes after the header in place of the encoded records. */
  readonly payload?: Buffer;
}

export interface RecordSpec {
  readonly key?: string | null;
  readonly value?: string | Buffer | null;
  readonly headers?: readonly (readonly [string | null, string | null])[];
  readonly timestampDelta?: number;
  readonly offsetDelta?: number;
  readonly attributes?: number;
  /** In place of the true length in bytes. */
  readonly length?: number;
}

export type Codec = "none" | "gzip" | "snappy" | "lz4" | "zstd";

export const codecs: readonly Codec[] = ["none", "gzip", "snappy", "lz4", "zstd"];

const headerByteCount = 61;
const xerialHeader = Buffer.from("82534e41505059000000000100000001", "hex");

export function batch(spec: BatchSpec): Buffer {
  const { records = [], codec = "none", baseTimestamp = -1 } = spec;
  const body = Buffer.concat(records.map((record, index) => encodeRecord(record, index)));
  const payload = spec.payload ?? compress(codec, body);
  const bytes = Buffer.concat([Buffer.alloc(headerByteCount), payload]);
  const deltas = records.map(({ timestampDelta = 0 }) => timestampDelta);
  bytes.writeBigInt64BE(BigInt(spec.baseOffset ?? 0), 0);
  bytes.writeInt32BE(spec.batchLength ?? bytes.length - 12, 8);
  bytes.writeInt32BE(spec.partitionLeaderEpoch ?? -1, 12);
  bytes.writeInt8(spec.magic ?? 2, 16);
  bytes.writeInt16BE((spec.attributes ?? 0) | codecs.indexOf(codec), 21);
  bytes.writeInt32BE(spec.lastOffsetDelta ?? records.length - 1, 23);
  bytes.writeBigInt64BE(BigInt(baseTimestamp), 27);
  bytes.writeBigInt64BE(BigInt(spec.maxTimestamp ?? baseTimestamp + Math.max(0, ...deltas)), 35);
  bytes.writeBigInt64BE(BigInt(spec.producerId ?? -1), 43);
  bytes.writeInt16BE(spec.producerEpoch ?? -1, 51);
  bytes.writeInt32BE(spec.baseSequence ?? -1, 53);
  bytes.writeInt32BE(spec.recordsCount ?? records.length, 57);
  bytes.writeUInt32BE(spec.crc ?? crc32c(bytes.subarray(21)), 17);
  return bytes;
}

/** `count` records with keys k0, k1, … and values v0, v1, …, a millisecond apart. */
export function numbered(count: number): readonly RecordSpec[] {
  return Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: `v${index}`, timestampDelta: index }));
}

/** A v1 message, as clients before 0.11 sent it. */
export function legacyMessage(magic: 0 | 1, key: string, value: string): Buffer {
  const parts = [Buffer.from(magic === 0 ? [0, 0] : [1, 0, 0, 0, 1, 0, 0, 0, 0, 0]), sized(key), sized(value)];
  const content = Buffer.concat(parts);
  const bytes = Buffer.concat([Buffer.alloc(16), content]);
  bytes.writeInt32BE(4 + content.length, 8);
  bytes.writeUInt32BE(crc32(content), 12);
  return bytes;
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * 0xedb88320);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The records of a batch before compression, for payloads that are spoiled by hand. */
export function recordBytes(records: readonly RecordSpec[]): Buffer {
  return Buffer.concat(records.map((record, index) => encodeRecord(record, index)));
}

export function compress(codec: Codec, bytes: Buffer): Buffer {
  switch (codec) {
    case "none":
      return bytes;
    case "gzip":
      return gzipSync(bytes);
    case "snappy": {
      const block = Buffer.from(snappyCompress(bytes));
      const length = Buffer.alloc(4);
      length.writeInt32BE(block.length);
      return Buffer.concat([xerialHeader, length, block]);
    }
    case "lz4":
      return Buffer.from(lz4Compress(bytes));
    case "zstd":
      return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
  }
}

function encodeRecord(record: RecordSpec, index: number): Buffer {
  const { timestampDelta = 0, offsetDelta = index, attributes = 0, headers = [] } = record;
  const headerParts = headers.flatMap(([key, value]) => [varintSized(key), varintSized(value)]);
  const content = Buffer.concat([
    Buffer.from([attributes]),
    varint(timestampDelta),
    varint(offsetDelta),
    varintSized(record.key ?? null),
    varintSized(record.value ?? null),
    varint(headers.length),
    ...headerParts,
  ]);
  return Buffer.concat([varint(record.length ?? content.length), content]);
}

function varintSized(content: string | Buffer | null): Buffer {
  if (content === null) return varint(-1);
  const bytes = Buffer.from(content as string);
  return Buffer.concat([varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  let rest = value < 0 ? BigInt(value) * -2n - 1n : BigInt(value) * 2n;
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

// --- Reading: what a Fetch brought, in a form that can be compared.

/** Every batch of a records field. Compressed sizes are left out: two compressors need not agree on them. */
export function describeBatches(bytes: Buffer): readonly Fields[] {
  const found: Fields[] = [];
  let position = 0;
  while (bytes.length - position >= headerByteCount) {
    const end = position + 12 + bytes.readInt32BE(position + 8);
    if (end > bytes.length || end < position + headerByteCount) break;
    found.push(describeBatch(bytes.subarray(position, end)));
    position = end;
  }
  return position === bytes.length ? found : [...found, { cutOffByteCount: bytes.length - position }];
}

function describeBatch(bytes: Buffer): Fields {
  const attributes = bytes.readInt16BE(21);
  const codec = codecs[attributes & 7] ?? "none";
  return {
    baseOffset: Number(bytes.readBigInt64BE(0)),
    ...(codec === "none" ? { batchLength: bytes.readInt32BE(8) } : {}),
    partitionLeaderEpoch: bytes.readInt32BE(12),
    magic: bytes.readInt8(16),
    crcFits: bytes.readUInt32BE(17) === crc32c(bytes.subarray(21)),
    attributes,
    lastOffsetDelta: bytes.readInt32BE(23),
    baseTimestamp: Number(bytes.readBigInt64BE(27)),
    maxTimestamp: Number(bytes.readBigInt64BE(35)),
    producerId: Number(bytes.readBigInt64BE(43)),
    producerEpoch: bytes.readInt16BE(51),
    baseSequence: bytes.readInt32BE(53),
    recordsCount: bytes.readInt32BE(57),
    records: describeRecords(codec, bytes.subarray(headerByteCount)),
  };
}

const shownRecordCountMax = 6;

function describeRecords(codec: Codec, payload: Buffer): Value {
  const body = decompress(codec, payload);
  if (typeof body === "string") return body;
  const records: Value[] = [];
  const reader = { bytes: body, position: 0 };
  while (reader.position < body.length) {
    if (records.length === shownRecordCountMax) return [...records, `and more, ${digest(body)}`];
    try {
      records.push(readRecord(reader));
    } catch {
      // Brokers keep some batches whose records can't be read.
      return [...records, `and something else, ${digest(body)}`];
    }
  }
  return records;
}

/** The bytes that were compressed, or why not. */
function decompress(codec: Codec, payload: Buffer): Buffer | string {
  try {
    switch (codec) {
      case "none":
        return payload;
      case "gzip":
        return gunzipSync(payload);
      case "snappy":
        return decompressSnappy(payload);
      case "lz4":
        return Buffer.from(lz4Decompress(payload));
      case "zstd":
        return zstdDecompressSync(payload);
    }
  } catch {
    return `unreadable ${codec}`;
  }
}

function decompressSnappy(payload: Buffer): Buffer {
  if (!payload.subarray(0, 8).equals(xerialHeader.subarray(0, 8))) return Buffer.from(snappyDecompress(payload));
  const blocks: Buffer[] = [];
  for (let position = xerialHeader.length; position < payload.length;) {
    const end = position + 4 + payload.readInt32BE(position);
    blocks.push(Buffer.from(snappyDecompress(payload.subarray(position + 4, end))));
    position = end;
  }
  return Buffer.concat(blocks);
}

interface Reader {
  readonly bytes: Buffer;
  position: number;
}

/** `[offsetDelta, timestampDelta, key, value]`, with the record's attributes and headers behind where it has any. */
function readRecord(reader: Reader): Value {
  const end = readVarint(reader) + reader.position;
  const attributes = reader.bytes.readInt8(reader.position++);
  const timestampDelta = readVarint(reader);
  const offsetDelta = readVarint(reader);
  const shown: Value[] = [offsetDelta, timestampDelta, readSized(reader), readSized(reader)];
  const headers: Value[] = [];
  for (let count = readVarint(reader); count > 0; count--) headers.push([readSized(reader), readSized(reader)]);
  if (headers.length > 0) shown.push({ headers });
  if (attributes !== 0) shown.push({ attributes });
  reader.position = end;
  return shown;
}

function readSized(reader: Reader): string | null {
  const byteCount = readVarint(reader);
  if (byteCount < 0) return null;
  const bytes = reader.bytes.subarray(reader.position, reader.position + byteCount);
  reader.position += byteCount;
  return byteCount > 40 ? digest(bytes) : bytes.toString();
}

function readVarint(reader: Reader): number {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = reader.bytes.readUInt8(reader.position++);
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) break;
  }
  return Number((value >> 1n) ^ -(value & 1n));
}

export function digest(bytes: Buffer): string {
  return `${bytes.length} bytes, sha1 ${createHash("sha1").update(bytes).digest("hex").slice(0, 12)}`;
}
