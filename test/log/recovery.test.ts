import assert from "node:assert/strict";
import { describe, it } from "mocha";

import type { PartitionLog } from "../../src/log/partition-log.ts";
import { batchOf, batchOfCount, LogFixture, onBothKindsOfFiles, readAll } from "./log-fixture.ts";

const firstLog = "00000000000000000000.log";

/** Append batches of five records and let the process die: nothing is closed in order. */
function crashed(fixture: LogFixture, batchCount: number, config = {}): void {
  const log = fixture.open({ config });
  for (let index = 0; index < batchCount; index++) appendFive(log);
  log.abandon();
}

function appendFive(log: PartitionLog): void {
  assert.equal(log.appendAsLeader(batchOfCount(5), { leaderEpoch: 0 }).errorName, "NONE");
}

/** Small enough that every second batch of five rolls. */
const twoBatchesPerSegment = { segmentBytes: 2 * batchOfCount(5).byteLength };

describe("Recovery after a crash", () => {
  const batch = batchOfCount(5);
  const tails: readonly (readonly [string, Buffer])[] = [
    ["part of a good batch", batch.subarray(0, 37)],
    ["nearly all of a good batch", batch.subarray(0, batch.byteLength - 1)],
    ["zeros", Buffer.alloc(300)],
    ["noise", Buffer.from(Array.from({ length: 200 }, (_, index) => (index * 37 + 11) & 0xff))],
    ["a batch of offsets that are there already", batch],
  ];
  for (const [what, tail] of tails) {
    it(`keeps all whole batches before ${what} (M1)`, () => {
      onBothKindsOfFiles((makeFixture) => {
        const fixture = makeFixture();
        crashed(fixture, 2);
        const byteCount = fixture.readFile(firstLog).byteLength;
        fixture.appendToFile(firstLog, tail);
        const log = fixture.open({ recoveryPoint: 0, highWatermark: 99 });
        assert.equal(log.logEndOffset, 10);
        assert.equal(log.byteCount, byteCount);
        assert.equal(log.recoveryPoint, 0);
        assert.equal(log.highWatermark, 10);
        assert.equal(readAll(log).length, 10);
        assert.equal(fixture.sink.sentences.length, 1);
        appendFive(log);
        assert.equal(readAll(log).length, 15);
      });
    });
  }

  it("ends the log at a damaged batch and drops every later segment (M2)", () => {
    const fixture = LogFixture.inMemory();
    crashed(fixture, 8, twoBatchesPerSegment);
    fixture.damage("00000000000000000010.log", batch.byteLength + 70);
    const log = fixture.open({ recoveryPoint: 0, config: twoBatchesPerSegment });
    assert.equal(log.logEndOffset, 15);
    assert.deepEqual(
      fixture.fileNames().filter((name) => name.endsWith(".log")),
      [firstLog, "00000000000000000010.log"],
    );
    assert.ok(!fixture.fileNames().some((name) => name.startsWith("00000000000000000020")));
    appendFive(log);
    assert.deepEqual(
      readAll(log).map(({ offset }) => offset),
      Array.from({ length: 20 }, (_, index) => index),
    );
  });

  it("does not look below the recovery point, and begins at the segment that holds it", () => {
    const fixture = LogFixture.inMemory();
    crashed(fixture, 8, twoBatchesPerSegment);
    fixture.damage(firstLog, 70);
    fixture.damage("00000000000000000010.log", 70);
    const log = fixture.open({ recoveryPoint: 20, config: twoBatchesPerSegment });
    assert.equal(log.logEndOffset, 40);
    log.abandon();
    assert.equal(fixture.open({ recoveryPoint: 12, config: twoBatchesPerSegment }).logEndOffset, 10);
  });

  it("builds the indexes as they were", () => {
    const fixture = LogFixture.inMemory();
    const config = { indexIntervalBytes: 200 };
    const log = fixture.open({ config });
    for (let index = 0; index < 40; index++) appendFive(log);
    log.close();
    const before = fixture.readFile("00000000000000000000.index");
    assert.ok(before.byteLength > 40);
    fixture.writeFile("00000000000000000000.index", Buffer.alloc(1024));
    fixture.writeFile("00000000000000000000.timeindex", Buffer.alloc(1024));
    fixture.open({ config }).close();
    assert.deepEqual(fixture.readFile("00000000000000000000.index"), before);
  });

  it("finds leader epochs and producers again in the batches", () => {
    const fixture = LogFixture.inMemory();
    const log = fixture.open({ config: twoBatchesPerSegment });
    for (const leaderEpoch of [1, 1, 4, 4, 6]) {
      const baseSequence = log.logEndOffset;
      const options = { producerId: 9, producerEpoch: 2, baseSequence };
      assert.equal(log.appendAsLeader(batchOfCount(5, options), { leaderEpoch }).errorName, "NONE");
    }
    const producers = log.activeProducers;
    log.abandon();
    fixture.writeFile("leader-epoch-checkpoint", Buffer.from(""));
    const again = fixture.open({ config: twoBatchesPerSegment });
    assert.deepEqual(
      again.leaderEpochs.all().map(({ epoch, startOffset }) => [epoch, startOffset]),
      [
        [1, 0],
        [4, 10],
        [6, 20],
      ],
    );
    assert.deepEqual(again.activeProducers, producers);
    const retry = batchOfCount(5, { producerId: 9, producerEpoch: 2, baseSequence: 10 });
    assert.deepEqual(again.appendAsLeader(retry, { leaderEpoch: 6 }).isDuplicate, true);
  });

  it("reads segments and batches that are larger than what it reads at a time", () => {
    const fixture = LogFixture.inMemory();
    const log = fixture.open({ config: { maxMessageBytes: 4 << 20 } });
    const sizes = [700_000, 300_000, 2_500_000, 1, 1_048_500, 90_000, 5];
    for (const size of sizes) log.appendAsLeader(batchOf(["x".repeat(size)]), { leaderEpoch: 0 });
    log.abandon();
    fixture.appendToFile(
      firstLog,
      batchOf(["x".repeat(2_000_000)], { baseOffset: sizes.length }).subarray(0, 1_500_000),
    );
    const again = fixture.open();
    assert.equal(again.logEndOffset, sizes.length);
    assert.deepEqual(
      readAll(again).map(({ value }) => value?.byteLength),
      sizes,
    );
  });

  it("finds leader epochs again below the recovery point where their file is damaged or gone", () => {
    for (const text of ["0\n9\n0 0\n", ""]) {
      for (const hadCleanShutdown of [true, false]) {
        const fixture = LogFixture.inMemory();
        const log = fixture.open({ config: twoBatchesPerSegment });
        for (const leaderEpoch of [1, 1, 4, 4, 6]) log.appendAsLeader(batchOfCount(5), { leaderEpoch });
        const epochs = log.leaderEpochs.all();
        log.close();
        fixture.writeFile("leader-epoch-checkpoint", Buffer.from(text));
        const again = fixture.open({ config: twoBatchesPerSegment, hadCleanShutdown, recoveryPoint: 25 });
        assert.deepEqual(again.leaderEpochs.all(), epochs);
      }
    }
  });

  it("goes on as far as it can where what it needs below the recovery point is damaged", () => {
    const fixture = LogFixture.inMemory();
    crashed(fixture, 6, twoBatchesPerSegment);
    for (const name of fixture.fileNames().filter((found) => found.endsWith(".snapshot"))) {
      fixture.files.remove(`${fixture.directory}/${name}`);
    }
    // The magic of the first batch.
    fixture.damage(firstLog, 16);
    const log = fixture.open({ recoveryPoint: 20, config: twoBatchesPerSegment });
    assert.equal(log.logEndOffset, 30);
    assert.match(fixture.sink.sentences.join(), /some retries may go unnoticed/);
    const limits = { byteCountMax: 1000, atLeastOneBatch: true, limitOffset: 30 };
    assert.equal(log.read(7, limits), "CORRUPT_MESSAGE");
    assert.equal(log.offsetForTimestamp(0), "CORRUPT_MESSAGE");
    assert.equal(readAll(log, 20).length, 10);
  });

  it("begins anew where the log ends before its own start", () => {
    const fixture = LogFixture.inMemory();
    crashed(fixture, 2);
    const log = fixture.open({ logStartOffset: 50 });
    assert.deepEqual([log.logStartOffset, log.logEndOffset, log.byteCount], [50, 50, 0]);
    assert.deepEqual(
      fixture.fileNames().filter((name) => name.endsWith(".log")),
      ["00000000000000000050.log"],
    );
  });

  it("removes what an interrupted deletion or cleaning left, and indexes without a log", () => {
    const fixture = LogFixture.inMemory();
    crashed(fixture, 1);
    const leftovers = [
      "00000000000000000003.log.deleted",
      "00000000000000000000.log.cleaned",
      "00000000000000000007.index",
      "00000000000000000007.timeindex",
      "00000000000000000003.snapshot",
    ];
    for (const name of leftovers) fixture.writeFile(name, Buffer.alloc(3));
    fixture.writeFile("notes.txt", Buffer.from("left alone"));
    fixture.open().abandon();
    const names = fixture.fileNames();
    for (const name of leftovers) assert.ok(!names.includes(name), name);
    assert.ok(names.includes("notes.txt"));
  });

  it("puts a cleaned segment in its place that was complete", () => {
    const fixture = LogFixture.inMemory();
    crashed(fixture, 6, twoBatchesPerSegment);
    const cleaned = batchOf(["only this is left"], { baseOffset: 3, lastOffset: 19, partitionLeaderEpoch: 0 });
    fixture.writeFile("00000000000000000000.log.swap", cleaned);
    const log = fixture.open({ config: twoBatchesPerSegment });
    assert.deepEqual(
      readAll(log).map(({ offset }) => offset),
      [3, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29],
    );
  });
});

describe("Opening after a clean stop", () => {
  it("reads no records, and everything is as it was", () => {
    const fixture = LogFixture.inMemory();
    const log = fixture.open({ config: twoBatchesPerSegment });
    for (let index = 0; index < 5; index++) {
      const options = { producerId: 9, producerEpoch: 0, baseSequence: index * 5 };
      log.appendAsLeader(batchOfCount(5, options), { leaderEpoch: index });
    }
    log.advanceHighWatermark(25);
    assert.equal(log.deleteRecordsBefore(7), "NONE");
    assert.equal(log.close(), "NONE");
    assert.ok(fixture.fileNames().includes("00000000000000000025.snapshot"));
    const again = fixture.open({
      config: twoBatchesPerSegment,
      hadCleanShutdown: true,
      recoveryPoint: 25,
      logStartOffset: 7,
      highWatermark: 25,
    });
    for (const key of ["logStartOffset", "logEndOffset", "highWatermark", "recoveryPoint", "byteCount"] as const) {
      assert.equal(again[key], log[key], key);
    }
    assert.deepEqual(again.activeProducers, log.activeProducers);
    assert.deepEqual(again.leaderEpochs.all(), log.leaderEpochs.all());
    assert.deepEqual(fixture.sink.sentences, []);
  });

  it("builds an index that is missing (M3)", () => {
    const fixture = LogFixture.inMemory();
    const config = { ...twoBatchesPerSegment, indexIntervalBytes: 1 };
    const log = fixture.open({ config });
    for (let index = 0; index < 6; index++) appendFive(log);
    log.close();
    const name = "00000000000000000010.index";
    const before = fixture.readFile(name);
    assert.equal(before.byteLength, 8);
    fixture.files.remove(`${fixture.directory}/${name}`);
    fixture.open({ config, hadCleanShutdown: true }).close();
    assert.deepEqual(fixture.readFile(name), before);
  });

  it("recovers all the same where the last segment ends in garbage", () => {
    const fixture = LogFixture.inMemory();
    const log = fixture.open();
    appendFive(log);
    log.close();
    fixture.appendToFile(firstLog, Buffer.alloc(100, 7));
    const again = fixture.open({ hadCleanShutdown: true, recoveryPoint: 5 });
    assert.equal(again.logEndOffset, 5);
    assert.equal(fixture.sink.sentences.length, 2);
  });

  it("falls back to an older snapshot and replays from there where the newest is damaged", () => {
    const fixture = LogFixture.inMemory();
    const log = fixture.open({ config: twoBatchesPerSegment });
    for (let index = 0; index < 5; index++) {
      const options = { producerId: 9, producerEpoch: 0, baseSequence: index * 5 };
      log.appendAsLeader(batchOfCount(5, options), { leaderEpoch: 0 });
    }
    log.close();
    fixture.damage("00000000000000000025.snapshot", 20);
    const again = fixture.open({ config: twoBatchesPerSegment, hadCleanShutdown: true });
    assert.deepEqual(again.activeProducers, log.activeProducers);
  });
});
