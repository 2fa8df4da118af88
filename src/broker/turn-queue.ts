/**
 * One broker's turn: take what has arrived, decide, act, and only then look at what that woke. Work that is asked for
 * in the middle of a turn runs after the current piece and never inside it, so a precondition holds to the end of its
 * function and the stack stays flat however many connections wake each other (STYLE P4).
 */
export class TurnQueue {
  private readonly endOfRound: () => boolean;
  private readonly onCrash: (error: unknown) => void;
  private works: (() => void)[] = [];
  private isRunning = false;
  private isBroken = false;

  /**
   * `endOfRound` runs whenever nothing is left to do, and says whether it did anything. `onCrash` gets what a piece of
   * work threw: a broken invariant, after which the queue runs nothing any more.
   */
  constructor(endOfRound: () => boolean, onCrash: (error: unknown) => void) {
    this.endOfRound = endOfRound;
    this.onCrash = onCrash;
  }

  /** Run `work` now, or right after what is running. */
  run(work: () => void): void {
    if (this.isBroken) return;
    this.works.push(work);
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      this.drain();
    } catch (error) {
      this.isBroken = true;
      this.works = [];
      this.onCrash(error);
    } finally {
      this.isRunning = false;
    }
  }

  private drain(): void {
    do {
      for (let works = this.works; works.length > 0; works = this.works) {
        this.works = [];
        for (const work of works) work();
      }
    } while (this.endOfRound() || this.works.length > 0);
  }
}
