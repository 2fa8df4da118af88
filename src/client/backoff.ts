import type { Random } from "../runtime/runtime.ts";

/** retry.backoff.ms and retry.backoff.max.ms of Kafka's clients, and how far they stray (KAFKA.md H.2). */
const firstMs = 100;
const maxMs = 1000;
const jitterPercent = 20;

/** How long to wait before trying again: twice as long each time up to a bound, and never quite the same. */
export class Backoff {
  private readonly random: Random;
  private attempts = 0;

  constructor(random: Random) {
    this.random = random;
  }

  nextMs(): number {
    const baseMs = Math.min(firstMs * 2 ** Math.min(this.attempts, 10), maxMs);
    this.attempts++;
    const percent = 100 - jitterPercent + this.random.below(2 * jitterPercent + 1);
    return (baseMs * percent) / 100;
  }

  /** Something went well. */
  reset(): void {
    this.attempts = 0;
  }
}
