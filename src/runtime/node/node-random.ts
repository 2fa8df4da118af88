import { randomBytes, randomInt } from "node:crypto";

import { assert } from "../../base/assert.ts";
import type { Random } from "../runtime.ts";

/** The widest range that `crypto.randomInt` draws from. */
const limitExclusiveMax = 2 ** 48 - 1;

/** Random numbers that nobody can foresee: producer ids, cluster ids and member ids must not collide. */
export const nodeRandom: Random = {
  below(limitExclusive) {
    assert(limitExclusive >= 1 && limitExclusive <= limitExclusiveMax, "a random range has between 1 and 2^48 values");
    return randomInt(limitExclusive);
  },
  bytes: (byteCount) => randomBytes(byteCount),
};
