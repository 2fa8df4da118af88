import { produceRequest, produceResponse } from "./messages/00-produce.ts";
import { fetchRequest, fetchResponse } from "./messages/01-fetch.ts";
import { listOffsetsRequest, listOffsetsResponse } from "./messages/02-list-offsets.ts";
import { metadataRequest, metadataResponse } from "./messages/03-metadata.ts";
import { leaderAndIsrRequest, leaderAndIsrResponse } from "./messages/04-leader-and-isr.ts";
import { stopReplicaRequest, stopReplicaResponse } from "./messages/05-stop-replica.ts";
import { updateMetadataRequest, updateMetadataResponse } from "./messages/06-update-metadata.ts";
import { controlledShutdownRequest, controlledShutdownResponse } from "./messages/07-controlled-shutdown.ts";
import { findCoordinatorRequest, findCoordinatorResponse } from "./messages/10-find-coordinator.ts";
import { apiVersionsRequest, apiVersionsResponse } from "./messages/18-api-versions.ts";
import { createTopicsRequest, createTopicsResponse } from "./messages/19-create-topics.ts";
import { deleteTopicsRequest, deleteTopicsResponse } from "./messages/20-delete-topics.ts";
import { deleteRecordsRequest, deleteRecordsResponse } from "./messages/21-delete-records.ts";
import { initProducerIdRequest, initProducerIdResponse } from "./messages/22-init-producer-id.ts";
import { offsetForLeaderEpochRequest, offsetForLeaderEpochResponse } from "./messages/23-offset-for-leader-epoch.ts";
import { describeConfigsRequest, describeConfigsResponse } from "./messages/32-describe-configs.ts";
import { alterConfigsRequest, alterConfigsResponse } from "./messages/33-alter-configs.ts";
import { describeLogDirsRequest, describeLogDirsResponse } from "./messages/35-describe-log-dirs.ts";
import { createPartitionsRequest, createPartitionsResponse } from "./messages/37-create-partitions.ts";
import { electLeadersRequest, electLeadersResponse } from "./messages/43-elect-leaders.ts";
import {
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from "./messages/44-incremental-alter-configs.ts";
import {
  alterPartitionReassignmentsRequest,
  alterPartitionReassignmentsResponse,
} from "./messages/45-alter-partition-reassignments.ts";
import {
  listPartitionReassignmentsRequest,
  listPartitionReassignmentsResponse,
} from "./messages/46-list-partition-reassignments.ts";
import { alterPartitionRequest, alterPartitionResponse } from "./messages/56-alter-partition.ts";
import { describeClusterRequest, describeClusterResponse } from "./messages/60-describe-cluster.ts";
import {
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
} from "./messages/75-describe-topic-partitions.ts";
import type { DraftOf, MessageOf } from "./schema/message.ts";

/** The APIs that are declared, by key: Kafka's name, what is asked and what is answered. */
export const apiMessages = {
  0: { name: "Produce", request: produceRequest, response: produceResponse },
  1: { name: "Fetch", request: fetchRequest, response: fetchResponse },
  2: { name: "ListOffsets", request: listOffsetsRequest, response: listOffsetsResponse },
  3: { name: "Metadata", request: metadataRequest, response: metadataResponse },
  4: { name: "LeaderAndIsr", request: leaderAndIsrRequest, response: leaderAndIsrResponse },
  5: { name: "StopReplica", request: stopReplicaRequest, response: stopReplicaResponse },
  6: { name: "UpdateMetadata", request: updateMetadataRequest, response: updateMetadataResponse },
  7: { name: "ControlledShutdown", request: controlledShutdownRequest, response: controlledShutdownResponse },
  10: { name: "FindCoordinator", request: findCoordinatorRequest, response: findCoordinatorResponse },
  18: { name: "ApiVersions", request: apiVersionsRequest, response: apiVersionsResponse },
  19: { name: "CreateTopics", request: createTopicsRequest, response: createTopicsResponse },
  20: { name: "DeleteTopics", request: deleteTopicsRequest, response: deleteTopicsResponse },
  21: { name: "DeleteRecords", request: deleteRecordsRequest, response: deleteRecordsResponse },
  22: { name: "InitProducerId", request: initProducerIdRequest, response: initProducerIdResponse },
  23: { name: "OffsetForLeaderEpoch", request: offsetForLeaderEpochRequest, response: offsetForLeaderEpochResponse },
  32: { name: "DescribeConfigs", request: describeConfigsRequest, response: describeConfigsResponse },
  33: { name: "AlterConfigs", request: alterConfigsRequest, response: alterConfigsResponse },
  35: { name: "DescribeLogDirs", request: describeLogDirsRequest, response: describeLogDirsResponse },
  37: { name: "CreatePartitions", request: createPartitionsRequest, response: createPartitionsResponse },
  43: { name: "ElectLeaders", request: electLeadersRequest, response: electLeadersResponse },
  44: {
    name: "IncrementalAlterConfigs",
    request: incrementalAlterConfigsRequest,
    response: incrementalAlterConfigsResponse,
  },
  45: {
    name: "AlterPartitionReassignments",
    request: alterPartitionReassignmentsRequest,
    response: alterPartitionReassignmentsResponse,
  },
  46: {
    name: "ListPartitionReassignments",
    request: listPartitionReassignmentsRequest,
    response: listPartitionReassignmentsResponse,
  },
  56: { name: "AlterPartition", request: alterPartitionRequest, response: alterPartitionResponse },
  60: { name: "DescribeCluster", request: describeClusterRequest, response: describeClusterResponse },
  75: {
    name: "DescribeTopicPartitions",
    request: describeTopicPartitionsRequest,
    response: describeTopicPartitionsResponse,
  },
} as const;

/** Number of an API that is declared. */
export type ApiKey = keyof typeof apiMessages;

/**
 * What brokers and controllers say to one another and no client may: a client's listener closes the connection that
 * sends one (KAFKA.md T.1).
 */
export type InternalKey = 4 | 5 | 6 | 7 | 56;

/** A request as its handler sees it: every field is there, whatever the version. */
export type RequestOf<Key extends ApiKey> = MessageOf<(typeof apiMessages)[Key]["request"]>;

/** A response as a client sees it: every field is there, whatever the version. */
export type ResponseOf<Key extends ApiKey> = MessageOf<(typeof apiMessages)[Key]["response"]>;

/** A request as a client writes it: fields with a default or a tag may be left out. */
export type RequestDraftOf<Key extends ApiKey> = DraftOf<(typeof apiMessages)[Key]["request"]>;

/** A response as a handler writes it: fields with a default or a tag may be left out. */
export type ResponseDraftOf<Key extends ApiKey> = DraftOf<(typeof apiMessages)[Key]["response"]>;

/** All declared keys, lowest first. */
export const apiKeys: readonly ApiKey[] = Object.keys(apiMessages).map((key) => Number(key) as ApiKey);

export function isApiKey(key: number): key is ApiKey {
  return Object.hasOwn(apiMessages, key);
}
