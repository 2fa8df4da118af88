import { assert } from "../../base/assert.ts";
import { TimedQueue, type Timed } from "../../base/timed-queue.ts";
import type { Clock, Timers } from "../runtime.ts";

/** Node fires a longer timer at once (with a warning), so a longer delay is waited for in legs. */
const legMsMax = 2 ** 31 - 1;

interface Timer extends Timed {
  readonly callback: () => void;
}

/**
 * The timers of one node, in one queue with one wake-up for the earliest: so they fire in the order of their times and,
 * where those are equal, of scheduling, as they do in a simulation. (Node's own timers start at the event loop's cached
 * time, which makes them early by as much as a turn has lasted, and each by another amount.)
 *
 * A pending timer keeps the process alive, because work that waits for a retry is still work. Disposing cancels all.
 */
export class NodeTimers implements Timers, Disposable {
  private readonly clock: Clock;
  private readonly queue = new TimedQueue<Timer>();
  private wakeUp: Disposable | undefined;
  private wakeUpMs = Infinity;
  private isDisposed = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  schedule(label: string, delayMs: number, callback: () => void): Disposable {
    assert(delayMs >= 0, `timer ${label} is not due in the past`);
    const timer = { dueTime: this.clock.monotonicMs() + delayMs, sequence: -1, index: -1, callback };
    if (!this.isDisposed) {
      this.queue.add(timer);
      if (timer.dueTime < this.wakeUpMs) this.wakeUpAt(timer.dueTime);
    }
    return {
      [Symbol.dispose]: () => {
        this.queue.remove(timer);
        // A wake-up that finds nothing due does no harm, but with nothing left it would keep the process alive.
        if (this.queue.count === 0) this.stopWakeUp();
      },
    };
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
    while (this.queue.takeFirst() !== undefined);
    this.stopWakeUp();
  }

  private wakeUpAt(dueMs: number): void {
    this.stopWakeUp();
    this.wakeUpMs = dueMs;
    const delayMs = Math.ceil(dueMs - this.clock.monotonicMs());
    // Node waits at least a millisecond for a timeout; what is due now is the event loop's next turn.
    this.wakeUp = delayMs <= 0 ? setImmediate(this.onWakeUp) : setTimeout(this.onWakeUp, Math.min(delayMs, legMsMax));
  }

  private stopWakeUp(): void {
    this.wakeUp?.[Symbol.dispose]();
    this.wakeUp = undefined;
    this.wakeUpMs = Infinity;
  }

  private readonly onWakeUp = (): void => {
    this.stopWakeUp();
    const nowMs = this.clock.monotonicMs();
    try {
      for (let { first } = this.queue; first !== undefined && first.dueTime <= nowMs; { first } = this.queue) {
        this.queue.remove(first);
        first.callback();
      }
    } finally {
      const { first } = this.queue;
      if (first !== undefined && first.dueTime < this.wakeUpMs) this.wakeUpAt(first.dueTime);
    }
  };
}
