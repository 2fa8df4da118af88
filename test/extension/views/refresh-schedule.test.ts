import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { RefreshSchedule } from "../../../src/extension/views/refresh-schedule.ts";
import { HandClock } from "../builders.ts";

function schedule() {
  const clock = new HandClock();
  const refreshes: (readonly number[])[] = [];
  return { clock, refreshes, made: new RefreshSchedule<number>(200, clock.later, (items) => refreshes.push(items)) };
}

describe("A refresh schedule", () => {
  it("answers the first item after a quiet time at once", () => {
    const { refreshes, made } = schedule();
    made.add(1);
    assert.deepEqual(refreshes, [[1]]);
  });

  it("hands on a flood five times a second, all of it", () => {
    const { clock, refreshes, made } = schedule();
    for (let index = 0; index < 1000; index += 1) {
      made.add(index);
      clock.pass(1);
    }
    clock.pass(1000);
    assert.equal(refreshes.length, 6);
    assert.equal(refreshes.flat().length, 1000);
  });

  it("is quiet again after the flood", () => {
    const { clock, refreshes, made } = schedule();
    made.add(1);
    clock.pass(1000);
    made.add(2);
    assert.deepEqual(refreshes, [[1], [2]]);
  });

  it("says nothing any more once it is disposed", () => {
    const { clock, refreshes, made } = schedule();
    made.add(1);
    made.add(2);
    made[Symbol.dispose]();
    clock.pass(1000);
    assert.deepEqual(refreshes, [[1]]);
  });
});
