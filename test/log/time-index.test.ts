import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { TimeIndex } from "../../src/log/time-index.ts";
import { LogFixture } from "./log-fixture.ts";

const path = "00000000000000000000.timeindex";

function emptyIndex(baseOffset = 0): { index: TimeIndex; fixture: LogFixture } {
  const fixture = LogFixture.inMemory();
  return { index: TimeIndex.empty(fixture.files, path, baseOffset), fixture };
}

describe("A time index", () => {
  it("writes an entry as Kafka does", () => {
    const { index, fixture } = emptyIndex();
    index.appendIfLater(1_700_000_000_005, 1);
    index.seal();
    assert.equal(fixture.files.readAll(path).toString("hex"), "0000018bcfe5680500000001");
  });

  it("takes only later timestamps", () => {
    const { index } = emptyIndex();
    index.appendIfLater(10, 4);
    index.appendIfLater(10, 9);
    index.appendIfLater(9, 14);
    index.appendIfLater(11, 19);
    assert.equal(index.entryCount, 2);
    assert.deepEqual(index.lastEntry(), { timestamp: 11, offset: 19 });
  });

  it("finds the last entry at or before a time", () => {
    const { index, fixture } = emptyIndex(100);
    index.appendIfLater(10, 104);
    index.appendIfLater(20, 109);
    index.seal();
    for (const found of [index, TimeIndex.existing(fixture.files, path, 100)]) {
      assert.deepEqual(found.lookup(9), { timestamp: -1, offset: 100 });
      assert.deepEqual(found.lookup(10), { timestamp: 10, offset: 104 });
      assert.deepEqual(found.lookup(19), { timestamp: 10, offset: 104 });
      assert.deepEqual(found.lookup(99), { timestamp: 20, offset: 109 });
    }
  });

  it("keeps one slot for the entry of the roll", () => {
    const { index } = emptyIndex();
    index.appendIfLater(1, 1);
    assert.equal(index.isFull(36), false);
    index.appendIfLater(2, 2);
    assert.equal(index.isFull(36), true);
  });

  it("forgets what speaks of offsets that are cut", () => {
    const { index } = emptyIndex();
    index.appendIfLater(1, 4);
    index.appendIfLater(2, 9);
    index.truncateTo(9);
    assert.deepEqual(index.lastEntry(), { timestamp: 1, offset: 4 });
    index.truncateTo(0);
    assert.deepEqual(index.lastEntry(), { timestamp: -1, offset: 0 });
  });
});
