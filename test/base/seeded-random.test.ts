import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { SeededRandom } from "../../src/base/seeded-random.ts";

function wordsOf(seed: number | string, count: number): number[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => random.word());
}

describe("SeededRandom", () => {
  it("gives the same numbers for the same seed, on every machine and in every version", () => {
    assert.deepEqual(wordsOf(42, 4), wordsOf("42", 4));
    assert.deepEqual(wordsOf(42, 4), [1951423913, 2560351384, 1644053043, 3541558748]);
  });

  it("gives unlike numbers for near seeds", () => {
    const firstWords = new Set(Array.from({ length: 10_000 }, (_, seed) => wordsOf(seed, 1)[0]));
    assert.ok(firstWords.size > 9990);
    let differentBits = 0;
    for (let seed = 0; seed < 1000; seed += 1) {
      const [left = 0] = wordsOf(seed, 1);
      const [right = 0] = wordsOf(seed + 1, 1);
      for (let bits = left ^ right; bits !== 0; bits &= bits - 1) differentBits += 1;
    }
    assert.ok(Math.abs(differentBits / 1000 - 16) < 0.5, `${String(differentBits / 1000)} of 32 bits differ`);
  });

  it("spreads evenly below any limit", () => {
    const random = new SeededRandom("even");
    for (const limit of [1, 2, 3, 10, 17]) {
      const counts = new Array<number>(limit).fill(0);
      for (let count = 0; count < 1000 * limit; count += 1) {
        const value = random.below(limit);
        counts[value] = (counts[value] ?? 0) + 1;
      }
      assert.equal(
        counts.reduce((sum, count) => sum + count),
        1000 * limit,
      );
      for (const count of counts) assert.ok(Math.abs(count - 1000) < 160, `${String(limit)}: ${String(counts)}`);
    }
  });

  it("reaches the whole range of safe integers and refuses anything else", () => {
    const random = new SeededRandom(7);
    const limit = Number.MAX_SAFE_INTEGER;
    const values = Array.from({ length: 1000 }, () => random.below(limit));
    assert.ok(values.every((value) => Number.isSafeInteger(value) && value >= 0 && value < limit));
    assert.ok(values.some((value) => value > limit * 0.99) && values.some((value) => value < limit * 0.01));
    assert.ok(values.some((value) => value % 2 === 0) && values.some((value) => value % 2 === 1));
    assert.ok(Array.from({ length: 100 }, () => random.below(2 ** 32)).some((value) => value >= 2 ** 31));
    for (const bad of [0, -1, 1.5, NaN, 2 ** 53]) assert.throws(() => random.below(bad), { name: "AssertionError" });
  });

  it("makes fresh bytes of any count", () => {
    const random = new SeededRandom(7);
    const bytes = random.bytes(1000);
    assert.equal(bytes.byteLength, 1000);
    assert.ok(new Set(bytes).size > 200);
    assert.notDeepEqual(random.bytes(1000), bytes);
    assert.equal(random.bytes(0).byteLength, 0);
  });

  it("takes a chance once in so many times", () => {
    const random = new SeededRandom("chance");
    let taken = 0;
    for (let count = 0; count < 10_000; count += 1) if (random.chance(4)) taken += 1;
    assert.ok(Math.abs(taken - 2500) < 200, String(taken));
  });
});
