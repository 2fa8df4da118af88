import { zeroUuid } from "../base/uuid.ts";
import type { EpochEnd } from "../log/leader-epoch-cache.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import type { Partition } from "../replication/partition.ts";
import type { FetchedPartition, FetchPlan, ToldFetch } from "./fetch-sessions.ts";
import { isKnownPartition } from "./partition-lookup.ts";
import type { ServingBroker } from "./serving-broker.ts";

/** How much a fetch may return, and who asks. */
export interface FetchLimits {
  readonly maxBytes: number;
  /** At least this much is worth an answer before the time is up. */
  readonly minBytes: number;
  readonly readsCommittedOnly: boolean;
  /** The follower that asks; -1 for a consumer. */
  readonly replicaId: number;
  /** The asker is a consumer who may read what a follower has. */
  readonly readsFollowers: boolean;
  /** Topics are asked for by id, so that a zero id is one that nobody knows. */
  readonly usesTopicIds: boolean;
}

/** What one partition gave. */
export interface PartitionRead extends ToldFetch {
  /** The hosted partition; undefined where there is none. */
  readonly partition: Partition | undefined;
  readonly lastStableOffset: number;
  readonly chunks: readonly Buffer[];
  /** Where the reader's log and this one part; it must cut its own there. */
  readonly divergingEpoch: EpochEnd | undefined;
  /** Known to be wrong without a look at any log: that alone doesn't cut a wait short (KAFKA.md D.10). */
  readonly isSortedOut: boolean;
}

const noChunks: readonly Buffer[] = [];

export function failedRead(asked: FetchedPartition, errorName: ErrorName, partition?: Partition): PartitionRead {
  return {
    asked,
    partition,
    errorName,
    byteCount: 0,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    chunks: noChunks,
    divergingEpoch: undefined,
    isDiverging: false,
    isSortedOut: errorName === "UNKNOWN_TOPIC_OR_PARTITION" || errorName === "UNKNOWN_TOPIC_ID",
  };
}

/**
 * Read all partitions of `plan` in its order. The first batch that is found comes whole however large it is, or a
 * reader could be stuck behind it for ever; what follows has to fit (KIP-74). What can't be read at all is told last.
 */
export function readPlan(broker: ServingBroker, plan: FetchPlan, limits: FetchLimits): PartitionRead[] {
  const reads: PartitionRead[] = [];
  const sortedOut: PartitionRead[] = [];
  let leftBytes = limits.maxBytes;
  let atLeastOneBatch = true;
  for (const asked of plan.partitions.values()) {
    const found = findPartition(broker, asked, limits);
    const limit = { byteCountMax: Math.min(asked.maxBytes, leftBytes), atLeastOneBatch };
    const read = typeof found === "string" ? failedRead(asked, found) : readPartition(asked, found, limits, limit);
    (read.isSortedOut ? sortedOut : reads).push(read);
    if (read.byteCount > 0) atLeastOneBatch = false;
    leftBytes = Math.max(0, leftBytes - read.byteCount);
  }
  return sortedOut.length === 0 ? reads : [...reads, ...sortedOut];
}

/** A topic asked for by id is looked up once; a session then goes on by its name, and meets a successor with 103. */
function findPartition(broker: ServingBroker, asked: FetchedPartition, limits: FetchLimits): Partition | ErrorName {
  const isById = asked.topicId !== zeroUuid;
  if (limits.usesTopicIds && asked.topic === "") {
    const topic = broker.metadata.topicsById.get(asked.topicId);
    if (topic === undefined) return "UNKNOWN_TOPIC_ID";
    asked.topic = topic.name;
  }
  const partition = broker.partitions.find(asked.topic, asked.index);
  if (partition === undefined) {
    const isKnown = isKnownPartition(broker, asked.topic, asked.index);
    return isKnown ? "NOT_LEADER_OR_FOLLOWER" : "UNKNOWN_TOPIC_OR_PARTITION";
  }
  if (isById && partition.topicId !== asked.topicId) return "INCONSISTENT_TOPIC_ID";
  return partition;
}

/** First offset that the asker may not see: a follower sees all there is. */
export function limitOffsetOf(partition: Partition, { replicaId, readsCommittedOnly }: FetchLimits): number {
  if (replicaId >= 0) return partition.logEndOffset;
  return readsCommittedOnly ? partition.lastStableOffset : partition.highWatermark;
}

interface PartitionLimit {
  readonly byteCountMax: number;
  readonly atLeastOneBatch: boolean;
}

function readPartition(
  asked: FetchedPartition,
  partition: Partition,
  limits: FetchLimits,
  { byteCountMax, atLeastOneBatch }: PartitionLimit,
): PartitionRead {
  const refusal = refusalOf(asked, partition, limits);
  if (refusal !== "NONE") return failedRead(asked, refusal, partition);
  const { highWatermark, lastStableOffset, logStartOffset } = partition;
  const limitOffset = limitOffsetOf(partition, limits);
  const divergence = asked.lastFetchedEpoch < 0 ? undefined : divergenceOf(asked, partition);
  if (typeof divergence === "string") return failedRead(asked, divergence, partition);
  let chunks = noChunks;
  let byteCount = 0;
  if (divergence === undefined) {
    if (byteCountMax < 0 && asked.fetchOffset < limitOffset)
      return failedRead(asked, "UNKNOWN_SERVER_ERROR", partition);
    const slice = partition.read(asked.fetchOffset, { byteCountMax, atLeastOneBatch, limitOffset });
    if (typeof slice === "string") return failedRead(asked, slice, partition);
    ({ chunks, byteCount } = slice);
  }
  return {
    asked,
    partition,
    errorName: "NONE",
    byteCount,
    highWatermark,
    lastStableOffset,
    logStartOffset,
    chunks,
    divergingEpoch: divergence,
    isDiverging: divergence !== undefined,
    isSortedOut: false,
  };
}

/** Any negative epoch of a fetch means that the reader doesn't care (KAFKA.md S.1). */
function refusalOf(asked: FetchedPartition, partition: Partition, limits: FetchLimits): ErrorName {
  const fenced = asked.currentLeaderEpoch < 0 ? "NONE" : partition.fence(asked.currentLeaderEpoch);
  if (fenced !== "NONE") return fenced;
  const isServed = partition.isLeader || limits.readsFollowers;
  const isKnown = limits.replicaId < 0 || partition.hasFollower(limits.replicaId);
  return isServed && isKnown ? "NONE" : "NOT_LEADER_OR_FOLLOWER";
}

/** Did the reader's last record come from a log that parted from this one (KIP-320, KAFKA.md D.7)? */
function divergenceOf(asked: FetchedPartition, partition: Partition): EpochEnd | ErrorName | undefined {
  const end = partition.epochEnd(asked.lastFetchedEpoch);
  if (end.leaderEpoch < 0 || end.endOffset < 0) return "OFFSET_OUT_OF_RANGE";
  if (asked.fetchOffset < partition.logStartOffset) return "OFFSET_OUT_OF_RANGE";
  const isDiverging = end.leaderEpoch < asked.lastFetchedEpoch || end.endOffset < asked.fetchOffset;
  return isDiverging ? end : undefined;
}
