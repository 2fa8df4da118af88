import { assert } from "../base/assert.ts";
import { type Uuid, zeroUuid } from "../base/uuid.ts";
import type { RequestDraftOf, ResponseOf } from "../protocol/api-messages.ts";
import { errorNameOf, type ErrorName } from "../protocol/error-code.ts";
import type { Address, Runtime } from "../runtime/runtime.ts";
import { clientVersions, type ClientApiKey } from "./api-versions.ts";
import { done, failed, type Outcome } from "./outcome.ts";
import { WireClient } from "./wire-client.ts";

export interface ClusterClientOptions {
  /** Brokers to ask first; one that answers is enough. */
  readonly bootstrapServers: readonly Address[];
  readonly clientId: string;
  /** request.timeout.ms; Kafka's default is 30 s. */
  readonly requestTimeoutMs?: number;
}

const requestTimeoutMsDefault = 30_000;
const metadataKey = 3;

export interface PartitionMetadata {
  readonly partition: number;
  /** -1 for none. */
  readonly leaderId: number;
  readonly leaderEpoch: number;
}

export interface TopicMetadata {
  readonly errorName: ErrorName;
  readonly topicId: Uuid;
  /** Lowest partition first. */
  readonly partitions: readonly PartitionMetadata[];
}

/**
 * A client's view of a cluster: who its brokers are, and one connection to each that is needed, made anew when lost.
 * Calls to one broker share one connection, so that a fetch that waits delays whatever comes behind it.
 */
export class ClusterClient implements Disposable {
  private readonly runtime: Runtime;
  private readonly options: ClusterClientOptions;
  private readonly requestTimeoutMs: number;
  private readonly clients = new Map<string, WireClient>();
  private brokers: ReadonlyMap<number, Address> = new Map();
  private controller = -1;
  /** Which of the known addresses to ask for metadata. */
  private turn = 0;
  private disposed = false;

  constructor(runtime: Runtime, options: ClusterClientOptions) {
    assert(options.bootstrapServers.length > 0, "a client knows at least one broker");
    this.runtime = runtime;
    this.options = options;
    this.requestTimeoutMs = options.requestTimeoutMs ?? requestTimeoutMsDefault;
  }

  /** Broker id of the controller as metadata told last; -1 while unknown. */
  get controllerId(): number {
    return this.controller;
  }

  /** Ask some broker about `topic`; undefined asks for brokers and controller only. Topics are never created by it. */
  metadata(topic: string | undefined, told: (outcome: Outcome<TopicMetadata>) => void): void {
    if (this.disposed) return;
    const topics = topic === undefined ? [] : [{ topicId: zeroUuid, name: topic }];
    const request = { topics, allowAutoTopicCreation: false };
    const addresses = [...this.brokers.values(), ...this.options.bootstrapServers];
    const address = addresses[this.turn % addresses.length];
    assert(address !== undefined, "there is an address to ask");
    this.clientOf(address).request(metadataKey, clientVersions[metadataKey], request, (outcome) => {
      if (this.disposed) return;
      if (outcome.kind === "failed") {
        // The next call asks the next broker.
        this.turn++;
        told(outcome);
      } else {
        told(done(this.learn(outcome.value)));
      }
    });
  }

  /** Ask broker `brokerId`. Fails with BROKER_NOT_AVAILABLE where metadata has not named it. */
  request<Key extends ClientApiKey>(
    brokerId: number,
    apiKey: Key,
    request: RequestDraftOf<Key>,
    told: (outcome: Outcome<ResponseOf<Key>>) => void,
  ): void {
    if (this.disposed) return;
    const address = this.brokers.get(brokerId);
    if (address === undefined) {
      const outcome = failed("BROKER_NOT_AVAILABLE", `Broker ${brokerId} is not known.`);
      this.runtime.timers.schedule("unknown broker", 0, () => {
        if (!this.disposed) told(outcome);
      });
      return;
    }
    this.clientOf(address).request(apiKey, clientVersions[apiKey], request, (outcome) => {
      if (!this.disposed) told(outcome);
    });
  }

  /** Calls under way are forgotten, and so are later ones; nobody is told. */
  [Symbol.dispose](): void {
    this.disposed = true;
    for (const client of this.clients.values()) client.close();
    this.clients.clear();
  }

  private clientOf(address: Address): WireClient {
    const name = `${address.host}:${address.port}`;
    const known = this.clients.get(name);
    if (known !== undefined && !known.isClosed) return known;
    const client = new WireClient(this.runtime, address, {
      clientId: this.options.clientId,
      requestTimeoutMs: this.requestTimeoutMs,
    });
    this.clients.set(name, client);
    return client;
  }

  private learn(response: ResponseOf<typeof metadataKey>): TopicMetadata {
    const brokers = response.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }] as const);
    if (brokers.length > 0) this.brokers = new Map(brokers);
    this.controller = response.controllerId;
    const [topic] = response.topics;
    if (topic === undefined) return { errorName: "NONE", topicId: zeroUuid, partitions: [] };
    const partitions = topic.partitions.map(({ partitionIndex, leaderId, leaderEpoch }) => {
      return { partition: partitionIndex, leaderId, leaderEpoch };
    });
    return {
      errorName: errorNameOf(topic.errorCode),
      topicId: topic.topicId,
      partitions: partitions.sort((one, other) => one.partition - other.partition),
    };
  }
}
