import { withBroker, withTopics } from "../coordination/cluster-metadata.ts";
import type {
  BrokerMetadata,
  ClusterMetadata,
  PartitionMetadata,
  TopicMetadata,
} from "../coordination/cluster-metadata.ts";
import { isAlive } from "./new-partitions.ts";

/** A broker has come, or come back: it leads again what had no leader and for which it is in sync. */
export function brokerCame(metadata: ClusterMetadata, broker: Omit<BrokerMetadata, "isAlive">): ClusterMetadata {
  return withElections(withBroker(metadata, { ...broker, isAlive: true }));
}

/** A broker has gone: what it led is led by the next in sync, or by nobody. */
export function brokerWent(metadata: ClusterMetadata, brokerId: number): ClusterMetadata {
  const broker = metadata.brokers.get(brokerId);
  if (broker?.isAlive !== true) return metadata;
  return withElections(withBroker(metadata, { ...broker, isAlive: false }));
}

/**
 * The leader of `partition` after brokers came or went: the one it has if that is alive, else the first replica that
 * is alive and in sync, else none (KAFKA.md D.8). Who is dead leaves the in-sync replicas, but never the last of them:
 * that one alone has every committed record, and must be the one to lead again.
 */
export function forOffline(partition: PartitionMetadata, metadata: ClusterMetadata): PartitionMetadata {
  const { assignedReplicas, inSyncReplicas } = partition;
  const aliveInSync = inSyncReplicas.filter((brokerId) => isAlive(brokerId, metadata));
  const keepsLeader = aliveInSync.includes(partition.leaderId);
  const leaderId = keepsLeader
    ? partition.leaderId
    : (assignedReplicas.find((brokerId) => aliveInSync.includes(brokerId)) ?? -1);
  const nextInSync = aliveInSync.length === 0 ? inSyncReplicas.slice(-1) : aliveInSync;
  const shrinks = nextInSync.length < inSyncReplicas.length;
  if (leaderId === partition.leaderId && !shrinks) return partition;
  return {
    ...partition,
    leaderId,
    inSyncReplicas: shrinks ? nextInSync : inSyncReplicas,
    leaderEpoch: partition.leaderEpoch + (leaderId === partition.leaderId ? 0 : 1),
    partitionEpoch: partition.partitionEpoch + 1,
  };
}

function withElections(metadata: ClusterMetadata): ClusterMetadata {
  const changed: TopicMetadata[] = [];
  for (const topic of metadata.topics.values()) {
    const partitions = topic.partitions.map((partition) => forOffline(partition, metadata));
    if (partitions.some((partition, index) => partition !== topic.partitions[index])) {
      changed.push({ ...topic, partitions });
    }
  }
  return withTopics(metadata, changed);
}
