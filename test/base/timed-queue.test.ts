import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";

import { TimedQueue, type Timed } from "../../src/base/timed-queue.ts";

function itemAt(dueTime: number): Timed {
  return { dueTime, sequence: -1, index: -1 };
}

describe("TimedQueue", () => {
  it("gives items by time, and by order of queueing where times are equal", () => {
    const queue = new TimedQueue<Timed>();
    const items = [5, 1, 5, 0, 1].map(itemAt);
    for (const item of items) queue.add(item);
    assert.equal(queue.first, items[3]);
    const taken = Array.from({ length: 6 }, () => queue.takeFirst());
    assert.deepEqual(
      taken.map((item) => (item === undefined ? undefined : items.indexOf(item))),
      [3, 1, 4, 0, 2, undefined],
    );
  });

  it("lets any item leave at once, twice without harm, and queue again", () => {
    const queue = new TimedQueue<Timed>();
    const [first, second] = [itemAt(1), itemAt(2)];
    queue.add(first);
    queue.add(second);
    queue.remove(first);
    queue.remove(first);
    assert.equal(queue.count, 1);
    assert.equal(queue.first, second);
    queue.add(first);
    assert.equal(queue.takeFirst(), first);
    assert.throws(() => {
      queue.add(second);
    }, /an item is queued once/);
  });

  it("agrees with a sorted list under any adding, taking and removing", () => {
    const actions = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant("add" as const), value: fc.nat(20) }),
        fc.record({ kind: fc.constant("remove" as const), value: fc.nat(200) }),
        fc.record({ kind: fc.constant("take" as const), value: fc.constant(0) }),
      ),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(actions, (list) => {
        const queue = new TimedQueue<Timed>();
        let model: Timed[] = [];
        for (const { kind, value } of list) {
          const item = kind === "add" ? itemAt(value) : kind === "take" ? model[0] : model[value % model.length];
          if (kind === "add" && item !== undefined) {
            queue.add(item);
            model = [...model, item].sort((a, b) => a.dueTime - b.dueTime || a.sequence - b.sequence);
          } else {
            if (kind === "take") assert.equal(queue.takeFirst(), item);
            else if (item !== undefined) queue.remove(item);
            model = model.filter((other) => other !== item);
          }
          assert.equal(queue.first, model[0]);
          assert.equal(queue.count, model.length);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
