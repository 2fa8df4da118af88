/*
 * What Kafka 3.9 keeps in its znodes, read and written (KAFKA.md E.2). The order of keys is Kafka's own: that of
 * Scala's hash tables where it uses them, which looks like no order at all (golden/znodes-3.9.txt).
 *
 * Readers throw `MalformedZnodeError`.
 */

import type { Uuid } from "../../base/uuid.ts";
import { inPropertiesOrder, inScalaOrder } from "./java-map-order.ts";
import { JsonValue, MalformedZnodeError, writeJson, type Json } from "./znode-json.ts";

function object(...entries: readonly (readonly [string, Json])[]): ReadonlyMap<string, Json> {
  return new Map(entries);
}

// --- The cluster

export function writeClusterId(clusterId: Uuid): Buffer {
  return writeJson(object(["version", "1"], ["id", clusterId]));
}

export function readClusterId(data: Buffer | null): Uuid {
  return JsonValue.parse(data).field("id").text();
}

/** What the controller says of itself in /controller. */
export interface ControllerZnode {
  readonly brokerId: number;
  readonly timestampMs: number;
}

export function writeController({ brokerId, timestampMs }: ControllerZnode): Buffer {
  return writeJson(
    object(["version", 2], ["brokerid", brokerId], ["timestamp", String(timestampMs)], ["kraftControllerEpoch", -1]),
  );
}

export function readController(data: Buffer | null): ControllerZnode {
  const root = JsonValue.parse(data);
  return { brokerId: root.field("brokerid").whole(), timestampMs: root.field("timestamp").wholeText() };
}

export function writeControllerEpoch(controllerEpoch: number): Buffer {
  return Buffer.from(String(controllerEpoch));
}

export function readControllerEpoch(data: Buffer | null): number {
  const text = data?.toString() ?? "";
  if (!/^\d+$/.test(text)) throw new MalformedZnodeError(`"${text}" is not a controller epoch`);
  return Number(text);
}

/** Features that are finalized (KIP-584), by name, with their levels. In 3.9 with ZooKeeper there are none. */
export function writeFeatures(levels: ReadonlyMap<string, number>): Buffer {
  return writeJson(object(["features", levels], ["version", 2], ["status", 1]));
}

export function readFeatures(data: Buffer | null): ReadonlyMap<string, number> {
  const features = JsonValue.parse(data).field("features").entries();
  return new Map([...features].map(([name, level]) => [name, level.whole()]));
}

/** Producer ids `[firstProducerId, limitExclusive)`, taken by a broker. */
export interface ProducerIdBlock {
  readonly brokerId: number;
  readonly firstProducerId: number;
  readonly limitExclusive: number;
}

export function writeProducerIdBlock({ brokerId, firstProducerId, limitExclusive }: ProducerIdBlock): Buffer {
  return writeJson(
    object(
      ["version", 1],
      ["broker", brokerId],
      ["block_start", String(firstProducerId)],
      ["block_end", String(limitExclusive - 1)],
    ),
  );
}

export function readProducerIdBlock(data: Buffer | null): ProducerIdBlock {
  const root = JsonValue.parse(data);
  return {
    brokerId: root.field("broker").whole(),
    firstProducerId: root.field("block_start").wholeText(),
    limitExclusive: root.field("block_end").wholeText() + 1,
  };
}

// --- Brokers

export interface Endpoint {
  readonly listenerName: string;
  readonly securityProtocol: string;
  readonly host: string;
  readonly port: number;
}

/** What a broker says of itself in /brokers/ids. */
export interface BrokerZnode {
  readonly endpoints: readonly Endpoint[];
  readonly rack: string | null;
  readonly timestampMs: number;
}

/** Host and port at the top are for old clients: the first plaintext listener's, or none. */
export function writeBroker({ endpoints, rack, timestampMs }: BrokerZnode): Buffer {
  const plain = endpoints.find(({ securityProtocol }) => securityProtocol === "PLAINTEXT");
  const protocols = endpoints.map(({ listenerName, securityProtocol }) => [listenerName, securityProtocol] as const);
  return writeJson(
    object(
      ["features", object()],
      ["listener_security_protocol_map", object(...protocols)],
      ["endpoints", endpoints.map(endpointText)],
      ...(rack === null ? [] : [["rack", rack] as const]),
      ["jmx_port", -1],
      ["port", plain?.port ?? -1],
      ["host", plain?.host ?? null],
      ["version", 5],
      ["timestamp", String(timestampMs)],
    ),
  );
}

export function readBroker(data: Buffer | null): BrokerZnode {
  const root = JsonValue.parse(data);
  const protocols = root.optional("listener_security_protocol_map")?.texts();
  return {
    endpoints: root
      .field("endpoints")
      .items()
      .map((item) => endpointOf(item, protocols)),
    rack: root.optional("rack")?.text() ?? null,
    timestampMs: root.field("timestamp").wholeText(),
  };
}

function endpointText({ listenerName, host, port }: Endpoint): string {
  return `${listenerName}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function endpointOf(item: JsonValue, protocols: ReadonlyMap<string, string> | undefined): Endpoint {
  const match = /^(.*):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(-?\d+)$/.exec(item.text());
  if (match === null) return item.refuse("is no endpoint");
  const [, listenerName = "", host = "", port = ""] = match;
  return { listenerName, securityProtocol: protocols?.get(listenerName) ?? listenerName, host, port: Number(port) };
}

// --- Topics and partitions

export interface TopicZnode {
  /** Null for a topic of a Kafka before 2.8. */
  readonly topicId: Uuid | null;
  /** Assigned replicas by partition, during a reassignment the old ones and the new ones. */
  readonly partitions: ReadonlyMap<number, readonly number[]>;
  readonly addingReplicas: ReadonlyMap<number, readonly number[]>;
  readonly removingReplicas: ReadonlyMap<number, readonly number[]>;
}

export function writeTopic({ topicId, partitions, addingReplicas, removingReplicas }: TopicZnode): Buffer {
  return writeJson(
    object(
      ["partitions", writtenReplicas(partitions)],
      ...(topicId === null ? [] : [["topic_id", topicId] as const]),
      ["adding_replicas", writtenReplicas(addingReplicas)],
      ["removing_replicas", writtenReplicas(removingReplicas)],
      ["version", topicId === null ? 2 : 3],
    ),
  );
}

export function readTopic(data: Buffer | null): TopicZnode {
  const root = JsonValue.parse(data);
  return {
    topicId: root.optional("topic_id")?.text() ?? null,
    partitions: replicasOf(root.field("partitions")),
    addingReplicas: replicasOf(root.optional("adding_replicas")),
    removingReplicas: replicasOf(root.optional("removing_replicas")),
  };
}

function writtenReplicas(replicas: ReadonlyMap<number, readonly number[]>): ReadonlyMap<string, readonly number[]> {
  return inScalaOrder(new Map([...replicas].map(([partition, brokerIds]) => [String(partition), brokerIds])));
}

/** By partition, in the order of partitions. */
function replicasOf(value: JsonValue | undefined): ReadonlyMap<number, readonly number[]> {
  const entries = [...(value?.entries() ?? [])].map(([key, item]) => {
    if (!/^\d+$/.test(key)) item.refuse("is not a partition's");
    return [Number(key), item.wholes()] as const;
  });
  return new Map(entries.sort(([left], [right]) => left - right));
}

/** Who leads a partition, and who is in sync. The version of the node is the partition epoch. */
export interface PartitionStateZnode {
  /** The controller that wrote it. */
  readonly controllerEpoch: number;
  /** -1 while no broker leads. */
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly inSyncReplicas: readonly number[];
  /** The leader was elected uncleanly and has not recovered yet (KIP-704). */
  readonly isRecovering: boolean;
}

export function writePartitionState(state: PartitionStateZnode): Buffer {
  return writeJson(
    object(
      ["controller_epoch", state.controllerEpoch],
      ["leader", state.leaderId],
      ["version", 1],
      ...(state.isRecovering ? [["leader_recovery_state", 1] as const] : []),
      ["leader_epoch", state.leaderEpoch],
      ["isr", state.inSyncReplicas],
    ),
  );
}

export function readPartitionState(data: Buffer | null): PartitionStateZnode {
  const root = JsonValue.parse(data);
  return {
    controllerEpoch: root.field("controller_epoch").whole(),
    leaderId: root.field("leader").whole(),
    leaderEpoch: root.field("leader_epoch").whole(),
    inSyncReplicas: root.field("isr").wholes(),
    isRecovering: root.optional("leader_recovery_state")?.whole() === 1,
  };
}

// --- Configurations

export function writeConfigs(configs: ReadonlyMap<string, string>): Buffer {
  return writeJson(object(["version", 1], ["config", inPropertiesOrder(configs)]));
}

/** A node without data, as the default one of brokers may be, has no configurations. */
export function readConfigs(data: Buffer | null): ReadonlyMap<string, string> {
  if (data === null || data.length === 0) return new Map();
  return JsonValue.parse(data).optional("config")?.texts() ?? new Map<string, string>();
}

/** Says that the configurations at `entityPath` ("topics/orders") have changed. */
export function writeConfigChange(entityPath: string): Buffer {
  return writeJson(object(["version", 2], ["entity_path", entityPath]));
}

export function readConfigChange(data: Buffer | null): string {
  return JsonValue.parse(data).field("entity_path").text();
}

// --- Requests and notices to the controller

export interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

/** Data of an ISR change notice, and of a request for preferred leaders. */
export function writePartitionList(partitions: readonly PartitionName[]): Buffer {
  const names = partitions.map(({ topic, partition }) => object(["topic", topic], ["partition", partition]));
  return writeJson(object(["version", 1], ["partitions", names]));
}

export function readPartitionList(data: Buffer | null): readonly PartitionName[] {
  const items = JsonValue.parse(data).field("partitions").items();
  return items.map((item) => ({ topic: item.field("topic").text(), partition: item.field("partition").whole() }));
}

export interface ReplicasWanted extends PartitionName {
  readonly replicas: readonly number[];
}

/** A request to reassign, by the way that was used before KIP-455. */
export function writeReassignments(wanted: readonly ReplicasWanted[]): Buffer {
  const partitions = wanted.map(({ topic, partition, replicas }) =>
    object(["topic", topic], ["partition", partition], ["replicas", replicas]),
  );
  return writeJson(object(["version", 1], ["partitions", partitions]));
}

export function readReassignments(data: Buffer | null): readonly ReplicasWanted[] {
  const items = JsonValue.parse(data).field("partitions").items();
  return items.map((item) => ({
    topic: item.field("topic").text(),
    partition: item.field("partition").whole(),
    replicas: item.field("replicas").wholes(),
  }));
}

/** Says that a log directory of a broker has failed. */
export function writeLogDirEvent(brokerId: number): Buffer {
  return writeJson(object(["version", 1], ["broker", brokerId], ["event", 1]));
}

export function readLogDirEvent(data: Buffer | null): number {
  return JsonValue.parse(data).field("broker").whole();
}
