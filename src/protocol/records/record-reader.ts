import {
  baseOffsetOf,
  baseTimestampOf,
  codecIdOf,
  maxTimestampOf,
  recordsCountOf,
  recordsSectionOf,
  timestampTypeOf,
  type TimestampType,
} from "./batch.ts";
import { codecOf, type Compression } from "./compression.ts";
import { CorruptCompressionError } from "./corrupt-compression-error.ts";
import { RecordVisitor } from "./record-visitor.ts";
import { readVarint, varintLimit } from "./varint.ts";

export interface RecordHeader {
  readonly key: string;
  readonly value: Buffer | null;
}

/** One record as an application knows it. Key and values are slices of what the reader read from. */
export interface LogRecord {
  readonly offset: number;
  /** In ms; -1 for none. The batch's own where its type is LogAppendTime. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

/** The records of a batch are not what its header says (KAFKA.md B.2). */
export class MalformedRecordsError extends Error {
  override readonly name = "MalformedRecordsError";
}

const inflatedByteCountMaxDefault = 256 * 1024 * 1024;

/**
 * Takes the records out of one batch, one at a time and only as far as it is asked. Throws CorruptCompressionError when
 * made and MalformedRecordsError while reading.
 */
export class RecordReader {
  readonly timestampType: TimestampType;
  private readonly visitor: RecordVisitor;
  private readonly records: Buffer;
  private readonly baseOffset: number;
  private readonly baseTimestamp: number;
  private readonly appendTimestamp: number | undefined;

  /** The batch at `position` of `buffer`, which must hold all of it. */
  constructor(
    buffer: Buffer,
    position: number,
    compression: Compression,
    inflatedByteCountMax = inflatedByteCountMaxDefault,
  ) {
    this.timestampType = timestampTypeOf(buffer, position);
    this.records = inflatedRecordsOf(buffer, position, compression, inflatedByteCountMax);
    this.visitor = new RecordVisitor().reset(this.records, 0, this.records.length, recordsCountOf(buffer, position));
    this.baseOffset = baseOffsetOf(buffer, position);
    this.baseTimestamp = baseTimestampOf(buffer, position);
    this.appendTimestamp = this.timestampType === "LogAppendTime" ? maxTimestampOf(buffer, position) : undefined;
  }

  /** The next record; undefined behind the last. */
  next(): LogRecord | undefined {
    const visitor = this.visitor;
    if (!visitor.next()) {
      if (visitor.fault !== undefined) throw new MalformedRecordsError(visitor.fault);
      return undefined;
    }
    return {
      offset: this.baseOffset + visitor.offsetDelta,
      timestamp: this.appendTimestamp ?? this.baseTimestamp + visitor.timestampDelta,
      key: this.slice(visitor.keyPosition, visitor.keyByteCount),
      value: this.slice(visitor.valuePosition, visitor.valueByteCount),
      headers: visitor.headersCount === 0 ? noHeaders : this.headers(visitor.headersPosition, visitor.headersCount),
    };
  }

  private slice(position: number, byteCount: number): Buffer | null {
    return byteCount < 0 ? null : this.records.subarray(position, position + byteCount);
  }

  /** The visitor has checked every length. */
  private headers(start: number, count: number): readonly RecordHeader[] {
    const headers: RecordHeader[] = [];
    let position = start;
    const take = (): Buffer | null => {
      const byteCount = readVarint(this.records, position);
      position = varintLimit(this.records, position);
      const bytes = this.slice(position, byteCount);
      position += Math.max(0, byteCount);
      return bytes;
    };
    for (let index = 0; index < count; index++) {
      const key = take();
      headers.push({ key: key === null ? "" : key.toString("utf8"), value: take() });
    }
    return headers;
  }
}

const noHeaders: readonly RecordHeader[] = [];

/** All records of the batch at `position`, in order. */
export function readRecords(buffer: Buffer, position: number, compression: Compression): readonly LogRecord[] {
  const reader = new RecordReader(buffer, position, compression);
  const records: LogRecord[] = [];
  for (let record = reader.next(); record !== undefined; record = reader.next()) records.push(record);
  return records;
}

/** The records section of the batch at `position`, unpacked; a slice of `buffer` where it isn't packed. */
export function inflatedRecordsOf(
  buffer: Buffer,
  position: number,
  compression: Compression,
  byteCountMax = inflatedByteCountMaxDefault,
): Buffer {
  const codecId = codecIdOf(buffer, position);
  const codec = codecOf(codecId);
  if (codec === undefined) throw new CorruptCompressionError(`codec ${codecId}`, "there is none with this number");
  return compression.decompress(codec, recordsSectionOf(buffer, position), byteCountMax);
}
