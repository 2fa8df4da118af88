import { zeroUuid } from "../../base/uuid.ts";
import { errorCodeOf } from "../../protocol/error-code.ts";
import type { RequestOf, ResponseDraftOf } from "../../protocol/api-messages.ts";
import type { Api, RequestContext } from "../api.ts";
import { CurrentLeaders } from "../current-leader.ts";
import { DelayedFetch } from "../delayed-fetch.ts";
import { failedRead, readPlan } from "../fetch-read.ts";
import type { FetchLimits, PartitionRead } from "../fetch-read.ts";
import { FetchedPartition, fetchedPartitionKey } from "../fetch-sessions.ts";
import type { FetchPlan, SessionRequest } from "../fetch-sessions.ts";

type Request = RequestOf<1>;
type TopicAnswer = ResponseDraftOf<1>["responses"][number];
type PartitionAnswer = TopicAnswer["partitions"][number];

/** From this version on topics are named by id, and an error of the whole request needs no partitions beside it. */
const topicIdVersion = 13;
/** From this version on a wrong broker says who is right (KIP-951). */
const currentLeaderVersion = 16;
/** From this version on consumers may read from followers (KIP-392). */
const rackVersion = 11;
const readUncommitted = 0;
const readCommitted = 1;

/**
 * Reads batches, waiting for them if need be (KAFKA.md D.10, J.5, S.1). v5 tells the log start offset, v7 brings
 * sessions (KIP-227), v9 leader epochs (KIP-320), v11 the reader's rack (KIP-392), v12 the epoch last read, v13 topic
 * ids (KIP-516), v16 who leads instead (KIP-951).
 *
 * The batches leave as they lie in the log: nothing of them is copied here.
 */
export const fetch: Api<1> = {
  handle(request, context, respond) {
    if (request.isolationLevel !== readUncommitted && request.isolationLevel !== readCommitted) {
      respond(unknownIsolation(request, context.apiVersion));
      return;
    }
    const plan = context.broker.fetchSessions.plan(sessionRequest(request, context.apiVersion));
    if (plan.errorName !== "NONE") {
      respond({ errorCode: errorCodeOf(plan.errorName), sessionId: 0, responses: [] });
      return;
    }
    const limits = limitsOf(request, context);
    const found = readPlan(context.broker, plan, limits);
    const reads = limits.replicaId < 0 ? found : recordFollower(found, request, context);
    if (isEnough(reads, limits, request.maxWaitMs)) {
      respond(conclude(reads, plan, request, context));
      return;
    }
    const delayed = new DelayedFetch(reads, limits, () => {
      respond(conclude(readPlan(context.broker, plan, limits), plan, request, context));
    });
    const waiting = context.broker.fetchPurgatory.tryOrWatch(delayed, delayed.keys, request.maxWaitMs);
    if (waiting !== undefined) context.releaseOnClose(waiting);
  },
};

function limitsOf(request: Request, { broker, apiVersion }: RequestContext): FetchLimits {
  const maxBytes = Math.min(request.maxBytes, broker.settings.fetchMaxBytes);
  return {
    maxBytes,
    minBytes: Math.min(request.minBytes, maxBytes),
    readsCommittedOnly: request.isolationLevel === readCommitted,
    replicaId: replicaIdOf(request),
    readsFollowers: apiVersion >= rackVersion && replicaIdOf(request) < 0,
    usesTopicIds: apiVersion >= topicIdVersion,
  };
}

/** v15 moved it (KIP-903); the codec fills whichever is absent with -1. */
function replicaIdOf(request: Request): number {
  return Math.max(request.replicaId, request.replicaState.replicaId);
}

/**
 * A follower's fetch says what it has; which is believed once the read has found that both logs agree so far. What this
 * commits is not told in the same answer: it was read before (KAFKA.md D.2).
 */
function recordFollower(
  reads: readonly PartitionRead[],
  request: Request,
  { broker }: RequestContext,
): PartitionRead[] {
  const nowMs = broker.runtime.clock.monotonicMs();
  const brokerEpoch = request.replicaState.replicaEpoch;
  return reads.map((read) => {
    const { partition, asked } = read;
    if (partition === undefined || read.errorName !== "NONE" || read.isDiverging) return read;
    const { fetchOffset, logStartOffset } = asked;
    const fetched = { fetchOffset, logStartOffset, brokerEpoch, nowMs };
    const recorded = partition.recordFollowerFetch(replicaIdOf(request), fetched);
    if (recorded === "refused") return failedRead(asked, "NOT_LEADER_OR_FOLLOWER", partition);
    if (recorded === "moved") broker.touch(partition);
    return read;
  });
}

function isEnough(reads: readonly PartitionRead[], limits: FetchLimits, maxWaitMs: number): boolean {
  if (maxWaitMs <= 0 || reads.length === 0) return true;
  let byteCount = 0;
  let hasPartition = false;
  for (const read of reads) {
    if (read.isSortedOut) continue;
    hasPartition = true;
    if (read.errorName !== "NONE" || read.isDiverging) return true;
    byteCount += read.byteCount;
  }
  return !hasPartition || byteCount >= limits.minBytes;
}

function sessionRequest(request: Request, apiVersion: number): SessionRequest {
  const wanted = new Map<string, FetchedPartition>();
  for (const { topic, topicId, partitions } of request.topics) {
    for (const asked of partitions) {
      const partition = new FetchedPartition(topic, topicId, asked.partition);
      partition.fetchOffset = asked.fetchOffset;
      partition.maxBytes = asked.partitionMaxBytes;
      partition.currentLeaderEpoch = asked.currentLeaderEpoch;
      partition.lastFetchedEpoch = asked.lastFetchedEpoch;
      partition.logStartOffset = asked.logStartOffset;
      wanted.set(fetchedPartitionKey(topic, topicId, asked.partition), partition);
    }
  }
  return {
    sessionId: request.sessionId,
    epoch: request.sessionEpoch,
    usesTopicIds: apiVersion >= topicIdVersion,
    isPrivileged: replicaIdOf(request) >= 0,
    wanted,
    forgotten: request.forgottenTopicsData.flatMap(({ topic, topicId, partitions }) =>
      partitions.map((index) => fetchedPartitionKey(topic, topicId, index)),
    ),
  };
}

function conclude(
  reads: readonly PartitionRead[],
  plan: FetchPlan,
  request: Request,
  context: RequestContext,
): ResponseDraftOf<1> {
  const { sessionId, told } = plan.conclude(reads);
  const leaders = context.apiVersion >= currentLeaderVersion ? new CurrentLeaders(context.broker) : undefined;
  const responses: { topic: string; topicId: string; partitions: PartitionAnswer[] }[] = [];
  for (const read of told) {
    const { topic, topicId } = read.asked;
    let group = responses.at(-1);
    if (group === undefined || group.topicId !== topicId || (topicId === zeroUuid && group.topic !== topic)) {
      group = { topic, topicId, partitions: [] };
      responses.push(group);
    }
    group.partitions.push(answerOf(read, request.isolationLevel, leaders));
  }
  const answer = { errorCode: errorCodeOf("NONE"), sessionId, responses };
  return leaders === undefined ? answer : { ...answer, nodeEndpoints: leaders.nodeEndpoints };
}

const noneAborted: PartitionAnswer["abortedTransactions"] = [];

function answerOf(read: PartitionRead, isolationLevel: number, leaders: CurrentLeaders | undefined): PartitionAnswer {
  const { asked, errorName } = read;
  const wasRead = errorName === "NONE";
  const tellsAborted = read.isSortedOut || (wasRead && isolationLevel === readCommitted);
  const answer = {
    partitionIndex: asked.index,
    errorCode: errorCodeOf(errorName),
    highWatermark: read.highWatermark,
    lastStableOffset: read.lastStableOffset,
    logStartOffset: read.logStartOffset,
    abortedTransactions: tellsAborted ? noneAborted : null,
    records: read.chunks,
  };
  if (read.divergingEpoch !== undefined) {
    const { leaderEpoch, endOffset } = read.divergingEpoch;
    return { ...answer, divergingEpoch: { epoch: leaderEpoch, endOffset } };
  }
  const isMisled = errorName === "NOT_LEADER_OR_FOLLOWER" || errorName === "FENCED_LEADER_EPOCH";
  return isMisled && leaders !== undefined
    ? { ...answer, currentLeader: leaders.of(asked.topic, asked.index) }
    : answer;
}

/** The request as a whole is refused: before topic ids that is repeated on every partition. */
function unknownIsolation(request: Request, apiVersion: number): ResponseDraftOf<1> {
  const errorCode = errorCodeOf("UNKNOWN_SERVER_ERROR");
  const failed = { errorCode, highWatermark: -1, abortedTransactions: noneAborted, records: [] };
  const responses = request.topics.map(({ topic, topicId, partitions }) => ({
    topic,
    topicId,
    partitions: partitions.map(({ partition }) => ({ ...failed, partitionIndex: partition })),
  }));
  return { errorCode, sessionId: request.sessionId, responses: apiVersion < topicIdVersion ? responses : [] };
}
