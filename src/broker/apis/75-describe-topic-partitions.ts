import { zeroUuid } from "../../base/uuid.ts";
import type { ClusterMetadata, PartitionMetadata, TopicMetadata } from "../../coordination/cluster-metadata.ts";
import { brokerConfigNumber } from "../../coordination/configs/typed-configs.ts";
import { isInternalTopic, topicNameComplaint } from "../../coordination/topic-names.ts";
import type { RequestOf, ResponseDraftOf } from "../../protocol/api-messages.ts";
import { errorCodeOf } from "../../protocol/error-code.ts";
import type { Api } from "../api.ts";
import { operationsNotAsked, topicAuthorizedOperations } from "../authorized-operations.ts";

type Request = RequestOf<75>;
type TopicAnswer = ResponseDraftOf<75>["topics"][number];
type PartitionAnswer = TopicAnswer["partitions"][number];
type Cursor = NonNullable<Request["cursor"]>;

/**
 * Partitions of topics, page by page (KIP-966): sorted by topic's name and partition's index, so that a cursor is
 * enough to go on. Asking for no topic asks for all.
 */
export const describeTopicPartitions: Api<75> = {
  handle(request, context, respond) {
    const { metadata } = context.broker;
    const { topics, cursor } = request;
    const names = wantedNames(request, metadata);
    const isAll = topics.length === 0;
    const isMisplaced = cursor !== null && !isAll && !names.includes(cursor.topicName);
    if (isMisplaced || (cursor !== null && cursor.partitionIndex < 0)) {
      respond({ topics: topics.map(({ name }) => refused(name)) });
      return;
    }
    const countMax = brokerConfigNumber("max.request.partition.size.limit", context.broker.layers);
    const limit = Math.max(1, Math.min(request.responsePartitionLimit, countMax));
    respond(page(names, { metadata, cursor, limit, isAll }));
  },
};

/** From the cursor's topic on, sorted by code unit. */
function wantedNames({ topics, cursor }: Request, metadata: ClusterMetadata): readonly string[] {
  const names = topics.length === 0 ? metadata.topics.keys() : topics.map(({ name }) => name);
  const first = cursor?.topicName ?? "";
  return [...new Set(names)].filter((name) => name >= first).sort();
}

interface PageSpec {
  readonly metadata: ClusterMetadata;
  readonly cursor: Cursor | null;
  readonly limit: number;
  readonly isAll: boolean;
}

/** As many partitions as fit, and where to go on if that isn't all. */
function page(names: readonly string[], { metadata, cursor, limit, isAll }: PageSpec): ResponseDraftOf<75> {
  const topics: TopicAnswer[] = [];
  let left = limit;
  for (const name of names) {
    if (left === 0) return { topics, nextCursor: { topicName: name, partitionIndex: 0 } };
    const topic = metadata.topics.get(name);
    if (topic === undefined) {
      if (!isAll) topics.push(unknown(name));
      continue;
    }
    const start = cursor?.topicName === name ? cursor.partitionIndex : 0;
    const limitExclusive = start + left;
    const partitions = topic.partitions.slice(start, limitExclusive);
    topics.push(described(topic, partitions, metadata));
    if (limitExclusive < topic.partitions.length) {
      return { topics, nextCursor: { topicName: name, partitionIndex: limitExclusive } };
    }
    left -= partitions.length;
  }
  return { topics, nextCursor: null };
}

function described(
  topic: TopicMetadata,
  partitions: readonly PartitionMetadata[],
  metadata: ClusterMetadata,
): TopicAnswer {
  return {
    errorCode: errorCodeOf("NONE"),
    name: topic.name,
    topicId: topic.topicId,
    isInternal: topic.isInternal,
    partitions: partitions.map((partition) => describedPartition(partition, metadata)),
    topicAuthorizedOperations,
  };
}

function describedPartition(partition: PartitionMetadata, { brokers }: ClusterMetadata): PartitionAnswer {
  const isAlive = (brokerId: number): boolean => brokers.get(brokerId)?.isAlive === true;
  return {
    errorCode: errorCodeOf("NONE"),
    partitionIndex: partition.index,
    leaderId: isAlive(partition.leaderId) ? partition.leaderId : -1,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: partition.assignedReplicas,
    isrNodes: partition.inSyncReplicas,
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    offlineReplicas: partition.assignedReplicas.filter((brokerId) => !isAlive(brokerId)),
  };
}

function unknown(name: string): TopicAnswer {
  const errorName = topicNameComplaint(name) === undefined ? "UNKNOWN_TOPIC_OR_PARTITION" : "INVALID_TOPIC_EXCEPTION";
  return {
    errorCode: errorCodeOf(errorName),
    name,
    topicId: zeroUuid,
    isInternal: isInternalTopic(name),
    partitions: [],
    topicAuthorizedOperations,
  };
}

function refused(name: string): TopicAnswer {
  return {
    errorCode: errorCodeOf("INVALID_REQUEST"),
    name,
    topicId: zeroUuid,
    isInternal: false,
    partitions: [],
    topicAuthorizedOperations: operationsNotAsked,
  };
}
