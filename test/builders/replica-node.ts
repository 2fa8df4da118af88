import { Owner } from "../../src/base/owner.ts";
import { brokerSettings } from "../../src/broker/broker-settings.ts";
import { ClientConnection } from "../../src/broker/client-connection.ts";
import { FetchSessionCache } from "../../src/broker/fetch-sessions.ts";
import { routeRequest } from "../../src/broker/router.ts";
import type { ServingBroker } from "../../src/broker/serving-broker.ts";
import { TurnQueue } from "../../src/broker/turn-queue.ts";
import type { ClusterMetadata } from "../../src/coordination/cluster-metadata.ts";
import { staticBrokerConfigs } from "../../src/coordination/configs/static-broker-configs.ts";
import { brokerConfigLayers } from "../../src/coordination/configs/typed-configs.ts";
import { defaultLogConfig } from "../../src/log/log-config.ts";
import { LogDirectory } from "../../src/log/log-directory.ts";
import type { RequestOf, ResponseDraftOf } from "../../src/protocol/api-messages.ts";
import type { FollowerRules } from "../../src/replication/follower-rules.ts";
import type { LeaderSurroundings } from "../../src/replication/leader-replica.ts";
import { Partition } from "../../src/replication/partition.ts";
import { Purgatory } from "../../src/replication/purgatory.ts";
import { ReplicaControl, type ReplicaHost } from "../../src/replication/replica-control.ts";
import { defaultReplicaFetchSettings, type ReplicaFetchSettings } from "../../src/replication/replica-fetcher.ts";
import { ReplicaFetchers } from "../../src/replication/replica-fetchers.ts";
import type { Address, Timers } from "../../src/runtime/runtime.ts";
import type { SimulatedNode } from "../../src/runtime/simulated/simulated-runtime.ts";
import { sceneCompression } from "./broker-scene.ts";

export const topic = "orders";
export const topicId = "cmVwbGljYS1zY2VuZS0wMA";

/** `replica.lag.time.max.ms` of the scene. */
export const lagTimeMaxMs = 5000;

export function addressOf(brokerId: number): Address {
  return { host: `b${String(brokerId)}`, port: 9092 };
}

export interface ReplicaNodeOptions {
  readonly brokerId: number;
  readonly brokerEpoch: number;
  readonly runtime: SimulatedNode;
  readonly minInSyncReplicas: number;
  readonly rules: FollowerRules;
  readonly fetchSettings: Partial<ReplicaFetchSettings>;
  readonly metadata: () => ClusterMetadata;
  readonly surroundings: Omit<LeaderSurroundings, "monotonicMs" | "lagTimeMaxMs">;
}

/**
 * What a broker is for its replicas: one log directory, the real router and handlers for Produce, Fetch and ListOffsets
 * on a real connection, fetchers, and control by LeaderAndIsr. Whoever makes one says what the cluster has decided.
 */
export class ReplicaNode implements ReplicaHost {
  readonly brokerId: number;
  readonly brokerEpoch: number;
  readonly control: ReplicaControl;
  readonly crashes: unknown[] = [];
  private readonly options: ReplicaNodeOptions;
  private readonly owner = new Owner();
  private readonly turns: TurnQueue;
  private readonly timers: Timers;
  private readonly logs: LogDirectory;
  private readonly fetchPurgatory: Purgatory<Partition>;
  private readonly producePurgatory: Purgatory<Partition>;
  private readonly deletePurgatory: Purgatory<Partition>;
  private readonly fetchSessions: FetchSessionCache;
  private readonly partitions = new Map<number, Partition>();
  private touched = new Set<Partition>();

  constructor(options: ReplicaNodeOptions) {
    this.options = options;
    this.brokerId = options.brokerId;
    this.brokerEpoch = options.brokerEpoch;
    const { runtime } = options;
    this.turns = new TurnQueue(
      () => this.wakeTouched(),
      (error) => this.crashes.push(error),
    );
    this.timers = {
      schedule: (label, delayMs, callback) =>
        runtime.timers.schedule(label, delayMs, () => {
          this.turns.run(callback);
        }),
    };
    this.fetchPurgatory = this.owner.own(new Purgatory("fetch", this.timers));
    this.producePurgatory = this.owner.own(new Purgatory("produce", this.timers));
    this.deletePurgatory = this.owner.own(new Purgatory("delete", this.timers));
    this.fetchSessions = new FetchSessionCache(runtime.clock, runtime.random, () => 100);
    this.logs = this.openLogs();
    const fetchers = new ReplicaFetchers({
      runtime: { network: runtime.network, timers: this.timers },
      brokerId: options.brokerId,
      brokerEpoch: () => options.brokerEpoch,
      settings: () => ({ ...defaultReplicaFetchSettings, ...options.fetchSettings }),
      runTurn: (work) => this.turns.run(work),
    });
    this.control = new ReplicaControl({
      brokerId: options.brokerId,
      brokerEpoch: () => options.brokerEpoch,
      host: this,
      fetchers: this.owner.own(fetchers),
      rules: options.rules,
    });
    this.listen();
    this.checkLag();
  }

  /** The replica of partition 0, which every scene is about. */
  get partition(): Partition {
    const partition = this.find(topic, 0);
    if (partition === undefined) throw new Error(`broker ${String(this.brokerId)} has no replica yet`);
    return partition;
  }

  get log() {
    const log = this.logs.logFor(topic, 0);
    if (log === undefined) throw new Error(`broker ${String(this.brokerId)} has no log yet`);
    return log;
  }

  checkpoint(): void {
    this.logs.checkpointHighWatermarks();
  }

  leaderAndIsr(request: RequestOf<4>): ResponseDraftOf<4> | undefined {
    let response: ResponseDraftOf<4> | undefined;
    this.turns.run(() => (response = this.control.leaderAndIsr(request)));
    return response;
  }

  stopReplica(request: RequestOf<5>): ResponseDraftOf<5> | undefined {
    let response: ResponseDraftOf<5> | undefined;
    this.turns.run(() => (response = this.control.stopReplica(request)));
    return response;
  }

  /** The end of its process, in the middle of whatever it does. */
  kill(): void {
    this.owner[Symbol.dispose]();
    this.logs.abandon();
    this.options.runtime[Symbol.dispose]();
  }

  run(work: () => void): void {
    this.turns.run(work);
  }

  find(_topic: string, index: number): Partition | undefined {
    return this.partitions.get(index);
  }

  all(): Iterable<Partition> {
    return this.partitions.values();
  }

  create(_topic: string, _topicId: string, metadata: Parameters<ReplicaHost["create"]>[2]): Partition {
    const { index } = metadata;
    const partition = new Partition({
      brokerId: this.brokerId,
      topicId,
      log:
        this.logs.logFor(topic, index) ??
        this.logs.createLog({ topic, partition: index, topicId, config: defaultLogConfig }),
      minInSyncReplicas: this.options.minInSyncReplicas,
      metadata,
      surroundings: {
        ...this.options.surroundings,
        monotonicMs: () => this.options.runtime.clock.monotonicMs(),
        lagTimeMaxMs: () => lagTimeMaxMs,
      },
      onMoved: (moved) => this.touch(moved),
    });
    this.partitions.set(index, partition);
    return partition;
  }

  remove(_topic: string, index: number, deletesLog: boolean) {
    this.partitions.get(index)?.retire();
    this.partitions.delete(index);
    return deletesLog ? this.logs.deleteLog(topic, index) : "NONE";
  }

  touch(partition: Partition): void {
    this.touched.add(partition);
  }

  private openLogs(): LogDirectory {
    const { runtime, brokerId } = this.options;
    const { files, clock, random, log } = runtime;
    const configFor = () => defaultLogConfig;
    return LogDirectory.open({ files, clock, random, log, compression: sceneCompression, brokerId, configFor });
  }

  private wakeTouched(): boolean {
    if (this.touched.size === 0) return false;
    const touched = this.touched;
    this.touched = new Set();
    for (const partition of touched) {
      this.producePurgatory.touch(partition);
      this.fetchPurgatory.touch(partition);
      this.deletePurgatory.touch(partition);
    }
    return true;
  }

  private listen(): void {
    const { runtime, brokerId } = this.options;
    const identity = { brokerId, ...addressOf(brokerId), rack: null, logDirectory: null };
    const settings = brokerSettings(
      brokerConfigLayers(this.options.metadata(), brokerId, staticBrokerConfigs(identity, new Map())),
    );
    const broker = this.serving(settings);
    const host = {
      ...{ clock: runtime.clock, log: runtime.log, timers: this.timers, turns: this.turns },
      limits: () => settings,
      route: (frame: Buffer, connection: ClientConnection) => routeRequest(frame, broker, connection),
      onSent: () => undefined,
      onConnectionClosed: () => undefined,
    };
    const listener = runtime.network.listen(addressOf(brokerId), {
      onListening: () => undefined,
      onFailed: (code) => {
        throw new Error(code);
      },
      onConnection: (connection) => new ClientConnection(host, connection),
    });
    this.owner.own(listener);
  }

  /** As much of a broker as the handlers that replicas need look at. */
  private serving(settings: ServingBroker["settings"]): ServingBroker {
    const { metadata } = this.options;
    const broker: Partial<ServingBroker> = {
      brokerId: this.brokerId,
      runtime: this.options.runtime,
      settings,
      get metadata() {
        return metadata();
      },
      partitions: this,
      fetchSessions: this.fetchSessions,
      fetchPurgatory: this.fetchPurgatory,
      producePurgatory: this.producePurgatory,
      deletePurgatory: this.deletePurgatory,
      touch: (partition) => this.touch(partition),
    };
    return broker as ServingBroker;
  }

  private checkLag(): void {
    this.timers.schedule("replica.lag.time.max.ms", lagTimeMaxMs / 2, () => {
      for (const partition of this.partitions.values()) partition.dropLaggingReplicas();
      this.checkLag();
    });
  }
}
