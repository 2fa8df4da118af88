/*
 * A world in a bottle.
 *
 * The problem: a cluster is many machines that talk, wait and fail, and nearly every interesting bug of one is a matter
 * of order: which message came first, what was on the disk when the machine died, who noticed whose silence. On real
 * machines that order is never the same twice. Waiting for it in a test is slow when it works and useless when it does
 * not, and nobody can step through it, least of all backwards.
 *
 * The obvious answers do not help. Mocks replace the very thing that is in question. Sleeps only make the order more
 * likely. Recording a run shows what happened, but nothing can be tried in it.
 *
 * The idea: order is decided in exactly one place, a queue of events sorted by virtual time. Nodes run the engine as it
 * runs live; what they get as their `Runtime` does nothing by itself but puts events into that queue: a timer will
 * fire,
 * bytes will arrive, a connection will break. `World.step` takes the first event, sets the clock to its time and calls
 * the node it belongs to; all that follows from it happens on that one call's stack, and the clock stands still
 * meanwhile. What is random in the real world (how long a message travels, where a stream is cut, what ids are drawn)
 * comes from generators that one seed decides. Ties in time break by the order of queueing.
 *
 * So the seed and the inputs are the run. The same seed gives the same events, to the last byte, and going back to
 * event N is running again to event N: this is what the Deck's rewinding and the simulator's replay stand on. The
 * price is a rule that has no exception: no code in the engine may learn anything from outside its `Runtime`, and none
 * may leave work behind (a promise, a microtask) that is not an event.
 *
 * The pieces: `virtual-time` (clock and queue), `simulated-timers`, `simulated-network` with `simulated-connection`
 * (ordered streams with latency, back-pressure and closing as in TCP), `memory-files` (a disk that survives its node),
 * `trace-hash` (two runs compared in sixteen digits). Random streams are separate per node and for the network, so that
 * one node's drawing one number more does not shift the fate of all the others.
 */

import { Owner } from "../../base/owner.ts";
import { SeededRandom } from "../../base/seeded-random.ts";
import type { Clock, Files, LogSink, NativeCompression, Network, Random, Runtime, Timers } from "../runtime.ts";
import { MemoryFiles, type MemoryFilesOptions } from "./memory-files.ts";
import { SharedNetwork, SimulatedNetwork } from "./simulated-network.ts";
import { SimulatedTimers } from "./simulated-timers.ts";
import { VirtualTime, type TraceLine } from "./virtual-time.ts";

export interface WorldOptions {
  /** Decides everything that is random. */
  readonly seed: number | string;
  /** gzip and zstd are the host's also here; they must give the same bytes for the same input. */
  readonly compression: NativeCompression;
  /** How long bytes travel one way, between the two values, evenly. */
  readonly latencyMs?: { readonly min: number; readonly max: number };
  /** Cut what arrives at random places, so that framing is put to the test. */
  readonly isChopping?: boolean;
  /** As on Node: more waiting bytes than this and `send` asks its caller to hold back. */
  readonly sendHighWaterMarkBytes?: number;
  /** Hears of every event before it happens, and of every sentence that a node logs. */
  readonly onEvent?: (line: TraceLine) => void;
}

/** What a node's disk is like. */
export type DiskOptions = Pick<MemoryFilesOptions, "capacityBytes" | "faults">;

/** What `runUntil` waited for has not come: either nothing is left to happen, or too much happened meanwhile. */
export class NotReachedError extends Error {
  override readonly name = "NotReachedError";

  constructor(eventCount: number, timeMs: number) {
    super(`not reached after ${String(eventCount)} events, at ${String(timeMs)} ms`);
  }
}

/** All nodes of a simulation with their one clock and their one network. Nothing happens but by stepping it. */
export class World {
  private readonly seed: number | string;
  private readonly compression: NativeCompression;
  private readonly time: VirtualTime;
  private readonly network: SharedNetwork;
  private readonly nodes = new Map<string, SimulatedNode>();
  private readonly disks = new Map<string, Disk>();

  constructor(options: WorldOptions) {
    this.seed = options.seed;
    this.compression = options.compression;
    this.time = new VirtualTime(options.onEvent);
    const latencyMs = options.latencyMs ?? { min: 0.1, max: 1 };
    this.network = new SharedNetwork({
      time: this.time,
      random: new SeededRandom(`${String(options.seed)}/network`),
      latencyUsMin: Math.round(latencyMs.min * 1000),
      latencyUsMax: Math.round(latencyMs.max * 1000),
      isChopping: options.isChopping ?? false,
      highWaterMarkBytes: options.sendHighWaterMarkBytes ?? 1024 * 1024,
    });
  }

  /** Virtual time since the world began. */
  get nowMs(): number {
    return this.time.monotonicMs();
  }

  /** How many events have happened. */
  get eventCount(): number {
    return this.time.eventCount;
  }

  /** Time of the next event; undefined when nothing is left to happen. */
  get nextEventMs(): number | undefined {
    return this.time.nextUs === undefined ? undefined : this.time.nextUs / 1000;
  }

  /**
   * The runtime of the node called `name`: the same one until it is disposed, then a new one on the same disk, as when
   * a process is started again. `disk` counts when the node is first named.
   */
  node(name: string, disk: DiskOptions = {}): SimulatedNode {
    const running = this.nodes.get(name);
    if (running !== undefined) return running;
    const found = this.disks.get(name) ?? { files: new MemoryFiles({ ...disk, clock: this.time }), startCount: 0 };
    found.startCount += 1;
    this.disks.set(name, found);
    const node = new SimulatedNode(name, {
      time: this.time,
      random: new SeededRandom(`${String(this.seed)}/node ${name}/start ${String(found.startCount)}`),
      network: this.network,
      files: found.files,
      compression: this.compression,
      onStopped: () => {
        if (this.nodes.get(name) === node) this.nodes.delete(name);
      },
    });
    this.nodes.set(name, node);
    return node;
  }

  /** Let one event happen. False when nothing is left to happen. */
  step(): boolean {
    return this.time.step();
  }

  /**
   * Step until `predicate` holds, looking before every event. Throws `NotReachedError` where it does not come to
   * hold.
   */
  runUntil(predicate: () => boolean, options: { readonly eventCountMax?: number } = {}): void {
    const { eventCountMax = 1_000_000 } = options;
    const firstCount = this.eventCount;
    while (!predicate()) {
      const eventCount = this.eventCount - firstCount;
      if (eventCount >= eventCountMax || !this.step()) throw new NotReachedError(eventCount, this.nowMs);
    }
  }

  /** Let everything happen that is due within `durationMs` from now; then that time has passed. */
  runFor(durationMs: number): void {
    const endUs = this.time.nowUs + Math.round(durationMs * 1000);
    while (this.time.nextUs !== undefined && this.time.nextUs <= endUs) this.step();
    this.time.nowUs = endUs;
  }
}

/** What of a node outlives its process. */
interface Disk {
  readonly files: MemoryFiles;
  startCount: number;
}

interface NodeParts {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly network: SharedNetwork;
  readonly files: MemoryFiles;
  readonly compression: NativeCompression;
  readonly onStopped: () => void;
}

/** One node's runtime. Disposing it is the end of its process: timers and connections are gone, the disk stays. */
export class SimulatedNode implements Runtime, Disposable {
  readonly name: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly network: Network;
  readonly files: Files;
  readonly compression: NativeCompression;
  readonly log: LogSink;
  private readonly owner = new Owner();
  private readonly onStopped: () => void;

  constructor(name: string, parts: NodeParts) {
    this.name = name;
    this.clock = parts.time;
    this.timers = this.owner.own(new SimulatedTimers(name, parts.time));
    this.random = parts.random;
    this.network = this.owner.own(new SimulatedNetwork(name, parts.network));
    this.files = parts.files;
    this.compression = parts.compression;
    this.log = {
      write: (level, sentence) => {
        parts.time.report({ node: name, kind: "log", label: `${level} ${sentence}`, byteCount: 0 });
      },
    };
    this.onStopped = parts.onStopped;
  }

  [Symbol.dispose](): void {
    this.owner[Symbol.dispose]();
    this.onStopped();
  }
}
