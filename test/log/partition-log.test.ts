import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";

import type { LogConfig } from "../../src/log/log-config.ts";
import type { PartitionLog } from "../../src/log/partition-log.ts";
import { buildBatch } from "../../src/protocol/records/batch-builder.ts";
import { nextOffsetOf, partitionLeaderEpochOf, updateCrc } from "../../src/protocol/records/batch.ts";
import { codecIds, type CompressionCodec } from "../../src/protocol/records/compression.ts";
import { buildMarkerBatch } from "../../src/protocol/records/control-record.ts";
import type { FileFaults, FileOperation } from "../../src/runtime/simulated/memory-files.ts";
import { goldenLines } from "../builders/golden-lines.ts";
import {
  batchOf,
  batchOfCount,
  compression,
  LogFixture,
  onBothKindsOfFiles,
  readAll,
  record,
  recordsOf,
  valuesOf,
  withRealFiles,
} from "./log-fixture.ts";

const leader = { leaderEpoch: 0 };

function whole(log: PartitionLog, startOffset: number): Buffer {
  const slice = log.read(startOffset, { byteCountMax: 1 << 20, atLeastOneBatch: true, limitOffset: Infinity });
  assert.ok(typeof slice !== "string", `read at ${startOffset}`);
  return Buffer.concat(slice.chunks);
}

/** A disk that fails while `failing` names an operation. */
class FickleDisk implements FileFaults {
  failing: FileOperation | undefined;
  pathPart = "";

  codeFor(operation: FileOperation, path: string): string | undefined {
    return operation === this.failing && path.includes(this.pathPart) ? "EIO" : undefined;
  }
}

describe("A partition log", () => {
  it("gives back what was appended, from memory, from files, and after a clean stop", () => {
    onBothKindsOfFiles((makeFixture) => {
      const fixture = makeFixture();
      const log = fixture.open();
      assert.equal(log.appendAsLeader(batchOf(["a", "b"]), { leaderEpoch: 3 }).baseOffset, 0);
      const second = log.appendAsLeader(batchOf(["c"]), { leaderEpoch: 3 });
      assert.deepEqual([second.errorName, second.baseOffset, second.lastOffset], ["NONE", 2, 2]);
      assert.deepEqual(valuesOf(readAll(log)), ["a", "b", "c"]);
      assert.equal(log.close(), "NONE");
      const again = fixture.open({ hadCleanShutdown: true, tailByteCountMax: 0 });
      assert.equal(again.logEndOffset, 3);
      assert.deepEqual(valuesOf(readAll(again)), ["a", "b", "c"]);
      assert.deepEqual(again.leaderEpochs.all(), [{ epoch: 3, startOffset: 0 }]);
    });
  });

  it("answers with the time of the append only where the topic keeps that", () => {
    const fixture = LogFixture.inMemory();
    const stamped = fixture.open({ config: { timestampType: "LogAppendTime" } });
    assert.equal(stamped.appendAsLeader(batchOf(["a"]), leader).logAppendTimeMs, fixture.clock.nowMs);
    assert.equal(
      LogFixture.inMemory()
        .open()
        .appendAsLeader(batchOf(["a"]), leader).logAppendTimeMs,
      -1,
    );
  });

  it("answers a refused batch with Kafka's fields, the log start only where Kafka tells it", () => {
    const log = LogFixture.inMemory().open({ config: { maxMessageBytes: 200, cleanupPolicy: ["compact"] } });
    for (let index = 0; index < 4; index++) log.appendAsLeader(batchOf(["a"]), leader);
    log.advanceHighWatermark(4);
    log.deleteRecordsBefore(2);
    const keyless = buildBatch([record("a", { key: null })], compression);
    const refused = log.appendAsLeader(keyless, leader);
    assert.equal(refused.recordErrors.length, 1);
    const fields = [refused.errorName, refused.baseOffset, refused.logAppendTimeMs, refused.logStartOffset];
    assert.deepEqual(fields, ["INVALID_RECORD", -1, -1, 2]);
    const large = log.appendAsLeader(batchOf(["x".repeat(200)]), leader);
    assert.deepEqual([large.errorName, large.logStartOffset], ["MESSAGE_TOO_LARGE", -1]);
    assert.equal(log.logEndOffset, 4);
  });

  it("recognises retries, gaps and fenced epochs of idempotent producers (M11)", () => {
    const log = LogFixture.inMemory().open();
    log.appendAsLeader(batchOfCount(26), leader);
    const send = (baseSequence: number, producerEpoch = 0) =>
      log.appendAsLeader(batchOfCount(5, { producerId: 7, producerEpoch, baseSequence }), leader);
    assert.deepEqual(
      [send(0), send(5), send(10)].map(({ baseOffset }) => baseOffset),
      [26, 31, 36],
    );
    const retry = send(5);
    assert.deepEqual([retry.errorName, retry.baseOffset, retry.lastOffset, retry.isDuplicate], ["NONE", 31, 35, true]);
    assert.equal(retry.logAppendTimeMs, 1_700_000_000_000);
    assert.equal(log.logEndOffset, 41);
    assert.equal(send(20).errorName, "OUT_OF_ORDER_SEQUENCE_NUMBER");
    assert.equal(send(20).logStartOffset, 0);
    for (const baseSequence of [15, 20, 25]) assert.equal(send(baseSequence).errorName, "NONE");
    assert.equal(send(0).errorName, "OUT_OF_ORDER_SEQUENCE_NUMBER");
    assert.equal(send(0, 1).errorName, "NONE");
    assert.equal(send(25).errorName, "INVALID_PRODUCER_EPOCH");
  });

  it("remembers only the last batch of a producer over a clean stop", () => {
    const fixture = LogFixture.inMemory();
    const log = fixture.open();
    const batch = (baseSequence: number) => batchOfCount(5, { producerId: 7, producerEpoch: 0, baseSequence });
    for (const baseSequence of [0, 5, 10]) log.appendAsLeader(batch(baseSequence), leader);
    log.close();
    const again = fixture.open({ hadCleanShutdown: true });
    assert.equal(again.appendAsLeader(batch(10), leader).baseOffset, 10);
    assert.equal(again.appendAsLeader(batch(5), leader).errorName, "OUT_OF_ORDER_SEQUENCE_NUMBER");
    assert.equal(again.appendAsLeader(batch(15), leader).baseOffset, 15);
  });

  it("takes a coordinator's markers and fences an old coordinator", () => {
    const log = LogFixture.inMemory().open();
    const options = { producerId: 7, producerEpoch: 1, baseSequence: 0, isTransactional: true };
    log.appendAsLeader(batchOfCount(2, options), leader);
    assert.equal(log.activeProducers[0]?.currentTransactionFirstOffset, 0);
    const marker = { type: "COMMIT", producerId: 7, producerEpoch: 1, coordinatorEpoch: 4, timestamp: 9 } as const;
    const end = (overrides: object) =>
      log.appendAsLeader(buildMarkerBatch({ ...marker, ...overrides }, compression), {
        leaderEpoch: 0,
        origin: "coordinator",
      });
    assert.equal(end({}).baseOffset, 2);
    assert.equal(log.activeProducers[0].currentTransactionFirstOffset, -1);
    assert.equal(end({ coordinatorEpoch: 3 }).errorName, "TRANSACTION_COORDINATOR_FENCED");
    assert.equal(end({ producerEpoch: 0 }).errorName, "INVALID_PRODUCER_EPOCH");
    assert.equal(log.appendAsLeader(buildMarkerBatch(marker, compression), leader).errorName, "INVALID_RECORD");
  });

  it("deletes records within a batch and serves that batch still (M23)", () => {
    const fixture = LogFixture.inMemory();
    const log = fixture.open();
    for (let index = 0; index < 20; index++) log.appendAsLeader(batchOfCount(10), leader);
    const byteCount = log.byteCount;
    assert.equal(log.deleteRecordsBefore(105), "OFFSET_OUT_OF_RANGE");
    log.advanceHighWatermark(200);
    assert.equal(log.deleteRecordsBefore(105), "NONE");
    assert.equal(log.logStartOffset, 105);
    assert.equal(log.byteCount, byteCount);
    const limits = { byteCountMax: 1 << 20, atLeastOneBatch: true, limitOffset: 200 };
    assert.equal(log.read(100, limits), "OFFSET_OUT_OF_RANGE");
    assert.equal(recordsOf(whole(log, 105))[0]?.offset, 100);
    assert.equal(log.deleteRecordsBefore(50), "NONE");
    assert.equal(log.logStartOffset, 105);
    assert.equal(log.deleteRecordsBefore(201), "OFFSET_OUT_OF_RANGE");
  });

  it("drops what retention does not keep, the active segment too, and removes the files later", () => {
    const fixture = LogFixture.inMemory();
    const config = { segmentBytes: 2 * batchOfCount(5).byteLength, retentionMs: 1000 };
    const log = fixture.open({ config });
    for (let index = 0; index < 5; index++) log.appendAsLeader(batchOfCount(5), leader);
    log.advanceHighWatermark(25);
    const { nowMs } = fixture.clock;
    assert.equal(log.deleteOldSegments(nowMs + 1000), "NONE");
    assert.equal(log.segmentCount, 3);
    assert.equal(log.deleteOldSegments(nowMs + 1001), "NONE");
    assert.deepEqual([log.logStartOffset, log.logEndOffset, log.byteCount, log.segmentCount], [25, 25, 0, 1]);
    assert.equal(fixture.fileNames().filter((name) => name.endsWith(".log.deleted")).length, 3);
    log.deleteOldSegments(nowMs + 1001 + 59_999);
    assert.equal(fixture.fileNames().filter((name) => name.endsWith(".deleted")).length > 0, true);
    log.deleteOldSegments(nowMs + 1001 + 60_000);
    assert.equal(fixture.fileNames().filter((name) => name.endsWith(".deleted")).length, 0);
    log.appendAsLeader(batchOfCount(5), leader);
    assert.equal(readAll(log)[0]?.offset, 25);
  });

  it("ends where it is cut, without half a batch, and with producers and epochs as they were then", () => {
    onBothKindsOfFiles((makeFixture) => {
      const fixture = makeFixture();
      const log = fixture.open({ config: { segmentBytes: 2 * batchOfCount(5).byteLength } });
      const batch = (baseSequence: number) => batchOfCount(5, { producerId: 7, producerEpoch: 0, baseSequence });
      for (let index = 0; index < 6; index++) log.appendAsLeader(batch(index * 5), { leaderEpoch: index });
      log.advanceHighWatermark(30);
      assert.equal(log.truncateTo(30), "NONE");
      assert.equal(log.logEndOffset, 30);
      assert.equal(log.truncateTo(15), "NONE");
      assert.deepEqual([log.logEndOffset, log.highWatermark, log.segmentCount], [15, 15, 2]);
      assert.deepEqual(log.leaderEpochs.endOffsetFor(2, log.logEndOffset), { leaderEpoch: 2, endOffset: 15 });
      assert.equal(log.appendAsLeader(batch(20), { leaderEpoch: 9 }).errorName, "OUT_OF_ORDER_SEQUENCE_NUMBER");
      assert.equal(log.appendAsLeader(batch(15), { leaderEpoch: 9 }).baseOffset, 15);
      assert.equal(log.truncateTo(8), "NONE");
      assert.equal(log.logEndOffset, 8);
      assert.equal(readAll(log).length, 5);
      assert.equal(log.truncateFullyAndStartAt(100), "NONE");
      assert.deepEqual([log.logStartOffset, log.logEndOffset, log.highWatermark], [100, 100, 100]);
      assert.equal(log.appendAsLeader(batch(0), { leaderEpoch: 9 }).baseOffset, 100);
    });
  });

  it("forces to the disk by messages, by time, and all but the active segment on demand", () => {
    const disk = new FickleDisk();
    const fixture = LogFixture.inMemory({ faults: disk });
    const config = { segmentBytes: 2 * batchOfCount(5).byteLength, flushMessages: 12, flushMs: 1000 };
    const log = fixture.open({ config });
    for (let index = 0; index < 2; index++) log.appendAsLeader(batchOfCount(5), leader);
    assert.equal(log.recoveryPoint, 0);
    log.appendAsLeader(batchOfCount(5), leader);
    assert.equal(log.recoveryPoint, 15);
    log.appendAsLeader(batchOfCount(5), leader);
    log.appendAsLeader(batchOfCount(5), leader);
    log.flushSealedSegments();
    assert.equal(log.recoveryPoint, 20);
    log.flushIfDue(fixture.clock.nowMs + 999);
    assert.equal(log.recoveryPoint, 20);
    disk.failing = "sync";
    assert.equal(log.flushIfDue(fixture.clock.nowMs + 1000), "KAFKA_STORAGE_ERROR");
    assert.equal(log.recoveryPoint, 20);
    disk.failing = undefined;
    assert.equal(log.flushIfDue(fixture.clock.nowMs + 1000), "NONE");
    assert.equal(log.recoveryPoint, 25);
  });

  it("takes what a leader stored, offsets and epochs as they are, and refuses all of what is harmed", () => {
    const source = LogFixture.inMemory().open();
    for (const leaderEpoch of [1, 1, 3]) source.appendAsLeader(batchOfCount(5), { leaderEpoch });
    const bytes = whole(source, 0);
    const fixture = LogFixture.inMemory();
    const follower = fixture.open();
    const harmed = Buffer.from(bytes);
    harmed.writeUInt8(harmed.readUInt8(bytes.byteLength - 3) ^ 1, bytes.byteLength - 3);
    assert.equal(follower.appendAsFollower(harmed), "CORRUPT_MESSAGE");
    assert.equal(follower.logEndOffset, 0);
    assert.equal(follower.appendAsFollower(bytes.subarray(0, bytes.byteLength - 1)), "NONE");
    assert.equal(follower.logEndOffset, 10);
    assert.equal(follower.appendAsFollower(bytes), "OFFSET_OUT_OF_RANGE");
    assert.equal(follower.appendAsFollower(whole(source, 10)), "NONE");
    assert.deepEqual(whole(follower, 0), bytes);
    assert.deepEqual(follower.leaderEpochs.all(), source.leaderEpochs.all());
    assert.equal(partitionLeaderEpochOf(whole(follower, 10), 0), 3);
  });
});

describe("A follower's log", () => {
  it("refuses what is no batch, what is out of order, and more than a segment holds", () => {
    const log = LogFixture.inMemory().open({ config: { segmentBytes: 300 } });
    assert.equal(log.appendAsFollower(Buffer.alloc(0)), "NONE");
    assert.equal(log.appendAsFollower(Buffer.alloc(100)), "CORRUPT_MESSAGE");
    const old = Buffer.from(batchOf(["a"]));
    old.writeInt8(1, 16);
    assert.equal(log.appendAsFollower(old), "CORRUPT_MESSAGE");
    const backwards = Buffer.from(batchOf(["a"]));
    backwards.writeInt32BE(-1, 23);
    updateCrc(backwards, 0);
    assert.equal(log.appendAsFollower(backwards), "CORRUPT_MESSAGE");
    assert.equal(log.appendAsFollower(batchOf(["x".repeat(300)])), "RECORD_LIST_TOO_LARGE");
    assert.equal(log.appendAsFollower(batchOf(["a"], { baseOffset: 7 })), "NONE");
    assert.equal(log.logEndOffset, 8);
  });

  it("starts where its leader's starts, as far as it is committed", () => {
    const log = LogFixture.inMemory().open();
    log.appendAsLeader(batchOfCount(9), leader);
    log.advanceHighWatermark(6);
    assert.equal(log.advanceLogStartOffset(4), "NONE");
    assert.equal(log.logStartOffset, 4);
    assert.equal(log.advanceLogStartOffset(8), "NONE");
    assert.equal(log.logStartOffset, 6);
  });

  it("tells of a disk that fails and appends nothing", () => {
    const disk = new FickleDisk();
    const log = LogFixture.inMemory({ faults: disk }).open();
    [disk.failing, disk.pathPart] = ["append", ".log"];
    assert.equal(log.appendAsFollower(batchOf(["a"])), "KAFKA_STORAGE_ERROR");
    assert.equal(log.logEndOffset, 0);
    disk.failing = undefined;
    assert.equal(log.appendAsFollower(batchOf(["a"])), "NONE");
    assert.deepEqual(valuesOf(readAll(log)), ["a"]);
  });
});

describe("A partition log on a disk that fails", () => {
  it("forces index and epoch files to the disk before it calls a stop clean, also when the records were before", () => {
    const synced: string[] = [];
    const codeFor = (operation: FileOperation, path: string): undefined => {
      if (operation === "sync") synced.push(path.slice(path.lastIndexOf("/") + 1));
    };
    const fixture = LogFixture.inMemory({ faults: { codeFor } });
    const log = fixture.open({ config: { flushMessages: 1, segmentBytes: 2 * batchOfCount(5).byteLength } });
    for (let index = 0; index < 3; index++) log.appendAsLeader(batchOfCount(5), leader);
    assert.ok(synced.includes("leader-epoch-checkpoint"));
    assert.ok(synced.includes("00000000000000000000.timeindex"), "of a segment that was rolled after its flush");
    log.close();
    assert.ok(synced.includes("00000000000000000010.timeindex"));
    assert.ok(synced.includes("00000000000000000010.index"));
  });

  const failures: readonly (readonly [FileOperation, string])[] = [
    ["append", ".log"],
    ["open", ".log"],
    ["append", ".snapshot"],
    ["append", ".index"],
    ["append", ".timeindex"],
  ];
  for (const [operation, pathPart] of failures) {
    it(`loses nothing that it acknowledged when it can't ${operation} ${pathPart}`, () => {
      const disk = new FickleDisk();
      const fixture = LogFixture.inMemory({ faults: disk });
      const config = { segmentBytes: 2 * batchOfCount(5).byteLength, indexIntervalBytes: 1 };
      const log = fixture.open({ config });
      let acknowledged = 0;
      let failed = 0;
      for (let index = 0; index < 30; index++) {
        disk.failing = index % 3 === 0 ? operation : undefined;
        disk.pathPart = pathPart;
        const options = { producerId: 7, producerEpoch: 0, baseSequence: acknowledged };
        const result = log.appendAsLeader(batchOfCount(5, options), leader);
        if (result.errorName === "NONE") acknowledged += 5;
        else assert.equal(result.errorName, "KAFKA_STORAGE_ERROR");
        if (result.errorName !== "NONE") failed++;
        assert.equal(log.logEndOffset, acknowledged);
      }
      disk.failing = undefined;
      assert.ok(failed > 0 && acknowledged > 0);
      const offsets = Array.from({ length: acknowledged }, (_, index) => index);
      assert.deepEqual(
        readAll(log).map(({ offset }) => offset),
        offsets,
      );
      log.abandon();
      assert.deepEqual(
        readAll(fixture.open({ config })).map(({ offset }) => offset),
        offsets,
      );
    });
  }

  it("appends nothing where it can't read the index that the append would add to", () => {
    const disk = new FickleDisk();
    const fixture = LogFixture.inMemory({ faults: disk });
    const config = { indexIntervalBytes: 1 };
    const log = fixture.open({ config });
    for (let index = 0; index < 3; index++) log.appendAsLeader(batchOfCount(5), leader);
    log.close();
    const again = fixture.open({ config, hadCleanShutdown: true });
    for (const name of [".index", ".timeindex"]) {
      [disk.failing, disk.pathPart] = ["read", name];
      assert.equal(again.appendAsLeader(batchOfCount(5), leader).errorName, "KAFKA_STORAGE_ERROR");
      assert.equal(again.logEndOffset, 15);
    }
    disk.failing = undefined;
    assert.equal(again.appendAsLeader(batchOfCount(5), leader).baseOffset, 15);
    assert.equal(readAll(again).length, 20);
  });

  it("serves nothing more after a cut that failed half-way, and is recovered when opened again", () => {
    const disk = new FickleDisk();
    const fixture = LogFixture.inMemory({ faults: disk });
    const config = { segmentBytes: 2 * batchOfCount(5).byteLength };
    const log = fixture.open({ config });
    for (let index = 0; index < 6; index++) log.appendAsLeader(batchOfCount(5), leader);
    [disk.failing, disk.pathPart] = ["truncate", ".log"];
    assert.equal(log.truncateTo(7), "KAFKA_STORAGE_ERROR");
    disk.failing = undefined;
    assert.equal(log.appendAsLeader(batchOfCount(5), leader).errorName, "KAFKA_STORAGE_ERROR");
    const limits = { byteCountMax: 1000, atLeastOneBatch: true, limitOffset: 30 };
    assert.equal(log.read(0, limits), "KAFKA_STORAGE_ERROR");
    assert.equal(log.close(), "KAFKA_STORAGE_ERROR");
    assert.equal(readAll(fixture.open({ config })).length, 10);
  });

  it("says that a full disk is full", () => {
    const fixture = LogFixture.inMemory({ capacityBytes: 1000 });
    const log = fixture.open();
    let count = 0;
    while (log.appendAsLeader(batchOfCount(5), leader).errorName === "NONE") count += 5;
    assert.equal(readAll(log).length, count);
    assert.equal(log.appendAsLeader(batchOfCount(5), leader).errorName, "KAFKA_STORAGE_ERROR");
  });
});

interface GoldenBatch {
  readonly baseOffset: number;
  readonly isControl: boolean;
  readonly timestampType: string;
  readonly records: readonly { readonly offset: number; readonly key: string | null; readonly value: string | null }[];
  readonly hex: string;
}

describe("Batches that Kafka's client built", () => {
  it("are taken as a follower takes them, and read back the same", function () {
    const lines = goldenLines<GoldenBatch>("batches.jsonl");
    if (lines === undefined) this.skip();
    for (const line of lines) {
      const log = LogFixture.inMemory().open();
      assert.equal(log.appendAsFollower(Buffer.from(line.hex, "hex")), "NONE");
      assert.equal(whole(log, line.baseOffset).toString("hex"), line.hex);
      if (line.isControl) continue;
      assert.deepEqual(
        readAll(log, line.baseOffset).map(({ offset, key, value }) => [
          offset,
          key?.toString("hex"),
          value?.toString("hex"),
        ]),
        line.records.map(({ offset, key, value }) => [offset, key ?? undefined, value ?? undefined]),
      );
    }
  });

  it("are taken from a producer as Kafka takes them", function () {
    const lines = goldenLines<GoldenBatch>("batches.jsonl");
    if (lines === undefined) this.skip();
    let count = 0;
    for (const line of lines.filter(({ isControl, timestampType }) => !isControl && timestampType === "CreateTime")) {
      const log = LogFixture.inMemory().open();
      const batch = Buffer.from(line.hex, "hex");
      const size = nextOffsetOf(batch, 0) - line.baseOffset;
      batch.writeBigInt64BE(0n, 0);
      const result = log.appendAsLeader(batch, { leaderEpoch: 5 });
      assert.deepEqual([result.errorName, result.baseOffset, result.lastOffset], ["NONE", 0, size - 1]);
      assert.equal(whole(log, 0).toString("hex").slice(32), line.hex.slice(32));
      count++;
    }
    assert.ok(count > 10);
  });
});

type Step =
  | { readonly kind: "append"; readonly values: readonly string[]; readonly codec: CompressionCodec }
  | { readonly kind: "close" | "crash" | "tear" | "flush" | "retain" }
  | { readonly kind: "truncate" | "delete"; readonly part: number };

const value = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ minLength: 200, maxLength: 400 }));
const codec = fc.constantFrom(...(Object.keys(codecIds) as CompressionCodec[]));
const part = fc.double({ min: 0, max: 1, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("append"),
      values: fc.array(value, { minLength: 1, maxLength: 8 }),
      codec,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("close", "crash", "tear", "flush", "retain") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("truncate", "delete"), part }) },
);

/** What the log ought to hold: offset and value of every record that was acknowledged and not cut or deleted. */
class Expectation {
  records: { offset: number; value: string }[] = [];
  logStartOffset = 0;
}

/** Runs steps on a log and on an expectation of it. */
class Walkthrough {
  private readonly fixture: LogFixture;
  private readonly config: Partial<LogConfig>;
  private readonly tailByteCountMax: number;
  private readonly expected = new Expectation();
  private log: PartitionLog;

  constructor(fixture: LogFixture, config: Partial<LogConfig>, tailByteCountMax: number) {
    this.fixture = fixture;
    this.config = config;
    this.tailByteCountMax = tailByteCountMax;
    this.log = this.open({});
  }

  take(next: Step): void {
    switch (next.kind) {
      case "append":
        this.append(next.values, next.codec);
        return;
      case "close":
        assert.equal(this.log.close(), "NONE");
        this.reopen(true);
        return;
      case "crash":
        this.log.abandon();
        this.reopen(false);
        return;
      case "tear": {
        this.log.abandon();
        const last = this.fixture.fileNames().findLast((name) => name.endsWith(".log"));
        this.fixture.appendToFile(last!, batchOf(["never acknowledged"]).subarray(0, 70));
        this.reopen(false);
        return;
      }
      case "flush":
        assert.equal(this.log.flush(), "NONE");
        return;
      case "retain":
        this.log.advanceHighWatermark(this.log.logEndOffset);
        assert.equal(this.log.deleteOldSegments(0), "NONE");
        return;
      case "truncate":
        this.truncate(Math.round(this.log.logEndOffset * (1 - next.part / 4)));
        return;
      case "delete": {
        this.log.advanceHighWatermark(this.log.logEndOffset);
        assert.equal(this.log.deleteRecordsBefore(Math.round(this.log.logEndOffset * next.part * 0.5)), "NONE");
        this.expected.logStartOffset = this.log.logStartOffset;
      }
    }
  }

  check(): void {
    const { log, expected } = this;
    assert.ok(log.logStartOffset <= log.highWatermark && log.highWatermark <= log.logEndOffset);
    assert.ok(log.recoveryPoint <= log.logEndOffset);
    assert.equal(log.logStartOffset, expected.logStartOffset);
    const found = readAll(log, log.logStartOffset, 300).map(({ offset, value: bytes }) => ({
      offset,
      value: bytes?.toString() ?? "",
    }));
    assert.deepEqual(
      found,
      expected.records.filter(({ offset }) => offset >= expected.logStartOffset),
    );
  }

  end(): void {
    this.log.abandon();
  }

  private append(values: readonly string[], withCodec: CompressionCodec): void {
    const result = this.log.appendAsLeader(batchOf(values, { codec: withCodec }), leader);
    assert.equal(result.errorName, "NONE");
    for (const [index, text] of values.entries()) {
      this.expected.records.push({ offset: result.baseOffset + index, value: text });
    }
  }

  private truncate(offset: number): void {
    if (offset < this.log.logStartOffset) return;
    const before = this.log.logEndOffset;
    assert.equal(this.log.truncateTo(offset), "NONE");
    if (offset >= before) return;
    // A batch goes as a whole: what is left of it is not.
    const left = readAll(this.log, this.log.logStartOffset).at(-1)?.offset ?? -1;
    this.expected.records = this.expected.records.filter(
      (kept) => kept.offset <= left || kept.offset < this.log.logStartOffset,
    );
    assert.ok(left < offset && offset - left <= 8 + 1);
  }

  private reopen(hadCleanShutdown: boolean): void {
    const { recoveryPoint, logStartOffset, highWatermark, logEndOffset } = this.log;
    this.log = this.open({ hadCleanShutdown, recoveryPoint, logStartOffset, highWatermark });
    if (hadCleanShutdown && this.expected.records.at(-1)?.offset === logEndOffset - 1) {
      assert.equal(this.log.logEndOffset, logEndOffset);
    }
  }

  private open(options: object): PartitionLog {
    return this.fixture.open({ config: this.config, tailByteCountMax: this.tailByteCountMax, ...options });
  }
}

/** Any history of up to so many steps, under any of a few configurations. */
function holdsWhatItAcknowledged(makeFixture: () => LogFixture, numRuns: number): void {
  const config = fc.record({
    segmentBytes: fc.constantFrom(5000, 8000, 1 << 30),
    indexIntervalBytes: fc.constantFrom(1, 300, 4096),
    segmentIndexBytes: fc.constantFrom(48, 10_485_760),
  });
  const property = fc.property(
    config,
    fc.constantFrom(0, 700, 1 << 20),
    fc.array(step, { maxLength: 40 }),
    (chosen, tailByteCountMax, steps) => {
      const walkthrough = new Walkthrough(makeFixture(), chosen, tailByteCountMax);
      for (const next of steps) {
        walkthrough.take(next);
        walkthrough.check();
      }
      walkthrough.end();
    },
  );
  fc.assert(property, { numRuns, seed: 20 });
}

describe("Whatever happens to a partition log", () => {
  it("it holds exactly what it acknowledged, in memory", () => {
    holdsWhatItAcknowledged(() => LogFixture.inMemory(), 150);
  });

  it("it holds exactly what it acknowledged, on disk", () => {
    withRealFiles((makeFixture) => {
      holdsWhatItAcknowledged(makeFixture, 15);
    });
  });
});
