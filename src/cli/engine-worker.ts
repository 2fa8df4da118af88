import type { MessagePort } from "node:worker_threads";
import { unreachable } from "../base/assert.ts";
import type { EngineReport, EngineRequest, EngineResult, NumberedRequest } from "../cluster/engine-messages.ts";
import { ClusterFailure, type HostedCluster, hostCluster } from "./cluster-host.ts";

/**
 * The engine inside a worker thread: takes requests from its host one message at a time, answers each once, and reports
 * what changes. A flood of records is this thread's business and never the editor's.
 */
export function serveEngine(port: MessagePort): void {
  const report = (message: EngineReport) => port.postMessage(message);
  const session = new EngineSession(report);
  port.on("message", ({ requestId, request }: NumberedRequest) => {
    session.handle(request).then(
      (result) => report({ kind: "answer", requestId, result }),
      (error: unknown) => report({ kind: "answer", requestId, result: failed(error) }),
    );
  });
}

function failed(error: unknown): EngineResult {
  if (error instanceof ClusterFailure) {
    return { kind: "failed", failure: { errorName: error.errorName, sentence: error.message } };
  }
  const sentence = error instanceof Error ? error.message : String(error);
  return { kind: "failed", failure: { errorName: "UNKNOWN_SERVER_ERROR", sentence } };
}

/** What one worker holds: at most one running cluster, and the tails that are open on it. */
class EngineSession {
  private readonly report: (message: EngineReport) => void;
  private cluster: HostedCluster | undefined;

  constructor(report: (message: EngineReport) => void) {
    this.report = report;
  }

  async handle(request: EngineRequest): Promise<EngineResult> {
    switch (request.kind) {
      case "start":
        return await this.start(request);
      case "stop":
        await this.cluster?.stop();
        this.cluster = undefined;
        return { kind: "done" };
      case "createTopic":
        await this.running().createTopic(request.topic);
        return { kind: "done" };
      case "deleteTopic":
        await this.running().deleteTopic(request.name);
        return { kind: "done" };
      case "produce":
        return { kind: "produced", record: await this.running().produce(request.record) };
      case "openTail":
        this.running().openTail(request.tail, this.report);
        return { kind: "done" };
      case "grantTail":
        this.running().grantTail(request.tailId, request.count);
        return { kind: "done" };
      case "closeTail":
        this.cluster?.closeTail(request.tailId);
        return { kind: "done" };
      default:
        return unreachable(request);
    }
  }

  private async start(request: Extract<EngineRequest, { kind: "start" }>): Promise<EngineResult> {
    if (this.cluster !== undefined) throw new ClusterFailure("INVALID_REQUEST", "A cluster is running already.");
    this.cluster = await hostCluster(request.options, {
      onLog: (level, sentence) => this.report({ kind: "log", level, sentence }),
      // Nothing is caught here: the thread ends, and its host says so.
      onCrash: (error) => {
        throw error;
      },
    });
    this.cluster.onDelta((delta) => this.report({ kind: "delta", delta }));
    const { bootstrapServers, startedInMs } = this.cluster;
    return { kind: "started", cluster: { bootstrapServers, startedInMs, view: this.cluster.view() } };
  }

  private running(): HostedCluster {
    if (this.cluster === undefined) throw new ClusterFailure("BROKER_NOT_AVAILABLE", "No cluster is running.");
    return this.cluster;
  }
}
