import { assert } from "../../base/assert.ts";
import type { Timers } from "../runtime.ts";
import type { VirtualEvent, VirtualTime } from "./virtual-time.ts";

/** The timers of one node in virtual time. Disposing cancels them all. */
export class SimulatedTimers implements Timers, Disposable {
  private readonly node: string;
  private readonly time: VirtualTime;
  private readonly pending = new Set<VirtualEvent>();
  private isDisposed = false;

  constructor(node: string, time: VirtualTime) {
    this.node = node;
    this.time = time;
  }

  schedule(label: string, delayMs: number, callback: () => void): Disposable {
    assert(delayMs >= 0, `timer ${label} is not due in the past`);
    const run = (): void => {
      this.pending.delete(event);
      callback();
    };
    const happening = { node: this.node, kind: "timer", label, byteCount: 0, run } as const;
    const event = this.time.schedule(delayUsOf(delayMs), happening);
    if (this.isDisposed) this.time.cancel(event);
    else this.pending.add(event);
    return {
      [Symbol.dispose]: () => {
        this.pending.delete(event);
        this.time.cancel(event);
      },
    };
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
    for (const event of this.pending) this.time.cancel(event);
    this.pending.clear();
  }
}

/** Kafka's "never" is a delay of 2^63 - 1 ms: here it is as far away as a safe integer allows. */
function delayUsOf(delayMs: number): number {
  return Math.min(Math.ceil(delayMs * 1000), 2 ** 52);
}
