import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { assert } from "../base/assert.ts";
import { Owner } from "../base/owner.ts";
import { Cluster } from "../cluster/cluster.ts";
import type { ClusterDelta, ClusterView } from "../cluster/cluster-view.ts";
import type {
  ClusterOptions,
  EngineFailure,
  EngineReport,
  NewRecord,
  NewTopic,
  ProducedRecord,
  TailOptions,
} from "../cluster/engine-messages.ts";
import { DirectoryHeldError } from "../runtime/node/directory-lock.ts";
import { createNodeRuntime, type NodeRuntime } from "../runtime/node/node-runtime.ts";
import type { LogSink } from "../runtime/runtime.ts";
import { clusterOptionsComplaint } from "./cluster-options.ts";

/** What a host of a cluster wants to be told. */
export interface HostHooks {
  readonly onLog: LogSink["write"];
  /** The engine broke one of its own rules. The host ends it; nothing is repaired. */
  readonly onCrash: (error: Error) => void;
}

/** Something that a person or a program asked for was not possible; the message is a sentence for them. */
export class ClusterFailure extends Error {
  override readonly name = "ClusterFailure";
  readonly errorName: string;

  constructor(errorName: string, sentence: string) {
    super(sentence);
    this.errorName = errorName;
  }
}

/** A running cluster on the real clock, network and disk, with promises at its edge. */
export class HostedCluster {
  readonly bootstrapServers: string;
  readonly startedInMs: number;
  private readonly cluster: Cluster;
  private readonly owner: Owner;
  private stopping: Promise<void> | undefined;

  constructor(cluster: Cluster, owner: Owner, startedInMs: number) {
    this.cluster = cluster;
    this.owner = owner;
    this.startedInMs = startedInMs;
    this.bootstrapServers = cluster.bootstrapServers();
  }

  view(): ClusterView {
    return this.cluster.view();
  }

  onDelta(listener: (delta: ClusterDelta) => void): Disposable {
    return this.cluster.onDelta(listener);
  }

  createTopic(topic: NewTopic): Promise<void> {
    return settle((done) => this.cluster.createTopic(topic, done));
  }

  deleteTopic(name: string): Promise<void> {
    return settle((done) => this.cluster.deleteTopic(name, done));
  }

  produce(record: NewRecord): Promise<ProducedRecord> {
    return new Promise((resolve, reject) => {
      this.cluster.produce(record, (outcome) => {
        if (outcome.kind === "produced") resolve(outcome.record);
        else reject(failureOf(outcome.failure));
      });
    });
  }

  openTail(tail: TailOptions, report: (message: EngineReport) => void): void {
    this.cluster.openTail(tail, report);
  }

  grantTail(tailId: number, count: number): void {
    this.cluster.grantTail(tailId, count);
  }

  closeTail(tailId: number): void {
    this.cluster.closeTail(tailId);
  }

  /** Ends when files are closed and ports are free. Idempotent. */
  stop(): Promise<void> {
    this.stopping ??= new Promise((resolve) => {
      this.cluster.stop();
      this.owner[Symbol.dispose]();
      // Sockets are let go of at the end of this turn of the event loop; then the ports are free.
      setImmediate(resolve);
    });
    return this.stopping;
  }
}

const failureOf = (failure: EngineFailure) => new ClusterFailure(failure.errorName, failure.sentence);

function settle(start: (done: (failure: EngineFailure | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((failure) => (failure === undefined ? resolve() : reject(failureOf(failure))));
  });
}

/** Start a cluster on the real world. Rejects with `ClusterFailure` where the world does not allow it. */
export async function hostCluster(options: ClusterOptions, hooks: HostHooks): Promise<HostedCluster> {
  const started = performance.now();
  const complaint = clusterOptionsComplaint(options);
  if (complaint !== undefined) throw new ClusterFailure("INVALID_REQUEST", complaint);
  const owner = new Owner();
  try {
    // All at once and first: what can't be had is found out before anybody listens.
    const runtimes = new Map(nodesOf(options).map((node) => [node, owner.own(runtimeOf(node, options, hooks))]));
    const cluster = new Cluster(
      {
        brokerCount: options.brokerCount,
        address: { host: options.host, port: options.port },
        advertisedHost: advertisedHostOf(options.host),
        configs: options.configs ?? {},
        topics: options.topics ?? [],
      },
      {
        runtimeOf: (node) => {
          const runtime = runtimes.get(node);
          assert(runtime !== undefined, "every node has a runtime");
          return runtime;
        },
        directoryOf: (node) => directoryOf(node, options),
        onCrash: (error) => hooks.onCrash(error instanceof Error ? error : new Error(String(error))),
      },
    );
    await settle((done) => cluster.start(done));
    return new HostedCluster(cluster, owner, performance.now() - started);
  } catch (error) {
    owner[Symbol.dispose]();
    throw asFailure(error);
  }
}

const clusterNode = "cluster";

function nodesOf({ brokerCount }: ClusterOptions): readonly string[] {
  return [clusterNode, ...Array.from({ length: brokerCount }, (_, index) => `broker-${index + 1}`)];
}

/** Nobody can connect to a wildcard: who listens on all addresses is known by one that other machines reach too. */
function advertisedHostOf(host: string): string | undefined {
  if (host !== "0.0.0.0" && host !== "::") return undefined;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}

/** The cluster's own files are at the root of the data directory; every broker has a directory of its own below it. */
function runtimeOf(node: string, options: ClusterOptions, hooks: HostHooks): NodeRuntime {
  const log: LogSink = { write: (level, sentence) => hooks.onLog(level, `${node}: ${sentence}`) };
  const directory = directoryOf(node, options);
  return createNodeRuntime({ storage: directory === null ? { kind: "memory" } : { kind: "disk", directory }, log });
}

function directoryOf(node: string, { storage }: ClusterOptions): string | null {
  if (storage.kind === "memory") return null;
  return node === clusterNode ? storage.directory : join(storage.directory, node);
}

function asFailure(error: unknown): unknown {
  if (error instanceof DirectoryHeldError) {
    const holder = error.pid === undefined ? "another process" : `process ${error.pid}`;
    return new ClusterFailure("DATA_DIRECTORY_IN_USE", `The data directory ${error.directory} is in use by ${holder}.`);
  }
  // Writing to a full disk fails without a path, opening a file with one.
  if (error instanceof Error && "code" in error && ("syscall" in error || "path" in error)) {
    return new ClusterFailure("KAFKA_STORAGE_ERROR", `The data directory can't be used: ${error.message}.`);
  }
  return error;
}
