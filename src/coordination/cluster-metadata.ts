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
