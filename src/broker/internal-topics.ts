import type { TopicToCreate } from "../coordination/administration-requests.ts";
import type { BrokerSettings } from "./broker-settings.ts";

/** Where groups keep their books. */
export const groupTopic = "__consumer_offsets";

const transactionTopic = "__transaction_state";

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
