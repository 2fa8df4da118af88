import type { Uuid } from "../base/uuid.ts";
import type { Endpoint, PartitionName } from "../coordination/zookeeper/znode-content.ts";
import type { PartitionState } from "./partition-states.ts";
import type { ReplicaState } from "./replica-states.ts";
import type { Assignment } from "./assignment.ts";

/** What a controller believes about its cluster. Immutable: each decision makes a new one. */
export interface ControllerContext {
  /** The broker that is controller. */
  readonly brokerId: number;
  readonly controllerEpoch: number;
  /** Version of /controller_epoch, which every write of this controller is fenced by (KAFKA.md E.4). */
  readonly controllerEpochVersion: number;
  /** Brokers that are registered, also those that are shutting down. */
  readonly brokers: ReadonlyMap<number, LiveBroker>;
  readonly shuttingDownBrokers: ReadonlySet<number>;
  readonly topics: ReadonlyMap<string, ControlledTopic>;
}

/** A broker that is registered. */
export interface LiveBroker {
  readonly id: number;
  /** Transaction that created its registration (KAFKA.md E.3). */
  readonly brokerEpoch: number;
  readonly endpoints: readonly Endpoint[];
  readonly rack: string | null;
}

export interface ControlledTopic {
  readonly name: string;
  readonly topicId: Uuid;
  /** Index in the array is the partition's index. */
  readonly partitions: readonly ControlledPartition[];
  /** Undefined unless the topic is to be deleted. */
  readonly deletion: TopicDeletion | undefined;
}

export interface TopicDeletion {
  /** Its partitions have been taken out of service. */
  readonly isStarted: boolean;
  /** It waits: a replica is not there, or a reassignment is under way. */
  readonly isHalted: boolean;
}

export interface ControlledPartition {
  readonly topic: string;
  readonly index: number;
  readonly state: PartitionState;
  readonly assignment: Assignment;
  /** Undefined until the partition has had a leader. */
  readonly leadership: Leadership | undefined;
  /** By broker id. */
  readonly replicaStates: ReadonlyMap<number, ReplicaState>;
  /** Brokers that are alive but can't use the disk that holds the replica. */
  readonly failedReplicas: ReadonlySet<number>;
}

/** What the partition's znode says. */
export interface Leadership {
  /** -1 while nobody leads. */
  readonly leaderId: number;
  readonly leaderEpoch: number;
  readonly inSyncReplicas: readonly number[];
  /** Its leader was not in sync when it was elected, and has not changed the in-sync replicas since (KIP-704). */
  readonly isRecovering: boolean;
  /** Epoch of the controller that wrote this. */
  readonly controllerEpoch: number;
  /** Version of the znode. */
  readonly partitionEpoch: number;
}

/** One replica by name. */
export interface ReplicaName extends PartitionName {
  readonly brokerId: number;
}

/** Leader id that stands for "nobody". */
export const noLeader = -1;

export function partitionOf(
  context: Pick<ControllerContext, "topics">,
  { topic, partition }: PartitionName,
): ControlledPartition | undefined {
  return context.topics.get(topic)?.partitions[partition];
}

export function nameOf({ topic, index }: ControlledPartition): PartitionName {
  return { topic, partition: index };
}

export function allPartitions({ topics }: Pick<ControllerContext, "topics">): readonly ControlledPartition[] {
  return [...topics.values()].flatMap(({ partitions }) => partitions);
}

export function isToBeDeleted({ topics }: Pick<ControllerContext, "topics">, topic: string): boolean {
  return topics.get(topic)?.deletion !== undefined;
}

type BrokerSets = Pick<ControllerContext, "brokers" | "shuttingDownBrokers">;

/** Registered, and not about to stop. */
export function isLive({ brokers, shuttingDownBrokers }: BrokerSets, brokerId: number): boolean {
  return brokers.has(brokerId) && !shuttingDownBrokers.has(brokerId);
}

/** The replica can be used: its broker is live and so is its disk. */
export function isOnline(context: BrokerSets, partition: ControlledPartition, brokerId: number): boolean {
  return isLive(context, brokerId) && !partition.failedReplicas.has(brokerId);
}

/** Every replica that is assigned to one of `partitions`, in order. */
export function replicasOf(partitions: readonly ControlledPartition[]): readonly ReplicaName[] {
  return partitions.flatMap((partition) =>
    partition.assignment.replicas.map((brokerId) => ({ ...nameOf(partition), brokerId })),
  );
}

/** Every replica on one of `brokerIds`. */
export function replicasOn(
  context: Pick<ControllerContext, "topics">,
  brokerIds: ReadonlySet<number>,
): readonly ReplicaName[] {
  return replicasOf(allPartitions(context)).filter(({ brokerId }) => brokerIds.has(brokerId));
}

/** A partition that was not known before. */
export function unknownPartition(name: PartitionName, assignment: Assignment): ControlledPartition {
  return {
    topic: name.topic,
    index: name.partition,
    state: "nonExistent",
    assignment,
    leadership: undefined,
    replicaStates: new Map(),
    failedReplicas: new Set(),
  };
}
