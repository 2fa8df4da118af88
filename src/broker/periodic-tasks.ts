import type { Timers } from "../runtime/runtime.ts";

/** Something to be done again and again. */
export interface PeriodicTask {
  /** Names the timer in a trace. */
  readonly label: string;
  readonly firstDelayMs: number;
  /** Asked before each wait, as configurations may change. */
  readonly intervalMs: () => number;
  readonly run: () => void;
}

/** Runs tasks at their intervals until disposed. */
export class PeriodicTasks implements Disposable {
  private readonly timers: Timers;
  private readonly waiting = new Map<PeriodicTask, Disposable>();

  constructor(timers: Timers, tasks: readonly PeriodicTask[]) {
    this.timers = timers;
    for (const task of tasks) this.schedule(task, task.firstDelayMs);
  }

  [Symbol.dispose](): void {
    for (const timer of this.waiting.values()) timer[Symbol.dispose]();
    this.waiting.clear();
  }

  private schedule(task: PeriodicTask, delayMs: number): void {
    const timer = this.timers.schedule(task.label, delayMs, () => {
      this.schedule(task, task.intervalMs());
      task.run();
    });
    this.waiting.set(task, timer);
  }
}
