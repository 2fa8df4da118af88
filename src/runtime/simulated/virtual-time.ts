import { assert } from "../../base/assert.ts";
import { TimedQueue, type Timed } from "../../base/timed-queue.ts";
import type { Clock } from "../runtime.ts";

export type EventKind = "timer" | "listening" | "connect" | "open" | "data" | "drain" | "close";

/** One line of a trace: an event as it is about to run, or a sentence that a node logged. */
export interface TraceLine {
  readonly timeMs: number;
  /** The node that it happens to. */
  readonly node: string;
  readonly kind: EventKind | "log";
  readonly label: string;
  /** How many bytes arrive; 0 where that has no meaning. */
  readonly byteCount: number;
}

/** What is to happen to a node. */
export interface Happening {
  readonly node: string;
  readonly kind: EventKind;
  readonly label: string;
  readonly byteCount: number;
  readonly run: () => void;
}

/** A happening with its time. Cancel it with `VirtualTime.cancel`. */
export interface VirtualEvent extends Timed {
  readonly happening: Happening;
}

/** Wall time at which every simulated world begins: 2025-06-20 12:00 UTC, away from any change of the clocks. */
export const firstWallMs = 1_750_420_800_000;

/**
 * The time of a simulated world: it stands still while code runs and jumps to the next event in between. Counted in
 * whole microseconds, because sums of fractions would depend on the order of adding.
 */
export class VirtualTime implements Clock {
  nowUs = 0;
  eventCount = 0;
  private readonly queue = new TimedQueue<VirtualEvent>();
  private readonly onEvent: ((line: TraceLine) => void) | undefined;

  constructor(onEvent: ((line: TraceLine) => void) | undefined) {
    this.onEvent = onEvent;
  }

  wallMs(): number {
    return firstWallMs + Math.floor(this.nowUs / 1000);
  }

  monotonicMs(): number {
    return this.nowUs / 1000;
  }

  /** Time of the next event; undefined when nothing is left to happen. */
  get nextUs(): number | undefined {
    return this.queue.first?.dueTime;
  }

  schedule(delayUs: number, happening: Happening): VirtualEvent {
    assert(Number.isSafeInteger(delayUs) && delayUs >= 0, "an event is not in the past");
    const event = { dueTime: this.nowUs + delayUs, sequence: -1, index: -1, happening };
    this.queue.add(event);
    return event;
  }

  cancel(event: VirtualEvent): void {
    this.queue.remove(event);
  }

  /** Go to the next event and let it happen. False when there is none. */
  step(): boolean {
    const event = this.queue.takeFirst();
    if (event === undefined) return false;
    assert(event.dueTime >= this.nowUs, "virtual time does not run backwards");
    this.nowUs = event.dueTime;
    this.eventCount += 1;
    const { happening } = event;
    if (this.onEvent !== undefined) this.report(happening);
    happening.run();
    return true;
  }

  /** Write a line into the trace, where someone listens. */
  report(line: Omit<TraceLine, "timeMs">): void {
    const { node, kind, label, byteCount } = line;
    this.onEvent?.({ timeMs: this.monotonicMs(), node, kind, label, byteCount });
  }
}
