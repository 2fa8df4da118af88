import type { ApiName } from "./codec.ts";
import type { Seen } from "./seen.ts";

/**
 * A conversation is what one client says to a cluster, step by step. The same conversation runs on Apache Kafka and on
 * Tapedeck, and the outcomes are compared. It may refer to what it was answered before, but never to the clock or to
 * chance: `Stage` gives it topics of its own and a time to count from.
 */
export interface Conversation {
  readonly name: string;
  readonly steps: readonly Step[];
}

export type Value = null | boolean | number | string | Buffer | Fields | readonly Value[];

/** Fields of a message, or of a struct in one, by Kafka's names in camelCase. Those left out have their default. */
export interface Fields {
  readonly [name: string]: Value;
}

/** Fields that may need what was answered before: topic ids, session ids, producer ids. */
export type FieldsSource = Fields | ((seen: Seen) => Fields);

export type Step = RequestStep | PipelineStep | RawStep | SendStep | ReceiveStep | PauseStep;

/** Ask and wait for the answer. */
export interface RequestStep extends RequestOptions {
  readonly kind: "request";
  readonly api: ApiName;
  readonly version: number;
  readonly fields: FieldsSource;
}

export interface RequestOptions {
  /** Later steps find the answer by this. */
  readonly label?: string;
  /** Which connection, by a name of the conversation's choice; opened when first used and after a close. */
  readonly on?: string;
  /** Id of the broker to ask; 1 where it is not said. Connections to different brokers are different ones. */
  readonly broker?: number;
  /** Ask again until this holds of the answer; only the last answer counts. For what Kafka does a little later. */
  readonly until?: (answer: Fields) => boolean;
  /** The request has no answer when all is well (acks=0): a second request right behind it shows what became of it. */
  readonly isOneWay?: boolean;
  /** Also report whether the answer took at least this long. */
  readonly paceMs?: number;
  /** How long to wait for the answer, where it is known that none may come. */
  readonly timeoutMs?: number;
  /** Set-up or settling: its outcome is not part of what is compared. */
  readonly isSilent?: boolean;
  /** Keep only structs of this conversation's topics: the rest belongs to others. */
  readonly onlyOwnTopics?: boolean;
}

/** Several requests written at once on one connection; their answers in the order in which they come. */
export interface PipelineStep {
  readonly kind: "pipeline";
  readonly requests: readonly RequestStep[];
  readonly on?: string;
}

/** Bytes as they are, right or wrong, length prefix included. */
export interface RawStep {
  readonly kind: "raw";
  readonly bytes: (seen: Seen) => Buffer;
  readonly on?: string;
  /** As what to decode an answer; it stays bytes otherwise. */
  readonly answerAs?: { readonly api: ApiName; readonly version: number };
  /** How long no answer must come before it counts as silence. */
  readonly waitMs?: number;
  readonly onlyOwnTopics?: boolean;
}

/** Ask without waiting; the step `receive` takes the answer. */
export interface SendStep {
  readonly kind: "send";
  readonly request: RequestStep;
  readonly on: string;
}

export interface ReceiveStep {
  readonly kind: "receive";
  readonly on: string;
  readonly paceMs?: number;
}

export interface PauseStep {
  readonly kind: "pause";
  readonly ms: number;
  /** Only where a broker learns a little later what the controller has decided. */
  readonly isForLag: boolean;
}

/** What a conversation is built from: its own topics, and its own time. */
export interface Stage {
  /** A topic name that no other conversation uses. */
  topic(name: string): string;
  /**
   * A timestamp in the past, the same in each run but for the origin: `recordTime(5)` is shown as `T+5`. Far enough
   * from now to tell it from an append time, near enough that retention leaves it alone.
   */
  recordTime(offsetMs: number): number;
  /** The wall clock when the run began, for tests of the limits around it. */
  readonly startedMs: number;
}

/** Steps, and lists of steps that helpers made. */
export type StepTree = Step | readonly StepTree[];

/** A conversation before it is set on its stage. */
export interface ConversationScript {
  readonly name: string;
  build(stage: Stage): Conversation;
}

export function conversation(name: string, script: (stage: Stage) => readonly StepTree[]): ConversationScript {
  return { name, build: (stage) => ({ name, steps: flatten(script(stage)) }) };
}

function flatten(steps: readonly StepTree[]): readonly Step[] {
  return steps.flatMap((step) => ("kind" in step ? [step] : flatten(step)));
}

// --- Steps.

export function request(
  api: ApiName,
  version: number,
  fields: FieldsSource,
  options: RequestOptions = {},
): RequestStep {
  return { kind: "request", api, version, fields, ...options };
}

/** The same request in several versions, one after another. */
export function requestEach(
  api: ApiName,
  versions: readonly number[],
  fields: (version: number) => FieldsSource,
  options: RequestOptions = {},
): readonly RequestStep[] {
  return versions.map((version) => request(api, version, fields(version), options));
}

export function pipeline(requests: readonly RequestStep[], on = "main"): PipelineStep {
  return { kind: "pipeline", requests, on };
}

export function raw(bytes: Buffer | ((seen: Seen) => Buffer), options: Omit<RawStep, "kind" | "bytes"> = {}): RawStep {
  return { kind: "raw", bytes: typeof bytes === "function" ? bytes : () => bytes, ...options };
}

export function send(on: string, sent: RequestStep): SendStep {
  return { kind: "send", request: sent, on };
}

export function receive(on: string, options: { readonly paceMs?: number } = {}): ReceiveStep {
  return { kind: "receive", on, ...options };
}

export function pause(ms: number): PauseStep {
  return { kind: "pause", ms, isForLag: false };
}

/** Apache Kafka's brokers may still know the old state when the change has been answered; Tapedeck's don't. */
export function catchUp(): PauseStep {
  return { kind: "pause", ms: 200, isForLag: true };
}

/** Versions `from` to `to`, both included. */
export function versions(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
