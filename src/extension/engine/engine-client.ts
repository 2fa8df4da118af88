import { Worker } from "node:worker_threads";
import type {
  EngineFailure,
  EngineReport,
  EngineRequest,
  EngineResult,
  NumberedRequest,
} from "../../cluster/engine-messages.ts";

/** What an engine says without being asked. */
export type EngineNews = Exclude<EngineReport, { readonly kind: "answer" }>;

/** Who listens to an engine. */
export interface EngineListener {
  onNews(news: EngineNews): void;
  /** The engine is gone and nobody had asked it to go. The last call of all. */
  onCrash(reason: string): void;
}

/** An engine that is running: answers requests until it is closed or crashes. */
export interface Engine {
  request(request: EngineRequest): Promise<EngineResult>;
  /** Stop the cluster, then the engine. Every port is free afterwards. Idempotent. */
  close(): Promise<void>;
}

export type EngineOpener = (listener: EngineListener) => Engine;

/** VS Code gives a deactivation five seconds in all. */
const stopTimeoutMs = 4_000;

/**
 * The host's end of an engine in a worker thread, so that a flood of records never freezes the editor. Each request
 * gets exactly one answer: a worker that dies answers all that is open with a failure.
 */
export class EngineClient implements Engine {
  private readonly worker: Worker;
  private readonly listener: EngineListener;
  private readonly waiting = new Map<number, (result: EngineResult) => void>();
  private readonly exited: Promise<void>;
  private nextRequestId = 1;
  private closing: Promise<void> | undefined;
  private isGone = false;
  private crashReason = "it ended by itself";

  constructor(scriptPath: string, listener: EngineListener) {
    this.listener = listener;
    this.worker = new Worker(scriptPath, { workerData: { role: "tapedeck-engine" }, stdout: true, stderr: true });
    this.worker.on("message", (report: EngineReport) => this.receive(report));
    this.worker.on("error", (error) => {
      this.crashReason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    this.exited = new Promise((resolve) => {
      this.worker.on("exit", () => {
        this.end();
        resolve();
      });
    });
  }

  request(request: EngineRequest): Promise<EngineResult> {
    if (this.isGone) return Promise.resolve({ kind: "failed", failure: engineGone });
    const requestId = this.nextRequestId;
    this.nextRequestId += 1;
    const numbered: NumberedRequest = { requestId, request };
    return new Promise((resolve) => {
      this.waiting.set(requestId, resolve);
      this.worker.postMessage(numbered);
    });
  }

  close(): Promise<void> {
    this.closing ??= this.stopAndTerminate();
    return this.closing;
  }

  private async stopAndTerminate(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, stopTimeoutMs);
    });
    await Promise.race([this.request({ kind: "stop" }), this.exited, tooLong]);
    clearTimeout(timer);
    await this.worker.terminate();
    await this.exited;
  }

  private receive(report: EngineReport): void {
    if (report.kind !== "answer") {
      this.listener.onNews(report);
      return;
    }
    const resolve = this.waiting.get(report.requestId);
    this.waiting.delete(report.requestId);
    resolve?.(report.result);
  }

  private end(): void {
    this.isGone = true;
    for (const resolve of this.waiting.values()) resolve({ kind: "failed", failure: engineGone });
    this.waiting.clear();
    if (this.closing === undefined) this.listener.onCrash(this.crashReason);
  }
}

const engineGone: EngineFailure = { errorName: "ENGINE_GONE", sentence: "The cluster's engine is no longer running." };
