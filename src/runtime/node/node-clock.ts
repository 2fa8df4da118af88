import { performance } from "node:perf_hooks";

import type { Clock } from "../runtime.ts";

/** The clocks of the machine. */
export const nodeClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
