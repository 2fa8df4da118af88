import type { TopicToCreate } from "../coordination/administration-requests.ts";
import type { BrokerSettings } from "./broker-settings.ts";

export const groupTopic = "__consumer_offsets";
export const transactionTopic = "__transaction_state";

const internalTopics: ReadonlySet<string> = new Set([groupTopic, transactionTopic, "__share_group_state"]);

/** Does Kafka keep its own books in a topic of this name? Clients can't produce to it or delete records from it. */
export function isInternalTopic(name: string): boolean {
  return internalTopics.has(name);
}

/** How a missing topic is made when a client's question is reason enough: an internal one has its own shape. */
export function topicToAutoCreate(name: string, settings: BrokerSettings): TopicToCreate {
  if (name === groupTopic) {
    return {
      name,
      partitionCount: settings.offsetsTopicNumPartitions,
      replicationFactor: settings.offsetsTopicReplicationFactor,
      assignments: [],
      configs: [
        { name: "cleanup.policy", value: "compact" },
        { name: "segment.bytes", value: `${settings.offsetsTopicSegmentBytes}` },
        { name: "compression.type", value: "producer" },
      ],
    };
  }
  if (name === transactionTopic) {
    return {
      name,
      partitionCount: settings.transactionStateLogNumPartitions,
      replicationFactor: settings.transactionStateLogReplicationFactor,
      assignments: [],
      configs: [
        { name: "cleanup.policy", value: "compact" },
        { name: "segment.bytes", value: `${settings.transactionStateLogSegmentBytes}` },
        { name: "min.insync.replicas", value: `${settings.transactionStateLogMinIsr}` },
        { name: "compression.type", value: "uncompressed" },
        { name: "unclean.leader.election.enable", value: "false" },
      ],
    };
  }
  return { name, partitionCount: -1, replicationFactor: -1, assignments: [], configs: [] };
}
