import { zeroUuid } from "../../base/uuid.ts";
import type { Uuid } from "../../base/uuid.ts";
import type { ClusterMetadata, PartitionMetadata, TopicMetadata } from "../../coordination/cluster-metadata.ts";
import { topicNameComplaint } from "../../coordination/topic-names.ts";
import { errorCodeOf } from "../../protocol/error-code.ts";
import type { ErrorName } from "../../protocol/error-code.ts";
import type { RequestOf, ResponseDraftOf } from "../../protocol/api-messages.ts";
import type { Api, RequestContext } from "../api.ts";
import {
  clusterAuthorizedOperations,
  operationsNotAsked,
  topicAuthorizedOperations,
} from "../authorized-operations.ts";
import { topicToAutoCreate } from "../internal-topics.ts";

type Response = ResponseDraftOf<3>;
type TopicAnswer = Response["topics"][number];
type PartitionAnswer = TopicAnswer["partitions"][number];
type AskedTopic = NonNullable<RequestOf<3>["topics"]>[number];

/** Version 0 has no null: an empty list means all topics. It also hides replicas on dead brokers. */
const firstVersion = 0;
/** From this version on topics may be asked for by id, or with no name. */
const topicIdVersion = 12;

/**
 * The cluster as this broker knows it: who is alive, which topics there are, who leads. Asking for a topic that isn't
 * there can create it (KAFKA.md K). v4 lets the client forbid that; v7 adds leader epochs (KIP-320); v8 what the client
 * may do (KIP-430); v10 topic ids, v12 asking by them (KIP-516); v13 an error for the whole answer (KIP-1102).
 */
export const metadata: Api<3> = {
  handle(request, context, respond) {
    const asked = request.topics;
    const isAll = asked === null || (asked.length === 0 && context.apiVersion === firstVersion);
    const refusal = isAll ? undefined : refusalOf(asked, context.apiVersion);
    if (refusal !== undefined) {
      const topics = (asked ?? []).map((topic) => refusedTopic(topic, refusal));
      respond({ brokers: [], topics, errorCode: errorCodeOf(refusal) });
      return;
    }
    const view = new MetadataView(context, request.includeTopicAuthorizedOperations);
    const { brokers, clusterId } = context.broker.metadata;
    const alive = [...brokers.values()].filter((broker) => broker.isAlive);
    respond({
      brokers: alive.map(({ id, host, port, rack }) => ({ nodeId: id, host, port, rack })),
      clusterId,
      // Clients can't reach a KRaft controller: Kafka names any broker that is alive, since each one forwards.
      controllerId: lowestId(alive),
      topics: isAll ? view.allTopics() : view.askedTopics(asked, request.allowAutoTopicCreation),
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? clusterAuthorizedOperations
        : operationsNotAsked,
    });
  },
};

function lowestId(brokers: readonly { readonly id: number }[]): number {
  return brokers.reduce((lowest, { id }) => (lowest === -1 || id < lowest ? id : lowest), -1);
}

/** Why the whole request can't be answered. */
function refusalOf(asked: readonly AskedTopic[], apiVersion: number): ErrorName | undefined {
  const hasIds = asked.some(({ topicId }) => topicId !== zeroUuid);
  const hasNameless = asked.some(({ name }) => name === null);
  if (apiVersion < topicIdVersion) return hasIds || hasNameless ? "INVALID_REQUEST" : undefined;
  return hasNameless && !hasIds ? "UNKNOWN_SERVER_ERROR" : undefined;
}

function refusedTopic({ name, topicId }: AskedTopic, errorName: ErrorName): TopicAnswer {
  return { errorCode: errorCodeOf(errorName), name: name ?? "", topicId, isInternal: false, partitions: [] };
}

/** Turns what the broker knows into what one request is told. */
class MetadataView {
  private readonly context: RequestContext;
  private readonly cluster: ClusterMetadata;
  private readonly topicOperations: number;
  private readonly hidesDeadReplicas: boolean;

  constructor(context: RequestContext, tellsTopicOperations: boolean) {
    this.context = context;
    this.cluster = context.broker.metadata;
    this.topicOperations = tellsTopicOperations ? topicAuthorizedOperations : operationsNotAsked;
    this.hidesDeadReplicas = context.apiVersion === firstVersion;
  }

  allTopics(): readonly TopicAnswer[] {
    return [...this.cluster.topics.values()].map((topic) => this.known(topic));
  }

  /** By id if any of them is asked for by id, and then by nothing else. */
  askedTopics(asked: readonly AskedTopic[], mayCreate: boolean): readonly TopicAnswer[] {
    const topicIds = new Set(asked.map(({ topicId }) => topicId).filter((topicId) => topicId !== zeroUuid));
    if (topicIds.size > 0) return [...topicIds].map((topicId) => this.byId(topicId));
    const names = new Set(asked.map(({ name }) => name ?? ""));
    const missing = [...names].filter((name) => !this.cluster.topics.has(name));
    if (mayCreate) this.create(missing.filter((name) => topicNameComplaint(name) === undefined));
    return [...names].map((name) => this.byName(name));
  }

  /** The client is told that they are unknown, and comes back. */
  private create(names: readonly string[]): void {
    const { administration, settings } = this.context.broker;
    if (names.length === 0 || !settings.autoCreateTopicsEnable) return;
    const topics = names.map((name) => topicToAutoCreate(name, settings));
    administration.createTopics(topics, false, () => undefined);
  }

  private byName(name: string): TopicAnswer {
    const topic = this.cluster.topics.get(name);
    if (topic !== undefined) return this.known(topic);
    const errorName = topicNameComplaint(name) === undefined ? "UNKNOWN_TOPIC_OR_PARTITION" : "INVALID_TOPIC_EXCEPTION";
    return { ...refusedTopic({ name, topicId: zeroUuid }, errorName), topicAuthorizedOperations: this.topicOperations };
  }

  private byId(topicId: Uuid): TopicAnswer {
    const topic = this.cluster.topicsById.get(topicId);
    if (topic !== undefined) return this.known(topic);
    return { errorCode: errorCodeOf("UNKNOWN_TOPIC_ID"), name: null, topicId, isInternal: false, partitions: [] };
  }

  private known(topic: TopicMetadata): TopicAnswer {
    return {
      errorCode: errorCodeOf("NONE"),
      name: topic.name,
      topicId: topic.topicId,
      isInternal: topic.isInternal,
      partitions: topic.partitions.map((partition) => this.partition(partition)),
      topicAuthorizedOperations: this.topicOperations,
    };
  }

  private partition(partition: PartitionMetadata): PartitionAnswer {
    const hasLeader = this.isAlive(partition.leaderId);
    const { assignedReplicas, inSyncReplicas } = partition;
    const offlineReplicas = assignedReplicas.filter((brokerId) => !this.isAlive(brokerId));
    const hides = this.hidesDeadReplicas && offlineReplicas.length > 0;
    const replicaError = hides ? "REPLICA_NOT_AVAILABLE" : "NONE";
    const errorName = hasLeader ? replicaError : "LEADER_NOT_AVAILABLE";
    return {
      errorCode: errorCodeOf(errorName),
      partitionIndex: partition.index,
      leaderId: hasLeader ? partition.leaderId : -1,
      leaderEpoch: partition.leaderEpoch,
      replicaNodes: hides ? assignedReplicas.filter((brokerId) => this.isAlive(brokerId)) : assignedReplicas,
      isrNodes: hides ? inSyncReplicas.filter((brokerId) => this.isAlive(brokerId)) : inSyncReplicas,
      offlineReplicas,
    };
  }

  private isAlive(brokerId: number): boolean {
    return this.cluster.brokers.get(brokerId)?.isAlive === true;
  }
}
