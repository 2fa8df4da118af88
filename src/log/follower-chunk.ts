import {
  baseOffsetOf,
  batchByteCountOf,
  batchHeaderByteCount,
  crcIsValid,
  currentMagic,
  lastOffsetOf,
  magicOf,
  maxTimestampOf,
} from "../protocol/records/batch.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import type { AppendedChunk } from "./segment.ts";

/**
 * What a follower asks of batches that its leader sent: whole, unharmed, and in order from its own end on. The chunk
 * ends before a batch that was cut by a size limit.
 */
export function checkReplicated(records: Buffer, logEndOffset: number): AppendedChunk | ErrorName {
  let position = 0;
  let nextOffset = logEndOffset;
  let maxTimestamp = -1;
  let offsetOfMaxTimestamp = logEndOffset;
  while (position + batchHeaderByteCount <= records.byteLength) {
    const byteCount = batchByteCountOf(records, position);
    if (byteCount < batchHeaderByteCount || magicOf(records, position) !== currentMagic) return "CORRUPT_MESSAGE";
    if (position + byteCount > records.byteLength) break;
    if (!crcIsValid(records, position)) return "CORRUPT_MESSAGE";
    const lastOffset = lastOffsetOf(records, position);
    if (baseOffsetOf(records, position) < nextOffset) return "OFFSET_OUT_OF_RANGE";
    if (lastOffset < baseOffsetOf(records, position)) return "CORRUPT_MESSAGE";
    if (maxTimestampOf(records, position) > maxTimestamp) {
      maxTimestamp = maxTimestampOf(records, position);
      offsetOfMaxTimestamp = lastOffset;
    }
    nextOffset = lastOffset + 1;
    position += byteCount;
  }
  return { bytes: records.subarray(0, position), lastOffset: nextOffset - 1, maxTimestamp, offsetOfMaxTimestamp };
}
