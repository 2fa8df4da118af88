import { Owner } from "../../base/owner.ts";
import type { LogSink, Runtime } from "../runtime.ts";
import { MemoryFiles } from "../simulated/memory-files.ts";
import { lockDirectory } from "./directory-lock.ts";
import { nodeClock } from "./node-clock.ts";
import { nodeCompression } from "./node-compression.ts";
import { NodeFiles } from "./node-files.ts";
import { NodeNetwork } from "./node-network.ts";
import { nodeRandom } from "./node-random.ts";
import { NodeTimers } from "./node-timers.ts";

export interface NodeRuntimeOptions {
  /** Where files are kept: in memory, gone with the runtime, or below an absolute directory that it owns alone. */
  readonly storage: { readonly kind: "memory" } | { readonly kind: "disk"; readonly directory: string };
  readonly log: LogSink;
}

/**
 * Disposing cancels timers, frees ports, cuts connections and gives the directory back; nothing calls back any more.
 */
export interface NodeRuntime extends Runtime, Disposable {}

/**
 * The real world for one node of a live cluster. Throws `DirectoryHeldError` where another instance has the directory.
 * Brokers that share a process get one runtime each, so that stopping one of them stops all it had going.
 */
export function createNodeRuntime(options: NodeRuntimeOptions): NodeRuntime {
  const { storage, log } = options;
  const owner = new Owner();
  if (storage.kind === "disk") owner.own(lockDirectory(storage.directory));
  const timers = owner.own(new NodeTimers(nodeClock));
  const network = owner.own(new NodeNetwork());
  const files = storage.kind === "disk" ? new NodeFiles(storage.directory) : new MemoryFiles({ clock: nodeClock });
  return {
    clock: nodeClock,
    timers,
    random: nodeRandom,
    network,
    files,
    compression: nodeCompression,
    log,
    [Symbol.dispose]: () => {
      owner[Symbol.dispose]();
    },
  };
}
