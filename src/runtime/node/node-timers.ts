import { assert } from "../../base/assert.ts";
import type { Clock, Timers } from "../runtime.ts";

/** Node fires a longer timer at once (with a warning), so a longer delay is waited for in legs. */
const legMsMax = 2 ** 31 - 1;

/**
 * The timers of one node. A pending timer keeps the process alive, because work that waits for a retry is still work;
 * disposing cancels them all, so that a stopped node leaves nothing behind.
 */
export class NodeTimers implements Timers, Disposable {
  private readonly pending = new Set<NodeTimer>();
  private readonly clock: Clock;
  private disposed = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  schedule(label: string, delayMs: number, callback: () => void): Disposable {
    assert(delayMs >= 0, `timer ${label} is not due in the past`);
    const timer = new NodeTimer(this.clock, this.pending, callback);
    if (!this.disposed) timer.start(delayMs);
    return timer;
  }

  [Symbol.dispose](): void {
    this.disposed = true;
    for (const timer of this.pending) timer[Symbol.dispose]();
  }
}

/** One pending call. */
class NodeTimer implements Disposable {
  private readonly clock: Clock;
  private readonly pending: Set<NodeTimer>;
  private readonly callback: () => void;
  private dueMs = 0;
  private timeout: NodeJS.Timeout | undefined;

  constructor(clock: Clock, pending: Set<NodeTimer>, callback: () => void) {
    this.clock = clock;
    this.pending = pending;
    this.callback = callback;
  }

  start(delayMs: number): void {
    this.dueMs = this.clock.monotonicMs() + delayMs;
    this.pending.add(this);
    this.waitFor(delayMs);
  }

  private waitFor(delayMs: number): void {
    this.timeout = setTimeout(this.onTimeout, Math.min(Math.ceil(delayMs), legMsMax));
  }

  private readonly onTimeout = (): void => {
    // The event loop's own clock has whole milliseconds, so Node may be up to one early: "no sooner" is kept here.
    const leftMs = this.dueMs - this.clock.monotonicMs();
    if (leftMs > 0) {
      this.waitFor(leftMs);
      return;
    }
    this.pending.delete(this);
    this.timeout = undefined;
    this.callback();
  };

  [Symbol.dispose](): void {
    clearTimeout(this.timeout);
    this.timeout = undefined;
    this.pending.delete(this);
  }
}
