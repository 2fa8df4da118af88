import type { ErrorName } from "../protocol/error-code.ts";
import type { RecordError, RejectedBatch } from "./batch-validator.ts";

/** What became of a batch, in the terms of a Produce answer. Offsets and times are -1 where there is none. */
export interface AppendResult {
  readonly errorName: ErrorName;
  readonly errorMessage: string | null;
  readonly recordErrors: readonly RecordError[];
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** When the leader appended it, where the topic keeps that time; the cached time of the first try for a duplicate. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
  /** It was in the log already: nothing was appended now. */
  readonly isDuplicate: boolean;
}

/** A batch that nothing was wrong with. */
export interface Placement {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly logAppendTimeMs: number;
  readonly isDuplicate: boolean;
}

export function appended(placement: Placement, logStartOffset: number): AppendResult {
  return {
    errorName: "NONE",
    errorMessage: null,
    recordErrors: [],
    baseOffset: placement.baseOffset,
    lastOffset: placement.lastOffset,
    logAppendTimeMs: placement.logAppendTimeMs,
    logStartOffset,
    isDuplicate: placement.isDuplicate,
  };
}

export function refusedAppend(errorName: ErrorName, logStartOffset: number): AppendResult {
  return {
    errorName,
    errorMessage: null,
    recordErrors: [],
    baseOffset: -1,
    lastOffset: -1,
    logAppendTimeMs: -1,
    logStartOffset,
    isDuplicate: false,
  };
}

export function rejectedAppend(rejected: RejectedBatch, logStartOffset: number): AppendResult {
  return {
    ...refusedAppend(rejected.errorName, rejected.tellsLogStart ? logStartOffset : -1),
    errorMessage: rejected.errorMessage,
    recordErrors: rejected.recordErrors,
  };
}
