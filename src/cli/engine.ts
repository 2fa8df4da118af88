import { resolve } from "node:path";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { hostCluster } from "./cluster-host.ts";
import { serveEngine } from "./engine-worker.ts";

/** How `startCluster` starts a cluster. Every field may be left out. */
export interface StartClusterOptions {
  /** How many brokers; 1 where it is not said. */
  readonly brokers?: number;
  /** Wanted port of the first broker; 0, the default, picks free ones. */
  readonly port?: number;
  /** Address to listen on: 127.0.0.1 where it is not said. */
  readonly host?: string;
  /** A directory to keep logs in; in memory where it is not said. */
  readonly data?: string;
  readonly topics?: readonly {
    readonly name: string;
    readonly partitions?: number;
    readonly configs?: Readonly<Record<string, string>>;
  }[];
  /** Broker configurations by Kafka's names. */
  readonly configs?: Readonly<Record<string, string>>;
  /** Receives the engine's log, a sentence at a time; never holds record content. */
  readonly onLog?: (level: "info" | "warn" | "error", sentence: string) => void;
}

/** A cluster that runs in this process. */
export interface RunningCluster extends AsyncDisposable {
  /** For a client's `bootstrap.servers`. */
  readonly bootstrapServers: string;
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  /** What the cluster looks like now. */
  view(): ClusterView;
  /** Ends when all is stopped, files are closed and ports are free. Idempotent. */
  stop(): Promise<void>;
}

/** Start a cluster inside this process, for tests: `await using cluster = await startCluster({ brokers: 3 })`. */
export async function startCluster(options: StartClusterOptions = {}): Promise<RunningCluster> {
  const cluster = await hostCluster(
    {
      brokerCount: options.brokers ?? 1,
      host: options.host ?? "127.0.0.1",
      port: options.port ?? 0,
      storage: options.data === undefined ? { kind: "memory" } : { kind: "disk", directory: absolute(options.data) },
      configs: options.configs ?? {},
      topics: (options.topics ?? []).map(({ name, partitions = 1, configs = {} }) => ({
        name,
        partitionCount: partitions,
        replicationFactor: 1,
        configs,
      })),
    },
    {
      onLog: options.onLog ?? (() => undefined),
      onCrash: (error) => {
        throw error;
      },
    },
  );
  return {
    bootstrapServers: cluster.bootstrapServers,
    brokers: cluster.view().brokers.map(({ id, host, port }) => ({ id, host, port })),
    view: () => cluster.view(),
    stop: () => cluster.stop(),
    [Symbol.asyncDispose]: () => cluster.stop(),
  };
}

/** An empty path is left as it is, to be refused: it would be the working directory. */
const absolute = (path: string) => (path === "" ? path : resolve(path));

const role = (workerData as { readonly role?: string } | null)?.role;
if (!isMainThread && parentPort !== null && role === "tapedeck-engine") serveEngine(parentPort);
