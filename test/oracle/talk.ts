import { setTimeout as sleep } from "node:timers/promises";
import { apiKeyOf, decodeAnswer, encodeFrame, frame, requestHeader, type ApiName } from "./codec.ts";
import type { Conversation, Fields, FieldsSource, PipelineStep, RawStep, RequestStep, Step } from "./conversation.ts";
import type { Outcome, StepOutcome } from "./outcome.ts";
import { Seen } from "./seen.ts";
import { WireConnection } from "./wire-connection.ts";

const answerTimeoutMs = 12_000;
const settleTimeoutMs = 10_000;
const settlePauseMs = 20;
const silenceMs = 250;
const probeCorrelationId = 0x7fff0000;

export interface Target {
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  /** Its brokers learn a little later what the controller has decided. */
  readonly lags: boolean;
}

export interface Talk {
  readonly outcomes: readonly StepOutcome[];
  /** Ids of topics by name, as far as they were told. */
  readonly topicIds: ReadonlyMap<string, string>;
}

/** Holds one conversation with one broker and notes what became of each step. */
export async function talk(conversation: Conversation, target: Target): Promise<Talk> {
  const talker = new Talker(target);
  try {
    const outcomes: StepOutcome[] = [];
    for (const [index, step] of conversation.steps.entries()) {
      const outcome = await talker.take(step);
      if (outcome !== undefined) outcomes.push({ step: index, asked: describeStep(step), outcome });
    }
    return { outcomes, topicIds: talker.seen.topicIds };
  } finally {
    talker.close();
  }
}

export function describeStep(step: Step): string {
  switch (step.kind) {
    case "request":
      return `${step.api} v${step.version}`;
    case "pipeline":
      return `pipeline of ${step.requests.map(describeStep).join(", ")}`;
    case "raw":
      return step.answerAs === undefined ? "raw bytes" : `raw bytes, ${step.answerAs.api} v${step.answerAs.version}`;
    case "send":
      return `send ${describeStep(step.request)}`;
    case "receive":
      return `receive on ${step.on}`;
    case "pause":
      return `pause of ${step.ms} ms`;
  }
}

interface Sent {
  readonly request: RequestStep;
  readonly atMs: number;
}

class Talker {
  private readonly target: Target;
  readonly seen = new Seen();
  private readonly connections = new Map<string, WireConnection>();
  private readonly sent = new Map<string, Sent>();
  private nextCorrelationId = 1;

  constructor(target: Target) {
    this.target = target;
  }

  close(): void {
    for (const connection of this.connections.values()) connection.close();
  }

  async take(step: Step): Promise<Outcome | undefined> {
    switch (step.kind) {
      case "request":
        return this.ask(step);
      case "pipeline":
        return this.askAtOnce(step);
      case "raw":
        return this.sayRaw(step);
      case "send": {
        const connection = await this.connection(step.on);
        connection.send(this.encode(step.request, this.nextCorrelationId++));
        this.sent.set(step.on, { request: step.request, atMs: performance.now() });
        return undefined;
      }
      case "receive": {
        const sent = this.sent.get(step.on);
        if (sent === undefined) throw new Error(`nothing was sent on ${step.on}`);
        const connection = await this.connection(step.on);
        const outcome = this.read(await connection.receive(answerTimeoutMs), sent.request.api, sent.request.version);
        this.note(sent.request.label, outcome);
        return withPace(outcome, step.paceMs, performance.now() - sent.atMs);
      }
      case "pause":
        if (!step.isForLag || this.target.lags) await sleep(step.ms);
        return undefined;
    }
  }

  private async ask(step: RequestStep): Promise<Outcome | undefined> {
    const deadline = performance.now() + settleTimeoutMs;
    for (;;) {
      const startedMs = performance.now();
      const outcome = await (step.isOneWay === true ? this.askOneWay(step) : this.askOnce(step));
      const isSettled = step.until === undefined || ("answer" in outcome && step.until(outcome.answer));
      if (!isSettled && performance.now() < deadline) {
        await sleep(settlePauseMs);
        continue;
      }
      this.note(step.label, outcome);
      if (!isSettled) return { broken: `never settled: ${JSON.stringify(outcome)}` };
      if (step.isSilent !== true) return withPace(outcome, step.paceMs, performance.now() - startedMs);
      return undefined;
    }
  }

  private async askOnce(step: RequestStep): Promise<Outcome> {
    const connection = await this.connection(step.on, step.broker);
    connection.send(this.encode(step, this.nextCorrelationId++));
    return this.read(await connection.receive(step.timeoutMs ?? answerTimeoutMs), step.api, step.version);
  }

  /** Behind the request goes a probe that every broker answers: what comes first tells what became of the request. */
  private async askOneWay(step: RequestStep): Promise<Outcome> {
    const connection = await this.connection(step.on, step.broker);
    const probe = requestHeader({ apiKey: apiKeyOf("ApiVersions"), version: 0, correlationId: probeCorrelationId });
    connection.send(Buffer.concat([this.encode(step, this.nextCorrelationId++), frame(probe)]));
    const received = await connection.receive(answerTimeoutMs);
    const isProbe = Buffer.isBuffer(received) && received.readInt32BE(0) === probeCorrelationId;
    if (isProbe) return { event: "no answer, and the connection stays open" };
    return this.read(received, step.api, step.version);
  }

  private async askAtOnce(step: PipelineStep): Promise<Outcome> {
    const connection = await this.connection(step.on);
    const first = this.nextCorrelationId;
    this.nextCorrelationId += step.requests.length;
    connection.send(Buffer.concat(step.requests.map((request, index) => this.encode(request, first + index))));
    const order: number[] = [];
    const answers: Fields[] = [];
    while (order.length < step.requests.length) {
      const received = await connection.receive(answerTimeoutMs);
      if (!Buffer.isBuffer(received)) return { broken: `${received} after ${order.length} answers` };
      const index = received.readInt32BE(0) - first;
      const request = step.requests[index];
      if (request === undefined) return { broken: `an answer to request ${index}` };
      const outcome = this.read(received, request.api, request.version);
      if (!("answer" in outcome)) return outcome;
      this.note(request.label, outcome);
      order.push(index);
      answers.push(outcome.answer);
    }
    return { order, answers };
  }

  private async sayRaw(step: RawStep): Promise<Outcome> {
    const connection = await this.connection(step.on);
    connection.send(step.bytes(this.seen));
    const received = await connection.receive(step.waitMs ?? silenceMs);
    if (step.answerAs !== undefined) return this.read(received, step.answerAs.api, step.answerAs.version);
    return Buffer.isBuffer(received) ? { bytes: received.subarray(4).toString("hex") } : { event: received };
  }

  private read(received: Buffer | "closed" | "silence", api: ApiName, version: number): Outcome {
    if (!Buffer.isBuffer(received)) return { event: received };
    try {
      return { answer: decodeAnswer(received, api, version).fields };
    } catch (error) {
      return { broken: `${String(error)} in ${received.toString("hex").slice(0, 200)}` };
    }
  }

  private encode(step: RequestStep, correlationId: number): Buffer {
    const fields = resolve(step.fields, this.seen);
    return encodeFrame({ api: step.api, version: step.version, correlationId, fields });
  }

  private note(label: string | undefined, outcome: Outcome): void {
    if ("answer" in outcome) this.seen.note(label, outcome.answer);
  }

  private async connection(name = "main", brokerId = 1): Promise<WireConnection> {
    const key = `${name} to ${brokerId}`;
    const open = this.connections.get(key);
    if (open !== undefined && !open.isClosed) return open;
    const broker = this.target.brokers.find(({ id }) => id === brokerId);
    if (broker === undefined) throw new Error(`there is no broker ${brokerId}`);
    const connection = await WireConnection.open(broker.host, broker.port);
    this.connections.set(key, connection);
    return connection;
  }
}

function resolve(fields: FieldsSource, seen: Seen): Fields {
  return typeof fields === "function" ? fields(seen) : fields;
}

function withPace(outcome: Outcome, paceMs: number | undefined, tookMs: number): Outcome {
  if (paceMs === undefined || !("answer" in outcome)) return outcome;
  return { ...outcome, pace: tookMs >= paceMs ? "slow" : "fast" };
}
