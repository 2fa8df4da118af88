/** Finding single records by their time (KAFKA.md B.5, K ListOffsets). Positions found here are exact. */
import {
  baseOffsetOf,
  lastOffsetOf,
  maxTimestampOf,
  partitionLeaderEpochOf,
  timestampTypeOf,
} from "../protocol/records/batch.ts";
import type { Compression } from "../protocol/records/compression.ts";
import { RecordReader } from "../protocol/records/record-reader.ts";
import type { BatchWalk } from "./batch-walk.ts";
import type { Segment } from "./segment.ts";

/** A record, by where and when it is. */
export interface TimestampedOffset {
  readonly offset: number;
  readonly timestamp: number;
  readonly leaderEpoch: number;
}

/** The first record at or after `fromOffset` whose timestamp is at least `timestamp`; undefined where none is. */
export function findByTimestamp(
  segments: readonly Segment[],
  timestamp: number,
  fromOffset: number,
  compression: Compression,
): TimestampedOffset | undefined {
  const segment = segments.find((candidate) => candidate.byteCount > 0 && candidate.largestTimestamp >= timestamp);
  if (segment === undefined) return undefined;
  const indexed = Math.max(segment.timeIndex.lookup(timestamp).offset, fromOffset);
  const walk = segment.walk(segment.offsetIndex.lookup(indexed).position);
  while (walk.next()) {
    if (maxTimestampOf(walk.bytes, walk.headerPosition) < timestamp) continue;
    if (lastOffsetOf(walk.bytes, walk.headerPosition) < fromOffset) continue;
    const found = findInBatch(walk, compression, (recordTimestamp, offset) => {
      return recordTimestamp >= timestamp && offset >= fromOffset;
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first record that has the largest timestamp of the log (which may be none: -1); undefined in an empty log. */
export function findMaxTimestamp(
  segments: readonly Segment[],
  compression: Compression,
): TimestampedOffset | undefined {
  let latest: Segment | undefined;
  for (const segment of segments) {
    if (segment.byteCount === 0) continue;
    if (latest === undefined || segment.largestEntry().timestamp > latest.largestEntry().timestamp) latest = segment;
  }
  if (latest === undefined) return undefined;
  const { timestamp, offset } = latest.largestEntry();
  const walk = latest.walk(latest.offsetIndex.lookup(offset).position);
  while (walk.next()) {
    if (maxTimestampOf(walk.bytes, walk.headerPosition) !== timestamp) continue;
    return findInBatch(walk, compression, (recordTimestamp) => recordTimestamp === timestamp);
  }
  return undefined;
}

function findInBatch(
  walk: BatchWalk,
  compression: Compression,
  isWanted: (timestamp: number, offset: number) => boolean,
): TimestampedOffset | undefined {
  const bytes = walk.wholeBatch();
  const position = walk.headerPosition;
  const leaderEpoch = partitionLeaderEpochOf(bytes, position);
  if (timestampTypeOf(bytes, position) === "LogAppendTime") {
    // All records have the batch's time, so the question is only which offset comes first.
    const timestamp = maxTimestampOf(bytes, position);
    const limit = lastOffsetOf(bytes, position);
    for (let offset = baseOffsetOf(bytes, position); offset <= limit; offset++) {
      if (isWanted(timestamp, offset)) return { offset, timestamp, leaderEpoch };
    }
    return undefined;
  }
  const reader = new RecordReader(bytes, position, compression);
  for (let record = reader.next(); record !== undefined; record = reader.next()) {
    if (isWanted(record.timestamp, record.offset)) {
      return { offset: record.offset, timestamp: record.timestamp, leaderEpoch };
    }
  }
  return undefined;
}
