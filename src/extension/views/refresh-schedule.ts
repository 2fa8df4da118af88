/** Runs a callback later; disposing it calls it off. */
export type Later = (delayMs: number, callback: () => void) => Disposable;

/** Real time, for the host's side of the screen. */
export const later: Later = (delayMs, callback) => {
  const timer = setTimeout(callback, delayMs);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
};

/**
 * Collects what happens between two refreshes of a screen. The first item after a quiet time is handed on at once, so
 * that a click is answered without delay; what follows waits for the interval to end, so that a flood costs no more
 * than a few refreshes a second.
 */
export class RefreshSchedule<Item> implements Disposable {
  private readonly intervalMs: number;
  private readonly runLater: Later;
  private readonly refresh: (items: readonly Item[]) => void;
  private collected: Item[] = [];
  private pause: Disposable | undefined;

  constructor(intervalMs: number, runLater: Later, refresh: (items: readonly Item[]) => void) {
    this.intervalMs = intervalMs;
    this.runLater = runLater;
    this.refresh = refresh;
  }

  add(item: Item): void {
    this.collected.push(item);
    if (this.pause === undefined) this.flush();
  }

  [Symbol.dispose](): void {
    this.pause?.[Symbol.dispose]();
    this.pause = undefined;
    this.collected = [];
  }

  private flush(): void {
    this.pause = this.runLater(this.intervalMs, () => {
      this.pause = undefined;
      if (this.collected.length > 0) this.flush();
    });
    const items = this.collected;
    this.collected = [];
    this.refresh(items);
  }
}
