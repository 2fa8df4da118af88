/**
 * The log of one partition: the one place where records get their offsets.
 *
 * A batch stays the bytes that the producer sent. Appending reads its header, checks its CRC, looks at each record,
 * writes base offset and leader epoch into it where it lies, and hands it to the file in one write; reading hands out
 * slices of the same bytes. Everything is done when the call returns: an append that was answered is in the page cache
 * and survives a killed process, and nothing happens between a decision and its effect.
 *
 * The order within an append is what keeps a refused or failed one without trace: validate and judge first (both only
 * read), then write, and only then let offsets, indexes, producers and the tail know. `FileError` leaves by the door
 * of a KAFKA_STORAGE_ERROR answer.
 *
 * The pieces: `Segment` (files and indexes), `LogTail` (the end, in memory), `ProducerStates`, `LeaderEpochCache`,
 * `BatchValidator`; `recovery.ts` opens, `retention.ts` chooses what goes.
 */
import { assert } from "../base/assert.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import {
  baseOffsetOf,
  batchByteCountOf,
  isControl,
  lastOffsetDeltaOf,
  partitionLeaderEpochOf,
} from "../protocol/records/batch.ts";
import type { Compression } from "../protocol/records/compression.ts";
import { FileError } from "../runtime/runtime.ts";
import { type AppendResult, appended, refusedAppend, rejectedAppend } from "./append-result.ts";
import { type AppendOrigin, type BatchValidator, placeBatch, type ValidBatch } from "./batch-validator.ts";
import { CorruptLogError } from "./batch-walk.ts";
import { checkReplicated } from "./follower-chunk.ts";
import type { LeaderEpochCache } from "./leader-epoch-cache.ts";
import type { LogConfig } from "./log-config.ts";
import { emptySlice, LogReader, type LogSlice, type ReadLimits } from "./log-reader.ts";
import { findByTimestamp, findMaxTimestamp, type TimestampedOffset } from "./log-search.ts";
import { LogTail, type TailBudget } from "./log-tail.ts";
import {
  followBatch,
  followClaim,
  markerCoordinatorEpochOf,
  producerClaimOf,
  replayProducers,
} from "./producer-replay.ts";
import type { ProducerSnapshots } from "./producer-snapshots.ts";
import type { ActiveProducer, ProducerClaim, ProducerStates } from "./producer-state.ts";
import type { ReadMemory } from "./read-memory.ts";
import { type LoadedLog, loadLog, type LogCheckpoints, type LogPlace, segmentBirth } from "./recovery.ts";
import { countDeletable } from "./retention.ts";
import { type AppendedChunk, Segment } from "./segment.ts";
import { SegmentList } from "./segment-list.ts";

/** Who appends to a log, and under which terms. */
export interface LeaderAppend {
  readonly leaderEpoch: number;
  /** Default: a client. */
  readonly origin?: AppendOrigin;
  /** Version of the Produce request; a coordinator's batch has none. */
  readonly produceVersion?: number;
}

export interface PartitionLogOptions extends LogPlace, LogCheckpoints {
  readonly config: LogConfig;
  readonly compression: Compression;
  readonly validator: BatchValidator;
  readonly tailBudget: TailBudget;
  readonly readMemory: ReadMemory;
  /** From `replication-offset-checkpoint`; clamped to what the log holds. */
  readonly highWatermark: number;
}

/** One partition's records on this broker: appended, read, cut, deleted, recovered. */
export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  readonly leaderEpochs: LeaderEpochCache;
  private readonly place: LogPlace;
  private readonly compression: Compression;
  private readonly validator: BatchValidator;
  private readonly segments: SegmentList;
  private readonly producers: ProducerStates;
  private readonly snapshots: ProducerSnapshots;
  private readonly tail: LogTail;
  private readonly reader: LogReader;
  private currentConfig: LogConfig;
  private startOffset: number;
  private endOffset: number;
  private flushedOffset: number;
  private watermark: number;
  private flushedMs: number;
  private isClosed = false;
  /** A cut failed half-way: what the files hold is known again when the log is next opened, and recovered. */
  private isOffline = false;
  /** Files of deleted segments, to be removed once nobody can be reading them. */
  private condemned: { readonly path: string; readonly dueMs: number }[] = [];

  private constructor(options: PartitionLogOptions, loaded: LoadedLog) {
    this.place = options;
    this.topic = options.topicPartition.topic;
    this.partition = options.topicPartition.partition;
    this.compression = options.compression;
    this.validator = options.validator;
    this.currentConfig = options.config;
    this.segments = new SegmentList(loaded.segments);
    this.leaderEpochs = loaded.leaderEpochs;
    this.producers = loaded.producers;
    this.snapshots = loaded.snapshots;
    this.startOffset = loaded.logStartOffset;
    this.endOffset = loaded.logEndOffset;
    this.flushedOffset = loaded.recoveryPoint;
    this.flushedMs = options.clock.wallMs();
    this.watermark = Math.min(Math.max(options.highWatermark, this.startOffset), this.endOffset);
    this.tail = new LogTail(options.tailBudget);
    this.reader = new LogReader(this.segments, this.tail, options.readMemory);
    this.producers.expire(options.clock.wallMs(), options.config.producerIdExpirationMs);
  }

  /** Open the log in `options.directory`, recovering it where need be. Throws `FileError` where the disk refuses. */
  static open(options: PartitionLogOptions): PartitionLog {
    return new PartitionLog(options, loadLog(options, options.config, options));
  }

  get config(): LogConfig {
    return this.currentConfig;
  }

  get logStartOffset(): number {
    return this.startOffset;
  }

  /** Offset of the next record. */
  get logEndOffset(): number {
    return this.endOffset;
  }

  /** First offset that is not known to be on the disk for good. */
  get recoveryPoint(): number {
    return this.flushedOffset;
  }

  get highWatermark(): number {
    return this.watermark;
  }

  get byteCount(): number {
    return this.segments.byteCount;
  }

  get segmentCount(): number {
    return this.segments.count;
  }

  get firstSegmentBaseOffset(): number {
    return this.segments.first.baseOffset;
  }

  get activeProducers(): readonly ActiveProducer[] {
    return this.producers.active();
  }

  applyConfig(config: LogConfig): void {
    this.currentConfig = config;
  }

  /**
   * This broker leads the partition from now on in `leaderEpoch`. Where the disk refuses to keep that, the first append
   * of the epoch tries again before anything else.
   */
  startLeaderEpoch(leaderEpoch: number): ErrorName {
    if (leaderEpoch <= this.leaderEpochs.latestEpoch) return "NONE";
    return this.attempt(() => this.leaderEpochs.assign(leaderEpoch, this.endOffset));
  }

  /** What is below `offset` is committed. It never goes back but by truncation, and never past the log's end. */
  advanceHighWatermark(offset: number): void {
    assert(offset <= this.endOffset, "the high watermark never passes the log end");
    if (offset > this.watermark) this.watermark = offset;
  }

  /** Give a produced batch its place. `records` belongs to the log from now on and is written to. */
  appendAsLeader(records: Buffer, append: LeaderAppend): AppendResult {
    assert(!this.isClosed, "a closed log is not appended to");
    if (this.isOffline) return refusedAppend("KAFKA_STORAGE_ERROR", -1);
    const origin = append.origin ?? "client";
    const verdict = this.validator.validate(records, {
      topicPartition: this.place.topicPartition,
      config: this.currentConfig,
      nowMs: this.place.clock.wallMs(),
      origin,
      produceVersion: append.produceVersion ?? Infinity,
    });
    if (verdict.kind === "rejected") return rejectedAppend(verdict, this.startOffset);
    const claim = producerClaimOf(verdict.batch, 0);
    const judged = claim === undefined ? undefined : this.judge(claim, verdict.batch, origin);
    if (judged !== undefined) return judged;
    try {
      return this.appendValid(verdict, append.leaderEpoch, claim);
    } catch (error) {
      return refusedAppend(storageErrorName(error), -1);
    }
  }

  /**
   * Add what a leader sent, offsets and all; a cut batch at the end is ignored. Any fault refuses all of it, the good
   * batches before the fault too (KAFKA.md M2).
   */
  appendAsFollower(records: Buffer): ErrorName {
    assert(!this.isClosed, "a closed log is not appended to");
    if (this.isOffline) return "KAFKA_STORAGE_ERROR";
    const chunk = checkReplicated(records, this.endOffset);
    if (typeof chunk === "string") return chunk;
    if (chunk.bytes.byteLength === 0) return "NONE";
    if (chunk.bytes.byteLength > this.currentConfig.segmentBytes) return "RECORD_LIST_TOO_LARGE";
    try {
      for (const position of batchPositions(chunk.bytes)) {
        const epoch = partitionLeaderEpochOf(chunk.bytes, position);
        if (epoch > this.leaderEpochs.latestEpoch) this.leaderEpochs.assign(epoch, baseOffsetOf(chunk.bytes, position));
      }
      this.write(chunk, baseOffsetOf(chunk.bytes, 0));
      for (const position of batchPositions(chunk.bytes)) followBatch(this.producers, chunk.bytes, position);
      this.flushByMessages();
      return "NONE";
    } catch (error) {
      return storageErrorName(error);
    }
  }

  /** A stretch of the log from the batch that holds `startOffset`, without copying where it is in memory. */
  read(startOffset: number, limits: ReadLimits): LogSlice | ErrorName {
    if (startOffset < this.startOffset || startOffset > this.endOffset) return "OFFSET_OUT_OF_RANGE";
    if (startOffset >= Math.min(limits.limitOffset, this.endOffset)) return emptySlice;
    if (this.isOffline) return "KAFKA_STORAGE_ERROR";
    return answered(() => this.reader.read(startOffset, limits));
  }

  /** Bytes that wait in `[startOffset, limitOffset)`; 0 where the log does not reach there or cannot be read. */
  byteCountBetween(startOffset: number, limitOffset: number): number {
    const limit = Math.min(limitOffset, this.endOffset);
    if (startOffset < this.startOffset || startOffset >= limit) return 0;
    const byteCount = answered(() => this.reader.byteCountBetween(startOffset, limit));
    return typeof byteCount === "number" ? byteCount : 0;
  }

  /** First record at or after the log's start whose timestamp is at least `timestamp`; undefined where none is. */
  offsetForTimestamp(timestamp: number): TimestampedOffset | undefined | ErrorName {
    return answered(() => findByTimestamp(this.segments.all, timestamp, this.startOffset, this.compression));
  }

  /** First record with the largest timestamp of all; undefined where no record has a timestamp. */
  offsetOfMaxTimestamp(): TimestampedOffset | undefined | ErrorName {
    return answered(() => findMaxTimestamp(this.segments.all, this.compression));
  }

  /**
   * What is below `offset` is not to be seen any more; the bytes go when retention finds a whole segment of them
   * (KAFKA.md D.12, M23). An offset that is gone already is no error.
   */
  deleteRecordsBefore(offset: number): ErrorName {
    if (offset > this.watermark || offset < 0) return "OFFSET_OUT_OF_RANGE";
    return this.attempt(() => this.moveStartTo(offset));
  }

  /** A follower's log starts where its leader's does. */
  advanceLogStartOffset(offset: number): ErrorName {
    return this.attempt(() => this.moveStartTo(Math.min(offset, this.watermark)));
  }

  /** Drop what retention no longer keeps, remove what was dropped long enough ago, forget idle producers. */
  deleteOldSegments(nowMs: number): ErrorName {
    return this.attempt(() => {
      this.removeCondemned(nowMs);
      this.producers.expire(nowMs, this.currentConfig.producerIdExpirationMs);
      const state = {
        nowMs,
        logStartOffset: this.startOffset,
        highWatermark: this.watermark,
        logEndOffset: this.endOffset,
      };
      const count = countDeletable(this.segments.all, this.currentConfig, state);
      if (count === this.segments.count) this.roll(this.endOffset);
      if (count > 0) this.dropOldest(count, nowMs + this.currentConfig.fileDeleteDelayMs);
    });
  }

  /**
   * End the log before `offset`. A batch is never split: where `offset` is inside of one, all of it goes, and the next
   * offset is `offset` all the same (KAFKA.md C.10).
   */
  truncateTo(offset: number): ErrorName {
    if (offset >= this.endOffset) return this.attempt(() => this.leaderEpochs.truncateFromEnd(this.endOffset));
    if (offset < this.segments.first.baseOffset) return this.truncateFullyAndStartAt(offset);
    return this.attemptCut(() => {
      while (this.segments.active.baseOffset > offset) this.segments.pop().remove();
      const { active } = this.segments;
      active.truncate(active.positionOf(offset), offset);
      this.endAt(offset);
      this.startOffset = Math.min(this.startOffset, offset);
      this.leaderEpochs.truncateFromEnd(offset);
      this.snapshots.removeWhere((snapshotOffset) => snapshotOffset > offset);
      const firstBase = this.segments.first.baseOffset;
      const from = Math.max(firstBase, this.snapshots.restoreNewest(this.producers, offset) ?? firstBase);
      replayProducers(this.producers, this.segments.all, from, offset);
    });
  }

  /** Drop all and go on, empty, at `offset`: a follower that fell behind its leader's start. */
  truncateFullyAndStartAt(offset: number): ErrorName {
    return this.attemptCut(() => {
      for (const segment of this.segments.all) segment.remove();
      this.segments.replaceAll(this.newSegment(offset));
      this.snapshots.removeWhere(() => true);
      this.producers.clear();
      this.leaderEpochs.clear();
      this.endAt(offset);
      this.startOffset = offset;
      this.watermark = offset;
    });
  }

  /** Force all to the disk. */
  flush(): ErrorName {
    return this.attempt(() => this.flushTo(this.endOffset));
  }

  /** Force to the disk what is not written to any more, as Kafka does after each roll. */
  flushSealedSegments(): ErrorName {
    return this.attempt(() => this.flushTo(this.segments.active.baseOffset));
  }

  /** Force all to the disk if `flush.ms` have passed since that was last done. */
  flushIfDue(nowMs: number): ErrorName {
    return nowMs - this.flushedMs >= this.currentConfig.flushMs ? this.flush() : "NONE";
  }

  /** Leave everything as a clean stop does: forced to the disk, indexed, with a snapshot of the producers. */
  close(): ErrorName {
    if (this.isClosed) return "NONE";
    const errorName = this.attempt(() => {
      // A log that never held anything is its directory and no more.
      if (this.endOffset === 0 && !this.segments.active.hasLogFile) return;
      this.segments.active.seal();
      this.flushTo(this.endOffset);
      this.segments.active.syncIndexes();
      this.leaderEpochs.sync();
      if (!this.snapshots.all.includes(this.endOffset)) this.snapshots.write(this.producers, this.endOffset);
    });
    this.abandon();
    return errorName;
  }

  /** Let go of files and memory without writing anything: the log is about to be removed, or its node has crashed. */
  abandon(): void {
    this.isClosed = true;
    this.tail.clear();
    for (const segment of this.segments.all) segment.close();
  }

  /** The answer to a batch that its producer's past decides; undefined where it may be appended. */
  private judge(claim: ProducerClaim, batch: Buffer, origin: AppendOrigin): AppendResult | undefined {
    if (isControl(batch, 0)) {
      const coordinatorEpoch = markerCoordinatorEpochOf(batch, 0) ?? -1;
      const errorName = this.producers.judgeMarker(claim.producerId, claim.producerEpoch, coordinatorEpoch);
      return errorName === "NONE" ? undefined : refusedAppend(errorName, this.startOffset);
    }
    if (origin !== "client") return undefined;
    const verdict = this.producers.judge(claim);
    if (verdict.kind === "accepted") return undefined;
    if (verdict.kind === "refused") return refusedAppend(verdict.errorName, this.startOffset);
    const { firstOffset, lastOffset, timestamp } = verdict.batch;
    const placement = { baseOffset: firstOffset, lastOffset, logAppendTimeMs: timestamp, isDuplicate: true };
    return appended(placement, this.startOffset);
  }

  private appendValid(valid: ValidBatch, leaderEpoch: number, claim: ProducerClaim | undefined): AppendResult {
    const { batch } = valid;
    const baseOffset = this.endOffset;
    const lastOffset = baseOffset + lastOffsetDeltaOf(batch, 0);
    placeBatch(valid, baseOffset, leaderEpoch);
    if (leaderEpoch > this.leaderEpochs.latestEpoch) this.leaderEpochs.assign(leaderEpoch, baseOffset);
    const { maxTimestamp } = valid;
    this.write({ bytes: batch, lastOffset, maxTimestamp, offsetOfMaxTimestamp: lastOffset }, baseOffset);
    if (claim !== undefined) followClaim(this.producers, claim, batch, 0);
    this.flushByMessages();
    const logAppendTimeMs = valid.timestampType === "LogAppendTime" ? maxTimestamp : -1;
    return appended({ baseOffset, lastOffset, logAppendTimeMs, isDuplicate: false }, this.startOffset);
  }

  /** Add a chunk to the active segment, or to a new one. Nothing has changed for a reader if this throws. */
  private write(chunk: AppendedChunk, baseOffset: number): void {
    assert(baseOffset >= this.endOffset, "offsets in a log grow");
    const { active } = this.segments;
    if (active.mustRollFor(chunk, this.currentConfig, this.place.clock.wallMs())) this.roll(baseOffset);
    const segment = this.segments.active;
    const position = segment.byteCount;
    segment.append(chunk, this.currentConfig.indexIntervalBytes);
    this.tail.append(chunk.bytes, position);
    this.endOffset = chunk.lastOffset + 1;
  }

  /** Begin a new active segment at `baseOffset`; where the active one is that already, it stays. */
  private roll(baseOffset: number): void {
    const { active } = this.segments;
    if (active.byteCount === 0 && active.baseOffset === baseOffset) return;
    active.seal();
    // What was flushed is not flushed again, so the indexes that were only in memory then would be left out.
    if (this.flushedOffset > active.baseOffset) active.syncIndexes();
    this.snapshots.write(this.producers, baseOffset);
    this.segments.push(this.newSegment(baseOffset));
    this.tail.clear();
  }

  private newSegment(baseOffset: number): Segment {
    const { pool, directory } = this.place;
    return Segment.create({ pool, directory, baseOffset }, segmentBirth(this.place, this.currentConfig));
  }

  private dropOldest(count: number, dueMs: number): void {
    assert(count < this.segments.count, "the active segment stays");
    this.moveStartTo(this.segments.at(count).baseOffset);
    this.reader.forget();
    for (let dropped = 0; dropped < count; dropped++) {
      // Out of the log first: a name that the disk won't change must not be read again under the old one.
      const segment = this.segments.shift();
      this.condemned.push(...segment.markDeleted().map((path) => ({ path, dueMs })));
      this.snapshots.removeWhere((offset) => offset === segment.baseOffset);
    }
  }

  private removeCondemned(nowMs: number): void {
    for (let first = this.condemned[0]; first !== undefined && first.dueMs <= nowMs; first = this.condemned[0]) {
      this.place.pool.files.remove(first.path);
      this.condemned.shift();
    }
  }

  private moveStartTo(offset: number): void {
    if (offset <= this.startOffset) return;
    assert(offset <= this.endOffset, "the log start never passes the log end");
    this.leaderEpochs.truncateFromStart(offset);
    this.startOffset = offset;
    if (this.watermark < offset) this.watermark = offset;
  }

  private endAt(offset: number): void {
    this.endOffset = offset;
    this.flushedOffset = Math.min(this.flushedOffset, offset);
    this.watermark = Math.min(this.watermark, offset);
  }

  private flushByMessages(): void {
    if (this.endOffset - this.flushedOffset >= this.currentConfig.flushMessages) this.flushTo(this.endOffset);
  }

  private flushTo(offset: number): void {
    if (offset <= this.flushedOffset) return;
    const from = this.segments.indexOf(this.flushedOffset);
    for (const segment of this.segments.all.slice(from)) if (segment.baseOffset < offset) segment.sync();
    this.leaderEpochs.sync();
    this.flushedOffset = offset;
    this.flushedMs = this.place.clock.wallMs();
  }

  /** What changes positions: nobody may go on with those that were known before, nor with half of a change. */
  private attemptCut(cut: () => void): ErrorName {
    this.tail.clear();
    this.reader.forget();
    const errorName = this.attempt(cut);
    if (errorName !== "NONE") this.isOffline = true;
    return errorName;
  }

  private attempt(work: () => void): ErrorName {
    if (this.isOffline) return "KAFKA_STORAGE_ERROR";
    try {
      work();
      return "NONE";
    } catch (error) {
      return storageErrorName(error);
    }
  }
}

/** A disk that refuses is an answer; anything else is a fault of the program. */
function storageErrorName(error: unknown): ErrorName {
  if (error instanceof FileError) return "KAFKA_STORAGE_ERROR";
  if (error instanceof CorruptLogError) return "CORRUPT_MESSAGE";
  throw error;
}

function answered<Result>(work: () => Result): Result | ErrorName {
  try {
    return work();
  } catch (error) {
    return storageErrorName(error);
  }
}

function* batchPositions(bytes: Buffer): Generator<number> {
  for (let position = 0; position < bytes.byteLength; position += batchByteCountOf(bytes, position)) yield position;
}
