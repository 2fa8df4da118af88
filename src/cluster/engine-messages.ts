import type { ClusterDelta, ClusterView } from "./cluster-view.ts";

/** What a host (the extension) asks of an engine that runs in a worker thread. Every request gets one answer. */
export type EngineRequest =
  | { readonly kind: "start"; readonly options: ClusterOptions }
  | { readonly kind: "stop" }
  | { readonly kind: "createTopic"; readonly topic: NewTopic }
  | { readonly kind: "deleteTopic"; readonly name: string }
  | { readonly kind: "produce"; readonly record: NewRecord }
  | { readonly kind: "openTail"; readonly tail: TailOptions }
  | { readonly kind: "closeTail"; readonly tailId: number }
  /** The host has shown records and can take `count` more: what bounds the memory of both sides. */
  | { readonly kind: "grantTail"; readonly tailId: number; readonly count: number };

export interface ClusterOptions {
  readonly brokerCount: number;
  readonly host: string;
  /** Port of the first broker; the following brokers take the following ports, each the next free one. */
  readonly port: number;
  /** Where logs are kept: in memory, or below an absolute directory. */
  readonly storage: { readonly kind: "memory" } | { readonly kind: "disk"; readonly directory: string };
  /** Broker configurations by Kafka's names, for all brokers. */
  readonly configs?: Readonly<Record<string, string>>;
  readonly topics?: readonly NewTopic[];
}

export interface NewTopic {
  readonly name: string;
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly configs?: Readonly<Record<string, string>>;
}

export interface NewRecord {
  readonly topic: string;
  /** Undefined: by the key's hash, or any partition where there is no key. */
  readonly partition?: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeaderView[];
}

export interface RecordHeaderView {
  readonly key: string;
  readonly value: Uint8Array | null;
}

export interface TailOptions {
  readonly tailId: number;
  readonly topic: string;
  readonly from: "earliest" | "latest";
  /** How many records may be sent before a grant. */
  readonly count: number;
}

export interface TailRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly timestampType: "CreateTime" | "LogAppendTime";
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeaderView[];
}

/** What went wrong, as Kafka's error name (or the operating system's code) and one plain sentence. */
export interface EngineFailure {
  readonly errorName: string;
  readonly sentence: string;
}

export interface StartedCluster {
  readonly bootstrapServers: string;
  readonly view: ClusterView;
  readonly startedInMs: number;
}

export interface ProducedRecord {
  readonly partition: number;
  readonly offset: number;
}

export type EngineResult =
  | { readonly kind: "started"; readonly cluster: StartedCluster }
  | { readonly kind: "produced"; readonly record: ProducedRecord }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly failure: EngineFailure };

/** What an engine tells its host: answers, and news without being asked. */
export type EngineReport =
  | { readonly kind: "answer"; readonly requestId: number; readonly result: EngineResult }
  | { readonly kind: "delta"; readonly delta: ClusterDelta }
  | { readonly kind: "tailRecords"; readonly tailId: number; readonly records: readonly TailRecord[] }
  | { readonly kind: "tailFailed"; readonly tailId: number; readonly failure: EngineFailure }
  | { readonly kind: "log"; readonly level: "info" | "warn" | "error"; readonly sentence: string };

export interface NumberedRequest {
  readonly requestId: number;
  readonly request: EngineRequest;
}
