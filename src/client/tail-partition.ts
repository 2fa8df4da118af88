import {
  batchByteCountOf,
  batchLengthMin,
  batchLengthOf,
  crcIsValid,
  currentMagic,
  hasCompleteHeader,
  isControl,
  magicOf,
  nextOffsetOf,
  type TimestampType,
} from "../protocol/records/batch.ts";
import type { Compression } from "../protocol/records/compression.ts";
import { CorruptCompressionError } from "../protocol/records/corrupt-compression-error.ts";
import { MalformedRecordsError, RecordReader, type RecordHeader } from "../protocol/records/record-reader.ts";

/** One record for whoever looks. It holds no memory but its own. */
export interface TailedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly timestampType: TimestampType;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

/** Where reading begins while the position isn't known yet. */
export type StartPoint = "earliest" | "latest";

/** Most that a batch of a fetched response may unpack to. */
const inflatedByteCountMax = 64 * 1024 * 1024;

/**
 * How far a tail has read one partition, and the bytes that were fetched and not yet taken. Records are made of them
 * one at a time as they are taken; batches are unpacked one at a time, too.
 */
export class TailPartition {
  readonly partition: number;
  leaderId = -1;
  /** Ask the leader for this end; undefined once the position is known. */
  startPoint: StartPoint | undefined;
  /** Offset of the next record to take; -1 while no start has been found. */
  position = -1;
  private readonly compression: Compression;
  private bytes: Buffer = Buffer.alloc(0);
  private batchPosition = 0;
  private reader: RecordReader | undefined;

  constructor(partition: number, startPoint: StartPoint, compression: Compression) {
    this.partition = partition;
    this.startPoint = startPoint;
    this.compression = compression;
  }

  /**
   * The leader told where the end is that was asked for.
   *
   * A position that was out of range asks for the earliest offset first: where that lies below it, the log has been cut
   * at its other end, and the latest offset is asked for.
   */
  startAt(offset: number): void {
    if (this.startPoint === "earliest" && this.position > offset) this.startPoint = "latest";
    else this.seek(this.startPoint === "latest" && this.position >= 0 ? Math.min(this.position, offset) : offset);
  }

  /** All that was fetched has been taken. */
  get isDrained(): boolean {
    return this.reader === undefined && !this.hasWholeBatch();
  }

  private seek(offset: number): void {
    this.position = offset;
    this.startPoint = undefined;
    this.reader = undefined;
    this.bytes = Buffer.alloc(0);
    this.batchPosition = 0;
  }

  /** The leader's answer to a fetch at `position`. Its last batch may be cut off and is then fetched again. */
  receive(bytes: Buffer): void {
    this.reader = undefined;
    this.bytes = bytes;
    this.batchPosition = 0;
  }

  /**
   * The next record for an application; undefined when drained. Throws MalformedRecordsError and
   * CorruptCompressionError.
   */
  take(): TailedRecord | undefined {
    for (;;) {
      if (this.reader === undefined && !this.openBatch()) return undefined;
      const record = this.reader?.next();
      if (record === undefined) {
        this.closeBatch();
        continue;
      }
      // A batch is sent whole, though the fetch asked for an offset within it.
      if (record.offset < this.position || isControl(this.bytes, this.batchPosition)) continue;
      this.position = record.offset + 1;
      const { timestampType = "CreateTime" } = this.reader ?? {};
      return {
        partition: this.partition,
        offset: record.offset,
        timestampMs: record.timestamp,
        timestampType,
        key: ownCopy(record.key),
        value: ownCopy(record.value),
        headers: record.headers.map(({ key, value }) => ({ key, value: ownCopy(value) })),
      };
    }
  }

  private openBatch(): boolean {
    if (!this.hasWholeBatch()) {
      // Nothing refers to the response any more.
      this.bytes = Buffer.alloc(0);
      this.batchPosition = 0;
      return false;
    }
    // A length too small for a header would lead back to where reading is, for ever.
    if (batchLengthOf(this.bytes, this.batchPosition) < batchLengthMin) throw new MalformedRecordsError("wrong length");
    if (magicOf(this.bytes, this.batchPosition) !== currentMagic) throw new MalformedRecordsError("not a batch v2");
    if (!crcIsValid(this.bytes, this.batchPosition)) throw new MalformedRecordsError("wrong CRC");
    this.reader = new RecordReader(this.bytes, this.batchPosition, this.compression, inflatedByteCountMax);
    return true;
  }

  private closeBatch(): void {
    // Behind the last record there may be offsets that compaction has taken the records of.
    this.position = Math.max(this.position, nextOffsetOf(this.bytes, this.batchPosition));
    this.batchPosition += batchByteCountOf(this.bytes, this.batchPosition);
    this.reader = undefined;
  }

  private hasWholeBatch(): boolean {
    if (!hasCompleteHeader(this.bytes, this.batchPosition)) return false;
    return this.batchPosition + batchByteCountOf(this.bytes, this.batchPosition) <= this.bytes.length;
  }
}

/**
 * A record may be kept long, and be sent to another thread, which takes the whole memory behind a view along: it must
 * not be a view of a response of some megabytes.
 */
function ownCopy(bytes: Buffer | null): Buffer | null {
  return bytes === null ? null : Buffer.from(new Uint8Array(bytes).buffer);
}

/** Does `error` say that bytes of the log are not what they claim to be? */
export function isCorruption(error: unknown): error is MalformedRecordsError | CorruptCompressionError {
  return error instanceof MalformedRecordsError || error instanceof CorruptCompressionError;
}
