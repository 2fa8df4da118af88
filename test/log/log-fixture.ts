import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { SeededRandom } from "../../src/base/seeded-random.ts";
import { BatchValidator } from "../../src/log/batch-validator.ts";
import { FilePool } from "../../src/log/file-pool.ts";
import { defaultLogConfig, type LogConfig } from "../../src/log/log-config.ts";
import { TailBudget } from "../../src/log/log-tail.ts";
import { PartitionLog } from "../../src/log/partition-log.ts";
import { ReadMemory } from "../../src/log/read-memory.ts";
import { buildBatch, type BatchOptions, type NewBatchRecord } from "../../src/protocol/records/batch-builder.ts";
import { batchByteCountOf, nextOffsetOf } from "../../src/protocol/records/batch.ts";
import { Compression } from "../../src/protocol/records/compression.ts";
import { type LogRecord, readRecords } from "../../src/protocol/records/record-reader.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import { NodeFiles } from "../../src/runtime/node/node-files.ts";
import type { Clock, Files, LogSink } from "../../src/runtime/runtime.ts";
import { type FileFaults, MemoryFiles } from "../../src/runtime/simulated/memory-files.ts";

export const compression = new Compression(nodeCompression);

/** A clock that stands still until it is told otherwise. */
export class SetClock implements Clock {
  nowMs = 1_700_000_000_000;

  wallMs(): number {
    return this.nowMs;
  }

  monotonicMs(): number {
    return this.nowMs;
  }
}

/** Keeps the sentences of a test's log. */
export class KeptSentences implements LogSink {
  readonly sentences: string[] = [];

  write(_level: "info" | "warn" | "error", sentence: string): void {
    this.sentences.push(sentence);
  }
}

export interface OpenOptions {
  readonly config?: Partial<LogConfig>;
  readonly recoveryPoint?: number;
  readonly logStartOffset?: number;
  readonly highWatermark?: number;
  readonly hadCleanShutdown?: boolean;
  readonly tailByteCountMax?: number;
  readonly openFileCountMax?: number;
}

/** A place for one log, `orders-0`, that outlives the log: what a test crashes and opens again. */
export class LogFixture {
  readonly clock: SetClock;
  readonly files: Files;
  readonly sink = new KeptSentences();
  readonly directory = "orders-0";
  readonly random = new SeededRandom("log fixture");

  constructor(files: Files, clock: SetClock) {
    this.files = files;
    this.clock = clock;
  }

  static inMemory(options: { readonly capacityBytes?: number; readonly faults?: FileFaults } = {}): LogFixture {
    const clock = new SetClock();
    return new LogFixture(new MemoryFiles({ ...options, clock }), clock);
  }

  open(options: OpenOptions = {}): PartitionLog {
    return PartitionLog.open({
      pool: new FilePool(this.files, options.openFileCountMax ?? 100),
      directory: this.directory,
      topicPartition: { topic: "orders", partition: 0 },
      clock: this.clock,
      random: this.random,
      log: this.sink,
      config: { ...defaultLogConfig, ...options.config },
      compression,
      validator: new BatchValidator(compression),
      readMemory: new ReadMemory(),
      tailBudget: new TailBudget(options.tailByteCountMax ?? 1024 * 1024),
      recoveryPoint: options.recoveryPoint ?? 0,
      logStartOffset: options.logStartOffset ?? 0,
      highWatermark: options.highWatermark ?? 0,
      hadCleanShutdown: options.hadCleanShutdown ?? false,
    });
  }

  fileNames(): readonly string[] {
    return this.files.list(this.directory).map(({ name }) => name);
  }

  readFile(name: string): Buffer {
    return this.files.readAll(`${this.directory}/${name}`);
  }

  writeFile(name: string, content: Buffer): void {
    using file = this.files.open(`${this.directory}/${name}`, { create: true });
    file.truncate(0);
    file.append([content]);
  }

  appendToFile(name: string, content: Buffer): void {
    using file = this.files.open(`${this.directory}/${name}`, { create: true });
    file.append([content]);
  }

  /** Change one byte of a file. */
  damage(name: string, position: number): void {
    const content = Buffer.from(this.readFile(name));
    content.writeUInt8(content.readUInt8(position) ^ 0xff, position);
    this.writeFile(name, content);
  }
}

/** Run `work` once on files in memory and once on real ones. */
export function onBothKindsOfFiles(work: (makeFixture: () => LogFixture) => void): void {
  work(() => LogFixture.inMemory());
  withRealFiles(work);
}

/** Run `work` with fixtures on real files, in a directory that is removed afterwards. */
export function withRealFiles(work: (makeFixture: () => LogFixture) => void): void {
  const root = mkdtempSync(join(tmpdir(), "tapedeck-log-"));
  try {
    let count = 0;
    work(() => {
      const files = new NodeFiles(join(root, String(count++)));
      files.makeDirectory("");
      return new LogFixture(files, new SetClock());
    });
  } finally {
    rmSync(root, { recursive: true });
  }
}

export function record(value: string, overrides: Partial<NewBatchRecord> = {}): NewBatchRecord {
  return { timestamp: 1_700_000_000_000, key: Buffer.from("k"), value: Buffer.from(value), ...overrides };
}

export function batchOf(values: readonly string[], options: BatchOptions = {}, timestamp = 1_700_000_000_000): Buffer {
  return buildBatch(
    values.map((value) => record(value, { timestamp })),
    compression,
    options,
  );
}

/** `count` records of one letter each. */
export function batchOfCount(count: number, options: BatchOptions = {}): Buffer {
  return batchOf(
    Array.from({ length: count }, (_, index) => String.fromCharCode(97 + (index % 26))),
    options,
  );
}

/** All records from `startOffset` on, read a slice at a time as a consumer would. */
export function readAll(log: PartitionLog, startOffset = log.logStartOffset, byteCountMax = 1 << 20): LogRecord[] {
  const records: LogRecord[] = [];
  let offset = startOffset;
  while (offset < log.logEndOffset) {
    const slice = log.read(offset, { byteCountMax, atLeastOneBatch: true, limitOffset: log.logEndOffset });
    if (typeof slice === "string") throw new Error(`read at ${offset}: ${slice}`);
    const bytes = Buffer.concat(slice.chunks);
    records.push(...recordsOf(bytes).filter((found) => found.offset >= offset));
    const nextOffset = nextOffsetAfter(bytes);
    if (nextOffset <= offset) break;
    offset = nextOffset;
  }
  return records;
}

/** The records of all whole batches. */
export function recordsOf(bytes: Buffer): LogRecord[] {
  return wholeBatchPositions(bytes).flatMap((position) => [...readRecords(bytes, position, compression)]);
}

/** Where a consumer goes on that got these bytes; -1 where they hold no whole batch. */
function nextOffsetAfter(bytes: Buffer): number {
  const last = wholeBatchPositions(bytes).at(-1);
  return last === undefined ? -1 : nextOffsetOf(bytes, last);
}

function wholeBatchPositions(bytes: Buffer): number[] {
  const positions: number[] = [];
  let position = 0;
  while (position + 61 <= bytes.byteLength && position + batchByteCountOf(bytes, position) <= bytes.byteLength) {
    positions.push(position);
    position += batchByteCountOf(bytes, position);
  }
  return positions;
}

export function valuesOf(records: readonly LogRecord[]): string[] {
  return records.map(({ value }) => value?.toString() ?? "null");
}
