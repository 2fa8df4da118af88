import type { LogConfig } from "./log-config.ts";

/** What retention looks at in a segment. */
export interface RetainedSegment {
  readonly baseOffset: number;
  readonly byteCount: number;
  /** Largest timestamp of its records, or when it was last written. */
  readonly largestTimestamp: number;
}

export interface RetentionState {
  readonly nowMs: number;
  readonly logStartOffset: number;
  readonly highWatermark: number;
  readonly logEndOffset: number;
}

/**
 * How many of the oldest segments may go (KAFKA.md I.3): below the log start always, by size and by time where the
 * policy includes "delete". Nothing at or above the high watermark goes, and the first segment that stays keeps all
 * behind it. An answer of all segments means that the active one is to be rolled first.
 */
export function countDeletable(
  segments: readonly RetainedSegment[],
  config: Pick<LogConfig, "cleanupPolicy" | "retentionBytes" | "retentionMs">,
  state: RetentionState,
): number {
  const deletes = config.cleanupPolicy.includes("delete");
  const isBelowLogStart = (_: RetainedSegment, nextBase: number | undefined): boolean =>
    nextBase !== undefined && nextBase <= state.logStartOffset;
  let count = countWhile(segments, state, isBelowLogStart);
  if (!deletes) return count;
  count += countBySize(segments.slice(count), config.retentionBytes, state);
  const isTooOld = ({ largestTimestamp }: RetainedSegment): boolean =>
    state.nowMs - largestTimestamp > config.retentionMs;
  return count + countWhile(segments.slice(count), state, isTooOld);
}

function countBySize(segments: readonly RetainedSegment[], retentionBytes: number, state: RetentionState): number {
  let excess = segments.reduce((sum, { byteCount }) => sum + byteCount, 0) - retentionBytes;
  return countWhile(segments, state, ({ byteCount }) => {
    if (excess - byteCount < 0) return false;
    excess -= byteCount;
    return true;
  });
}

function countWhile(
  segments: readonly RetainedSegment[],
  state: RetentionState,
  isUnwanted: (segment: RetainedSegment, nextBase: number | undefined) => boolean,
): number {
  let count = 0;
  for (const [index, segment] of segments.entries()) {
    const nextBase = segments[index + 1]?.baseOffset;
    const isEmptyActive = nextBase === undefined && segment.byteCount === 0;
    if (isEmptyActive || state.highWatermark < (nextBase ?? state.logEndOffset)) break;
    if (!isUnwanted(segment, nextBase)) break;
    count++;
  }
  return count;
}
