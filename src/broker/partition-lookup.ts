import type { ErrorName } from "../protocol/error-code.ts";
import type { Partition } from "../replication/partition.ts";
import type { ServingBroker } from "./serving-broker.ts";

/** Any leader epoch will do. */
export const anyLeaderEpoch = -1;

export function isKnownPartition(broker: ServingBroker, topic: string, index: number): boolean {
  return broker.metadata.topics.get(topic)?.partitions[index] !== undefined;
}

/** The partition if its log is here; else why not. */
export function findHosted(broker: ServingBroker, topic: string, index: number): Partition | ErrorName {
  const partition = broker.partitions.find(topic, index);
  if (partition !== undefined) return partition;
  return isKnownPartition(broker, topic, index) ? "NOT_LEADER_OR_FOLLOWER" : "UNKNOWN_TOPIC_OR_PARTITION";
}

/**
 * The partition if this broker leads it in the epoch that the asker believes in; else why it can't serve. The epochs
 * are compared first: an asker that is behind must learn that before anything else (KIP-320).
 */
export function findLed(
  broker: ServingBroker,
  topic: string,
  index: number,
  currentLeaderEpoch = anyLeaderEpoch,
): Partition | ErrorName {
  const partition = findHosted(broker, topic, index);
  if (typeof partition === "string") return partition;
  const fenced = partition.fence(currentLeaderEpoch);
  if (fenced !== "NONE") return fenced;
  return partition.isLeader ? partition : "NOT_LEADER_OR_FOLLOWER";
}
