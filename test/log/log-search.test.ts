import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { buildBatch } from "../../src/protocol/records/batch-builder.ts";
import type { CompressionCodec } from "../../src/protocol/records/compression.ts";
import type { LogConfig } from "../../src/log/log-config.ts";
import type { PartitionLog } from "../../src/log/partition-log.ts";
import { compression, LogFixture, record } from "./log-fixture.ts";

const base = 1_700_000_000_000;

function logOf(batches: readonly (readonly number[])[], config: Partial<LogConfig> = {}, codec?: CompressionCodec) {
  const fixture = LogFixture.inMemory();
  const log = fixture.open({ config: { segmentBytes: 400, indexIntervalBytes: 100, ...config } });
  for (const times of batches) append(log, times, codec);
  return { log, fixture };
}

function append(log: PartitionLog, times: readonly number[], codec: CompressionCodec = "none"): void {
  const records = times.map((time) => record("v", { timestamp: base + time }));
  assert.equal(log.appendAsLeader(buildBatch(records, compression, { codec }), { leaderEpoch: 2 }).errorName, "NONE");
}

function at(log: PartitionLog, time: number): readonly number[] | undefined | string {
  const found = log.offsetForTimestamp(base + time);
  return typeof found === "object" ? [found.offset, found.timestamp - base] : found;
}

describe("Searching a log by time", () => {
  for (const codec of ["none", "lz4"] as const) {
    it(`finds the first record at or after a time, in order of offsets (${codec})`, () => {
      const { log } = logOf([[0, 10, 20], [5, 30], [30, 25, 40], [50], [60, 45]], {}, codec);
      assert.deepEqual(at(log, -5), [0, 0]);
      assert.deepEqual(at(log, 1), [1, 10]);
      assert.deepEqual(at(log, 21), [4, 30]);
      assert.deepEqual(at(log, 30), [4, 30]);
      assert.deepEqual(at(log, 31), [7, 40]);
      assert.deepEqual(at(log, 60), [9, 60]);
      assert.equal(at(log, 61), undefined);
    });
  }

  it("does not find what is below the log's start", () => {
    const { log } = logOf([
      [0, 10, 20],
      [5, 30],
    ]);
    log.advanceHighWatermark(5);
    log.deleteRecordsBefore(1);
    assert.deepEqual(at(log, 0), [1, 10]);
    log.deleteRecordsBefore(3);
    assert.deepEqual(at(log, 0), [3, 5]);
  });

  it("finds the first record with the largest time of all, wherever it is", () => {
    const { log } = logOf([[0, 10], [70, 90, 90], [20], [90], [30, 40]]);
    const found = log.offsetOfMaxTimestamp();
    assert.deepEqual(found, { offset: 3, timestamp: base + 90, leaderEpoch: 2 });
    assert.equal(logOf([]).log.offsetOfMaxTimestamp(), undefined);
    assert.equal(logOf([]).log.offsetForTimestamp(0), undefined);
  });

  it("answers the same after a crash and after a clean stop", () => {
    for (const hadCleanShutdown of [true, false]) {
      const config = { segmentBytes: 400, indexIntervalBytes: 100 };
      const { log, fixture } = logOf([[0, 10], [70, 90, 90], [20], [30, 40], [1], [2]]);
      if (hadCleanShutdown) log.close();
      else log.abandon();
      const again = fixture.open({ config, hadCleanShutdown });
      assert.deepEqual(again.offsetOfMaxTimestamp(), { offset: 3, timestamp: base + 90, leaderEpoch: 2 });
      assert.deepEqual(at(again, 40), [2, 70]);
    }
  });

  it("goes by the time of the append where the topic keeps that, and takes a batch's first record (M30)", () => {
    const { log, fixture } = logOf(
      [
        [5, 6],
        [7, 8],
      ],
      { timestampType: "LogAppendTime" },
    );
    fixture.clock.nowMs += 100;
    append(log, [1, 2, 3]);
    assert.deepEqual(at(log, 1), [4, 100]);
    assert.deepEqual(at(log, 0), [0, 0]);
    assert.deepEqual(log.offsetOfMaxTimestamp(), { offset: 4, timestamp: base + 100, leaderEpoch: 2 });
    log.advanceHighWatermark(7);
    log.deleteRecordsBefore(6);
    assert.deepEqual(at(log, 1), [6, 100]);
  });

  it("finds the first record as the latest where none has a time, and none by time", () => {
    const { log } = logOf([]);
    log.appendAsLeader(buildBatch([record("v", { timestamp: -1 })], compression), { leaderEpoch: 2 });
    assert.deepEqual(log.offsetOfMaxTimestamp(), { offset: 0, timestamp: -1, leaderEpoch: 2 });
    assert.equal(log.offsetForTimestamp(0), undefined);
  });
});
