/**
 * One data directory: the logs in it, and the files that speak of them all (KAFKA.md C.1, C.2, C.9). Opening believes
 * a directory that was closed in order and recovers one that was not; the marker that tells them apart is taken away
 * as soon as it was seen, so that a second crash is not mistaken for a clean stop.
 */
import { assert } from "../base/assert.ts";
import { randomUuid, type Uuid } from "../base/uuid.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import type { Compression } from "../protocol/records/compression.ts";
import { type Clock, FileError, type Files, type LogSink, type Random } from "../runtime/runtime.ts";
import { BatchValidator } from "./batch-validator.ts";
import {
  type DirectoryIdentity,
  formatCleanShutdown,
  formatDirectoryIdentity,
  formatOffsetCheckpoint,
  formatPartitionMetadata,
  MalformedCheckpointError,
  type OffsetCheckpointEntry,
  parseDirectoryIdentity,
  parseOffsetCheckpoint,
  parsePartitionMetadata,
  readText,
  replaceFile,
} from "./checkpoint-file.ts";
import { FilePool } from "./file-pool.ts";
import type { LogConfig } from "./log-config.ts";
import { TailBudget } from "./log-tail.ts";
import { ReadMemory } from "./read-memory.ts";
import { PartitionLog } from "./partition-log.ts";
import {
  deletedDirectoryName,
  isDeletedDirectoryName,
  parsePartitionDirectoryName,
  partitionDirectoryName,
  partitionMetadataName,
} from "./segment-name.ts";

const cleanShutdownName = ".kafka_cleanshutdown";
const metaPropertiesName = "meta.properties";
const recoveryPointName = "recovery-point-offset-checkpoint";
const logStartName = "log-start-offset-checkpoint";
const highWatermarkName = "replication-offset-checkpoint";
/** KRaft's own log, which is no topic's. */
const metadataTopic = "__cluster_metadata";

const openFileCountMaxDefault = 512;
const tailByteCountMaxDefault = 32 * 1024 * 1024;

export interface LogDirectoryOptions {
  readonly files: Files;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogSink;
  readonly compression: Compression;
  readonly brokerId: number;
  /** Undefined: whatever the directory says, or a fresh one for a new directory. */
  readonly clusterId?: Uuid;
  /** The configuration of a topic that the directory holds logs of. */
  readonly configFor: (topic: string) => LogConfig;
  /** Memory for the ends of all logs together; 0 reads everything from the files. */
  readonly tailByteCountMax?: number;
  readonly openFileCountMax?: number;
}

/** Why a directory can't be used, as a sentence for the person who chose it. */
export class LogDirectoryRefusedError extends Error {
  override readonly name = "LogDirectoryRefusedError";
}

export interface NewLog {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: Uuid;
  readonly config: LogConfig;
}

interface LogEntry {
  readonly log: PartitionLog;
  readonly directory: string;
  readonly topicId: Uuid | undefined;
}

interface Checkpoints {
  readonly recoveryPoints: ReadonlyMap<string, number>;
  readonly logStarts: ReadonlyMap<string, number>;
  readonly highWatermarks: ReadonlyMap<string, number>;
}

/** All logs of one data directory, from opening to clean shutdown. */
export class LogDirectory {
  readonly identity: DirectoryIdentity;
  /** Did the last user of the directory leave it in order? */
  readonly hadCleanShutdown: boolean;
  private readonly options: LogDirectoryOptions;
  private readonly files: Files;
  private readonly pool: FilePool;
  private readonly tailBudget: TailBudget;
  private readonly readMemory = new ReadMemory();
  private readonly validator: BatchValidator;
  private readonly entries = new Map<string, LogEntry>();
  /** Directories of deleted partitions, to be removed when due. */
  private condemned: { readonly path: string; readonly dueMs: number }[] = [];

  private constructor(options: LogDirectoryOptions) {
    this.options = options;
    this.files = options.files;
    this.pool = new FilePool(options.files, options.openFileCountMax ?? openFileCountMaxDefault);
    this.tailBudget = new TailBudget(options.tailByteCountMax ?? tailByteCountMaxDefault);
    this.validator = new BatchValidator(options.compression);
    this.files.makeDirectory("");
    this.identity = this.claimIdentity();
    this.hadCleanShutdown = this.files.exists(cleanShutdownName);
    this.files.remove(cleanShutdownName);
    this.openLogs();
  }

  /** Open all logs. Throws `LogDirectoryRefusedError` for another's directory, `FileError` where the disk refuses. */
  static open(options: LogDirectoryOptions): LogDirectory {
    return new LogDirectory(options);
  }

  get logs(): readonly PartitionLog[] {
    return [...this.entries.values()].map(({ log }) => log);
  }

  /** Nobody looks any more at `chunks` that a log gave to a reader: they have been sent. */
  releaseRead(chunks: readonly Buffer[]): void {
    for (const chunk of chunks) this.readMemory.giveBack(chunk);
  }

  get byteCount(): number {
    return this.logs.reduce((sum, log) => sum + log.byteCount, 0);
  }

  /** Segment files that are open now. */
  get openFileCount(): number {
    return this.pool.openCount;
  }

  logFor(topic: string, partition: number): PartitionLog | undefined {
    return this.entries.get(partitionDirectoryName(topic, partition))?.log;
  }

  /** The topic's id from `partition.metadata`; undefined where there is no such log or no such file. */
  topicIdOf(topic: string, partition: number): Uuid | undefined {
    return this.entries.get(partitionDirectoryName(topic, partition))?.topicId;
  }

  /** Make the log of a new partition. Throws `FileError` where the disk refuses. */
  createLog({ topic, partition, topicId, config }: NewLog): PartitionLog {
    const directory = partitionDirectoryName(topic, partition);
    assert(!this.entries.has(directory), "a partition has one log in a directory");
    const log = this.openLog(topic, partition, config, undefined);
    replaceFile(this.files, `${directory}/${partitionMetadataName}`, formatPartitionMetadata(topicId));
    this.entries.set(directory, { log, directory, topicId });
    return log;
  }

  /** Take a log out. Its files stay under another name until `file.delete.delay.ms` have passed. */
  deleteLog(topic: string, partition: number): ErrorName {
    const directory = partitionDirectoryName(topic, partition);
    const entry = this.entries.get(directory);
    if (entry === undefined) return "UNKNOWN_TOPIC_OR_PARTITION";
    entry.log.abandon();
    const uniqueId = Buffer.from(this.options.random.bytes(16)).toString("hex");
    const path = deletedDirectoryName(topic, partition, uniqueId);
    try {
      this.files.rename(directory, path);
    } catch (error) {
      if (error instanceof FileError) return "KAFKA_STORAGE_ERROR";
      throw error;
    } finally {
      this.entries.delete(directory);
    }
    const dueMs = this.options.clock.wallMs() + entry.log.config.fileDeleteDelayMs;
    this.condemned.push({ path, dueMs });
    return "NONE";
  }

  /**
   * Retention of all logs, and removal of what was deleted long enough ago: every `log.retention.check.interval.ms`.
   */
  enforceRetention(): ErrorName {
    const nowMs = this.options.clock.wallMs();
    const retained = this.forAll((log) => log.deleteOldSegments(nowMs));
    const removed = this.attempt(() => {
      const due = this.condemned.filter(({ dueMs }) => dueMs <= nowMs);
      for (const { path } of due) this.files.remove(path);
      this.condemned = this.condemned.filter(({ dueMs }) => dueMs > nowMs);
    });
    return retained === "NONE" ? removed : retained;
  }

  /** Force logs to the disk whose `flush.ms` have passed. */
  flushDue(): ErrorName {
    const nowMs = this.options.clock.wallMs();
    return this.forAll((log) => log.flushIfDue(nowMs));
  }

  /** Every `log.flush.offset.checkpoint.interval.ms`: sealed segments to the disk, then what is known to be there. */
  checkpointRecoveryPoints(): ErrorName {
    const flushed = this.forAll((log) => log.flushSealedSegments());
    const written = this.attempt(() => {
      this.writeRecoveryPoints();
      this.writeLogStarts();
    });
    return flushed === "NONE" ? written : flushed;
  }

  /** Every `replica.high.watermark.checkpoint.interval.ms`. */
  checkpointHighWatermarks(): ErrorName {
    return this.attempt(() => this.writeHighWatermarks());
  }

  /** Leave the directory in order. The marker is written only if every log could be closed. */
  close(brokerEpoch = -1): ErrorName {
    const closed = this.forAll((log) => log.close());
    const written = this.attempt(() => {
      this.writeRecoveryPoints();
      this.writeLogStarts();
      this.writeHighWatermarks();
      if (closed !== "NONE") return;
      this.files.writeAtomically(cleanShutdownName, Buffer.from(formatCleanShutdown(brokerEpoch)));
    });
    this.entries.clear();
    return closed === "NONE" ? written : closed;
  }

  /** Let go of everything as a killed process does: nothing is written. For simulations. */
  abandon(): void {
    for (const { log } of this.entries.values()) log.abandon();
    this.entries.clear();
  }

  private claimIdentity(): DirectoryIdentity {
    const { brokerId, clusterId, random } = this.options;
    const text = readText(this.files, metaPropertiesName);
    if (text !== undefined) return checkIdentity(text, brokerId, clusterId);
    const identity: DirectoryIdentity = { version: 0, brokerId, clusterId: clusterId ?? randomUuid(random) };
    this.files.writeAtomically(metaPropertiesName, Buffer.from(formatDirectoryIdentity(identity)));
    return identity;
  }

  private openLogs(): void {
    const checkpoints: Checkpoints = {
      recoveryPoints: this.readCheckpoint(recoveryPointName),
      logStarts: this.readCheckpoint(logStartName),
      highWatermarks: this.readCheckpoint(highWatermarkName),
    };
    for (const { name, isDirectory } of this.files.list("")) {
      if (!isDirectory) continue;
      if (isDeletedDirectoryName(name)) {
        this.files.remove(name);
        continue;
      }
      const place = parsePartitionDirectoryName(name);
      if (place === undefined || place.topic === metadataTopic) continue;
      const config = this.options.configFor(place.topic);
      const log = this.openLog(place.topic, place.partition, config, checkpoints);
      this.entries.set(name, { log, directory: name, topicId: this.readTopicId(name) });
    }
  }

  private openLog(
    topic: string,
    partition: number,
    config: LogConfig,
    checkpoints: Checkpoints | undefined,
  ): PartitionLog {
    const { clock, random, log, compression } = this.options;
    const directory = partitionDirectoryName(topic, partition);
    return PartitionLog.open({
      pool: this.pool,
      directory,
      topicPartition: { topic, partition },
      clock,
      random,
      log,
      config,
      compression,
      validator: this.validator,
      tailBudget: this.tailBudget,
      readMemory: this.readMemory,
      recoveryPoint: checkpoints?.recoveryPoints.get(directory) ?? 0,
      logStartOffset: checkpoints?.logStarts.get(directory) ?? 0,
      highWatermark: checkpoints?.highWatermarks.get(directory) ?? 0,
      hadCleanShutdown: checkpoints !== undefined && this.hadCleanShutdown,
    });
  }

  /**
   * The offsets of a checkpoint, by directory name. A damaged file says nothing, which costs time and loses nothing.
   * Kafka goes on to take the directory offline; here a warning is enough, as the next checkpoint replaces the file.
   */
  private readCheckpoint(name: string): ReadonlyMap<string, number> {
    try {
      const entries = parseOffsetCheckpoint(readText(this.files, name) ?? "");
      return new Map(entries.map((entry) => [partitionDirectoryName(entry.topic, entry.partition), entry.offset]));
    } catch (error) {
      if (!(error instanceof MalformedCheckpointError)) throw error;
      this.options.log.write("warn", `The file ${name} is damaged and is left out: ${error.message}.`);
      return new Map();
    }
  }

  private readTopicId(directory: string): Uuid | undefined {
    const text = readText(this.files, `${directory}/${partitionMetadataName}`);
    if (text === undefined || text === "") return undefined;
    try {
      return parsePartitionMetadata(text);
    } catch (error) {
      if (!(error instanceof MalformedCheckpointError)) throw error;
      this.options.log.write("warn", `The topic id of ${directory} can't be read: ${error.message}.`);
      return undefined;
    }
  }

  private writeRecoveryPoints(): void {
    this.writeCheckpoint(recoveryPointName, (log) => log.recoveryPoint);
  }

  private writeHighWatermarks(): void {
    this.writeCheckpoint(highWatermarkName, (log) => log.highWatermark);
  }

  /** Only logs that start within their first segment are listed: of others the segment's name says it. */
  private writeLogStarts(): void {
    this.writeCheckpoint(logStartName, (log) =>
      log.logStartOffset > log.firstSegmentBaseOffset ? log.logStartOffset : undefined,
    );
  }

  private writeCheckpoint(name: string, offsetOf: (log: PartitionLog) => number | undefined): void {
    const entries: OffsetCheckpointEntry[] = [];
    for (const { log } of this.entries.values()) {
      const offset = offsetOf(log);
      if (offset !== undefined) entries.push({ topic: log.topic, partition: log.partition, offset });
    }
    this.files.writeAtomically(name, Buffer.from(formatOffsetCheckpoint(entries)));
  }

  /** Do it with every log, even if one fails; the last error that any of them met. */
  private forAll(work: (log: PartitionLog) => ErrorName): ErrorName {
    let worst: ErrorName = "NONE";
    for (const { log } of this.entries.values()) {
      const errorName = work(log);
      if (errorName !== "NONE") worst = errorName;
    }
    return worst;
  }

  private attempt(work: () => void): ErrorName {
    try {
      work();
      return "NONE";
    } catch (error) {
      if (error instanceof FileError) return "KAFKA_STORAGE_ERROR";
      throw error;
    }
  }
}

function checkIdentity(text: string, brokerId: number, clusterId: Uuid | undefined): DirectoryIdentity {
  const identity = parseIdentity(text);
  if (identity.brokerId !== brokerId) {
    throw new LogDirectoryRefusedError(
      `The data directory belongs to broker ${identity.brokerId}, not to ${brokerId}.`,
    );
  }
  if (clusterId !== undefined && identity.clusterId !== clusterId) {
    throw new LogDirectoryRefusedError(
      `The data directory belongs to cluster ${identity.clusterId}, not to ${clusterId}.`,
    );
  }
  return identity;
}

function parseIdentity(text: string): DirectoryIdentity {
  try {
    return parseDirectoryIdentity(text);
  } catch (error) {
    if (!(error instanceof MalformedCheckpointError)) throw error;
    throw new LogDirectoryRefusedError(`The data directory's meta.properties can't be read: ${error.message}.`);
  }
}
