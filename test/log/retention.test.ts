import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { defaultLogConfig } from "../../src/log/log-config.ts";
import { countDeletable, type RetainedSegment } from "../../src/log/retention.ts";

/** Segments of ten offsets each. */
function segments(...sizes: readonly number[]): RetainedSegment[] {
  return sizes.map((byteCount, index) => ({ baseOffset: index * 10, byteCount, largestTimestamp: index * 1000 }));
}

const forEver = { ...defaultLogConfig, retentionMs: Infinity };

function stateOf(count: number, overrides: Partial<Parameters<typeof countDeletable>[2]> = {}) {
  return { nowMs: 0, logStartOffset: 0, highWatermark: count * 10, logEndOffset: count * 10, ...overrides };
}

describe("Retention", () => {
  it("deletes by size while the log without the segment still has enough (L17)", () => {
    const config = { ...forEver, retentionBytes: 150 };
    assert.equal(countDeletable(segments(100, 100, 100), config, stateOf(3)), 1);
  });

  it("deletes two of five segments of 312 bytes at 700", () => {
    const config = { ...forEver, retentionBytes: 700 };
    assert.equal(countDeletable(segments(312, 312, 312, 312, 312), config, stateOf(5)), 2);
  });

  it("deletes by time up to the first segment that is young enough, the active one too", () => {
    const config = { ...defaultLogConfig, retentionMs: 500 };
    const aged = segments(100, 100, 100);
    assert.equal(countDeletable(aged, config, stateOf(3, { nowMs: 500 })), 0);
    assert.equal(countDeletable(aged, config, stateOf(3, { nowMs: 501 })), 1);
    assert.equal(countDeletable(aged, config, stateOf(3, { nowMs: 5000 })), 3);
    const outOfOrder = [{ ...aged[0]!, largestTimestamp: 9000 }, ...aged.slice(1)];
    assert.equal(countDeletable(outOfOrder, config, stateOf(3, { nowMs: 5000 })), 0);
  });

  it("never deletes an empty active segment", () => {
    const config = { ...defaultLogConfig, retentionMs: 0 };
    assert.equal(countDeletable(segments(100, 0), config, stateOf(1, { nowMs: 99_999 })), 1);
  });

  it("keeps what is not committed", () => {
    const config = { ...defaultLogConfig, retentionMs: 0 };
    assert.equal(countDeletable(segments(100, 100), config, stateOf(2, { nowMs: 99_999, highWatermark: 9 })), 0);
    assert.equal(countDeletable(segments(100, 100), config, stateOf(2, { nowMs: 99_999, highWatermark: 19 })), 1);
  });

  it("deletes what is below the log start even where the policy is compact", () => {
    const config = { ...defaultLogConfig, cleanupPolicy: ["compact"] as const, retentionMs: 0, retentionBytes: 0 };
    const state = stateOf(3, { nowMs: 99_999, logStartOffset: 20 });
    assert.equal(countDeletable(segments(100, 100, 100), config, state), 2);
    assert.equal(countDeletable(segments(100, 100, 100), config, { ...state, logStartOffset: 19 }), 1);
  });
});
