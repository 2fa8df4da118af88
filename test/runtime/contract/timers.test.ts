import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";

import { hosts, type Host } from "./hosts.ts";

for (const { name, open } of hosts) {
  describe(`Timers of ${name}`, () => {
    let host: Host;

    beforeEach(() => {
      host = open();
    });

    afterEach(() => {
      host[Symbol.dispose]();
    });

    it("fire once, no sooner than they are due, and never before schedule returns", async () => {
      const { clock, timers } = host.left;
      for (const delayMs of [0, 0.4, 1, 3.7, 20]) {
        let firedAtMs: number | undefined;
        const startMs = clock.monotonicMs();
        timers.schedule("test", delayMs, () => (firedAtMs = clock.monotonicMs()));
        assert.equal(firedAtMs, undefined);
        await host.until("the timer", () => firedAtMs !== undefined);
        assert.ok(Number(firedAtMs) >= startMs + delayMs, `${String(firedAtMs)} after ${String(startMs)}`);
      }
    });

    it("fire in the order of their times, and of scheduling where those are equal", async () => {
      const fired: number[] = [];
      const delaysMs = [30, 5, 5, 0, 30, 2, 5, 0];
      delaysMs.forEach((delayMs, index) => host.left.timers.schedule("test", delayMs, () => fired.push(index)));
      await host.until("all of them", () => fired.length === delaysMs.length);
      assert.deepEqual(fired, [3, 7, 5, 1, 2, 6, 0, 4]);
    });

    it("do not fire once cancelled, and cancel twice or after firing without harm", async () => {
      const fired: string[] = [];
      const cancelled = host.left.timers.schedule("cancelled", 1, () => fired.push("cancelled"));
      const kept = host.left.timers.schedule("kept", 10, () => fired.push("kept"));
      cancelled[Symbol.dispose]();
      cancelled[Symbol.dispose]();
      await host.until("the kept one", () => fired.length > 0);
      kept[Symbol.dispose]();
      assert.deepEqual(fired, ["kept"]);
    });

    it("may schedule from a timer, and cancel another one that is due at the same time", async () => {
      const fired: string[] = [];
      const { timers } = host.left;
      timers.schedule("first", 2, () => {
        fired.push("first");
        second[Symbol.dispose]();
        timers.schedule("third", 5, () => fired.push("third"));
      });
      const second = timers.schedule("second", 2, () => fired.push("second"));
      await host.until("the third", () => fired.includes("third"));
      assert.deepEqual(fired, ["first", "third"]);
    });

    it("take Kafka's never, 2^63 - 1 ms, for never", async () => {
      const fired: string[] = [];
      host.left.timers.schedule("never", 2 ** 63, () => fired.push("never"));
      host.left.timers.schedule("soon", 5, () => fired.push("soon"));
      await host.until("the one that fires", () => fired.length > 0);
      assert.deepEqual(fired, ["soon"]);
    });

    it("are all cancelled with their node, and with no other", async () => {
      const fired: string[] = [];
      host.left.timers.schedule("left", 2, () => fired.push("left"));
      host.right.timers.schedule("right", 10, () => fired.push("right"));
      host.left[Symbol.dispose]();
      host.left.timers.schedule("too late", 1, () => fired.push("too late"));
      await host.until("the other node's", () => fired.length > 0);
      assert.deepEqual(fired, ["right"]);
    });

    it("measure with a clock that does not run backwards, beside a wall clock in whole milliseconds", async () => {
      const { clock, timers } = host.left;
      const monotonicMs = clock.monotonicMs();
      const wallMs = clock.wallMs();
      let hasFired = false;
      timers.schedule("test", 20, () => (hasFired = true));
      await host.until("the timer", () => hasFired);
      assert.ok(Number.isInteger(wallMs) && wallMs > 1_700_000_000_000);
      assert.ok(clock.monotonicMs() >= monotonicMs + 20);
      assert.ok(clock.wallMs() >= wallMs + 15);
    });
  });
}
