import { zeroUuid } from "../../base/uuid.ts";
import { isInternalTopic } from "../../coordination/topic-names.ts";
import { errorCodeOf } from "../../protocol/error-code.ts";
import type { ErrorName } from "../../protocol/error-code.ts";
import type { RequestOf, ResponseDraftOf } from "../../protocol/api-messages.ts";
import { currentMagic, hasCompleteHeader, isTransactional, magicOf } from "../../protocol/records/batch.ts";
import { refusedAppend } from "../../log/append-result.ts";
import { framingErrorOf } from "../../log/batch-validator.ts";
import type { AppendResult } from "../../log/append-result.ts";
import { AwaitedAppend, DelayedProduce } from "../../replication/delayed-produce.ts";
import type { Partition } from "../../replication/partition.ts";
import type { Api, RequestContext } from "../api.ts";
import { CurrentLeaders } from "../current-leader.ts";
import { findLed, isKnownPartition } from "../partition-lookup.ts";

type Request = RequestOf<0>;
type TopicData = Request["topicData"][number];
type PartitionAnswer = ResponseDraftOf<0>["responses"][number]["partitionResponses"][number];

/** From this version on topics are named by id (KIP-516). */
const topicIdVersion = 13;
/** From this version on a wrong broker says who is right (KIP-951). */
const currentLeaderVersion = 10;
const acksOfAll = -1;
const legalAcks: readonly number[] = [-1, 0, 1];

/** What became of one partition, or will have when its followers have it. */
type AppendOutcome = AppendResult | AwaitedAppend;

interface TopicAppends {
  readonly topicData: TopicData;
  readonly partitions: readonly { readonly place: AskedAppend; readonly outcome: AppendOutcome }[];
}

/** One partition of a request. */
interface AskedAppend {
  /** Empty where the topic id means nothing here. */
  readonly topic: string;
  readonly index: number;
  readonly records: Buffer | null;
}

/**
 * Appends batches (KAFKA.md B.6, D.9, S.1). v3 is the first with batches of format 2, v5 tells the log start offset, v7
 * allows zstd, v8 says what is wrong with which record (KIP-467), v10 who leads instead (KIP-951), v13 names topics by
 * id.
 *
 * acks=all is answered when every replica in sync has the batches; with one replica the leader's append is everybody's,
 * so that it is answered at once.
 */
export const produce: Api<0> = {
  handle(request, context, respond) {
    const isUnauthorized = request.transactionalId === null && holdsTransactionalBatch(request);
    const asked = request.topicData.filter(({ partitionData }) => partitionData.length > 0);
    const appends = mergeTopics(asked).map((topicData): TopicAppends => {
      const topic = topicNameOf(topicData, context);
      const partitions = lastOfEachIndex(topicData).map(({ index, records }) => {
        const place = { topic, index, records };
        const outcome = isUnauthorized
          ? refusedAppend("TRANSACTIONAL_ID_AUTHORIZATION_FAILED", -1)
          : appendOne(place, request, context);
        return { place, outcome };
      });
      return { topicData, partitions };
    });
    if (request.acks === 0) {
      finishUnanswered(appends, context);
      return;
    }
    const awaited = appends.flatMap(({ partitions }) => partitions.flatMap(({ outcome }) => awaitedIn(outcome)));
    const answer = () => respond(responseOf(appends, context));
    if (awaited.length === 0) answer();
    else awaitCommit(new DelayedProduce(awaited, answer), request.timeoutMs, context);
  },
};

function awaitedIn(outcome: AppendOutcome): readonly AwaitedAppend[] {
  return outcome instanceof AwaitedAppend ? [outcome] : [];
}

function awaitCommit(delayed: DelayedProduce, timeoutMs: number, context: RequestContext): void {
  const waiting = context.broker.producePurgatory.tryOrWatch(delayed, delayed.keys, timeoutMs);
  if (waiting !== undefined) context.releaseOnClose(waiting);
}

/** With acks=0 nobody waits for an answer: that something failed shows in the loss of the connection. */
function finishUnanswered(appends: readonly TopicAppends[], context: RequestContext): void {
  const errorNames = appends.flatMap(({ partitions }) => partitions.map(({ outcome }) => resultOf(outcome).errorName));
  const failures = errorNames.filter((errorName) => errorName !== "NONE");
  if (failures.length === 0) context.finishSilently();
  else context.closeConnection(`Produce with acks=0 failed with ${failures.join(", ")}`);
}

function responseOf(appends: readonly TopicAppends[], context: RequestContext): ResponseDraftOf<0> {
  const leaders = new CurrentLeaders(context.broker);
  const toldLeaders = context.apiVersion >= currentLeaderVersion ? leaders : undefined;
  const responses = appends.map(({ topicData: { name, topicId }, partitions }) => ({
    name,
    topicId,
    partitionResponses: partitions.map(({ place, outcome }) => answerOf(place, resultOf(outcome), toldLeaders)),
  }));
  return { responses, nodeEndpoints: leaders.nodeEndpoints };
}

function resultOf(outcome: AppendOutcome): AppendResult {
  return outcome instanceof AwaitedAppend ? outcome.result : outcome;
}

/** A topic that is named twice is answered once. */
function mergeTopics(topics: readonly TopicData[]): readonly TopicData[] {
  if (topics.length < 2) return topics;
  const merged = new Map<string, TopicData>();
  for (const topic of topics) {
    const key = topic.topicId === zeroUuid ? topic.name : topic.topicId;
    const known = merged.get(key);
    const partitionData = known === undefined ? topic.partitionData : [...known.partitionData, ...topic.partitionData];
    merged.set(key, { ...topic, partitionData });
  }
  return [...merged.values()];
}

/** Where a partition is named twice, the last one wins. */
function lastOfEachIndex({ partitionData }: TopicData): TopicData["partitionData"] {
  if (partitionData.length < 2) return partitionData;
  return [...new Map(partitionData.map((partition) => [partition.index, partition])).values()];
}

function topicNameOf({ name, topicId }: TopicData, { apiVersion, broker }: RequestContext): string {
  return apiVersion >= topicIdVersion ? (broker.metadata.topicsById.get(topicId)?.name ?? "") : name;
}

function holdsTransactionalBatch({ topicData }: Request): boolean {
  return topicData.some(({ partitionData }) => partitionData.some(({ records }) => isTransactionalBatch(records)));
}

function isTransactionalBatch(records: Buffer | null): boolean {
  const isBatch = records !== null && hasCompleteHeader(records, 0) && magicOf(records, 0) === currentMagic;
  return isBatch && isTransactional(records, 0);
}

/** Kafka's order: where to, then whether it is a batch at all, then how, and at last the leader's own rules. */
function appendOne(asked: AskedAppend, request: Request, context: RequestContext): AppendOutcome {
  const { topic, index, records } = asked;
  const { broker, apiVersion } = context;
  if (!isKnownPartition(broker, topic, index)) return refusedAppend(unknownName(topic, apiVersion), -1);
  if (records === null) return refusedAppend("INVALID_RECORD", -1);
  const refusal = refusalOf(topic, records, request);
  const partition = refusal ?? findLed(broker, topic, index);
  if (typeof partition === "string") return refusedAppend(framingErrorOf(records, apiVersion) ?? partition, -1);
  if (isUnderMinimum(partition, request)) {
    return refusedAppend(framingErrorOf(records, apiVersion) ?? "NOT_ENOUGH_REPLICAS", partition.logStartOffset);
  }
  const result = partition.append(records, apiVersion);
  if (result.errorName !== "NONE") return result;
  if (!result.isDuplicate) broker.touch(partition);
  return request.acks === acksOfAll ? committed(partition, result) : result;
}

/** Only who waits for all cares how many that are. */
function isUnderMinimum(partition: Partition, { acks }: Request): boolean {
  return acks === acksOfAll && !partition.hasEnoughInSyncReplicas;
}

/** Also a batch that an earlier try appended may not be committed yet. */
function committed(partition: Partition, result: AppendResult): AppendOutcome {
  if (partition.commitOf(result.lastOffset + 1, partition.leaderTerm) === "NONE") return result;
  const awaited = new AwaitedAppend(partition, result);
  return awaited.settle() ? awaited.result : awaited;
}

/** A topic that was asked for by an unknown id has no name here. */
function unknownName(topic: string, apiVersion: number): ErrorName {
  return topic === "" && apiVersion >= topicIdVersion ? "UNKNOWN_TOPIC_ID" : "UNKNOWN_TOPIC_OR_PARTITION";
}

/** What speaks against this batch for this topic, whoever leads; undefined where nothing does. */
function refusalOf(topic: string, records: Buffer, request: Request): ErrorName | undefined {
  if (!legalAcks.includes(request.acks)) return "INVALID_REQUIRED_ACKS";
  if (isInternalTopic(topic)) return "INVALID_TOPIC_EXCEPTION";
  // There are no transactions yet, so that no coordinator ever heard of this transactional id.
  return isTransactionalBatch(records) ? "INVALID_PRODUCER_ID_MAPPING" : undefined;
}

/** `leaders` where the version tells who leads instead. */
function answerOf(asked: AskedAppend, result: AppendResult, leaders: CurrentLeaders | undefined): PartitionAnswer {
  const { errorName, baseOffset, logAppendTimeMs, logStartOffset, errorMessage, recordErrors } = result;
  const answer = {
    index: asked.index,
    errorCode: errorCodeOf(errorName),
    baseOffset,
    logAppendTimeMs,
    logStartOffset,
    errorMessage,
    recordErrors: recordErrors.map(({ batchIndex, message }) => ({ batchIndex, batchIndexErrorMessage: message })),
  };
  if (errorName !== "NOT_LEADER_OR_FOLLOWER" || leaders === undefined) return answer;
  return { ...answer, currentLeader: leaders.of(asked.topic, asked.index) };
}
