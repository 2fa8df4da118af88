import { hostPortText } from "../base/host-port.ts";
import { randomUuid } from "../base/uuid.ts";
import { Broker } from "../broker/broker.ts";
import { brokerCame, brokerWent } from "../controller/broker-membership.ts";
import { type ClusterMetadata, type ConfigOverrides, emptyClusterMetadata } from "../coordination/cluster-metadata.ts";
import { smallClusterConfigs, staticConfigComplaint } from "../coordination/configs/static-broker-configs.ts";
import { CorruptMetadataError, readMetadataFile } from "../coordination/metadata-file.ts";
import type { Address, Runtime } from "../runtime/runtime.ts";
import { ClusterClients, type ProduceOutcome } from "./cluster-clients.ts";
import type { ClusterDelta, ClusterView } from "./cluster-view.ts";
import type { EngineFailure, EngineReport, NewRecord, NewTopic, TailOptions } from "./engine-messages.ts";
import { metadataPath, MetadataStore } from "./metadata-store.ts";
import { ViewFeed } from "./view-feed.ts";

export interface ClusterSpec {
  readonly brokerCount: number;
  /** Where the first broker listens; the others take the ports behind it, each the next free one. 0: any. */
  readonly address: Address;
  /** How clients reach the brokers, where that is not the address that they listen on. */
  readonly advertisedHost?: string | undefined;
  /** Broker configurations by Kafka's names, for all brokers. */
  readonly configs: Readonly<Record<string, string>>;
  /** Made at the start where they are not there yet. */
  readonly topics: readonly NewTopic[];
}

export interface ClusterHost {
  /** The runtime of one node: "cluster" for what they share, "broker-1" and so on. Asked once for each. */
  runtimeOf(node: string): Runtime;
  /** The directory that a node's files stand for, as people see it; null where they are in memory. */
  directoryOf(node: string): string | null;
  /** A broken invariant: the process or thread ends. */
  onCrash(error: unknown): void;
}

type Told = (failure: EngineFailure | undefined) => void;

/** Every data directory of Kafka, and of a broker of ours, has this file at its root. */
const brokerDirectoryMark = "meta.properties";

/** There is no next port behind it; brokers that still want one get any. */
const portMax = 65_535;

const diskRefused: EngineFailure = {
  errorName: "KAFKA_STORAGE_ERROR",
  sentence: "The disk refuses to keep the cluster's metadata.",
};

/**
 * Brokers that make one cluster, with what they agree on, in one process. It starts and stops them together, and draws
 * them as a `ClusterView`. Whoever hosts it gives every node its runtime, so that the same cluster runs on the real
 * world and in a simulated one.
 */
export class Cluster {
  private readonly spec: ClusterSpec;
  private readonly host: ClusterHost;
  private readonly runtime: Runtime;
  private readonly configs: ConfigOverrides;
  private readonly brokers = new Map<number, Broker>();
  private store: MetadataStore | undefined;
  private feed: ViewFeed | undefined;
  private clients: ClusterClients | undefined;

  constructor(spec: ClusterSpec, host: ClusterHost) {
    this.spec = spec;
    this.host = host;
    this.runtime = host.runtimeOf("cluster");
    this.configs = new Map(Object.entries(spec.configs));
  }

  /** `told` without a failure once every broker answers clients and knows the whole cluster. */
  start(told: Told): void {
    const complaint = staticConfigComplaint(this.configs);
    if (complaint !== undefined) return told({ errorName: "INVALID_CONFIG", sentence: complaint });
    const initial = this.readMetadata();
    if ("errorName" in initial) return told(initial);
    const staticConfigs = new Map([...smallClusterConfigs, ...this.configs]);
    const store = new MetadataStore(this.runtime, initial, staticConfigs, (metadata, previous) => {
      for (const broker of this.brokers.values()) broker.applyMetadata(metadata);
      this.feed?.onMetadata(metadata, previous);
    });
    this.store = store;
    this.feed = new ViewFeed(this.runtime.timers, () => ({ metadata: store.metadata, brokers: this.brokers }));
    this.startBroker(store, 1, this.spec.address.port, told);
  }

  private readMetadata(): ClusterMetadata | EngineFailure {
    const { files, random } = this.runtime;
    if (files.exists(brokerDirectoryMark)) {
      const reason = `it has ${brokerDirectoryMark}, so that it belongs to a single Kafka broker and not to a cluster`;
      return {
        errorName: "LOG_DIR_NOT_FOUND",
        sentence: `The data directory can't be used: ${reason}; choose another directory.`,
      };
    }
    if (!files.exists(metadataPath))
      return emptyClusterMetadata(randomUuid(random), this.configs.get("min.insync.replicas"));
    try {
      // Nobody is alive at first; ports may differ from the last time.
      const kept = readMetadataFile(files.readAll(metadataPath));
      return [...kept.brokers.keys()].reduce((metadata, id) => brokerWent(metadata, id), kept);
    } catch (error) {
      if (!(error instanceof CorruptMetadataError)) throw error;
      const sentence = `${metadataPath} in the data directory can't be read: ${error.message}.`;
      return { errorName: "KAFKA_STORAGE_ERROR", sentence };
    }
  }

  private startBroker(store: MetadataStore, brokerId: number, port: number, told: Told): void {
    const node = `broker-${brokerId}`;
    const broker = new Broker({
      brokerId,
      runtime: this.host.runtimeOf(node),
      address: { host: this.spec.address.host, port },
      advertisedHost: this.spec.advertisedHost,
      rack: null,
      logDirectory: this.host.directoryOf(node),
      configs: this.configs,
      metadata: store.metadata,
      administration: store,
      onChange: (topic) => this.feed?.onChange(topic),
      onCrash: (error) => this.host.onCrash(error),
    });
    broker.start((outcome) => {
      if (outcome.kind === "failed") return this.giveUp(outcome, told);
      this.brokers.set(brokerId, broker);
      if (!store.change(brokerCame(store.metadata, { id: brokerId, ...outcome.address, rack: null }))) {
        return this.giveUp(diskRefused, told);
      }
      if (brokerId === this.spec.brokerCount) return this.finishStart(store, told);
      const isAnyPort = this.spec.address.port === 0 || outcome.address.port === portMax;
      const nextPort = isAnyPort ? 0 : outcome.address.port + 1;
      this.startBroker(store, brokerId + 1, nextPort, told);
    });
  }

  private giveUp({ errorName, sentence }: EngineFailure, told: Told): void {
    this.stop();
    told({ errorName, sentence });
  }

  private finishStart(store: MetadataStore, told: Told): void {
    this.clients = new ClusterClients(this.runtime, () => this.addresses());
    this.warnOfMissingBrokers(store.metadata);
    const missing = this.spec.topics.filter(({ name }) => !store.metadata.topics.has(name));
    if (missing.length === 0) return told(undefined);
    const topics = missing.map((topic) => ({
      ...topic,
      assignments: [],
      configs: Object.entries(topic.configs ?? {}).map(([name, value]) => ({ name, value })),
    }));
    store.createTopics(topics, false, (made) => {
      const refused = made.find(({ errorName }) => errorName !== "NONE");
      if (refused === undefined) return told(undefined);
      const sentence = `Topic ${refused.name} can't be created: ${refused.errorMessage ?? refused.errorName}`;
      this.giveUp({ errorName: refused.errorName, sentence }, told);
    });
  }

  /** A directory that once had more brokers keeps what is theirs; without them it is out of reach. */
  private warnOfMissingBrokers({ topics }: ClusterMetadata): void {
    const missing = new Set<number>();
    let partitionCount = 0;
    for (const { partitions } of topics.values()) {
      for (const { leaderId, inSyncReplicas } of partitions) {
        if (leaderId !== -1) continue;
        partitionCount++;
        for (const brokerId of inSyncReplicas) missing.add(brokerId);
      }
    }
    if (partitionCount === 0) return;
    const names = [...missing].sort((a, b) => a - b).join(", ");
    this.runtime.log.write(
      "warn",
      `partitions that can't be reached, as their records are with brokers that were not started (${names}): ` +
        `${partitionCount}`,
    );
  }

  /** Stop every broker, the last started first, with its logs closed cleanly. Nothing is reported any more. */
  stop(): void {
    this.clients?.[Symbol.dispose]();
    this.clients = undefined;
    for (const broker of [...this.brokers.values()].reverse()) broker.stop();
    this.brokers.clear();
    this.feed?.[Symbol.dispose]();
  }

  /** For a client's `bootstrap.servers`. */
  bootstrapServers(): string {
    return this.addresses()
      .map(({ host, port }) => hostPortText(host, port))
      .join(",");
  }

  private addresses(): readonly Address[] {
    const brokers = [...(this.store?.metadata.brokers.values() ?? [])];
    return brokers.filter(({ isAlive }) => isAlive).sort((a, b) => a.id - b.id);
  }

  view(): ClusterView {
    if (this.feed === undefined) return { clusterId: "", brokers: [], topics: [] };
    return this.feed.view();
  }

  /** What changes from now on, coalesced. */
  onDelta(listener: (delta: ClusterDelta) => void): Disposable {
    return this.feed?.listen(listener) ?? { [Symbol.dispose]: () => undefined };
  }

  createTopic(topic: NewTopic, told: Told): void {
    this.clients?.createTopic(topic, told);
  }

  deleteTopic(name: string, told: Told): void {
    this.clients?.deleteTopic(name, told);
  }

  produce(record: NewRecord, told: (outcome: ProduceOutcome) => void): void {
    this.clients?.produce(record, told);
  }

  openTail(tail: TailOptions, report: (message: EngineReport) => void): void {
    this.clients?.openTail(tail, report);
  }

  grantTail(tailId: number, count: number): void {
    this.clients?.grantTail(tailId, count);
  }

  closeTail(tailId: number): void {
    this.clients?.closeTail(tailId);
  }
}
