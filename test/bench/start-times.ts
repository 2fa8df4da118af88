import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type {
  EngineReport,
  EngineRequest,
  EngineResult,
  NumberedRequest,
  StartedCluster,
} from "../../src/cluster/engine-messages.ts";
import { acknowledgeFirstRecord } from "./first-record.ts";
import { ask } from "./load-client.ts";
import { millisecondsRow, type Row } from "./report.ts";
import { type BrokerAddress, startTapedeck } from "./tapedeck-process.ts";

const engineFile = fileURLToPath(new URL("../../dist/engine.js", import.meta.url));
const brokerCount = 3;
const runCount = 9;
const processRunCount = 5;
const metadataVersion = 12;

/** How long a start takes: in the extension, from its command on, and as a process. */
export async function measureStartTimes(): Promise<readonly Row[]> {
  const metadataMs: number[] = [];
  const acknowledgedMs: number[] = [];
  for (let run = 0; run < runCount; run++) {
    const times = await startInWorker();
    metadataMs.push(times.metadataMs);
    acknowledgedMs.push(times.acknowledgedMs);
  }
  const readyMs: number[] = [];
  for (let run = 0; run < processRunCount; run++) {
    await using tapedeck = await startTapedeck("--brokers", `${brokerCount}`);
    readyMs.push(tapedeck.readyAfterMs);
  }
  return [
    millisecondsRow("start command to 3 brokers answering Metadata", metadataMs, 100),
    millisecondsRow("start command to a first acks=all ack", acknowledgedMs, 150),
    millisecondsRow("process start of `tapedeck up` to its ready line (3 brokers)", readyMs),
  ];
}

/** As the extension does: a worker thread with the engine's bundle, and a start request. */
async function startInWorker(): Promise<{ metadataMs: number; acknowledgedMs: number }> {
  const start = performance.now();
  const worker = new Worker(engineFile, { workerData: { role: "tapedeck-engine" } });
  try {
    const { bootstrapServers } = await requestStart(worker);
    const brokers = bootstrapServers.split(",").map(addressOf);
    await Promise.all(brokers.map(expectWholeCluster));
    const metadataMs = performance.now() - start;
    await acknowledgeFirstRecord(brokers[0] ?? addressOf(""), "first");
    const acknowledgedMs = performance.now() - start;
    await request(worker, { kind: "stop" });
    return { metadataMs, acknowledgedMs };
  } finally {
    await worker.terminate();
  }
}

export async function requestStart(worker: Worker): Promise<StartedCluster> {
  const options = { brokerCount, host: "127.0.0.1", port: 0, storage: { kind: "memory" } } as const;
  const result = await request(worker, { kind: "start", options });
  if (result.kind !== "started") throw new Error(`the engine did not start: ${JSON.stringify(result)}`);
  return result.cluster;
}

async function request(worker: Worker, engineRequest: EngineRequest): Promise<EngineResult> {
  worker.postMessage({ requestId: 1, request: engineRequest } satisfies NumberedRequest);
  for (;;) {
    const [report] = (await once(worker, "message")) as [EngineReport];
    if (report.kind === "answer") return report.result;
  }
}

function addressOf(text: string): BrokerAddress {
  const [host = "", port = ""] = text.split(":");
  return { host, port: Number(port) };
}

async function expectWholeCluster(address: BrokerAddress): Promise<void> {
  const { brokers } = await ask(address, 3, metadataVersion, { topics: [] });
  if (brokers.length !== brokerCount) throw new Error(`a broker knows of ${brokers.length} brokers`);
}
