import type { Uuid } from "../base/uuid.ts";

/**
 * What a cluster has agreed on: its brokers, its topics, who leads, and the configurations that were set. Immutable;
 * each change makes a new picture, and a broker acts on the newest that it was handed.
 */
export interface ClusterMetadata {
  readonly clusterId: string;
  readonly brokers: ReadonlyMap<number, BrokerMetadata>;
  readonly topics: ReadonlyMap<string, TopicMetadata>;
  /** The same topics by id. */
  readonly topicsById: ReadonlyMap<Uuid, TopicMetadata>;
  /** Dynamic broker configurations by broker id; "" holds the defaults of the whole cluster (KAFKA.md K). */
  readonly brokerConfigs: ReadonlyMap<string, ConfigOverrides>;
  /** Configurations of groups by group id. */
  readonly groupConfigs: ReadonlyMap<string, ConfigOverrides>;
  /** Subscriptions to the metrics of clients by name (KIP-714). */
  readonly clientMetricsConfigs: ReadonlyMap<string, ConfigOverrides>;
  /** First producer id that no broker was given yet. */
  readonly nextProducerId: number;
}

/** Values that people set, by Kafka's configuration names, as text. */
export type ConfigOverrides = ReadonlyMap<string, string>;

export interface BrokerMetadata {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly isAlive: boolean;
}

export interface TopicMetadata {
  readonly name: string;
  readonly topicId: Uuid;
  readonly isInternal: boolean;
  readonly configs: ConfigOverrides;
  /** Index in the array is the partition's index. */
  readonly partitions: readonly PartitionMetadata[];
}

export interface PartitionMetadata {
  readonly index: number;
  /** In order of assignment: the first is the preferred leader. */
  readonly assignedReplicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
  /** -1 while no broker leads. */
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
}

/** A cluster without brokers or topics. `minInSyncReplicas` is what its brokers are started with. */
export function emptyClusterMetadata(clusterId: string, minInSyncReplicas = "1"): ClusterMetadata {
  return {
    clusterId,
    brokers: new Map(),
    topics: new Map(),
    topicsById: new Map(),
    // A fresh 4.1 cluster pins this as a default of the whole cluster, and clients see it (KAFKA.md S.1, KIP-966).
    brokerConfigs: new Map([["", new Map([["min.insync.replicas", minInSyncReplicas]])]]),
    groupConfigs: new Map(),
    clientMetricsConfigs: new Map(),
    nextProducerId: 0,
  };
}

/** Add `topics`, or put them in the place of those with their names. */
export function withTopics(metadata: ClusterMetadata, topics: readonly TopicMetadata[]): ClusterMetadata {
  if (topics.length === 0) return metadata;
  const byName = new Map(metadata.topics);
  const byId = new Map(metadata.topicsById);
  for (const topic of topics) {
    const replaced = byName.get(topic.name);
    if (replaced !== undefined) byId.delete(replaced.topicId);
    byName.set(topic.name, topic);
    byId.set(topic.topicId, topic);
  }
  return { ...metadata, topics: byName, topicsById: byId };
}

export function withoutTopics(metadata: ClusterMetadata, names: readonly string[]): ClusterMetadata {
  if (names.length === 0) return metadata;
  const byName = new Map(metadata.topics);
  const byId = new Map(metadata.topicsById);
  for (const name of names) {
    const topic = byName.get(name);
    if (topic === undefined) continue;
    byName.delete(name);
    byId.delete(topic.topicId);
  }
  return { ...metadata, topics: byName, topicsById: byId };
}

/** Add `broker`, or put it in the place of the one with its id. */
export function withBroker(metadata: ClusterMetadata, broker: BrokerMetadata): ClusterMetadata {
  return { ...metadata, brokers: new Map(metadata.brokers).set(broker.id, broker) };
}

/** Configurations of everything but topics, which hold theirs themselves. */
export type ConfigKind = "brokerConfigs" | "groupConfigs" | "clientMetricsConfigs";

/** Put `overrides` in the place of what was set on the resource `name`; empty ones leave nothing behind. */
export function withConfigs(
  metadata: ClusterMetadata,
  kind: ConfigKind,
  name: string,
  overrides: ConfigOverrides,
): ClusterMetadata {
  const byName = new Map(metadata[kind]);
  if (overrides.size === 0) byName.delete(name);
  else byName.set(name, overrides);
  return { ...metadata, [kind]: byName };
}

/** Take `count` producer ids out of those that nobody has. */
export function withProducerIds(
  metadata: ClusterMetadata,
  count: number,
): { readonly metadata: ClusterMetadata; readonly firstProducerId: number } {
  const firstProducerId = metadata.nextProducerId;
  return { metadata: { ...metadata, nextProducerId: firstProducerId + count }, firstProducerId };
}
