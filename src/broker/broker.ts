import { assert } from "../base/assert.ts";
import { Owner } from "../base/owner.ts";
import type { ClusterMetadata, ConfigOverrides } from "../coordination/cluster-metadata.ts";
import type { BrokerConfigLayers } from "../coordination/configs/config-resolution.ts";
import { staticBrokerConfigs } from "../coordination/configs/static-broker-configs.ts";
import { brokerConfigLayers } from "../coordination/configs/typed-configs.ts";
import { LogDirectory, LogDirectoryRefusedError } from "../log/log-directory.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import { Compression } from "../protocol/records/compression.ts";
import type { Partition } from "../replication/partition.ts";
import { Purgatory } from "../replication/purgatory.ts";
import { FileError } from "../runtime/runtime.ts";
import type { Address, Connection, ConnectionHandler, Runtime, Timers } from "../runtime/runtime.ts";
import type { Administration } from "./administration.ts";
import { apiClaims } from "./api-claims.ts";
import type { ApiClaim } from "./api-claims.ts";
import { servedKeys } from "./apis.ts";
import { brokerSettings } from "./broker-settings.ts";
import type { BrokerSettings } from "./broker-settings.ts";
import { ClientConnection } from "./client-connection.ts";
import type { ConnectionHost } from "./client-connection.ts";
import { FetchSessionCache } from "./fetch-sessions.ts";
import { PartitionHost } from "./partition-host.ts";
import { PeriodicTasks } from "./periodic-tasks.ts";
import type { PeriodicTask } from "./periodic-tasks.ts";
import { PortSearch } from "./port-search.ts";
import type { PortSearchResult } from "./port-search.ts";
import { ProducerIds } from "./producer-ids.ts";
import { routeRequest } from "./router.ts";
import type { HostedPartitions, ServingBroker } from "./serving-broker.ts";
import { TopicLogConfigs } from "./topic-log-configs.ts";
import { TurnQueue } from "./turn-queue.ts";

/** Kafka's `log.initial.task.delay.ms`, which nobody sets. */
const initialTaskDelayMs = 30_000;

export interface BrokerOptions {
  readonly brokerId: number;
  readonly runtime: Runtime;
  /** Where to listen; where the port is taken, the next free one is used. Port 0 is any. */
  readonly address: Address;
  /** How clients reach it, where that is not the address that it listens on. */
  readonly advertisedHost?: string | undefined;
  readonly rack: string | null;
  /** The directory that `runtime.files` stands for, as people see it; null where logs are kept in memory. */
  readonly logDirectory: string | null;
  /** What the user says about every broker, by Kafka's names; checked. */
  readonly configs: ConfigOverrides;
  /** The cluster as it was left: which of the logs in the directory belong to which topic. */
  readonly metadata: ClusterMetadata;
  readonly administration: Administration;
  /** Something that a picture of the cluster shows has changed: this topic, or with no topic the broker itself. */
  readonly onChange: (topic: string | undefined) => void;
  /** The broker broke one of its own rules and has stopped serving. The host decides what goes down with it. */
  readonly onCrash: (error: unknown) => void;
}

/** What came of starting a broker. */
export type BrokerStart =
  /** `address` is where clients reach it. */
  | { readonly kind: "started"; readonly address: Address }
  /** `errorName` is Kafka's, or the operating system's code. */
  | { readonly kind: "failed"; readonly errorName: string; readonly sentence: string };

type Phase = "new" | "starting" | "running" | "stopped";

/**
 * One broker: it listens, keeps the logs of the partitions that the cluster gives it, and answers clients. What the
 * cluster has decided reaches it by `applyMetadata`; what clients want decided it hands to `Administration`.
 */
export class Broker implements ServingBroker {
  readonly brokerId: number;
  readonly runtime: Runtime;
  readonly logDirectory: string;
  readonly administration: Administration;
  readonly apiClaims: readonly ApiClaim[] = apiClaims(servedKeys);
  readonly fetchSessions: FetchSessionCache;
  readonly producerIds: ProducerIds;
  readonly fetchPurgatory: Purgatory<Partition>;
  readonly producePurgatory: Purgatory<Partition>;
  readonly deletePurgatory: Purgatory<Partition>;
  private readonly options: BrokerOptions;
  private readonly owner = new Owner();
  private readonly turns: TurnQueue;
  /** Each timer of a broker begins a turn of its own. */
  private readonly timers: Timers;
  private readonly connections = new Set<ClientConnection>();
  private readonly connectionHost: ConnectionHost;
  /** Partitions that something happened to in this turn. */
  private touched = new Set<Partition>();
  private phase: Phase = "new";
  private currentMetadata: ClusterMetadata;
  private configs: ResolvedConfigs;
  private logs: LogDirectory | undefined;
  private host: PartitionHost | undefined;

  constructor(options: BrokerOptions) {
    const { runtime } = options;
    this.options = options;
    this.brokerId = options.brokerId;
    this.runtime = runtime;
    this.logDirectory = options.logDirectory ?? "/memory";
    this.administration = options.administration;
    this.currentMetadata = options.metadata;
    this.configs = resolveConfigs(options, options.address.port, options.metadata);
    this.turns = new TurnQueue(
      () => this.wakeTouched(),
      (error) => this.crash(error),
    );
    this.timers = {
      schedule: (label, delayMs, callback) =>
        runtime.timers.schedule(label, delayMs, () => {
          this.turns.run(callback);
        }),
    };
    this.fetchPurgatory = this.owner.own(new Purgatory("fetch.max.wait.ms", this.timers));
    this.producePurgatory = this.owner.own(new Purgatory("Produce timeout", this.timers));
    this.deletePurgatory = this.owner.own(new Purgatory("DeleteRecords timeout", this.timers));
    this.producerIds = new ProducerIds(options.administration);
    this.fetchSessions = new FetchSessionCache(runtime.clock, runtime.random, () => {
      return this.settings.maxIncrementalFetchSessionCacheSlots;
    });
    this.connectionHost = this.makeConnectionHost();
  }

  get metadata(): ClusterMetadata {
    return this.currentMetadata;
  }

  get settings(): BrokerSettings {
    return this.configs.settings;
  }

  get layers(): BrokerConfigLayers {
    return this.configs.layers;
  }

  get partitions(): HostedPartitions {
    return this.host ?? nothingHosted;
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  /** Open the logs, then listen. `done` is called once, never before this returns. */
  start(done: (start: BrokerStart) => void): void {
    assert(this.phase === "new", "a broker is started once");
    this.phase = "starting";
    try {
      this.openLogs();
    } catch (error) {
      const failure = startFailure(error);
      this.options.runtime.timers.schedule("a failed start", 0, () => done(failure));
      return;
    }
    const search = new PortSearch(
      this.runtime.network,
      (connection) => this.accept(connection),
      (result) => done(this.onListening(result)),
    );
    this.owner.own(search).start(this.options.address);
  }

  /** Stop serving and leave the logs in order: all is written and closed when this returns. */
  stop(): void {
    if (!this.end()) return;
    const errorName = this.logs?.close() ?? "NONE";
    if (errorName !== "NONE") this.runtime.log.write("error", `the logs are not closed in order: ${errorName}`);
  }

  /** Stop as a killed process does: nothing more is written. */
  abandon(): void {
    if (this.end()) this.logs?.abandon();
  }

  /** The cluster has decided something: make, delete and lead what this broker is given. */
  applyMetadata(metadata: ClusterMetadata): void {
    this.turns.run(() => {
      if (this.phase === "stopped") return;
      const configsChanged = metadata.brokerConfigs !== this.currentMetadata.brokerConfigs;
      this.currentMetadata = metadata;
      if (configsChanged) this.configs = resolveConfigs(this.options, this.configs.port, metadata);
      this.host?.apply(metadata, this.configs.topics, configsChanged);
    });
  }

  touch(partition: Partition): void {
    this.touched.add(partition);
  }

  private openLogs(): void {
    const { runtime, brokerId, metadata } = this.options;
    this.logs = LogDirectory.open({
      files: runtime.files,
      clock: runtime.clock,
      random: runtime.random,
      log: runtime.log,
      compression: new Compression(runtime.compression),
      brokerId,
      clusterId: metadata.clusterId,
      configFor: (topic) => this.configs.topics.of(metadata.topics.get(topic)?.configs).logConfig,
    });
    this.host = new PartitionHost({
      brokerId,
      directory: this.logs,
      log: runtime.log,
      onChange: (partition) => this.touch(partition),
    });
    this.host.apply(metadata, this.configs.topics, true);
    const strays = this.host.strays();
    if (strays.length === 0) return;
    const names = strays.map(({ topic, partition }) => `${topic}-${partition}`).join(", ");
    runtime.log.write("warn", `logs that belong to no topic are left alone: ${names}`);
  }

  private onListening(result: PortSearchResult): BrokerStart {
    if (result.kind === "failed") {
      const { host, port } = this.options.address;
      this.abandon();
      const sentence = `Broker ${this.brokerId} can't listen on ${host}:${port} (${result.code}).`;
      return { kind: "failed", errorName: result.code, sentence };
    }
    this.phase = "running";
    this.configs = resolveConfigs(this.options, result.address.port, this.currentMetadata);
    this.owner.own(new PeriodicTasks(this.timers, this.periodicTasks()));
    const { host, port } = result.address;
    return { kind: "started", address: { host: this.options.advertisedHost ?? host, port } };
  }

  private accept(connection: Connection): ConnectionHandler {
    const client = new ClientConnection(this.connectionHost, connection);
    this.connections.add(client);
    this.options.onChange(undefined);
    return client;
  }

  private makeConnectionHost(): ConnectionHost {
    const { clock, log } = this.runtime;
    return {
      clock,
      log,
      timers: this.timers,
      turns: this.turns,
      limits: () => this.settings,
      route: (frame, connection) => routeRequest(frame, this, connection),
      onSent: (response) => this.logs?.releaseRead(response),
      onConnectionClosed: (connection) => {
        this.connections.delete(connection);
        this.options.onChange(undefined);
      },
    };
  }

  private periodicTasks(): readonly PeriodicTask[] {
    const task = (label: string, interval: keyof BrokerSettings, run: (logs: LogDirectory) => ErrorName) => ({
      label,
      firstDelayMs: initialTaskDelayMs,
      intervalMs: () => Number(this.settings[interval]),
      run: () => {
        if (this.logs === undefined) return;
        const errorName = run(this.logs);
        if (errorName !== "NONE") this.runtime.log.write("error", `${label} failed: ${errorName}`);
      },
    });
    return [
      task("log.retention.check.interval.ms", "logRetentionCheckIntervalMs", (logs) => {
        const errorName = logs.enforceRetention();
        for (const partition of this.partitions.all()) this.touch(partition);
        return errorName;
      }),
      // As in Kafka, a topic's flush.ms has an effect only where this looks at it often enough; by default it never
      // does.
      task("log.flush.scheduler.interval.ms", "logFlushSchedulerIntervalMs", (logs) => logs.flushDue()),
      task("log.flush.offset.checkpoint.interval.ms", "logFlushOffsetCheckpointIntervalMs", (logs) => {
        return logs.checkpointRecoveryPoints();
      }),
      task("replica.high.watermark.checkpoint.interval.ms", "replicaHighWatermarkCheckpointIntervalMs", (logs) => {
        return logs.checkpointHighWatermarks();
      }),
    ];
  }

  /** Wake whoever waits for what this turn changed. */
  private wakeTouched(): boolean {
    if (this.touched.size === 0) return false;
    const touched = this.touched;
    this.touched = new Set();
    for (const partition of touched) {
      this.producePurgatory.touch(partition);
      this.fetchPurgatory.touch(partition);
      this.deletePurgatory.touch(partition);
      this.options.onChange(partition.topic);
    }
    return true;
  }

  /** False where it had ended before. */
  private end(): boolean {
    if (this.phase === "stopped") return false;
    this.phase = "stopped";
    this.owner[Symbol.dispose]();
    for (const connection of [...this.connections]) connection.close();
    this.host?.retireAll();
    return true;
  }

  private crash(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.runtime.log.write("error", `broker ${this.brokerId} broke one of its own rules and stops: ${text}`);
    this.abandon();
    this.options.onCrash(error);
  }
}

/** The broker's configuration at one moment. */
interface ResolvedConfigs {
  readonly port: number;
  readonly layers: BrokerConfigLayers;
  readonly settings: BrokerSettings;
  readonly topics: TopicLogConfigs;
}

function resolveConfigs(options: BrokerOptions, port: number, metadata: ClusterMetadata): ResolvedConfigs {
  const { brokerId, address, advertisedHost, rack, logDirectory, configs } = options;
  const identity = { brokerId, host: address.host, port, advertisedHost, rack, logDirectory };
  const layers = brokerConfigLayers(metadata, brokerId, staticBrokerConfigs(identity, configs));
  return { port, layers, settings: brokerSettings(layers), topics: new TopicLogConfigs(layers) };
}

const nothingHosted: HostedPartitions = { find: () => undefined, all: () => [] };

function startFailure(error: unknown): BrokerStart {
  if (error instanceof LogDirectoryRefusedError) {
    return { kind: "failed", errorName: "LOG_DIR_NOT_FOUND", sentence: error.message };
  }
  if (error instanceof FileError) {
    return {
      kind: "failed",
      errorName: "KAFKA_STORAGE_ERROR",
      sentence: `The logs can't be opened: ${error.message}.`,
    };
  }
  throw error;
}
