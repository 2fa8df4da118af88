import type {
  BrokerView,
  ClusterDelta,
  ClusterView,
  PartitionView,
  TopicView,
} from "../../src/cluster/cluster-view.ts";
import type { EngineRequest, EngineResult, TailRecord } from "../../src/cluster/engine-messages.ts";
import type { Engine, EngineListener, EngineOpener } from "../../src/extension/engine/engine-client.ts";
import type { Later } from "../../src/extension/views/refresh-schedule.ts";

export function broker(id: number, overrides: Partial<BrokerView> = {}): BrokerView {
  return { id, host: "127.0.0.1", port: 9091 + id, state: "up", leaderCount: 3, connectionCount: 1, ...overrides };
}

export function partition(index: number, overrides: Partial<PartitionView> = {}): PartitionView {
  return {
    index,
    leaderId: 1,
    leaderEpoch: 0,
    assignedReplicas: [1],
    inSyncReplicas: [1],
    logStartOffset: 0,
    highWatermark: 0,
    logEndOffset: 0,
    byteCount: 0,
    ...overrides,
  };
}

export function topic(name: string, overrides: Partial<TopicView> = {}): TopicView {
  return {
    name,
    topicId: "dG9waWMtaWQtMTIzNDU2Nw",
    isInternal: false,
    replicationFactor: 1,
    minInSyncReplicas: 1,
    configs: {},
    partitions: [partition(0)],
    ...overrides,
  };
}

export function view(topics: readonly TopicView[] = [], brokers: readonly BrokerView[] = [broker(1)]): ClusterView {
  return { clusterId: "Y2x1c3Rlci1pZC0xMjM0NQ", brokers, topics };
}

export function delta(overrides: Partial<ClusterDelta> = {}): ClusterDelta {
  return { brokers: [broker(1)], changedTopics: [], removedTopics: [], ...overrides };
}

export function record(offset: number, overrides: Partial<TailRecord> = {}): TailRecord {
  return {
    partition: 0,
    offset,
    timestampMs: 1_700_000_000_000,
    timestampType: "CreateTime",
    key: Buffer.from(`key-${offset}`),
    value: Buffer.from(`value-${offset}`),
    headers: [],
    ...overrides,
  };
}

/** An engine whose answers a test writes, and whose news a test tells. */
export class ScriptedEngine implements Engine {
  readonly requests: EngineRequest[] = [];
  isClosed = false;
  listener: EngineListener | undefined;
  answer: (request: EngineRequest) => EngineResult | Promise<EngineResult>;

  constructor(start: ClusterView = view()) {
    this.answer = ({ kind }) =>
      kind === "start"
        ? { kind: "started", cluster: { bootstrapServers: "127.0.0.1:9092", view: start, startedInMs: 40 } }
        : { kind: "done" };
  }

  get opener(): EngineOpener {
    return (listener) => {
      this.listener = listener;
      this.isClosed = false;
      return this;
    };
  }

  async request(request: EngineRequest): Promise<EngineResult> {
    this.requests.push(request);
    return this.answer(request);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  /** The requests of one kind, in order. */
  asked<Kind extends EngineRequest["kind"]>(kind: Kind): Extract<EngineRequest, { kind: Kind }>[] {
    return this.requests.filter((request): request is Extract<EngineRequest, { kind: Kind }> => request.kind === kind);
  }
}

/** Time that passes when a test says so. */
export class HandClock {
  private waiting: { readonly dueMs: number; readonly callback: () => void }[] = [];
  private nowMs = 0;

  readonly later: Later = (delayMs, callback) => {
    const entry = { dueMs: this.nowMs + delayMs, callback };
    this.waiting.push(entry);
    return { [Symbol.dispose]: () => void (this.waiting = this.waiting.filter((one) => one !== entry)) };
  };

  pass(durationMs: number): void {
    const endMs = this.nowMs + durationMs;
    for (;;) {
      const [next] = this.waiting.filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.waiting = this.waiting.filter((one) => one !== next);
      this.nowMs = next.dueMs;
      next.callback();
    }
    this.nowMs = endMs;
  }
}

/** Let promises that are settled be told so. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
