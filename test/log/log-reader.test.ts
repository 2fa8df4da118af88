import assert from "node:assert/strict";
import { describe, it } from "mocha";

import type { ReadLimits } from "../../src/log/log-reader.ts";
import type { PartitionLog } from "../../src/log/partition-log.ts";
import { baseOffsetOf } from "../../src/protocol/records/batch.ts";
import { batchOf, batchOfCount, LogFixture, readAll, recordsOf } from "./log-fixture.ts";

const batchByteCount = batchOfCount(10).byteLength;
const limits: ReadLimits = { byteCountMax: 1 << 20, atLeastOneBatch: true, limitOffset: Infinity };

/** Twenty batches of ten records; five batches to a segment. */
function logOf200(tailByteCountMax: number): PartitionLog {
  const config = { segmentBytes: 5 * batchByteCount, indexIntervalBytes: 2 * batchByteCount };
  const log = LogFixture.inMemory().open({ config, tailByteCountMax });
  for (let index = 0; index < 20; index++) log.appendAsLeader(batchOfCount(10), { leaderEpoch: 0 });
  return log;
}

function readBytes(log: PartitionLog, startOffset: number, overrides: Partial<ReadLimits> = {}): Buffer {
  const slice = log.read(startOffset, { ...limits, ...overrides });
  assert.ok(typeof slice !== "string", `read at ${startOffset}`);
  const bytes = Buffer.concat(slice.chunks);
  assert.equal(bytes.byteLength, slice.byteCount);
  return bytes;
}

for (const [where, tailByteCountMax] of [
  ["from memory", 1 << 20],
  ["from files", 0],
] as const) {
  describe(`Reading a log ${where}`, () => {
    it("begins with the batch that holds the offset, and ends with the segment", () => {
      const log = logOf200(tailByteCountMax);
      for (const offset of [0, 7, 10, 99, 150, 151, 199]) {
        const bytes = readBytes(log, offset);
        assert.equal(baseOffsetOf(bytes, 0), Math.floor(offset / 10) * 10);
        const batchesLeft = 5 - (Math.floor(offset / 10) % 5);
        assert.equal(bytes.byteLength, batchesLeft * batchByteCount);
      }
      assert.equal(readAll(log).length, 200);
    });

    it("cuts at exactly the limit, in the middle of a batch", () => {
      const log = logOf200(tailByteCountMax);
      const byteCountMax = batchByteCount + 17;
      assert.equal(readBytes(log, 155, { byteCountMax }).byteLength, byteCountMax);
      assert.equal(readBytes(log, 155, { byteCountMax, atLeastOneBatch: false }).byteLength, byteCountMax);
    });

    it("gives a first batch that is larger than the limit whole, or not at all (M29)", () => {
      const log = logOf200(tailByteCountMax);
      for (const byteCountMax of [0, 1, 60, batchByteCount - 1]) {
        assert.equal(readBytes(log, 155, { byteCountMax }).byteLength, batchByteCount);
        assert.equal(readBytes(log, 155, { byteCountMax, atLeastOneBatch: false }).byteLength, 0);
      }
      assert.equal(
        readBytes(log, 155, { byteCountMax: batchByteCount, atLeastOneBatch: false }).byteLength,
        batchByteCount,
      );
    });

    it("stops before the limit offset", () => {
      const log = logOf200(tailByteCountMax);
      assert.equal(recordsOf(readBytes(log, 150, { limitOffset: 170 })).at(-1)?.offset, 169);
      assert.equal(readBytes(log, 170, { limitOffset: 170 }).byteLength, 0);
      assert.equal(readBytes(log, 180, { limitOffset: 170 }).byteLength, 0);
      assert.equal(recordsOf(readBytes(log, 0, { limitOffset: 20 })).length, 20);
      assert.equal(recordsOf(readBytes(log, 30, { limitOffset: 60 })).length, 20);
    });

    it("answers nothing at the end and OFFSET_OUT_OF_RANGE outside", () => {
      const log = logOf200(tailByteCountMax);
      assert.equal(readBytes(log, 200).byteLength, 0);
      assert.equal(log.read(201, limits), "OFFSET_OUT_OF_RANGE");
      assert.equal(log.read(-1, limits), "OFFSET_OUT_OF_RANGE");
    });

    it("tells how many bytes wait", () => {
      const log = logOf200(tailByteCountMax);
      assert.equal(log.byteCountBetween(0, 200), 20 * batchByteCount);
      assert.equal(log.byteCountBetween(45, 150), 11 * batchByteCount);
      assert.equal(log.byteCountBetween(150, 170), 2 * batchByteCount);
      assert.equal(log.byteCountBetween(190, Infinity), batchByteCount);
      assert.equal(log.byteCountBetween(200, 200), 0);
      assert.equal(log.byteCountBetween(0, 0), 0);
      assert.equal(log.byteCountBetween(500, 600), 0);
    });

    it("goes on where it stopped, whatever the limit is", () => {
      const log = logOf200(tailByteCountMax);
      for (const byteCountMax of [1, batchByteCount, batchByteCount * 2.5, 1 << 20]) {
        const offsets = readAll(log, 0, Math.floor(byteCountMax)).map(({ offset }) => offset);
        assert.deepEqual(
          offsets,
          Array.from({ length: 200 }, (_, index) => index),
        );
      }
    });

    it("is not misled by what it remembers of a log that was cut meanwhile", () => {
      const log = logOf200(tailByteCountMax);
      readAll(log, 0, batchByteCount);
      assert.equal(log.truncateTo(165), "NONE");
      assert.equal(log.logEndOffset, 165);
      log.appendAsLeader(batchOf(["x".repeat(300)]), { leaderEpoch: 1 });
      log.appendAsLeader(batchOf(["y"]), { leaderEpoch: 1 });
      assert.deepEqual(
        readAll(log, 150).map(({ offset }) => offset),
        [150, 151, 152, 153, 154, 155, 156, 157, 158, 159, 165, 166],
      );
      assert.equal(recordsOf(readBytes(log, 162))[0]?.offset, 165);
    });
  });
}

it("Reading a log goes on to the next segment where compaction emptied the end of one", () => {
  const fixture = LogFixture.inMemory();
  const config = { segmentBytes: 5 * batchByteCount };
  const log = fixture.open({ config });
  for (let index = 0; index < 10; index++) log.appendAsLeader(batchOfCount(10), { leaderEpoch: 0 });
  log.close();
  const kept = fixture.readFile("00000000000000000000.log").subarray(0, 2 * batchByteCount);
  fixture.writeFile("00000000000000000000.log", Buffer.from(kept));
  const cleaned = fixture.open({ config, hadCleanShutdown: true });
  assert.equal(baseOffsetOf(readBytes(cleaned, 33), 0), 50);
  assert.equal(readBytes(cleaned, 33, { limitOffset: 50 }).byteLength, 0);
});
