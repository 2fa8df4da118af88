import { assert } from "../../base/assert.ts";
import {
  attributeBits,
  batchHeaderByteCount,
  currentMagic,
  fieldPositions,
  logOverheadByteCount,
  noPartitionLeaderEpoch,
  noProducerEpoch,
  noProducerId,
  noSequence,
  noTimestamp,
  updateCrc,
  writeInt64,
  type TimestampType,
} from "./batch.ts";
import { codecIds, type Compression, type CompressionCodec } from "./compression.ts";
import { varintByteCount, writeVarint } from "./varint.ts";

export interface NewRecordHeader {
  readonly key: string;
  readonly value: Uint8Array | null;
}

export interface NewBatchRecord {
  /** Undefined: the offset behind the record before it. */
  readonly offset?: number;
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: readonly NewRecordHeader[];
}

/** The header of a batch to be built. What is left out is what an ordinary producer sends. */
export interface BatchOptions {
  readonly baseOffset?: number;
  readonly partitionLeaderEpoch?: number;
  readonly codec?: CompressionCodec;
  readonly level?: number;
  readonly timestampType?: TimestampType;
  /** Of the append, for LogAppendTime. Undefined: the greatest of the records. */
  readonly maxTimestamp?: number;
  /** When tombstones of the batch may go, wall ms; takes the place of the base timestamp (KAFKA.md B.1). */
  readonly deleteHorizonMs?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  readonly isTransactional?: boolean;
  readonly isControl?: boolean;
  /** Undefined: of the last record. Compaction keeps the one that the batch had. */
  readonly lastOffset?: number;
}

const capacityAtFirst = 512;

/**
 * Puts records into one batch of magic 2, in the order they are given, and seals it. `byteCount` tells before how large
 * the batch would be without compression, so that a producer knows when it is full.
 */
export class BatchBuilder {
  private readonly options: BatchOptions;
  private readonly baseOffset: number;
  private buffer: Buffer = Buffer.allocUnsafe(capacityAtFirst);
  private position = batchHeaderByteCount;
  private count = 0;
  private lastOffset: number;
  private baseTimestamp: number;
  private maxTimestamp = noTimestamp;

  constructor(options: BatchOptions = {}) {
    this.options = options;
    this.baseOffset = options.baseOffset ?? 0;
    this.lastOffset = this.baseOffset - 1;
    this.baseTimestamp = options.deleteHorizonMs ?? noTimestamp;
  }

  get recordsCount(): number {
    return this.count;
  }

  /** Of the batch as it is, not compressed. */
  get byteCount(): number {
    return this.position;
  }

  append(record: NewBatchRecord): void {
    const offset = record.offset ?? this.lastOffset + 1;
    assert(offset > this.lastOffset, "offsets rise within a batch");
    if (this.count === 0 && this.options.deleteHorizonMs === undefined) this.baseTimestamp = record.timestamp;
    const offsetDelta = offset - this.baseOffset;
    const timestampDelta = record.timestamp - this.baseTimestamp;
    const headers = (record.headers ?? []).map(encodeHeader);
    const byteCount = bodyByteCount(record, headers, timestampDelta, offsetDelta);
    this.reserve(varintByteCount(byteCount) + byteCount);
    let position = writeVarint(this.buffer, this.position, byteCount);
    this.buffer[position++] = 0;
    position = writeVarint(this.buffer, position, timestampDelta);
    position = writeVarint(this.buffer, position, offsetDelta);
    position = this.writeNullable(position, record.key);
    position = this.writeNullable(position, record.value);
    position = writeVarint(this.buffer, position, headers.length);
    for (const header of headers) {
      position = this.writeNullable(position, header.key);
      position = this.writeNullable(position, header.value);
    }
    assert(position === this.position + varintByteCount(byteCount) + byteCount, "a record is as long as it says");
    this.position = position;
    this.count++;
    this.lastOffset = offset;
    this.maxTimestamp = Math.max(this.maxTimestamp, record.timestamp);
  }

  /** The batch. The builder is spent. */
  build(compression: Compression): Buffer {
    const batch = this.compressed(compression);
    const options = this.options;
    const lastOffset = options.lastOffset ?? this.lastOffset;
    assert(lastOffset >= this.lastOffset, "no record lies behind the last offset of its batch");
    writeInt64(batch, fieldPositions.baseOffset, this.baseOffset);
    batch.writeInt32BE(batch.length - logOverheadByteCount, fieldPositions.batchLength);
    batch.writeInt32BE(options.partitionLeaderEpoch ?? noPartitionLeaderEpoch, fieldPositions.partitionLeaderEpoch);
    batch.writeInt8(currentMagic, fieldPositions.magic);
    batch.writeInt16BE(this.attributes(), fieldPositions.attributes);
    batch.writeInt32BE(lastOffset - this.baseOffset, fieldPositions.lastOffsetDelta);
    writeInt64(batch, fieldPositions.baseTimestamp, this.baseTimestamp);
    writeInt64(batch, fieldPositions.maxTimestamp, options.maxTimestamp ?? this.maxTimestamp);
    writeInt64(batch, fieldPositions.producerId, options.producerId ?? noProducerId);
    batch.writeInt16BE(options.producerEpoch ?? noProducerEpoch, fieldPositions.producerEpoch);
    batch.writeInt32BE(options.baseSequence ?? noSequence, fieldPositions.baseSequence);
    batch.writeInt32BE(this.count, fieldPositions.recordsCount);
    updateCrc(batch, 0);
    return batch;
  }

  private compressed(compression: Compression): Buffer {
    const whole = this.buffer.subarray(0, this.position);
    if (this.codec === "none") return whole;
    const packed = compression.compress(this.codec, whole.subarray(batchHeaderByteCount), this.options.level);
    const batch = Buffer.allocUnsafe(batchHeaderByteCount + packed.length);
    batch.set(packed, batchHeaderByteCount);
    return batch;
  }

  /** A batch that kept no records is a bare header, with no codec in it (KAFKA.md B.7). */
  private get codec(): CompressionCodec {
    return this.count === 0 ? "none" : (this.options.codec ?? "none");
  }

  private attributes(): number {
    const options = this.options;
    return (
      codecIds[this.codec] |
      (options.timestampType === "LogAppendTime" ? attributeBits.logAppendTime : 0) |
      (options.isTransactional === true ? attributeBits.transactional : 0) |
      (options.isControl === true ? attributeBits.control : 0) |
      (options.deleteHorizonMs === undefined ? 0 : attributeBits.deleteHorizon)
    );
  }

  private reserve(byteCount: number): void {
    if (this.position + byteCount <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.position + byteCount, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.position));
    this.buffer = grown;
  }

  private writeNullable(position: number, bytes: Uint8Array | null): number {
    if (bytes === null) return writeVarint(this.buffer, position, -1);
    const start = writeVarint(this.buffer, position, bytes.length);
    this.buffer.set(bytes, start);
    return start + bytes.length;
  }
}

/** One batch of `records`. */
export function buildBatch(
  records: readonly NewBatchRecord[],
  compression: Compression,
  options: BatchOptions = {},
): Buffer {
  const builder = new BatchBuilder(options);
  for (const record of records) builder.append(record);
  return builder.build(compression);
}

interface EncodedHeader {
  readonly key: Buffer;
  readonly value: Uint8Array | null;
}

function encodeHeader(header: NewRecordHeader): EncodedHeader {
  return { key: Buffer.from(header.key, "utf8"), value: header.value };
}

function bodyByteCount(
  record: NewBatchRecord,
  headers: readonly EncodedHeader[],
  timestampDelta: number,
  offsetDelta: number,
): number {
  let byteCount = 1 + varintByteCount(timestampDelta) + varintByteCount(offsetDelta);
  byteCount += nullableByteCount(record.key) + nullableByteCount(record.value) + varintByteCount(headers.length);
  for (const header of headers) byteCount += nullableByteCount(header.key) + nullableByteCount(header.value);
  return byteCount;
}

function nullableByteCount(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintByteCount(bytes.length) + bytes.length;
}
