import { assert } from "./assert.ts";

const wordCount = 2 ** 32;

/**
 * Random numbers that a seed decides: the same seed gives the same numbers on every machine, which is what makes a
 * simulation repeatable. Not for secrets, and not for ids that must be unique across processes.
 *
 * The generator is sfc32 (Chris Doty-Humphrey's Small Fast Counter, 128 bits of state, period at least 2^32, passes
 * PractRand): whole 32-bit operations only, so no engine can round it differently.
 */
export class SeededRandom {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number | string) {
    const hash = hashOf(String(seed));
    this.a = hash();
    this.b = hash();
    this.c = hash();
    // The first numbers still resemble the seed; these rounds stir it in (as many as the generator's author does).
    for (let round = 0; round < 12; round += 1) this.word();
  }

  /** Uniform whole number in `[0, 2^32)`. */
  word(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    this.c |= 0;
    return sum >>> 0;
  }

  /** Uniform whole number in `[0, limitExclusive)`. */
  below(limitExclusive: number): number {
    assert(Number.isSafeInteger(limitExclusive) && limitExclusive >= 1, "a random range has at least one value");
    if (limitExclusive <= wordCount) return this.evenly(wordCount, limitExclusive, () => this.word());
    return this.evenly(2 ** 53, limitExclusive, () => (this.word() >>> 11) * wordCount + this.word());
  }

  /** True once in `oneIn` times on average. */
  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }

  bytes(byteCount: number): Uint8Array {
    const bytes = new Uint8Array(byteCount);
    for (let index = 0; index < byteCount; index += 1) bytes[index] = this.word() >>> 24;
    return bytes;
  }

  /** Values above the last whole multiple of the limit would favour small results, so they are drawn again. */
  private evenly(rangeCount: number, limitExclusive: number, draw: () => number): number {
    const fairCount = rangeCount - (rangeCount % limitExclusive);
    for (;;) {
      const value = draw();
      if (value < fairCount) return value % limitExclusive;
    }
  }
}

/** A stream of 32-bit words out of a text (xmur3 by bryc, public domain): near-equal seeds give unlike words. */
function hashOf(text: string): () => number {
  let hash = 1779033703 ^ text.length;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 3432918353);
    hash = (hash << 13) | (hash >>> 19);
  }
  return () => {
    hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
    hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
    hash ^= hash >>> 16;
    return hash | 0;
  };
}
