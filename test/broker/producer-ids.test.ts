import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ProducerIds } from "../../src/broker/producer-ids.ts";

/** A controller that gives a block when the test says so. */
function scene() {
  const asked: ((firstProducerId: number) => void)[] = [];
  const given: number[] = [];
  const ids = new ProducerIds({ allocateProducerIds: (_count, done) => asked.push(done) });
  const take = (count: number) => {
    for (let index = 0; index < count; index++) ids.take((id) => given.push(id));
  };
  return { asked, given, take };
}

describe("Producer ids", () => {
  it("ask for one block, however many wait for it", () => {
    const { asked, given, take } = scene();
    take(3);
    assert.deepEqual([asked.length, given], [1, []]);
    asked[0]?.(5000);
    assert.deepEqual(given, [5000, 5001, 5002]);
    take(1);
    assert.deepEqual([asked.length, given.at(-1)], [1, 5003]);
  });

  it("ask for the next block when one is used up, also for more that wait than it holds", () => {
    const { asked, given, take } = scene();
    take(1001);
    asked[0]?.(0);
    assert.deepEqual([asked.length, given.length], [2, 1000]);
    asked[1]?.(7000);
    assert.equal(given.at(-1), 7000);
    take(999);
    assert.equal(asked.length, 2);
    take(1);
    assert.equal(asked.length, 3);
  });
});
