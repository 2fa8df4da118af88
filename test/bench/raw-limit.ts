import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

import { crc32c } from "../../src/base/crc32c.ts";

export interface RawLimitOptions {
  readonly batchByteCount: number;
  /** Bytes that count; as much again as a quarter of it goes before, to warm up. */
  readonly byteCount: number;
  /** Where the file is written: the disk that the broker under comparison writes to. Default: the temporary one. */
  readonly directory?: string;
  /** How often to measure; the best counts. Default: 3. */
  readonly runCount?: number;
}

export interface RawLimit {
  /** Millions of bytes a second, as Kafka's own load tools would say 10^6 B. */
  readonly megabytesPerSecond: number;
  readonly batchCount: number;
  /** Processor time of the receiving process for a GB (10^9 B). */
  readonly cpuSecondsPerGigabyte: number;
}

/** A batch arrived that is not what was sent: the measurement means nothing. */
export class DamagedBatchError extends Error {
  override readonly name = "DamagedBatchError";
}

/**
 * What one Node process on this machine can do at most when it takes in batches over loopback TCP, checks the CRC-32C
 * of each and appends it to a file, with no protocol around it. A produce bench of the same run is compared with this,
 * so that a slow or a busy machine does not look like a slow broker.
 *
 * The best of some runs, because a limit is what nothing disturbed: in a virtual machine the first file that reaches
 * into fresh memory of the host is written several times slower than the next one.
 */
export async function measureRawLimit(options: RawLimitOptions): Promise<RawLimit> {
  let best = await measureOnce(options);
  for (let count = 1; count < (options.runCount ?? 3); count += 1) {
    const next = await measureOnce(options);
    if (next.megabytesPerSecond > best.megabytesPerSecond) best = next;
  }
  return best;
}

async function measureOnce(options: RawLimitOptions): Promise<RawLimit> {
  const countedCount = Math.ceil(options.byteCount / options.batchByteCount);
  const warmUpCount = Math.ceil(countedCount / 4);
  const directory = mkdtempSync(join(options.directory ?? tmpdir(), "tapedeck-raw-limit-"));
  const descriptor = openSync(join(directory, "log"), "w");
  const server = createServer({ noDelay: true }).listen(0, "127.0.0.1");
  let sender: ChildProcess | undefined;
  try {
    await once(server, "listening");
    sender = startSender(server, options.batchByteCount, warmUpCount + countedCount);
    const [socket] = (await once(server, "connection")) as [Socket];
    const receiver = new Receiver(descriptor, options.batchByteCount, warmUpCount);
    const { seconds, cpuSeconds } = await receiver.receive(socket, warmUpCount + countedCount);
    const countedBytes = countedCount * options.batchByteCount;
    return {
      megabytesPerSecond: countedBytes / 1e6 / seconds,
      batchCount: countedCount,
      cpuSecondsPerGigabyte: cpuSeconds / (countedBytes / 1e9),
    };
  } finally {
    sender?.kill();
    server.close();
    closeSync(descriptor);
    rmSync(directory, { recursive: true, force: true });
  }
}

function startSender(server: Server, batchByteCount: number, batchCount: number): ChildProcess {
  const { port } = server.address() as AddressInfo;
  const file = fileURLToPath(new URL("raw-limit-sender.ts", import.meta.url));
  return fork(file, [port, batchByteCount, batchCount].map(String), { stdio: "inherit" });
}

/** Puts batches together, checks and appends them, and takes the time from the end of the warm-up on. */
class Receiver {
  private readonly descriptor: number;
  private readonly warmUpCount: number;
  private readonly batch: Buffer;
  private filledByteCount = 0;
  private batchCount = 0;
  private startMs = 0;
  private cpuAtStart = process.cpuUsage();

  constructor(descriptor: number, batchByteCount: number, warmUpCount: number) {
    this.descriptor = descriptor;
    this.warmUpCount = warmUpCount;
    this.batch = Buffer.allocUnsafeSlow(batchByteCount);
  }

  /** Time from the end of the warm-up to the appending of the last batch. */
  async receive(socket: Socket, batchCount: number): Promise<{ seconds: number; cpuSeconds: number }> {
    return new Promise((resolve, reject) => {
      socket.on("data", (chunk: Buffer) => {
        try {
          this.take(chunk);
        } catch (error) {
          socket.destroy(error as Error);
        }
        if (this.batchCount === batchCount) resolve(this.spent());
      });
      socket.on("error", reject);
      socket.on("close", () => {
        reject(new DamagedBatchError(`${String(this.batchCount)} of ${String(batchCount)} batches came`));
      });
    });
  }

  private take(chunk: Buffer): void {
    let position = 0;
    while (position < chunk.byteLength) {
      const copied = chunk.copy(this.batch, this.filledByteCount, position);
      position += copied;
      this.filledByteCount += copied;
      if (this.filledByteCount === this.batch.byteLength) this.append();
    }
  }

  private append(): void {
    if (crc32c(this.batch.subarray(4)) !== this.batch.readUInt32BE(0)) throw new DamagedBatchError("wrong CRC-32C");
    let written = 0;
    while (written < this.batch.byteLength) written += writeSync(this.descriptor, this.batch, written);
    this.filledByteCount = 0;
    this.batchCount += 1;
    if (this.batchCount !== this.warmUpCount) return;
    this.startMs = performance.now();
    this.cpuAtStart = process.cpuUsage();
  }

  private spent(): { seconds: number; cpuSeconds: number } {
    const { user, system } = process.cpuUsage(this.cpuAtStart);
    return { seconds: (performance.now() - this.startMs) / 1000, cpuSeconds: (user + system) / 1e6 };
  }
}
