import assert from "node:assert/strict";
import { Broker } from "../../src/broker/broker.ts";
import { MetadataStore } from "../../src/cluster/metadata-store.ts";
import { brokerCame } from "../../src/controller/broker-membership.ts";
import { type ClusterMetadata, emptyClusterMetadata } from "../../src/coordination/cluster-metadata.ts";
import { smallClusterConfigs } from "../../src/coordination/configs/static-broker-configs.ts";
import type { ApiKey, RequestDraftOf, ResponseOf } from "../../src/protocol/api-messages.ts";
import { encodeRequest, FrameSplitter, readCorrelationId, readResponse } from "../../src/protocol/frame.ts";
import { BatchBuilder, type BatchOptions, type NewBatchRecord } from "../../src/protocol/records/batch-builder.ts";
import { Compression } from "../../src/protocol/records/compression.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import type { Address, Connection } from "../../src/runtime/runtime.ts";
import { type DiskOptions, World } from "../../src/runtime/simulated/simulated-runtime.ts";

export const sceneCompression = new Compression(nodeCompression);

/** A batch as a producer would send it. A plain string stands for a record with that value, no key and no timestamp. */
export function batchOf(records: readonly (string | Partial<NewBatchRecord>)[], options: BatchOptions = {}): Buffer {
  const builder = new BatchBuilder(options);
  for (const record of records) {
    const given = typeof record === "string" ? { value: Buffer.from(record) } : record;
    builder.append({ timestamp: -1, key: null, value: null, ...given });
  }
  return builder.build(sceneCompression);
}

export interface SceneOptions {
  readonly seed?: number;
  readonly brokerCount?: number;
  readonly configs?: Readonly<Record<string, string>>;
  readonly disk?: DiskOptions;
  /** Whether what arrives is cut at random places: true where it is not said. */
  readonly isChopping?: boolean;
}

export interface SceneTopic {
  readonly partitionCount?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

type PipelinedRequest = {
  readonly [Key in ApiKey]: readonly [apiKey: Key, version: number, request: RequestDraftOf<Key>];
}[ApiKey];

/** One connection that sends real frames and keeps what comes back. */
export class RawClient {
  readonly frames: Buffer[] = [];
  isClosed = false;
  readonly connection: Connection;
  private correlationId = 0;

  constructor(world: World, address: Address) {
    const splitter = new FrameSplitter(100_000_000);
    this.connection = world.node("client").network.connect(address, {
      onData: (chunk) => {
        for (const frame of splitter.push(chunk)) this.frames.push(frame);
      },
      onClose: () => {
        this.isClosed = true;
      },
    });
  }

  /** The correlation id of what was sent. */
  send<Key extends ApiKey>(apiKey: Key, version: number, request: RequestDraftOf<Key>): number {
    this.connection.send(this.encode(apiKey, version, request));
    return this.correlationId;
  }

  /** Send several requests as one piece, as a client does that pipelines. */
  sendTogether(requests: readonly PipelinedRequest[]): number[] {
    const chunks: Buffer[] = [];
    const sent = requests.map((request) => {
      const [apiKey, version, content] = request;
      chunks.push(...this.encode<ApiKey>(apiKey, version, content));
      return this.correlationId;
    });
    this.connection.send([Buffer.concat(chunks)]);
    return sent;
  }

  private encode<Key extends ApiKey>(apiKey: Key, version: number, request: RequestDraftOf<Key>): readonly Buffer[] {
    this.correlationId += 1;
    const header = { correlationId: this.correlationId, clientId: "scene" };
    return encodeRequest(apiKey, version, header, request);
  }

  sendBytes(bytes: Buffer): void {
    this.connection.send([bytes]);
  }

  /** Correlation ids of the responses so far, in order. */
  get answered(): readonly number[] {
    return this.frames.map(readCorrelationId);
  }

  read<Key extends ApiKey>(apiKey: Key, version: number, frame: Buffer | undefined): ResponseOf<Key> {
    assert.ok(frame !== undefined, "a response has come");
    return readResponse(apiKey, version, frame);
  }
}

/** Brokers in a simulated world, with what their cluster has agreed on in the test's hand. */
export class BrokerScene {
  readonly world: World;
  readonly logLines: string[] = [];
  readonly crashes: unknown[] = [];
  readonly changes: (string | undefined)[] = [];
  readonly store: MetadataStore;
  private readonly options: SceneOptions;
  private readonly brokers = new Map<number, Broker>();
  private readonly addresses = new Map<number, Address>();
  private readonly clients = new Map<number, RawClient>();

  constructor(options: SceneOptions = {}) {
    this.options = options;
    this.world = new World({
      seed: options.seed ?? 1,
      compression: nodeCompression,
      isChopping: options.isChopping ?? true,
      onEvent: ({ kind, label }) => {
        if (kind === "log") this.logLines.push(label);
      },
    });
    const configs = new Map([...smallClusterConfigs, ...Object.entries(options.configs ?? {})]);
    const initial = emptyClusterMetadata("c2NlbmUtY2x1c3Rlci0xMA");
    this.store = new MetadataStore(this.world.node("cluster"), initial, configs, (metadata) => {
      for (const broker of this.brokers.values()) broker.applyMetadata(metadata);
    });
    for (let id = 1; id <= (options.brokerCount ?? 1); id++) this.startBroker(id);
  }

  broker(id = 1): Broker {
    const broker = this.brokers.get(id);
    assert.ok(broker !== undefined, "the broker was started");
    return broker;
  }

  address(id = 1): Address {
    return this.addresses.get(id) ?? { host: "127.0.0.1", port: 9091 + id };
  }

  startBroker(id: number): void {
    const broker = new Broker({
      brokerId: id,
      runtime: this.world.node(`broker-${id}`, this.options.disk),
      address: this.address(id),
      rack: null,
      logDirectory: null,
      configs: new Map(Object.entries(this.options.configs ?? {})),
      metadata: this.store.metadata,
      administration: this.store,
      onChange: (topic) => this.changes.push(topic),
      onCrash: (error) => this.crashes.push(error),
    });
    broker.start((start) => {
      if (start.kind === "failed") throw new Error(start.sentence);
      this.addresses.set(id, start.address);
      this.brokers.set(id, broker);
    });
    this.world.runUntil(() => this.brokers.has(id));
    this.store.change(brokerCame(this.store.metadata, { id, ...this.address(id), rack: null }));
  }

  /** End a broker, in order, and its process with it. */
  stopBroker(id = 1): void {
    this.broker(id).stop();
    this.endProcess(id);
  }

  /** End a broker's process in the middle of whatever it does. */
  killBroker(id = 1): void {
    this.broker(id).abandon();
    this.endProcess(id);
  }

  private endProcess(id: number): void {
    this.brokers.delete(id);
    this.clients.delete(id);
    this.world.node(`broker-${id}`)[Symbol.dispose]();
  }

  change(decide: (metadata: ClusterMetadata) => ClusterMetadata): void {
    this.store.change(decide(this.store.metadata));
  }

  createTopic(name: string, topic: SceneTopic = {}): string {
    const configs = Object.entries(topic.configs ?? {}).map(([key, value]) => ({ name: key, value }));
    const partitionCount = topic.partitionCount ?? 1;
    let topicId: string | undefined;
    this.store.createTopics(
      [{ name, partitionCount, replicationFactor: 1, assignments: [], configs }],
      false,
      ([made]) => {
        assert.equal(made?.errorName, "NONE");
        topicId = made.topicId;
      },
    );
    this.world.runUntil(() => topicId !== undefined);
    return topicId ?? "";
  }

  connect(id = 1): RawClient {
    return new RawClient(this.world, this.address(id));
  }

  /** Ask a broker over a connection that stays open from one question to the next. */
  ask<Key extends ApiKey>(apiKey: Key, version: number, request: RequestDraftOf<Key>, id = 1): ResponseOf<Key> {
    let client = this.clients.get(id);
    if (client === undefined || client.isClosed) {
      client = this.connect(id);
      this.clients.set(id, client);
    }
    const asking = client;
    const correlationId = asking.send(apiKey, version, request);
    this.world.runUntil(() => asking.isClosed || asking.answered.includes(correlationId));
    return asking.read(apiKey, version, asking.frames[asking.answered.indexOf(correlationId)]);
  }

  /** The partition's answer to one batch. */
  produce(topic: string, partition: number, records: Buffer | null, asked: { acks?: number; version?: number } = {}) {
    const { acks = -1, version = 9 } = asked;
    const topicData = [{ name: topic, partitionData: [{ index: partition, records }] }];
    const response = this.ask(0, version, { acks, timeoutMs: 1000, topicData: withIds(topicData) });
    const answer = response.responses[0]?.partitionResponses[0];
    assert.ok(answer !== undefined);
    return answer;
  }
}

/** The fields that other versions have. */
function withIds<Topic extends { readonly name: string }>(topics: readonly Topic[]) {
  return topics.map((topic) => ({ topicId: "AAAAAAAAAAAAAAAAAAAAAA", ...topic }));
}
