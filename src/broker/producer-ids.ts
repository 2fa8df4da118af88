import type { Administration } from "./administration.ts";

const idsPerBlock = 1000;

/**
 * Hands out producer ids that no other broker hands out: it asks the controller for a block of 1000 and gives them
 * away one by one (KAFKA.md G.1). Whoever comes while a block is on its way waits for it.
 */
export class ProducerIds {
  private readonly administration: Pick<Administration, "allocateProducerIds">;
  private readonly waiting: ((producerId: number) => void)[] = [];
  private nextProducerId = 0;
  private limitExclusive = 0;

  constructor(administration: Pick<Administration, "allocateProducerIds">) {
    this.administration = administration;
  }

  /** `done` is called once, at once where a block is at hand. */
  take(done: (producerId: number) => void): void {
    if (this.nextProducerId < this.limitExclusive) return done(this.nextProducerId++);
    this.waiting.push(done);
    if (this.waiting.length === 1) this.askForBlock();
  }

  private askForBlock(): void {
    this.administration.allocateProducerIds(idsPerBlock, (firstProducerId) => {
      this.nextProducerId = firstProducerId;
      this.limitExclusive = firstProducerId + idsPerBlock;
      const served = this.waiting.splice(0, idsPerBlock);
      for (const done of served) done(this.nextProducerId++);
      if (this.waiting.length > 0) this.askForBlock();
    });
  }
}
