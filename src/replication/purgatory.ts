import type { Timers } from "../runtime/runtime.ts";

/** Something that can't be answered yet. Completes at most once: by `tryComplete`, or by `expire`. */
export interface DelayedOperation {
  /** True when the operation is done (now or already); false: go on waiting. May be called any number of times. */
  tryComplete(): boolean;
  /** The time is up: answer with what there is. Called at most once, and never after `tryComplete` said true. */
  expire(): void;
}

interface Waiting<Key> {
  readonly operation: DelayedOperation;
  readonly keys: readonly Key[];
  timer: Disposable | undefined;
  isOver: boolean;
}

/**
 * Where requests wait for something to happen to a partition (an append, a moved high watermark) or for their time to
 * be up, so that a long poll costs nothing while nothing happens (KAFKA.md D.10). An operation watches several keys;
 * whoever changes something touches its key. Keys are compared by identity.
 */
export class Purgatory<Key> implements Disposable {
  private readonly label: string;
  private readonly timers: Timers;
  private readonly watchers = new Map<Key, Set<Waiting<Key>>>();
  private count = 0;

  /** `label` names the time-outs in a trace. */
  constructor(label: string, timers: Timers) {
    this.label = label;
    this.timers = timers;
  }

  get waitingCount(): number {
    return this.count;
  }

  /**
   * Try once; where that isn't enough, watch `keys` until it is, or until `timeoutMs` have passed. Undefined when the
   * operation is already done; disposing the answer drops an operation whose owner is gone, without a word.
   */
  tryOrWatch(operation: DelayedOperation, keys: readonly Key[], timeoutMs: number): Disposable | undefined {
    if (operation.tryComplete()) return undefined;
    const waiting: Waiting<Key> = { operation, keys, timer: undefined, isOver: false };
    for (const key of keys) this.watchersOf(key).add(waiting);
    this.count += 1;
    waiting.timer = this.timers.schedule(this.label, timeoutMs, () => {
      this.forget(waiting);
      operation.expire();
    });
    return { [Symbol.dispose]: () => this.forget(waiting) };
  }

  /** Something happened to `key`: whoever watches it gets another try, in the order of arrival. */
  touch(key: Key): void {
    const watchers = this.watchers.get(key);
    if (watchers === undefined) return;
    // A copy, because completing takes the operation out and may let in others, which have just had their try.
    for (const waiting of [...watchers]) {
      if (!waiting.isOver && waiting.operation.tryComplete()) this.forget(waiting);
    }
  }

  /** Forget all that waits; nothing is completed any more. */
  [Symbol.dispose](): void {
    for (const watchers of [...this.watchers.values()]) for (const waiting of [...watchers]) this.forget(waiting);
  }

  private watchersOf(key: Key): Set<Waiting<Key>> {
    let watchers = this.watchers.get(key);
    if (watchers === undefined) {
      watchers = new Set();
      this.watchers.set(key, watchers);
    }
    return watchers;
  }

  private forget(waiting: Waiting<Key>): void {
    if (waiting.isOver) return;
    waiting.isOver = true;
    waiting.timer?.[Symbol.dispose]();
    this.count -= 1;
    for (const key of waiting.keys) {
      const watchers = this.watchers.get(key);
      watchers?.delete(waiting);
      if (watchers?.size === 0) this.watchers.delete(key);
    }
  }
}
