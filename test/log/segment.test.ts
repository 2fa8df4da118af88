import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { FilePool } from "../../src/log/file-pool.ts";
import { defaultLogConfig, type LogConfig } from "../../src/log/log-config.ts";
import { chunkOfBatch, Segment } from "../../src/log/segment.ts";
import { batchOf, batchOfCount, LogFixture } from "./log-fixture.ts";

function emptySegment(baseOffset = 0, rollJitterMs = 0): { segment: Segment; fixture: LogFixture } {
  const fixture = LogFixture.inMemory();
  fixture.files.makeDirectory(fixture.directory);
  const pool = new FilePool(fixture.files, 10);
  const place = { pool, directory: fixture.directory, baseOffset };
  return { segment: Segment.create(place, { createdMs: fixture.clock.nowMs, rollJitterMs }), fixture };
}

/** A chunk of exactly `byteCount` bytes. */
function chunk(byteCount: number, timestamp = 1000, baseOffset = 0) {
  const overheadByteCount = batchOf(["x".repeat(100)], { baseOffset }, timestamp).byteLength - 100;
  const bytes = batchOf(["x".repeat(byteCount - overheadByteCount)], { baseOffset }, timestamp);
  assert.equal(bytes.byteLength, byteCount);
  return chunkOfBatch(bytes, 0);
}

function config(overrides: Partial<LogConfig>): LogConfig {
  return { ...defaultLogConfig, ...overrides };
}

describe("A segment", () => {
  it("is rolled when the next chunk would pass segment.bytes (L16)", () => {
    const { segment } = emptySegment();
    for (let index = 0; index < 4; index++) segment.append(chunk(index < 3 ? 240 : 230, 1000, index), 4096);
    assert.equal(segment.byteCount, 950);
    const oneThousand = config({ segmentBytes: 1000 });
    const small = { bytes: Buffer.alloc(50), lastOffset: 4, maxTimestamp: 1000, offsetOfMaxTimestamp: 4 };
    assert.equal(segment.mustRollFor(small, oneThousand, 0), false);
    assert.equal(segment.mustRollFor({ ...small, bytes: Buffer.alloc(60) }, oneThousand, 0), true);
  });

  it("is rolled by the records' time, not by the clock's (M24)", () => {
    const { segment } = emptySegment();
    const tenOClock = 36_000_000;
    const hourly = config({ segmentMs: 3_600_000 });
    segment.append(chunk(200, tenOClock), 4096);
    const at = (timestamp: number): boolean => segment.mustRollFor(chunk(200, timestamp, 1), hourly, tenOClock * 9);
    assert.equal(at(tenOClock + 3_600_000), false);
    assert.equal(at(tenOClock + 3_600_001), true);
    assert.equal(at(tenOClock + 1_800_000), false);
    assert.equal(at(tenOClock - 99_000_000), false);
  });

  it("is rolled by its age where its first batch has no time, and earlier by its jitter", () => {
    const { segment, fixture } = emptySegment(0, 100);
    const hourly = config({ segmentMs: 3_600_000 });
    assert.equal(segment.mustRollFor(chunk(200, -1), hourly, fixture.clock.nowMs + 9e9), false);
    segment.append(chunk(200, -1), 4096);
    assert.equal(segment.mustRollFor(chunk(200, -1, 1), hourly, fixture.clock.nowMs + 3_599_900), false);
    assert.equal(segment.mustRollFor(chunk(200, -1, 1), hourly, fixture.clock.nowMs + 3_599_901), true);
  });

  it("is rolled when an index is full or an offset too far from its base", () => {
    const { segment } = emptySegment();
    for (let index = 0; index < 3; index++) segment.append(chunk(200, 1000 + index, index), 100);
    assert.equal(segment.mustRollFor(chunk(200, 2000, 3), config({ segmentIndexBytes: 16 }), 0), true);
    assert.equal(segment.mustRollFor(chunk(200, 2000, 3), config({ segmentIndexBytes: 48 }), 0), false);
    assert.equal(segment.mustRollFor(chunk(200, 1000, 2_147_483_647), defaultLogConfig, 0), false);
    assert.equal(segment.mustRollFor(chunk(200, 1000, 2_147_483_648), defaultLogConfig, 0), true);
  });

  it("gets an index entry once more than index.interval.bytes lie behind the last one, as in Kafka", () => {
    const { segment } = emptySegment();
    for (let index = 0; index < 8; index++) segment.append(chunk(3088, 1000 + index, index * 3 + 2), 4096);
    const entries = [0, 1, 2].map((index) => segment.offsetIndex.entryAt(index));
    assert.deepEqual(entries, [
      { offset: 8, position: 6176 },
      { offset: 14, position: 12_352 },
      { offset: 20, position: 18_528 },
    ]);
    assert.equal(segment.offsetIndex.entryCount, 3);
  });

  it("finds where an offset is, within and between batches", () => {
    const { segment } = emptySegment(100);
    const positions: number[] = [];
    for (let index = 0; index < 50; index++) {
      positions.push(segment.byteCount);
      segment.append(chunkOfBatch(batchOfCount(10, { baseOffset: 100 + index * 10 }), 0), 500);
    }
    assert.ok(segment.offsetIndex.entryCount > 5);
    for (const offset of [100, 109, 110, 347, 598, 599]) {
      assert.equal(segment.positionOf(offset), positions[Math.floor((offset - 100) / 10)], String(offset));
    }
    assert.equal(segment.positionOf(600), segment.byteCount);
    assert.equal(segment.nextOffset(), 600);
  });

  it("keeps its largest timestamp right when it is cut", () => {
    const { segment } = emptySegment();
    for (const [index, timestamp] of [5000, 9000, 7000].entries()) segment.append(chunk(200, timestamp, index), 4096);
    assert.deepEqual(segment.largestEntry(), { timestamp: 9000, offset: 1 });
    segment.truncate(200, 1);
    assert.deepEqual(segment.largestEntry(), { timestamp: 5000, offset: 0 });
    assert.equal(segment.byteCount, 200);
  });

  it("leaves the time index with a last entry for all that it holds, and an offset index file even when empty", () => {
    const { segment, fixture } = emptySegment();
    segment.append(chunkOfBatch(batchOf(["a", "b"], {}, 1_700_000_000_005), 0), 4096);
    segment.seal();
    assert.equal(fixture.readFile("00000000000000000000.index").byteLength, 0);
    assert.equal(fixture.readFile("00000000000000000000.timeindex").toString("hex"), "0000018bcfe5680500000001");
  });
});
