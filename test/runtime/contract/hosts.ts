import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

import { Owner } from "../../../src/base/owner.ts";
import { nodeCompression } from "../../../src/runtime/node/node-compression.ts";
import { createNodeRuntime } from "../../../src/runtime/node/node-runtime.ts";
import type { Runtime } from "../../../src/runtime/runtime.ts";
import { World } from "../../../src/runtime/simulated/simulated-runtime.ts";

/** Two nodes that can reach each other, in the real world or in a simulated one. */
export interface Host extends Disposable {
  readonly left: Runtime & Disposable;
  readonly right: Runtime & Disposable;
  /** Let things happen until `condition` holds; fails with `what` where it does not come to hold. */
  until(what: string, condition: () => boolean): Promise<void>;
}

const silentLog = { write: (): void => undefined };

/** How long the real world may take for anything that a test waits for. */
const patienceMs = 10_000;

export function nodeHost(): Host {
  const owner = new Owner();
  const directory = mkdtempSync(join(tmpdir(), "tapedeck-contract-"));
  owner.own({
    [Symbol.dispose]: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  });
  const start = (name: string): Runtime & Disposable =>
    owner.own(createNodeRuntime({ storage: { kind: "disk", directory: join(directory, name) }, log: silentLog }));
  return {
    left: start("left"),
    right: start("right"),
    async until(what, condition) {
      const endMs = performance.now() + patienceMs;
      while (!condition()) {
        if (performance.now() > endMs) throw new Error(`did not come: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    [Symbol.dispose]: () => {
      owner[Symbol.dispose]();
    },
  };
}

export function simulatedHost(): Host {
  const world = new World({ seed: "contract", compression: nodeCompression, isChopping: true });
  const left = world.node("left");
  const right = world.node("right");
  return {
    left,
    right,
    until(_what, condition) {
      world.runUntil(condition);
      return Promise.resolve();
    },
    [Symbol.dispose]: () => {
      left[Symbol.dispose]();
      right[Symbol.dispose]();
    },
  };
}

/** Every part of the interface behaves alike in these. */
export const hosts: readonly { readonly name: string; readonly open: () => Host }[] = [
  { name: "Node", open: nodeHost },
  { name: "a simulated world", open: simulatedHost },
];
