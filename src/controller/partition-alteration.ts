import type { RequestOf, ResponseDraftOf } from "../protocol/api-messages.ts";
import { errorCodeOf, type ErrorName } from "../protocol/error-code.ts";
import { isSameList } from "./assignment.ts";
import { isLive, isToBeDeleted, nameOf } from "./controller-context.ts";
import type { ControlledPartition, ControlledTopic, ControllerContext, Leadership } from "./controller-context.ts";
import { DecisionDraft, type AnsweredDecision, type ControllerPolicy } from "./decision-draft.ts";

type AlterPartitionRequest = RequestOf<56>;
type AlterPartitionResponse = ResponseDraftOf<56>;
type AskedPartition = AlterPartitionRequest["topics"][number]["partitions"][number];
type AnsweredPartition = AlterPartitionResponse["topics"][number]["partitions"][number];

const recovering = 1;

/** An answer that says of nothing in the request what became of it. */
export function alterPartitionRefusal(errorName: ErrorName): AlterPartitionResponse {
  return { throttleTimeMs: 0, errorCode: errorCodeOf(errorName), topics: [] };
}

/**
 * A leader wants other in-sync replicas (KAFKA.md D.5). The leader epoch stays: only who is in sync has changed. Checks
 * come in Kafka's order.
 *
 * Two are KRaft's, where 3.9 with ZooKeeper takes what it is given: who asks must be the leader, and the in-sync
 * replicas it asks for must be replicas, each once, itself among them. Nothing that a sound broker asks is
 * refused by them.
 */
export function alterPartition(
  context: ControllerContext,
  request: AlterPartitionRequest,
  policy: ControllerPolicy,
): AnsweredDecision<AlterPartitionResponse> {
  const draft = new DecisionDraft(context, policy);
  if (context.brokers.get(request.brokerId)?.brokerEpoch !== request.brokerEpoch) {
    return draft.answered(alterPartitionRefusal("STALE_BROKER_EPOCH"));
  }
  const byId = new Map([...context.topics.values()].map((topic) => [topic.topicId, topic]));
  const touched: ControlledPartition[] = [];
  const topics = request.topics.map(({ topicId, partitions }) => {
    const topic = byId.get(topicId);
    return {
      topicId,
      partitions: partitions.map((asked): AnsweredPartition => {
        if (topic === undefined) return refused(asked.partitionIndex, "UNKNOWN_TOPIC_ID");
        const answer = alterOne(draft, topic, asked, request.brokerId);
        if (typeof answer === "string") return refused(asked.partitionIndex, answer);
        touched.push(answer);
        return accepted(answer);
      }),
    };
  });
  // Everybody learns who is in sync; the leader itself by the answer.
  if (touched.length > 0) draft.tellMetadata([...context.brokers.keys()], touched);
  return draft.answered({ throttleTimeMs: 0, errorCode: 0, topics });
}

function alterOne(
  draft: DecisionDraft,
  topic: ControlledTopic,
  asked: AskedPartition,
  askerId: number,
): ControlledPartition | ErrorName {
  const partition = draft.context.topics.get(topic.name)?.partitions[asked.partitionIndex];
  const leadership = partition?.leadership;
  if (partition === undefined || leadership === undefined || isToBeDeleted(draft.context, topic.name)) {
    return "UNKNOWN_TOPIC_OR_PARTITION";
  }
  const stale = epochRefusal(asked, leadership);
  if (stale !== undefined) return stale;
  if (leadership.leaderId !== askerId) return "INVALID_REQUEST";
  const inSyncReplicas = asked.newIsrWithEpochs.map(({ brokerId }) => brokerId);
  const isRecovering = asked.leaderRecoveryState === recovering;
  if (isSameList(inSyncReplicas, leadership.inSyncReplicas) && isRecovering === leadership.isRecovering) {
    return partition;
  }
  if (asked.partitionEpoch < leadership.partitionEpoch) return "INVALID_UPDATE_VERSION";
  const unsound = proposalRefusal(draft.context, partition, asked);
  if (unsound !== undefined) return unsound;
  const { leaderEpoch } = leadership;
  return draft.lead(nameOf(partition), { inSyncReplicas, isRecovering, leaderEpoch });
}

/** Who knows more than the controller asks one that is none any more; who knows less has been deposed. */
function epochRefusal(asked: AskedPartition, { leaderEpoch, partitionEpoch }: Leadership): ErrorName | undefined {
  if (asked.leaderEpoch > leaderEpoch || asked.partitionEpoch > partitionEpoch) return "NOT_CONTROLLER";
  return asked.leaderEpoch < leaderEpoch ? "FENCED_LEADER_EPOCH" : undefined;
}

function proposalRefusal(
  context: ControllerContext,
  { assignment, leadership }: ControlledPartition,
  asked: AskedPartition,
): ErrorName | undefined {
  const proposed = asked.newIsrWithEpochs;
  const brokerIds = new Set(proposed.map(({ brokerId }) => brokerId));
  const areReplicas = proposed.every(({ brokerId }) => assignment.replicas.includes(brokerId));
  const hasLeader = leadership !== undefined && brokerIds.has(leadership.leaderId);
  if (!areReplicas || !hasLeader || brokerIds.size < proposed.length) return "INVALID_REQUEST";
  const isRecovering = asked.leaderRecoveryState === recovering;
  if (isRecovering && (proposed.length > 1 || !leadership.isRecovering)) return "INVALID_REQUEST";
  const isEligible = ({ brokerId, brokerEpoch }: (typeof proposed)[number]): boolean =>
    isLive(context, brokerId) && (brokerEpoch === -1 || context.brokers.get(brokerId)?.brokerEpoch === brokerEpoch);
  // A broker that is going, or has come back since, must not be counted on (KIP-841, KIP-903).
  return proposed.every(isEligible) ? undefined : "INELIGIBLE_REPLICA";
}

function accepted({ index, leadership }: ControlledPartition): AnsweredPartition {
  return {
    partitionIndex: index,
    errorCode: 0,
    leaderId: leadership?.leaderId ?? -1,
    leaderEpoch: leadership?.leaderEpoch ?? -1,
    isr: [...(leadership?.inSyncReplicas ?? [])],
    leaderRecoveryState: leadership?.isRecovering === true ? recovering : 0,
    partitionEpoch: leadership?.partitionEpoch ?? -1,
  };
}

function refused(partitionIndex: number, errorName: ErrorName): AnsweredPartition {
  const errorCode = errorCodeOf(errorName);
  return { partitionIndex, errorCode, leaderId: -1, leaderEpoch: -1, isr: [], partitionEpoch: -1 };
}
