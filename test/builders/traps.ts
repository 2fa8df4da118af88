import { syncBuiltinESMExports } from "node:module";
import crypto from "node:crypto";
import timers from "node:timers";
import { performance } from "node:perf_hooks";

/** Simulated code reached outside of its `Runtime`, so that two runs of the same seed could differ. */
export class TrapError extends Error {
  override readonly name = "TrapError";

  constructor(trap: string) {
    super(`${trap} was called while a simulation runs; take it from the Runtime`);
  }
}

type Restore = () => void;

/**
 * Run `work` (a simulation) with every source of difference between two runs turned into a trap that throws. Lint
 * catches our own code; this catches the code that ours calls. `work` is synchronous, as all of the engine is.
 */
export function withTraps<Result>(work: () => Result): Result {
  const restores = install();
  try {
    return work();
  } finally {
    for (const restore of restores.reverse()) restore();
    syncBuiltinESMExports();
  }
}

function install(): Restore[] {
  const names = ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch"] as const;
  const restores = [
    replace(globalThis, "Date", trappedDate()),
    replace(globalThis, "crypto", trapOfEveryProperty("crypto")),
    trap(Math, "random", "Math.random"),
    trap(performance, "now", "performance.now"),
    trap(process, "hrtime", "process.hrtime"),
    trap(process, "nextTick", "process.nextTick"),
    ...names.map((name) => trap(globalThis, name, name)),
    ...(["setTimeout", "setInterval", "setImmediate"] as const).map((name) =>
      trap(timers, name, `node:timers ${name}`),
    ),
    ...(["randomBytes", "randomInt", "randomUUID"] as const).map((name) => trap(crypto, name, `node:crypto ${name}`)),
  ];
  // Named imports of built-in modules are copies; this brings them up to date.
  syncBuiltinESMExports();
  return restores;
}

/** `new Date(ms)` says the same in every run; without an argument it is the clock. */
function trappedDate(): DateConstructor {
  return new Proxy(Date, {
    apply() {
      throw new TrapError("Date()");
    },
    construct(target, given: unknown[]) {
      if (given.length === 0) throw new TrapError("new Date()");
      return Reflect.construct(target, given) as Date;
    },
    get(target, property, receiver): unknown {
      if (property === "now") throw new TrapError("Date.now");
      return Reflect.get(target, property, receiver);
    },
  });
}

function trapOfEveryProperty(name: string): object {
  return new Proxy(
    {},
    {
      get(_target, property) {
        throw new TrapError(`${name}.${String(property)}`);
      },
    },
  );
}

function trap(owner: object, property: string, name: string): Restore {
  return replace(owner, property, () => {
    throw new TrapError(name);
  });
}

function replace(owner: object, property: string, value: unknown): Restore {
  const before = Object.getOwnPropertyDescriptor(owner, property);
  Object.defineProperty(owner, property, { value, configurable: true, writable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(owner, property);
    else Object.defineProperty(owner, property, before);
  };
}
