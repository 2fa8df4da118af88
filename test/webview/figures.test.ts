import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { counted, fullTime, hueOf, shortTime } from "../../src/webview/figures.ts";

const noon = new Date(2026, 2, 9, 12, 4, 5, 67).getTime();

describe("Figures of the message view", () => {
  it("show today's records by the clock and others with their day", () => {
    assert.equal(shortTime(noon, noon + 1_000), "12:04:05.067");
    assert.equal(shortTime(noon, noon + 3 * 86_400_000), "2026-03-09 12:04");
  });

  it("show a time in full with its distance from UTC", () => {
    assert.match(fullTime(noon), /^2026-03-09 12:04:05\.067 [+-]\d\d:\d\d$/);
  });

  it("say that a record has no timestamp", () => {
    assert.deepEqual([shortTime(-1, noon), fullTime(-1)], ["none", "no timestamp"]);
  });

  it("give a key one of five hues, always the same, and use all five", () => {
    const keys = Array.from({ length: 100 }, (_, index) => `customer-${index}`);
    assert.deepEqual([...new Set(keys.map(hueOf))].sort(), [0, 1, 2, 3, 4]);
    assert.equal(hueOf("customer-7"), hueOf("customer-7"));
  });

  it("agree with their nouns", () => {
    assert.deepEqual([counted(1, "record"), counted(1_234_567, "record")], ["1 record", "1,234,567 records"]);
  });
});
