/**
 * What a leader asks of a batch before it appends it (KAFKA.md B.5, B.6, S.1), in Kafka's order, since the first fault
 * found decides the answer. Pure: the received bytes are only read here; `placeBatch` writes to them once nothing can
 * refuse the append any more.
 */
import { assert } from "../base/assert.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import { BatchBuilder } from "../protocol/records/batch-builder.ts";
import {
  baseOffsetOf,
  baseSequenceOf,
  baseTimestampOf,
  batchByteCountOf,
  batchHeaderByteCount,
  batchLengthOf,
  codecIdOf,
  crcIsValid,
  currentMagic,
  hasSafeNumbers,
  isControl,
  isTransactional,
  lastOffsetDeltaOf,
  logOverheadByteCount,
  magicOf,
  maxTimestampOf,
  noTimestamp,
  producerEpochOf,
  producerIdOf,
  recordsCountOf,
  setBaseOffset,
  setMaxTimestamp,
  setPartitionLeaderEpoch,
  setTimestampType,
  timestampTypeOf,
  type TimestampType,
  updateCrc,
} from "../protocol/records/batch.ts";
import { codecIds, codecOf, type Compression, type CompressionCodec } from "../protocol/records/compression.ts";
import { CorruptCompressionError } from "../protocol/records/corrupt-compression-error.ts";
import { inflatedRecordsOf, RecordReader } from "../protocol/records/record-reader.ts";
import { RecordVisitor } from "../protocol/records/record-visitor.ts";
import type { TopicPartition } from "./checkpoint-file.ts";
import type { LogConfig } from "./log-config.ts";

/** Bytes up to and with the magic: fewer are no batch, as nothing says what they are. */
const magicLimit = 17;
/** A length below this is impossible in any record format that Kafka ever had. */
const legacyLengthMin = 14;
/** First version of Produce that may carry zstd (KIP-110). */
const zstdProduceVersion = 7;
const recordErrorsInMessageMax = 3;

/** Who appends. A client is held to every rule; a coordinator of this broker writes what clients may not. */
export type AppendOrigin = "client" | "coordinator";

export interface ValidationRules {
  readonly topicPartition: TopicPartition;
  readonly config: LogConfig;
  readonly nowMs: number;
  readonly origin: AppendOrigin;
  /** Version of the Produce request that carried the batch. */
  readonly produceVersion: number;
}

/** Why one record of a batch was refused. */
export interface RecordError {
  readonly batchIndex: number;
  readonly message: string;
}

export interface RejectedBatch {
  readonly kind: "rejected";
  readonly errorName: ErrorName;
  readonly errorMessage: string | null;
  readonly recordErrors: readonly RecordError[];
  /** Some answers carry the log start offset and others -1: it depends on how far Kafka got (KAFKA.md S.1). */
  readonly tellsLogStart: boolean;
}

export interface ValidBatch {
  readonly kind: "valid";
  /** Exactly the batch: a slice of what was received, or a new one in the topic's codec. */
  readonly batch: Buffer;
  readonly timestampType: TimestampType;
  /** Of all records; the time of the append where the topic says so. */
  readonly maxTimestamp: number;
}

export type BatchVerdict = ValidBatch | RejectedBatch;

/** Nobody knows yet how a batch of the partition would be answered: the log start stays unsaid. */
function rejectedUnseen(errorName: ErrorName, errorMessage: string | null = null): RejectedBatch {
  return { kind: "rejected", errorName, errorMessage, recordErrors: [], tellsLogStart: false };
}

function rejectedByContent(errorName: ErrorName): RejectedBatch {
  return { kind: "rejected", errorName, errorMessage: null, recordErrors: [], tellsLogStart: true };
}

/** Write what only the leader knows into the batch. The CRC is computed anew only where something under it changed. */
export function placeBatch(valid: ValidBatch, baseOffset: number, leaderEpoch: number): void {
  const { batch } = valid;
  setBaseOffset(batch, 0, baseOffset);
  setPartitionLeaderEpoch(batch, 0, leaderEpoch);
  const isAsSent = timestampTypeOf(batch, 0) === valid.timestampType && maxTimestampOf(batch, 0) === valid.maxTimestamp;
  if (isAsSent) return;
  setTimestampType(batch, 0, valid.timestampType);
  setMaxTimestamp(batch, 0, valid.maxTimestamp);
  updateCrc(batch, 0);
}

/** Judges produced batches; keeps its visitor, so that judging one allocates next to nothing. */
export class BatchValidator {
  private readonly compression: Compression;
  private readonly visitor = new RecordVisitor();

  constructor(compression: Compression) {
    this.compression = compression;
  }

  /** `records` as they came in the request: one batch, and perhaps the cut beginning of another. */
  validate(records: Buffer, rules: ValidationRules): BatchVerdict {
    const framed = frameBatch(records, rules);
    if (framed.kind === "rejected") return framed;
    const { batch } = framed;
    if (rules.origin === "client" && baseOffsetOf(batch, 0) !== 0) return rejectedByContent("INVALID_RECORD");
    if (batch.byteLength > rules.config.maxMessageBytes) return rejectedUnseen("MESSAGE_TOO_LARGE");
    if (batch.byteLength < batchHeaderByteCount || !crcIsValid(batch, 0)) return rejectedUnseen("CORRUPT_MESSAGE");
    const headerFault = rules.origin === "client" ? headerFaultOf(batch) : undefined;
    if (headerFault !== undefined) return rejectedByContent(headerFault);
    const verdict = this.validateRecords(batch, rules);
    if (verdict.kind === "rejected") return verdict;
    if (verdict.batch.byteLength > rules.config.maxMessageBytes) return rejectedUnseen("MESSAGE_TOO_LARGE");
    if (verdict.batch.byteLength > rules.config.segmentBytes) return rejectedUnseen("RECORD_LIST_TOO_LARGE");
    return verdict;
  }

  private validateRecords(batch: Buffer, rules: ValidationRules): BatchVerdict {
    const sourceCodec = codecOf(codecIdOf(batch, 0));
    if (sourceCodec === undefined) return rejectedByContent("UNKNOWN_SERVER_ERROR");
    const { compressionType } = rules.config;
    const targetCodec = targetCodecOf(compressionType, sourceCodec);
    const inspected = this.inspectRecords(batch, sourceCodec, rules);
    if (typeof inspected !== "number") return inspected;
    const { timestampType } = rules.config;
    const maxTimestamp = timestampType === "LogAppendTime" ? rules.nowMs : inspected;
    const stored = targetCodec === sourceCodec ? batch : this.rebuild(batch, targetCodec, rules.config);
    return { kind: "valid", batch: stored, timestampType, maxTimestamp };
  }

  /** The largest timestamp of the records, or what is wrong with them. */
  private inspectRecords(batch: Buffer, codec: CompressionCodec, rules: ValidationRules): number | RejectedBatch {
    const visitor = this.visitor;
    if (codec === "none") {
      visitor.resetToBatch(batch, 0);
    } else {
      const inflated = this.inflate(batch);
      if (inflated === undefined) return rejectedByContent("UNKNOWN_SERVER_ERROR");
      visitor.reset(inflated, 0, inflated.byteLength, recordsCountOf(batch, 0));
    }
    const inspection = new RecordInspection(batch, rules);
    let maxTimestamp = noTimestamp;
    let hasGap = false;
    while (visitor.next()) {
      if (visitor.offsetDelta !== visitor.index) hasGap = true;
      const timestamp = inspection.timestampOf(visitor);
      if (timestamp > maxTimestamp) maxTimestamp = timestamp;
      inspection.inspect(visitor, timestamp);
    }
    if (visitor.fault !== undefined) return rejectedByContent("INVALID_RECORD");
    const rejected = inspection.verdict();
    if (rejected !== undefined) return rejected;
    // Kafka checks the inner deltas of compressed batches only, and answers "unknown" to a gap.
    return hasGap && codec !== "none" ? rejectedByContent("UNKNOWN_SERVER_ERROR") : maxTimestamp;
  }

  private inflate(batch: Buffer): Buffer | undefined {
    try {
      return inflatedRecordsOf(batch, 0, this.compression);
    } catch (error) {
      if (error instanceof CorruptCompressionError) return undefined;
      throw error;
    }
  }

  /** The same records in another codec, numbered without gaps. */
  private rebuild(batch: Buffer, codec: CompressionCodec, config: LogConfig): Buffer {
    const level = levelOf(codec, config);
    const builder = new BatchBuilder({
      codec,
      ...(level === undefined ? {} : { level }),
      producerId: producerIdOf(batch, 0),
      producerEpoch: producerEpochOf(batch, 0),
      baseSequence: baseSequenceOf(batch, 0),
      isTransactional: isTransactional(batch, 0),
      isControl: isControl(batch, 0),
    });
    const reader = new RecordReader(batch, 0, this.compression);
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      builder.append({ timestamp: record.timestamp, key: record.key, value: record.value, headers: record.headers });
    }
    assert(builder.recordsCount === recordsCountOf(batch, 0), "a rebuilt batch keeps its records");
    return builder.build(this.compression);
  }
}

/** The record rules of one batch, and what they found. */
class RecordInspection {
  private readonly batch: Buffer;
  private readonly rules: ValidationRules;
  private readonly needsKey: boolean;
  private readonly timestampMin: number;
  private readonly timestampMax: number;
  private readonly baseTimestamp: number;
  private readonly isMarkedLogAppendTime: boolean;
  private readonly errors: RecordError[] = [];
  private hasTimestampError = false;

  constructor(batch: Buffer, rules: ValidationRules) {
    const { config, nowMs } = rules;
    const isChecked = rules.origin === "client" && config.timestampType === "CreateTime";
    this.batch = batch;
    this.rules = rules;
    this.needsKey = rules.origin === "client" && config.cleanupPolicy.includes("compact");
    this.timestampMin = isChecked ? nowMs - config.timestampBeforeMaxMs : -Infinity;
    this.timestampMax = isChecked ? nowMs + config.timestampAfterMaxMs : Infinity;
    this.isMarkedLogAppendTime = timestampTypeOf(batch, 0) === "LogAppendTime";
    this.baseTimestamp = this.isMarkedLogAppendTime ? maxTimestampOf(batch, 0) : baseTimestampOf(batch, 0);
  }

  timestampOf(visitor: RecordVisitor): number {
    return this.isMarkedLogAppendTime ? this.baseTimestamp : this.baseTimestamp + visitor.timestampDelta;
  }

  inspect(visitor: RecordVisitor, timestamp: number): void {
    if (this.needsKey && !visitor.hasKey) {
      const { topic, partition } = this.rules.topicPartition;
      const place = `topic partition ${topic}-${partition}`;
      this.report(visitor, `Compacted topic cannot accept message without key in ${place}`);
      return;
    }
    if (this.rules.config.timestampType === "CreateTime" && timestamp !== noTimestamp) {
      if (timestamp < this.timestampMin || timestamp > this.timestampMax) this.reportTimestamp(visitor, timestamp);
    } else if (this.isMarkedLogAppendTime) {
      this.hasTimestampError = true;
      const advice = "Producer should not set timestamp type to LogAppendTime.";
      this.report(visitor, `Invalid timestamp type in message at offset ${visitor.offsetDelta}. ${advice}`);
    }
  }

  verdict(): RejectedBatch | undefined {
    if (this.errors.length === 0) return undefined;
    const recordErrors = this.errors;
    if (this.hasTimestampError) {
      const errorMessage = "One or more records have been rejected due to invalid timestamp";
      return { kind: "rejected", errorName: "INVALID_TIMESTAMP", errorMessage, recordErrors, tellsLogStart: true };
    }
    const shown = recordErrors.slice(0, recordErrorsInMessageMax).map(recordErrorText).join(", ");
    const errorMessage =
      `One or more records have been rejected due to ${recordErrors.length} record errors in total, ` +
      `and only showing the first three errors at most: [${shown}]`;
    return { kind: "rejected", errorName: "INVALID_RECORD", errorMessage, recordErrors, tellsLogStart: true };
  }

  private reportTimestamp(visitor: RecordVisitor, timestamp: number): void {
    this.hasTimestampError = true;
    const { config, nowMs } = this.rules;
    const from = javaLongSum(nowMs, -config.timestampBeforeMaxMs);
    const to = javaLongSum(nowMs, config.timestampAfterMaxMs);
    const offset = baseOffsetOf(this.batch, 0) + visitor.offsetDelta;
    this.report(
      visitor,
      `Timestamp ${timestamp} of message with offset ${offset} is out of range. ` +
        `The timestamp should be within [${from}, ${to}]`,
    );
  }

  private report(visitor: RecordVisitor, message: string): void {
    this.errors.push({ batchIndex: visitor.index, message });
  }
}

function recordErrorText({ batchIndex, message }: RecordError): string {
  return `RecordError(batchIndex=${batchIndex}, message='${message}')`;
}

/** As Java adds two longs, where "without bound" is the largest long: the bound that Kafka names in its message. */
function javaLongSum(left: number, right: number): string {
  const longMax = 2n ** 63n - 1n;
  const long = (value: number): bigint => {
    if (Number.isFinite(value)) return BigInt(value);
    return value > 0 ? longMax : -longMax;
  };
  return BigInt.asIntN(64, long(left) + long(right)).toString();
}

function targetCodecOf(compressionType: LogConfig["compressionType"], source: CompressionCodec): CompressionCodec {
  if (compressionType === "producer") return source;
  return compressionType === "uncompressed" ? "none" : compressionType;
}

function levelOf(codec: CompressionCodec, config: LogConfig): number | undefined {
  if (codec === "gzip") return config.gzipLevel;
  return codec === "zstd" ? config.zstdLevel : undefined;
}

interface FramedBatch {
  readonly kind: "framed";
  readonly batch: Buffer;
}

/** Exactly one whole batch of magic 2 is wanted (Produce 3 and later); what is cut behind it is ignored. */
function frameBatch(records: Buffer, rules: Pick<ValidationRules, "produceVersion">): FramedBatch | RejectedBatch {
  const first = wholeBatchAt(records, 0);
  if (typeof first === "object") return rejectedUnseen("CORRUPT_MESSAGE", first.complaint);
  if (first === undefined || magicOf(records, 0) !== currentMagic) return rejectedUnseen("INVALID_RECORD");
  if (rules.produceVersion < zstdProduceVersion && holdsZstd(records)) {
    return rejectedUnseen("UNSUPPORTED_COMPRESSION_TYPE");
  }
  const second = wholeBatchAt(records, first);
  if (typeof second === "object") return rejectedUnseen("CORRUPT_MESSAGE", second.complaint);
  if (second !== undefined) return rejectedUnseen("INVALID_RECORD");
  return { kind: "framed", batch: records.byteLength === first ? records : records.subarray(0, first) };
}

function holdsZstd(batch: Buffer): boolean {
  return batch.byteLength >= batchHeaderByteCount && codecIdOf(batch, 0) === codecIds.zstd;
}

/** Bytes of the batch at `position` if it is all there; Kafka's complaint where it begins like no known format. */
function wholeBatchAt(records: Buffer, position: number): number | { readonly complaint: string } | undefined {
  const byteCount = records.byteLength - position;
  if (byteCount < logOverheadByteCount) return undefined;
  const batchLength = batchLengthOf(records, position);
  if (batchLength < legacyLengthMin) {
    const least = `the minimum record overhead (${legacyLengthMin})`;
    return { complaint: `Record size ${batchLength} is less than ${least}` };
  }
  if (byteCount < magicLimit) return undefined;
  const magic = magicOf(records, position);
  if (magic < 0 || magic > currentMagic) return { complaint: `Invalid magic found in record: ${magic}` };
  const batchByteCount = batchByteCountOf(records, position);
  return batchByteCount <= byteCount ? batchByteCount : undefined;
}

/** What a client may not say in a header. */
function headerFaultOf(batch: Buffer): ErrorName | undefined {
  const count = recordsCountOf(batch, 0);
  if (count <= 0 || lastOffsetDeltaOf(batch, 0) + 1 !== count) return "INVALID_RECORD";
  if (isControl(batch, 0)) return "INVALID_RECORD";
  if (producerIdOf(batch, 0) >= 0 && baseSequenceOf(batch, 0) < 0) return "INVALID_RECORD";
  // Numbers beyond 2^53 would be rounded. No clock and no producer id gets there.
  if (!hasSafeNumbers(batch, 0)) return "INVALID_TIMESTAMP";
  return undefined;
}

/** What is wrong with `records` for whatever partition: a broker asks that before it asks where they belong. */
export function framingErrorOf(records: Buffer, produceVersion: number): ErrorName | undefined {
  const framed = frameBatch(records, { produceVersion });
  return framed.kind === "rejected" ? framed.errorName : undefined;
}
