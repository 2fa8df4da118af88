import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type DelayedOperation, Purgatory } from "../../src/replication/purgatory.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import { World } from "../../src/runtime/simulated/simulated-runtime.ts";

/** Completes once it is told that it may; notes how it ended. */
class Waiter implements DelayedOperation {
  readonly ends: string[] = [];
  tryCount = 0;
  mayComplete = false;
  onComplete: () => void = () => undefined;

  tryComplete(): boolean {
    this.tryCount += 1;
    if (!this.mayComplete) return false;
    this.ends.push("completed");
    this.onComplete();
    return true;
  }

  expire(): void {
    this.ends.push("expired");
  }
}

function scene() {
  const world = new World({ seed: 1, compression: nodeCompression });
  return { world, purgatory: new Purgatory<string>("wait", world.node("n").timers) };
}

describe("A purgatory", () => {
  it("lets pass at once what can complete", () => {
    const { purgatory } = scene();
    const waiter = new Waiter();
    waiter.mayComplete = true;
    assert.equal(purgatory.tryOrWatch(waiter, ["a"], 100), undefined);
    assert.deepEqual([waiter.ends, purgatory.waitingCount], [["completed"], 0]);
  });

  it("tries again when any of the watched keys is touched, and only then", () => {
    const { world, purgatory } = scene();
    const waiter = new Waiter();
    purgatory.tryOrWatch(waiter, ["a", "b"], 100);
    purgatory.touch("c");
    assert.equal(waiter.tryCount, 1);
    purgatory.touch("b");
    assert.deepEqual([waiter.tryCount, purgatory.waitingCount], [2, 1]);
    waiter.mayComplete = true;
    purgatory.touch("a");
    purgatory.touch("b");
    world.runFor(1000);
    assert.deepEqual([waiter.ends, purgatory.waitingCount], [["completed"], 0]);
  });

  it("expires once, at its time, and is then forgotten", () => {
    const { world, purgatory } = scene();
    const waiter = new Waiter();
    purgatory.tryOrWatch(waiter, ["a"], 100);
    world.runFor(99);
    assert.deepEqual(waiter.ends, []);
    world.runFor(1);
    waiter.mayComplete = true;
    purgatory.touch("a");
    assert.deepEqual([waiter.ends, purgatory.waitingCount], [["expired"], 0]);
  });

  it("wakes in the order of arrival, and doesn't try what came in meanwhile", () => {
    const { purgatory } = scene();
    const order: string[] = [];
    const late = new Waiter();
    for (const name of ["first", "second"]) {
      const waiter = new Waiter();
      purgatory.tryOrWatch(waiter, ["a"], 100);
      waiter.mayComplete = true;
      waiter.onComplete = () => {
        order.push(name);
        if (name === "first") purgatory.tryOrWatch(late, ["a"], 100);
      };
    }
    purgatory.touch("a");
    assert.deepEqual([order, late.tryCount, purgatory.waitingCount], [["first", "second"], 1, 1]);
  });

  it("drops without a word what its owner lets go of, or all of it", () => {
    const { world, purgatory } = scene();
    const waiters = [new Waiter(), new Waiter()];
    const [handle] = waiters.map((waiter) => purgatory.tryOrWatch(waiter, ["a"], 100));
    handle?.[Symbol.dispose]();
    assert.equal(purgatory.waitingCount, 1);
    purgatory[Symbol.dispose]();
    world.runFor(1000);
    assert.deepEqual([waiters.map(({ ends }) => ends), purgatory.waitingCount], [[[], []], 0]);
  });
});
