import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { LeaderEpochCache } from "../../src/log/leader-epoch-cache.ts";
import { LogFixture } from "./log-fixture.ts";

const path = "leader-epoch-checkpoint";

function cacheOf(...entries: readonly (readonly [number, number])[]): { cache: LeaderEpochCache; fixture: LogFixture } {
  const fixture = LogFixture.inMemory();
  const cache = LeaderEpochCache.load(fixture.files, path);
  for (const [epoch, startOffset] of entries) cache.assign(epoch, startOffset);
  return { cache, fixture };
}

function pairs(cache: LeaderEpochCache): (readonly [number, number])[] {
  return cache.all().map(({ epoch, startOffset }) => [epoch, startOffset]);
}

describe("A leader epoch cache", () => {
  for (const [asked, leaderEpoch, endOffset] of [
    [-1, -1, -1],
    [0, 0, 150],
    [1, 0, 150],
    [2, 2, 300],
    [4, 2, 300],
    [5, 5, 420],
    [6, -1, -1],
  ] as const) {
    it(`answers (${leaderEpoch}, ${endOffset}) to epoch ${asked}`, () => {
      const { cache } = cacheOf([0, 0], [2, 150], [5, 300]);
      assert.deepEqual(cache.endOffsetFor(asked, 420), { leaderEpoch, endOffset });
    });
  }

  it("answers an epoch before its first with where the first begins", () => {
    const { cache } = cacheOf([3, 10]);
    assert.deepEqual(cache.endOffsetFor(1, 20), { leaderEpoch: 1, endOffset: 10 });
  });

  it("drops what a new epoch makes impossible: later epochs and the same or later starts", () => {
    const { cache } = cacheOf([1, 3], [2, 3]);
    assert.deepEqual(pairs(cache), [[2, 3]]);
    cache.assign(4, 8);
    cache.assign(5, 9);
    cache.assign(3, 9);
    assert.deepEqual(pairs(cache), [
      [2, 3],
      [3, 9],
    ]);
  });

  it("forgets from the end and from the start, and keeps the epoch that the start lies in", () => {
    const { cache } = cacheOf([0, 0], [2, 150], [5, 300]);
    cache.truncateFromEnd(300);
    assert.deepEqual(pairs(cache), [
      [0, 0],
      [2, 150],
    ]);
    cache.truncateFromStart(100);
    assert.deepEqual(pairs(cache), [
      [0, 100],
      [2, 150],
    ]);
    cache.truncateFromStart(200);
    assert.deepEqual(pairs(cache), [[2, 200]]);
    cache.truncateFromStart(50);
    assert.deepEqual(pairs(cache), [[2, 200]]);
  });

  it("knows which epoch wrote an offset", () => {
    const { cache } = cacheOf([1, 10], [2, 20]);
    assert.deepEqual(
      [9, 10, 19, 20, 99].map((offset) => cache.epochOf(offset)),
      [-1, 1, 1, 2, 2],
    );
  });

  it("is in its file after every change, and comes back from it", () => {
    const { cache, fixture } = cacheOf([0, 0], [2, 150]);
    assert.equal(fixture.files.readAll(path).toString(), "0\n2\n0 0\n2 150\n");
    assert.deepEqual(pairs(LeaderEpochCache.load(fixture.files, path)), pairs(cache));
    cache.clear();
    assert.equal(fixture.files.readAll(path).toString(), "0\n0\n");
  });

  it("is empty where its file is damaged", () => {
    const { fixture } = cacheOf([0, 0]);
    fixture.files.writeAtomically(path, Buffer.from("0\n7\n0 0\n"));
    assert.deepEqual(pairs(LeaderEpochCache.load(fixture.files, path)), []);
  });
});
