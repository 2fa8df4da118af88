import { errorCodeOf } from "../../protocol/error-code.ts";
import type { ErrorName } from "../../protocol/error-code.ts";
import type { RequestOf, ResponseDraftOf } from "../../protocol/api-messages.ts";
import type { Partition } from "../../replication/partition.ts";
import type { Api, RequestContext } from "../api.ts";
import { findLed } from "../partition-lookup.ts";

type AskedPartition = RequestOf<2>["topics"][number]["partitions"][number];
type TopicAnswer = ResponseDraftOf<2>["topics"][number];

const consumerReplicaId = -1;
/** From this version on clients know OFFSET_NOT_AVAILABLE (KIP-207). */
const offsetNotAvailableVersion = 5;
const isolationLevels: readonly number[] = [0, 1];

/** Timestamps that stand for a place. */
const specialTimestamps = { latest: -1, earliest: -2, maxTimestamp: -3, earliestLocal: -4, latestTiered: -5 } as const;

/** First version of the request that knows a special timestamp; an older one doesn't mean it. */
const minVersionOf: ReadonlyMap<number, number> = new Map([
  [specialTimestamps.latest, 1],
  [specialTimestamps.earliest, 1],
  [specialTimestamps.maxTimestamp, 7],
  [specialTimestamps.earliestLocal, 8],
  [specialTimestamps.latestTiered, 9],
]);

/** An offset, with the timestamp and the leader epoch of what is there; -1 for what is not known. */
export interface ListedOffset {
  readonly errorName: ErrorName;
  readonly timestamp: number;
  readonly offset: number;
  readonly leaderEpoch: number;
}

/**
 * Offsets by time: the earliest, the latest, the first record at or after a timestamp (KAFKA.md K). v2 adds the
 * isolation level, v4 leader epochs (KIP-320), v7 the record with the largest timestamp (KIP-734), v8 and v9 what is
 * local and what is tiered (KIP-405, KIP-1005), v10 a time-out.
 */
export const listOffsets: Api<2> = {
  handle(request, context, respond) {
    const topics = [...partitionsByTopic(request)].map(([name, partitions]): TopicAnswer => {
      const duplicates = duplicatesOf(partitions);
      const byIndex = new Map(partitions.map((partition) => [partition.partitionIndex, partition]));
      return {
        name,
        partitions: [...byIndex.values()].map((partition) => {
          const isDuplicate = duplicates.has(partition.partitionIndex);
          const listed = isDuplicate ? failed("INVALID_REQUEST") : listOffset(name, partition, request, context);
          const { errorName, ...rest } = listed;
          return { partitionIndex: partition.partitionIndex, errorCode: errorCodeOf(errorName), ...rest };
        }),
      };
    });
    respond({ topics });
  },
};

/** A topic that is named twice is answered once, and one without partitions not at all. */
function partitionsByTopic({ topics }: RequestOf<2>): ReadonlyMap<string, readonly AskedPartition[]> {
  const byTopic = new Map<string, readonly AskedPartition[]>();
  for (const { name, partitions } of topics) {
    if (partitions.length > 0) byTopic.set(name, [...(byTopic.get(name) ?? []), ...partitions]);
  }
  return byTopic;
}

function duplicatesOf(partitions: readonly AskedPartition[]): ReadonlySet<number> {
  const seen = new Set<number>();
  const duplicates = new Set<number>();
  for (const { partitionIndex } of partitions) {
    if (seen.has(partitionIndex)) duplicates.add(partitionIndex);
    seen.add(partitionIndex);
  }
  return duplicates;
}

function failed(errorName: ErrorName): ListedOffset {
  return { errorName, timestamp: -1, offset: -1, leaderEpoch: -1 };
}

function found(timestamp: number, offset: number, leaderEpoch: number): ListedOffset {
  return { errorName: "NONE", timestamp, offset, leaderEpoch };
}

const nothingFound = found(-1, -1, -1);

function listOffset(
  topic: string,
  asked: AskedPartition,
  request: RequestOf<2>,
  { broker, apiVersion }: RequestContext,
): ListedOffset {
  if (!isolationLevels.includes(request.isolationLevel)) return failed("UNKNOWN_SERVER_ERROR");
  const { timestamp, currentLeaderEpoch } = asked;
  if (timestamp < 0 && apiVersion < (minVersionOf.get(timestamp) ?? Infinity)) return failed("UNSUPPORTED_VERSION");
  const partition = findLed(broker, topic, asked.partitionIndex, currentLeaderEpoch);
  if (typeof partition === "string") return failed(partition);
  const listed = lookUp(partition, timestamp, readableLimit(partition, request));
  if (request.replicaId !== consumerReplicaId || partition.knowsLatestOffset || !isAtEnd(timestamp, listed))
    return listed;
  return failed(apiVersion >= offsetNotAvailableVersion ? "OFFSET_NOT_AVAILABLE" : "LEADER_NOT_AVAILABLE");
}

/**
 * A fresh leader may not know yet what consumers have seen: what depends on that could send them back (KAFKA.md D.3).
 */
function isAtEnd(timestamp: number, { offset, errorName }: ListedOffset): boolean {
  if (timestamp === specialTimestamps.latest) return true;
  return timestamp !== specialTimestamps.latestTiered && offset === -1 && errorName === "NONE";
}

/** Consumers see up to the high watermark, or less while a transaction is open; followers and debuggers all. */
function readableLimit(partition: Partition, { replicaId, isolationLevel }: RequestOf<2>): number {
  if (replicaId !== consumerReplicaId) return partition.logEndOffset;
  return isolationLevel === 0 ? partition.highWatermark : partition.lastStableOffset;
}

function lookUp(partition: Partition, timestamp: number, limitOffset: number): ListedOffset {
  switch (timestamp) {
    case specialTimestamps.latest:
      return found(-1, limitOffset, partition.leaderEpoch);
    case specialTimestamps.earliest:
    case specialTimestamps.earliestLocal:
      return found(-1, partition.logStartOffset, partition.logStartEpoch);
    case specialTimestamps.latestTiered:
      return nothingFound;
    default: {
      const isMax = timestamp === specialTimestamps.maxTimestamp;
      const place = isMax ? partition.offsetOfMaxTimestamp() : partition.offsetForTimestamp(timestamp);
      if (typeof place === "string") return failed(place);
      if (place === undefined || place.offset >= limitOffset) return nothingFound;
      return found(place.timestamp, place.offset, place.leaderEpoch);
    }
  }
}
