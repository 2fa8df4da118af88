import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLoad } from "./load.ts";
import { type LoadOrder, type LoadResult, megabytesPerSecond } from "./load-order.ts";
import { measureRawLimit } from "./raw-limit.ts";
import { comparisonRow, type Row } from "./report.ts";
import { startTapedeck } from "./tapedeck-process.ts";

const runCount = 4;
const batchByteCountMax = 64 * 1024;
const byteCount = 320_000_000;
/** Well below what a broker keeps of its logs' ends in memory. */
const tailByteCount = 24_000_000;
const tailPassCount = 10;
const recordByteCounts = [1024, 100] as const;
const ratioMin = 0.6;

const common = {
  host: "127.0.0.1",
  startOffset: 0,
  batchByteCountMax,
  byteCount,
  passCount: 1,
  inFlightMax: 5,
  batchesPerFetch: 16,
};

interface Samples {
  readonly rawLimit: number[];
  readonly produce: Map<number, number[]>;
  readonly fetchTail: Map<number, number[]>;
  readonly fetchFile: Map<number, number[]>;
}

/**
 * Produce and fetch of one partition on the disk, beside the raw limit of the machine: the same batches over loopback
 * TCP into a file with nothing of Kafka around them, measured in turn with the broker.
 */
export async function measureThroughput(): Promise<readonly Row[]> {
  const perSize = () => new Map<number, number[]>(recordByteCounts.map((size) => [size, []]));
  const samples: Samples = { rawLimit: [], produce: perSize(), fetchTail: perSize(), fetchFile: perSize() };
  for (let run = 0; run < runCount; run++) await measureOnce(samples);
  const row = (what: string, ours: readonly number[] | undefined, budget: string, wanted: number) =>
    comparisonRow({
      what: `${what} records, 64 KiB batches, RF 1, on disk`,
      ours: ours ?? [],
      theirs: samples.rawLimit,
      beside: "raw limit",
      unit: "MB/s",
      ratioMin: wanted,
      budget,
    });
  const name = (size: number) => (size === 1024 ? "1 KiB" : `${size} B`);
  return recordByteCounts.flatMap((size) => [
    row(`produce acks=1, ${name(size)}`, samples.produce.get(size), ">= 0.60 of the raw limit", ratioMin),
    { ...row(`fetch the end (memory), ${name(size)}`, samples.fetchTail.get(size), "", 0), holds: undefined },
    { ...row(`fetch all (files), ${name(size)}`, samples.fetchFile.get(size), "", 0), holds: undefined },
  ]);
}

async function measureOnce(samples: Samples): Promise<void> {
  for (const recordByteCount of recordByteCounts) {
    const directory = mkdtempSync(join(tmpdir(), "tapedeck-bench-"));
    try {
      const limit = await measureRawLimit({ batchByteCount: batchByteCountMax, byteCount, directory });
      samples.rawLimit.push(limit.megabytesPerSecond);
      const topic = "load";
      await using tapedeck = await startTapedeck("--brokers", "1", "--data", directory, "--topic", `${topic}:1`);
      const port = tapedeck.brokers[0]?.port ?? 0;
      const order = { ...common, port, topic, recordByteCount };
      const produced = await runLoad({ ...order, kind: "produce" });
      samples.produce.get(recordByteCount)?.push(megabytesPerSecond(produced));
      const fetched = await runLoad({ ...order, kind: "fetch" });
      samples.fetchFile.get(recordByteCount)?.push(megabytesPerSecond(fetched));
      samples.fetchTail.get(recordByteCount)?.push(await fetchTail({ ...order, kind: "fetch" }, produced));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}

/** The last batches, again and again. */
async function fetchTail(
  order: LoadOrder,
  { batchByteCount, batchCount, recordsPerBatch }: LoadResult,
): Promise<number> {
  const tailBatchCount = Math.floor(tailByteCount / batchByteCount);
  const startOffset = (batchCount - tailBatchCount) * recordsPerBatch;
  const tail = { ...order, startOffset, byteCount: tailBatchCount * batchByteCount, passCount: tailPassCount };
  return megabytesPerSecond(await runLoad(tail));
}
