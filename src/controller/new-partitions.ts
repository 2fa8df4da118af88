import type { ErrorName } from "../protocol/error-code.ts";
import type { ClusterMetadata, PartitionMetadata } from "../coordination/cluster-metadata.ts";

/** Why something can't be done, as a client is told. */
export interface Refusal {
  readonly errorName: ErrorName;
  readonly errorMessage: string | null;
}

export function refusal(errorName: ErrorName, errorMessage: string | null): Refusal {
  return { errorName, errorMessage };
}

/** More than this many partitions in one request are refused, as in Kafka. */
export const partitionsPerRequestMax = 10_000;

/**
 * A cluster whose brokers don't fetch from one another says so, rather than keeping a second copy that nobody fills.
 */
export function replicationRefusal(replicationFactor: number, isReplicating: boolean): Refusal | undefined {
  if (replicationFactor <= 1 || isReplicating) return undefined;
  return refusal(
    "INVALID_REPLICATION_FACTOR",
    `Replication factor ${replicationFactor} is not supported: Tapedeck does not replicate partitions yet, ` +
      "so each has one replica.",
  );
}

/** What is wrong with replicas that a person chose, in the order in which Kafka looks; undefined where nothing is. */
export function manualAssignmentRefusal(
  brokerIds: readonly number[],
  expectedCount: number | undefined,
  metadata: ClusterMetadata,
): Refusal | undefined {
  const refuse = (text: string): Refusal =>
    refusal("INVALID_REPLICA_ASSIGNMENT", `The manual partition assignment includes ${text}`);
  if (brokerIds.length === 0) return refuse("an empty replica list.");
  const sorted = [...brokerIds].sort((left, right) => left - right);
  for (const [index, brokerId] of sorted.entries()) {
    if (!metadata.brokers.has(brokerId)) return refuse(`broker ${brokerId}, but no such broker is registered.`);
    if (index > 0 && sorted[index - 1] === brokerId) return refuse(`the broker ${brokerId} more than once.`);
  }
  if (expectedCount === undefined || sorted.length === expectedCount) return undefined;
  return refuse(
    `a partition with ${sorted.length} replica(s), but this is not consistent with previous partitions, which have ` +
      `${expectedCount} replica(s).`,
  );
}

/** Nobody of these could lead the partition. */
export function hasNoAlive(brokerIds: readonly number[], metadata: ClusterMetadata): boolean {
  return !brokerIds.some((brokerId) => isAlive(brokerId, metadata));
}

export function isAlive(brokerId: number, metadata: ClusterMetadata): boolean {
  return metadata.brokers.get(brokerId)?.isAlive === true;
}

/** A partition that begins its life: who is alive is in sync, the first of them leads (KAFKA.md D.13). */
export function newPartition(
  index: number,
  assignedReplicas: readonly number[],
  metadata: ClusterMetadata,
): PartitionMetadata {
  const inSyncReplicas = assignedReplicas.filter((brokerId) => isAlive(brokerId, metadata));
  const leaderId = inSyncReplicas[0] ?? -1;
  return { index, assignedReplicas, inSyncReplicas, leaderId, leaderEpoch: 0, partitionEpoch: 0 };
}
