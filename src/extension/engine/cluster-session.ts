import { assert } from "../../base/assert.ts";
import type { ClusterDelta } from "../../cluster/cluster-view.ts";
import type {
  ClusterOptions,
  EngineFailure,
  EngineRequest,
  EngineResult,
  TailOptions,
  TailRecord,
} from "../../cluster/engine-messages.ts";
import { Listeners } from "../listeners.ts";
import { ClusterPicture } from "./cluster-picture.ts";
import type { Engine, EngineNews, EngineOpener } from "./engine-client.ts";

export type ClusterState = "stopped" | "starting" | "running" | "stopping";

const validPrevious: Readonly<Record<ClusterState, readonly ClusterState[]>> = {
  stopped: ["starting", "running", "stopping"],
  starting: ["stopped"],
  running: ["starting"],
  stopping: ["starting", "running"],
};

/** A cluster that answers: where clients connect, and what it looks like now. */
export interface RunningCluster {
  readonly bootstrapServers: string;
  readonly startedInMs: number;
  readonly options: ClusterOptions;
  readonly picture: ClusterPicture;
}

/** Who receives the records of a tail. */
export interface TailHandler {
  onRecords(records: readonly TailRecord[]): void;
  onFailed(failure: EngineFailure): void;
}

/** Records of one topic as they come, never more than were granted. */
export interface Tail extends Disposable {
  grant(count: number): void;
}

export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly sentence: string;
}

/**
 * The one cluster of a window, from the wish to start it until its ports are free again. Everything that shows the
 * cluster listens here; nothing else talks to the engine.
 */
export class ClusterSession {
  readonly stateChanges = new Listeners<ClusterState>();
  readonly deltas = new Listeners<ClusterDelta>();
  readonly logLines = new Listeners<LogLine>();
  readonly crashes = new Listeners<string>();
  private readonly openEngine: EngineOpener;
  private readonly tails = new Map<number, TailHandler>();
  private engine: Engine | undefined;
  private currentState: ClusterState = "stopped";
  private runningCluster: RunningCluster | undefined;
  private nextTailId = 1;

  constructor(openEngine: EngineOpener) {
    this.openEngine = openEngine;
  }

  get state(): ClusterState {
    return this.currentState;
  }

  get cluster(): RunningCluster | undefined {
    return this.runningCluster;
  }

  /** Undefined once clients can connect; what went wrong otherwise, and then nothing is left running. */
  async start(options: ClusterOptions): Promise<EngineFailure | undefined> {
    if (this.currentState !== "stopped") return undefined;
    this.become("starting");
    const engine = this.openEngine({
      onNews: (news) => this.hear(news),
      onCrash: (reason) => this.crashed(engine, reason),
    });
    this.engine = engine;
    const result = await engine.request({ kind: "start", options });
    if (this.engine !== engine || this.isLeaving()) return undefined;
    if (result.kind === "started") {
      const { bootstrapServers, startedInMs, view } = result.cluster;
      this.runningCluster = { bootstrapServers, startedInMs, options, picture: new ClusterPicture(view) };
      this.become("running");
      return undefined;
    }
    await this.stop();
    return result.kind === "failed" ? result.failure : unexpectedAnswer;
  }

  /** Every port is free afterwards. Safe to call in any state. */
  async stop(): Promise<void> {
    const { engine } = this;
    if (engine === undefined) return;
    if (!this.isLeaving()) this.become("stopping");
    await engine.close();
    if (this.engine === engine) this.forget();
  }

  request(request: EngineRequest): Promise<EngineResult> {
    return this.engine?.request(request) ?? Promise.resolve({ kind: "failed", failure: notRunning });
  }

  openTail(tail: Omit<TailOptions, "tailId">, handler: TailHandler): Tail {
    const tailId = this.nextTailId;
    this.nextTailId += 1;
    this.tails.set(tailId, handler);
    const ask = (request: EngineRequest): void => {
      this.request(request).then(
        (result) => {
          if (result.kind === "failed") this.tails.get(tailId)?.onFailed(result.failure);
        },
        (error: unknown) => this.logLines.tell({ level: "error", sentence: String(error) }),
      );
    };
    ask({ kind: "openTail", tail: { ...tail, tailId } });
    return {
      grant: (count) => {
        if (this.tails.has(tailId)) ask({ kind: "grantTail", tailId, count });
      },
      [Symbol.dispose]: () => {
        if (this.tails.delete(tailId) && this.currentState === "running") ask({ kind: "closeTail", tailId });
      },
    };
  }

  private hear(news: EngineNews): void {
    switch (news.kind) {
      case "delta":
        this.runningCluster?.picture.apply(news.delta);
        if (this.runningCluster !== undefined) this.deltas.tell(news.delta);
        break;
      case "tailRecords":
        this.tails.get(news.tailId)?.onRecords(news.records);
        break;
      case "tailFailed":
        this.tails.get(news.tailId)?.onFailed(news.failure);
        break;
      case "log":
        this.logLines.tell(news);
        break;
    }
  }

  private crashed(engine: Engine, reason: string): void {
    if (this.engine !== engine) return;
    this.logLines.tell({ level: "error", sentence: `The engine crashed: ${reason}` });
    this.forget();
    this.crashes.tell(reason);
  }

  private forget(): void {
    this.engine = undefined;
    this.runningCluster = undefined;
    this.tails.clear();
    this.become("stopped");
  }

  private isLeaving(): boolean {
    return this.currentState === "stopping" || this.currentState === "stopped";
  }

  private become(state: ClusterState): void {
    assert(validPrevious[state].includes(this.currentState), `a cluster that is ${this.currentState} becomes ${state}`);
    this.currentState = state;
    this.stateChanges.tell(state);
  }
}

const notRunning: EngineFailure = { errorName: "NOT_RUNNING", sentence: "No cluster is running." };
const unexpectedAnswer: EngineFailure = {
  errorName: "UNKNOWN_SERVER_ERROR",
  sentence: "The engine gave an answer that does not belong to a start.",
};
