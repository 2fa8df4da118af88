import { uuidToBytes } from "../base/uuid.ts";
import type { Uuid } from "../base/uuid.ts";
import { emptyClusterMetadata, withBroker, withProducerIds, withTopics } from "./cluster-metadata.ts";
import type {
  BrokerMetadata,
  ClusterMetadata,
  ConfigOverrides,
  PartitionMetadata,
  TopicMetadata,
} from "./cluster-metadata.ts";

/*
 * What a cluster has agreed on, as a file, so that it outlives the process: JSON that a person can read. Configurations
 * are lists of pairs and not objects, because their names are the user's and may be any text. A file is taken in full
 * or not at all.
 */

const formatName = "tapedeck-cluster-metadata";
const formatVersion = 1;

/** The file isn't one that was written here, or was damaged or edited since. The message says where and what. */
export class CorruptMetadataError extends Error {
  override readonly name = "CorruptMetadataError";
}

/** The content of the file for `metadata`. */
export function writeMetadataFile(metadata: ClusterMetadata): Buffer {
  const byName = (configs: ReadonlyMap<string, ConfigOverrides>): unknown =>
    [...configs].map(([name, overrides]) => [name, [...overrides]]);
  const content = {
    format: formatName,
    version: formatVersion,
    clusterId: metadata.clusterId,
    nextProducerId: metadata.nextProducerId,
    brokers: [...metadata.brokers.values()],
    brokerConfigs: byName(metadata.brokerConfigs),
    groupConfigs: byName(metadata.groupConfigs),
    clientMetricsConfigs: byName(metadata.clientMetricsConfigs),
    topics: [...metadata.topics.values()].map((topic) => ({ ...topic, configs: [...topic.configs] })),
  };
  return Buffer.from(`${JSON.stringify(content, undefined, 1)}\n`);
}

/** What was written. Throws CorruptMetadataError where that can't be told. */
export function readMetadataFile(content: Buffer): ClusterMetadata {
  const root = new JsonValue(parsedJson(content), "the file");
  if (root.field("format").text() !== formatName) root.field("format").refuse(`is not ${formatName}`);
  if (root.field("version").whole() !== formatVersion) root.field("version").refuse(`is not ${formatVersion}`);
  let metadata: ClusterMetadata = {
    ...emptyClusterMetadata(root.field("clusterId").text()),
    brokerConfigs: namedOverrides(root.field("brokerConfigs")),
    groupConfigs: namedOverrides(root.field("groupConfigs")),
    clientMetricsConfigs: namedOverrides(root.field("clientMetricsConfigs")),
  };
  metadata = withProducerIds(metadata, root.field("nextProducerId").whole()).metadata;
  for (const broker of root.field("brokers").items()) metadata = withBroker(metadata, brokerOf(broker));
  const topics = root.field("topics").items();
  metadata = withTopics(metadata, topics.map(topicOf));
  const isUnique = metadata.topics.size === topics.length && metadata.topicsById.size === topics.length;
  if (!isUnique) root.field("topics").refuse("holds a topic twice");
  return metadata;
}

function parsedJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new CorruptMetadataError(`the file is not JSON: ${error.message}`);
    throw error;
  }
}

function namedOverrides(value: JsonValue): ReadonlyMap<string, ConfigOverrides> {
  return new Map(value.items().map((pair) => [pair.item(0).text(), overridesOf(pair.item(1))]));
}

function overridesOf(value: JsonValue): ConfigOverrides {
  return new Map(value.items().map((pair) => [pair.item(0).text(), pair.item(1).text()]));
}

function brokerOf(value: JsonValue): BrokerMetadata {
  return {
    id: value.field("id").whole(),
    host: value.field("host").text(),
    port: value.field("port").whole(),
    rack: value.field("rack").isNull() ? null : value.field("rack").text(),
    isAlive: value.field("isAlive").flag(),
  };
}

function topicOf(value: JsonValue): TopicMetadata {
  const partitions = value.field("partitions").items().map(partitionOf);
  if (partitions.length === 0) value.field("partitions").refuse("is empty");
  return {
    name: value.field("name").text(),
    topicId: uuidOf(value.field("topicId")),
    isInternal: value.field("isInternal").flag(),
    configs: overridesOf(value.field("configs")),
    partitions,
  };
}

function uuidOf(value: JsonValue): Uuid {
  const text = value.text();
  if (uuidToBytes(text) === undefined) value.refuse("is no uuid");
  return text;
}

function partitionOf(value: JsonValue, position: number): PartitionMetadata {
  const brokerIds = (name: string): readonly number[] =>
    value
      .field(name)
      .items()
      .map((item) => item.whole());
  const partition = {
    index: value.field("index").whole(),
    assignedReplicas: brokerIds("assignedReplicas"),
    inSyncReplicas: brokerIds("inSyncReplicas"),
    leaderId: value.field("leaderId").whole(-1),
    leaderEpoch: value.field("leaderEpoch").whole(),
    partitionEpoch: value.field("partitionEpoch").whole(),
  };
  const { index, assignedReplicas, inSyncReplicas, leaderId } = partition;
  if (index !== position) value.field("index").refuse(`is not ${position}`);
  if (assignedReplicas.length === 0) value.field("assignedReplicas").refuse("is empty");
  if (inSyncReplicas.some((brokerId) => !assignedReplicas.includes(brokerId))) {
    value.field("inSyncReplicas").refuse("names a broker that has no replica");
  }
  if (leaderId !== -1 && !inSyncReplicas.includes(leaderId)) value.field("leaderId").refuse("is not in sync");
  return partition;
}

/** A value of the file that knows where it stands, so that a complaint can say it. */
class JsonValue {
  private readonly value: unknown;
  private readonly place: string;

  constructor(value: unknown, place: string) {
    this.value = value;
    this.place = place;
  }

  refuse(complaint: string): never {
    throw new CorruptMetadataError(`${this.place} ${complaint}`);
  }

  field(name: string): JsonValue {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return this.refuse("is not an object");
    if (!Object.hasOwn(value, name)) return this.refuse(`has no ${name}`);
    return new JsonValue((value as Readonly<Record<string, unknown>>)[name], `${name} of ${this.place}`);
  }

  items(): readonly JsonValue[] {
    if (!Array.isArray(this.value)) return this.refuse("is not a list");
    return this.value.map((item, index) => new JsonValue(item, `item ${index} of ${this.place}`));
  }

  item(index: number): JsonValue {
    return this.items()[index] ?? this.refuse(`has no item ${index}`);
  }

  isNull(): boolean {
    return this.value === null;
  }

  text(): string {
    return typeof this.value === "string" ? this.value : this.refuse("is not a text");
  }

  flag(): boolean {
    return typeof this.value === "boolean" ? this.value : this.refuse("is neither true nor false");
  }

  whole(min = 0): number {
    const { value } = this;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= min) return value;
    return this.refuse(`is not a whole number from ${min} on`);
  }
}
