/** What a load generator is told to do. */
export interface LoadOrder {
  readonly kind: "produce" | "fetch";
  readonly host: string;
  readonly port: number;
  readonly topic: string;
  /** Where a fetch starts. */
  readonly startOffset: number;
  readonly recordByteCount: number;
  /** A batch is filled with records up to this. */
  readonly batchByteCountMax: number;
  /** How much is sent or read in one pass, in whole batches. */
  readonly byteCount: number;
  /** How often the same is read again. */
  readonly passCount: number;
  /** Requests on their way at the same time. */
  readonly inFlightMax: number;
  /** Batches that one fetch asks for. */
  readonly batchesPerFetch: number;
}

/** What a load generator did. */
export interface LoadResult {
  readonly byteCount: number;
  readonly recordsCount: number;
  /** Every batch is like every other. */
  readonly batchByteCount: number;
  readonly recordsPerBatch: number;
  /** Batches in all, those before the clock was started too. */
  readonly batchCount: number;
  /** From the first request to the last response. */
  readonly durationMs: number;
}

/** MB/s, of a million bytes. */
export function megabytesPerSecond({ byteCount, durationMs }: Pick<LoadResult, "byteCount" | "durationMs">): number {
  return byteCount / 1_000 / durationMs;
}
