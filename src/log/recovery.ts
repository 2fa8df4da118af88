/**
 * Opening a log (KAFKA.md C.9). After a clean stop the files are believed: sizes, indexes and the last snapshot say
 * all. After any other stop every batch from the segment of the recovery point on is read and its CRC computed; the
 * log ends before the first batch that is not whole, and what lies behind it is gone. What was forced to the disk is
 * below the recovery point, so nothing that a flush promised is lost; what a killed process had appended is whole in
 * the page cache, so neither is that.
 */
import type { Clock, LogSink, Random } from "../runtime/runtime.ts";
import {
  baseOffsetOf,
  batchByteCountOf,
  batchHeaderByteCount,
  crcIsValid,
  currentMagic,
  lastOffsetOf,
  magicOf,
  partitionLeaderEpochOf,
} from "../protocol/records/batch.ts";
import { BatchWalk, CorruptLogError } from "./batch-walk.ts";
import type { TopicPartition } from "./checkpoint-file.ts";
import type { FilePool } from "./file-pool.ts";
import { LeaderEpochCache } from "./leader-epoch-cache.ts";
import type { LogConfig } from "./log-config.ts";
import { followBatch, replayProducers } from "./producer-replay.ts";
import { ProducerSnapshots } from "./producer-snapshots.ts";
import { ProducerStates } from "./producer-state.ts";
import { chunkOfBatch, Segment, type SegmentBirth } from "./segment.ts";
import { epochCheckpointName, offsetOfFileName, segmentSuffixes } from "./segment-name.ts";

const readByteCount = 1024 * 1024;

/** What a log is opened with. */
export interface LogPlace {
  readonly pool: FilePool;
  readonly directory: string;
  readonly topicPartition: TopicPartition;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogSink;
}

/** What the data directory's checkpoints say of a log. */
export interface LogCheckpoints {
  /** First offset that may not be on the disk; 0 where nothing is known. */
  readonly recoveryPoint: number;
  readonly logStartOffset: number;
  readonly hadCleanShutdown: boolean;
}

/** A log as its files are, ready to be read and appended to. */
export interface LoadedLog {
  /** Ascending, one at least. */
  readonly segments: Segment[];
  readonly leaderEpochs: LeaderEpochCache;
  readonly producers: ProducerStates;
  readonly snapshots: ProducerSnapshots;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly recoveryPoint: number;
}

export function segmentBirth(place: LogPlace, config: LogConfig): SegmentBirth {
  const jitterMs = config.segmentJitterMs;
  return {
    createdMs: place.clock.wallMs(),
    rollJitterMs: jitterMs > 0 && Number.isFinite(jitterMs) ? place.random.below(jitterMs) : 0,
  };
}

/** Open the log in `place.directory`, making it where there is none. Throws `FileError` where the disk refuses. */
export function loadLog(place: LogPlace, config: LogConfig, checkpoints: LogCheckpoints): LoadedLog {
  return new LogLoader(place, config).load(checkpoints);
}

interface Reindexed {
  readonly nextOffset: number;
  readonly truncatedByteCount: number;
}

/** One opening of one log. */
class LogLoader {
  private readonly place: LogPlace;
  private readonly config: LogConfig;
  private readonly leaderEpochs: LeaderEpochCache;
  private readonly producers = new ProducerStates();
  private readonly snapshots: ProducerSnapshots;
  /** Of the files in the directory. */
  private readonly names: readonly string[];
  private segments: Segment[] = [];

  constructor(place: LogPlace, config: LogConfig) {
    this.place = place;
    this.config = config;
    const { files } = place.pool;
    const names = (): readonly string[] => files.list(place.directory).map(({ name }) => name);
    const found = names();
    if (found.length === 0) files.makeDirectory(place.directory);
    this.names = removeLeftovers(place, found) ? names() : found;
    this.leaderEpochs = LeaderEpochCache.load(files, `${place.directory}/${epochCheckpointName}`);
    this.snapshots = new ProducerSnapshots(files, place.directory, this.names);
  }

  load(checkpoints: LogCheckpoints): LoadedLog {
    this.openSegments();
    let logEndOffset = checkpoints.hadCleanShutdown ? this.believeFiles() : undefined;
    const isClean = logEndOffset !== undefined;
    if (logEndOffset === undefined) logEndOffset = this.recoverFrom(checkpoints.recoveryPoint);
    if (this.segments.length === 0 || logEndOffset < checkpoints.logStartOffset) {
      logEndOffset = this.startOver(checkpoints.logStartOffset);
    }
    const logStartOffset = Math.max(checkpoints.logStartOffset, this.segments[0]?.baseOffset ?? 0);
    this.leaderEpochs.truncateFromEnd(logEndOffset);
    this.leaderEpochs.truncateFromStart(logStartOffset);
    this.snapshots.removeWhere((offset) => offset > logEndOffset);
    this.snapshots.removeStray(new Set(this.segments.map(({ baseOffset }) => baseOffset)));
    return {
      segments: this.segments,
      leaderEpochs: this.leaderEpochs,
      producers: this.producers,
      snapshots: this.snapshots,
      logStartOffset,
      logEndOffset,
      recoveryPoint: isClean ? logEndOffset : Math.min(checkpoints.recoveryPoint, logEndOffset),
    };
  }

  private openSegments(): void {
    const { pool, directory } = this.place;
    const bases = this.names.map((name) => offsetOfFileName(name, ".log")).filter((offset) => offset !== undefined);
    const known = new Set(bases);
    for (const suffix of segmentSuffixes) {
      for (const name of this.names) {
        const offset = offsetOfFileName(name, suffix);
        if (offset !== undefined && !known.has(offset)) pool.files.remove(`${directory}/${name}`);
      }
    }
    const birth = segmentBirth(this.place, this.config);
    this.segments = bases.map((baseOffset) => Segment.open({ pool, directory, baseOffset }, birth));
  }

  /** The log's end as the files say after a clean stop; undefined where they are not what a clean stop leaves. */
  private believeFiles(): number | undefined {
    const last = this.segments.at(-1);
    if (last === undefined) return undefined;
    try {
      for (const segment of this.segments) if (!segment.hasIndexFile) this.reindex(segment);
      const logEndOffset = last.nextOffset();
      this.restoreProducers(logEndOffset);
      this.findEpochs(this.segments);
      return logEndOffset;
    } catch (error) {
      if (!(error instanceof CorruptLogError)) throw error;
      this.warn(`is damaged in spite of a clean stop and is recovered: ${error.message}`);
      return undefined;
    }
  }

  private restoreProducers(offset: number): void {
    const firstBase = this.segments[0]?.baseOffset ?? 0;
    const from = Math.max(firstBase, this.snapshots.restoreNewest(this.producers, offset) ?? firstBase);
    replayProducers(this.producers, this.segments, from, offset);
  }

  /** Below the recovery point nothing is verified, so a batch there may turn out to be damaged (KAFKA.md M2). */
  private asFarAsReadable(consequence: string, read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof CorruptLogError)) throw error;
      this.warn(`is damaged below its recovery point, so that ${consequence}: ${error.message}`);
    }
  }

  /** Read the segments from the recovery point's on, batch by batch; returns the log's end. */
  private recoverFrom(recoveryPoint: number): number {
    const firstIndex = Math.max(
      0,
      this.segments.findLastIndex(({ baseOffset }) => baseOffset <= recoveryPoint),
    );
    const believed = this.segments.slice(0, firstIndex);
    for (const segment of believed) if (!segment.hasIndexFile) this.reindex(segment);
    this.findEpochs(believed);
    const first = this.segments[firstIndex];
    if (first === undefined) return 0;
    this.snapshots.removeWhere((offset) => offset > first.baseOffset);
    this.asFarAsReadable("some retries may go unnoticed", () => {
      this.restoreProducers(first.baseOffset);
    });
    let nextOffset = first.baseOffset;
    for (let index = firstIndex; index < this.segments.length; index++) {
      const segment = this.segments[index];
      if (segment === undefined) break;
      if (segment.baseOffset < nextOffset) {
        this.dropFrom(index);
        break;
      }
      if (segment !== first) this.snapshots.write(this.producers, segment.baseOffset);
      const recovered = this.recoverSegment(segment);
      nextOffset = recovered.nextOffset;
      if (recovered.truncatedByteCount > 0) {
        this.dropFrom(index + 1);
        break;
      }
    }
    return nextOffset;
  }

  /** The checkpoint of the epochs is lost: the batches still say them. */
  private findEpochs(segments: readonly Segment[]): void {
    if (this.leaderEpochs.latestEpoch !== -1) return;
    this.asFarAsReadable("some leader epochs are not known", () => {
      for (const segment of segments.filter(({ byteCount }) => byteCount > 0)) {
        const walk = segment.walk(0);
        while (walk.next()) this.followEpoch(walk.bytes, walk.headerPosition);
      }
    });
  }

  private followEpoch(bytes: Buffer, position: number): void {
    const epoch = partitionLeaderEpochOf(bytes, position);
    if (epoch > this.leaderEpochs.latestEpoch) this.leaderEpochs.assign(epoch, baseOffsetOf(bytes, position));
  }

  private recoverSegment(segment: Segment): Reindexed {
    return this.reindex(segment, (bytes, position) => {
      this.followEpoch(bytes, position);
      followBatch(this.producers, bytes, position);
    });
  }

  /** Build the indexes of a segment anew from its batches, and cut it before the first one that is not whole. */
  private reindex(segment: Segment, follow?: (bytes: Buffer, position: number) => void): Reindexed {
    segment.clearIndexes();
    let nextOffset = segment.baseOffset;
    const validByteCount = readWholeBatches(segment, (bytes, position, filePosition) => {
      const chunk = chunkOfBatch(bytes, position);
      segment.noteBatch(chunk, filePosition, this.config.indexIntervalBytes);
      follow?.(bytes, position);
      nextOffset = chunk.lastOffset + 1;
    });
    const truncatedByteCount = segment.byteCount - validByteCount;
    if (truncatedByteCount > 0) {
      segment.truncate(validByteCount, nextOffset);
      this.warn(`lost ${truncatedByteCount} bytes behind offset ${nextOffset} that were no whole batches`);
    }
    if (segment !== this.segments.at(-1)) segment.seal();
    return { nextOffset, truncatedByteCount };
  }

  private dropFrom(index: number): void {
    for (const segment of this.segments.splice(index)) {
      segment.remove();
      this.snapshots.removeWhere((offset) => offset === segment.baseOffset);
    }
  }

  /** The log begins anew and empty at `offset`. */
  private startOver(offset: number): number {
    this.dropFrom(0);
    this.snapshots.removeWhere(() => true);
    this.producers.clear();
    this.leaderEpochs.clear();
    const { pool, directory } = this.place;
    this.segments.push(Segment.create({ pool, directory, baseOffset: offset }, segmentBirth(this.place, this.config)));
    return offset;
  }

  private warn(what: string): void {
    const { topic, partition } = this.place.topicPartition;
    this.place.log.write("warn", `The log of ${topic}-${partition} ${what}.`);
  }
}

/** Visit the batches of a segment that are whole and in order; returns how many bytes they take. */
function readWholeBatches(
  segment: Segment,
  visit: (bytes: Buffer, position: number, filePosition: number) => void,
): number {
  let filePosition = 0;
  let nextOffset = segment.baseOffset;
  let wanted = readByteCount;
  while (filePosition < segment.byteCount) {
    const bytes = segment.read(filePosition, Math.min(segment.byteCount, filePosition + wanted));
    let position = 0;
    let byteCount = wholeBatchByteCount(bytes, position, nextOffset);
    while (byteCount > 0 && position + byteCount <= bytes.byteLength) {
      if (!crcIsValid(bytes, position)) return filePosition + position;
      visit(bytes, position, filePosition + position);
      nextOffset = lastOffsetOf(bytes, position) + 1;
      position += byteCount;
      byteCount = wholeBatchByteCount(bytes, position, nextOffset);
    }
    filePosition += position;
    // Either nothing whole follows, or the batch was cut by the window: then it is read from its start.
    const left = segment.byteCount - filePosition;
    if (byteCount === 0 ? bytes.byteLength - position >= batchHeaderByteCount : byteCount > left) return filePosition;
    if (left < batchHeaderByteCount) return filePosition;
    wanted = Math.max(readByteCount, byteCount);
  }
  return filePosition;
}

/** Bytes that the batch at `position` claims to have; 0 where none can start there or its header is not all here. */
function wholeBatchByteCount(bytes: Buffer, position: number, nextOffset: number): number {
  if (position + batchHeaderByteCount > bytes.byteLength) return 0;
  if (magicOf(bytes, position) !== currentMagic) return 0;
  const byteCount = batchByteCountOf(bytes, position);
  if (byteCount < batchHeaderByteCount || baseOffsetOf(bytes, position) < nextOffset) return 0;
  return lastOffsetOf(bytes, position) < baseOffsetOf(bytes, position) ? 0 : byteCount;
}

/**
 * Finish or undo what a stop interrupted: `.deleted` and `.cleaned` files go; a `.swap` file is a cleaned segment that
 * was complete, and takes the place of what it was made from. Answers whether there was anything to do.
 */
function removeLeftovers(place: LogPlace, names: readonly string[]): boolean {
  const { files } = place.pool;
  if (!names.some((name) => /\.(deleted|cleaned|swap)$/.test(name))) return false;
  const remove = (name: string): void => files.remove(`${place.directory}/${name}`);
  let cleanedMin = Infinity;
  for (const name of names) {
    if (name.endsWith(".deleted") && !name.endsWith(".snapshot.deleted")) remove(name);
    if (!name.endsWith(".cleaned")) continue;
    cleanedMin = Math.min(cleanedMin, Number.parseInt(name, 10));
    remove(name);
  }
  const swaps = names.filter((name) => name.endsWith(".swap"));
  for (const name of swaps) if (Number.parseInt(name, 10) >= cleanedMin) remove(name);
  const complete = swaps.filter((name) => Number.parseInt(name, 10) < cleanedMin);
  if (complete.length > 0) swapIn(place, names, complete);
  return true;
}

function swapIn(place: LogPlace, names: readonly string[], swaps: readonly string[]): void {
  const { pool, directory } = place;
  let minBase = Infinity;
  let maxNext = -Infinity;
  for (const swap of swaps.filter((name) => name.endsWith(".log.swap"))) {
    const baseOffset = Number.parseInt(swap, 10);
    using file = pool.files.open(`${directory}/${swap}`, { create: false });
    const walk = new BatchWalk(file, 0, file.byteCount);
    minBase = Math.min(minBase, baseOffset);
    maxNext = Math.max(maxNext, baseOffset);
    while (walk.next()) maxNext = lastOffsetOf(walk.bytes, walk.headerPosition) + 1;
  }
  for (const suffix of segmentSuffixes) {
    for (const name of names) {
      const offset = offsetOfFileName(name, suffix);
      if (offset !== undefined && offset >= minBase && offset < maxNext) pool.files.remove(`${directory}/${name}`);
    }
  }
  for (const swap of swaps) pool.files.rename(`${directory}/${swap}`, `${directory}/${swap.slice(0, -".swap".length)}`);
}
