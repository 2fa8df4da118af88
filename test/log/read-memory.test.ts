import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { ReadMemory } from "../../src/log/read-memory.ts";

const fetched = 1024 * 1024;

describe("Memory for reads", () => {
  it("is used again once it was given back, and not before", () => {
    const memory = new ReadMemory();
    const [first, second] = [memory.take(fetched), memory.take(fetched)];
    assert.notEqual(first.buffer, second.buffer);
    memory.giveBack(first.subarray(100, 200));
    assert.equal(memory.take(500_000).buffer, first.buffer);
    assert.notEqual(memory.take(fetched).buffer, second.buffer);
  });

  it("takes a slab back once, however many pieces of it come back", () => {
    const memory = new ReadMemory();
    const taken = memory.take(fetched);
    for (const position of [0, 1000, 2000]) memory.giveBack(taken.subarray(position, position + 1000));
    const [first, second] = [memory.take(fetched), memory.take(fetched)];
    assert.equal(first.buffer, taken.buffer);
    assert.notEqual(second.buffer, taken.buffer);
  });

  it("gives as much as is asked for, and leaves alone what is not its own", () => {
    const memory = new ReadMemory();
    for (const byteCount of [0, 10, 300_000, fetched, fetched + 1]) {
      const taken = memory.take(byteCount);
      assert.equal(taken.byteLength, byteCount);
      memory.giveBack(taken);
    }
    const foreign = Buffer.alloc(fetched);
    memory.giveBack(foreign);
    assert.notEqual(memory.take(fetched).buffer, foreign.buffer);
    assert.notEqual(memory.take(fetched).buffer, foreign.buffer);
  });
});
