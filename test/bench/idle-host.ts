/**
 * A process whose memory is measured: with nothing, with an engine in its own thread, or with one in a worker thread as
 * in the extension. It says how much it takes once it has come to rest.
 */
import { createRequire } from "node:module";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { startCluster } from "../../src/cli/engine.ts";

const engineFile = fileURLToPath(new URL("../../dist/engine.js", import.meta.url));
const restMs = 1_500;

async function start(what: string | undefined): Promise<void> {
  if (what === "engine") {
    const engine = createRequire(import.meta.url)(engineFile) as { startCluster: typeof startCluster };
    await engine.startCluster({ brokers: 3 });
  }
  if (what !== "worker") return;
  const worker = new Worker(engineFile, { workerData: { role: "tapedeck-engine" } });
  const options = { brokerCount: 3, host: "127.0.0.1", port: 0, storage: { kind: "memory" } };
  await new Promise<void>((resolve, reject) => {
    worker.once("error", reject);
    worker.on("message", (message: { readonly kind: string }) => {
      if (message.kind === "answer") resolve();
    });
    worker.postMessage({ requestId: 1, request: { kind: "start", options } });
  });
}

await start(process.argv[2]);
await sleep(restMs);
globalThis.gc?.();
process.stdout.write(`${process.memoryUsage.rss()}\n`);
process.exit();
