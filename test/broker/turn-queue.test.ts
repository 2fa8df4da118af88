import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { TurnQueue } from "../../src/broker/turn-queue.ts";

function scene() {
  const seen: string[] = [];
  const pending: string[] = [];
  const turns = new TurnQueue(
    () => {
      const woken = pending.splice(0);
      seen.push(...woken.map((name) => `woke ${name}`));
      return woken.length > 0;
    },
    (error) => seen.push(`crash ${String(error)}`),
  );
  return { seen, pending, turns };
}

describe("A turn queue", () => {
  it("runs what is asked for in the middle of a turn after the current piece", () => {
    const { seen, turns } = scene();
    turns.run(() => {
      turns.run(() => seen.push("inner"));
      seen.push("outer");
    });
    assert.deepEqual(seen, ["outer", "inner"]);
  });

  it("wakes at the end of the round, and goes on until nothing is left", () => {
    const { seen, pending, turns } = scene();
    turns.run(() => {
      pending.push("a");
      turns.run(() => {
        seen.push("second");
        pending.push("b");
      });
      seen.push("first");
    });
    assert.deepEqual(seen, ["first", "second", "woke a", "woke b"]);
  });

  it("runs nothing any more after a crash", () => {
    const { seen, turns } = scene();
    turns.run(() => {
      turns.run(() => seen.push("never"));
      throw new Error("broken");
    });
    turns.run(() => seen.push("never"));
    assert.deepEqual(seen, ["crash Error: broken"]);
  });
});
