import { createTopic, deleteTopic } from "../client/admin.ts";
import { ClusterClient } from "../client/cluster-client.ts";
import type { ClientFailure, Outcome } from "../client/outcome.ts";
import { RecordSender } from "../client/record-sender.ts";
import { Tail } from "../client/tail.ts";
import type { Address, Runtime } from "../runtime/runtime.ts";
import type {
  EngineFailure,
  EngineReport,
  NewRecord,
  NewTopic,
  ProducedRecord,
  TailOptions,
} from "./engine-messages.ts";

export type ProduceOutcome =
  | { readonly kind: "produced"; readonly record: ProducedRecord }
  | { readonly kind: "failed"; readonly failure: EngineFailure };

type Told = (failure: EngineFailure | undefined) => void;

/** One topic that somebody follows, with the connections that are its own: a fetch that waits delays nobody else. */
interface OpenTail {
  readonly tail: Tail;
  readonly client: ClusterClient;
}

const clientId = "tapedeck";

/**
 * What a person does with a cluster from a screen, done as any Kafka client would do it: over the wire, on connections
 * of its own. No screen has a way into a broker that a program doesn't have.
 */
export class ClusterClients implements Disposable {
  private readonly runtime: Runtime;
  private readonly addresses: () => readonly Address[];
  private readonly tails = new Map<number, OpenTail>();
  private shared: { readonly client: ClusterClient; readonly sender: RecordSender } | undefined;

  constructor(runtime: Runtime, addresses: () => readonly Address[]) {
    this.runtime = runtime;
    this.addresses = addresses;
  }

  createTopic(topic: NewTopic, told: Told): void {
    createTopic(this.runtime, this.connect().client, topic, (outcome) => told(failureOf(outcome)));
  }

  deleteTopic(name: string, told: Told): void {
    deleteTopic(this.runtime, this.connect().client, name, (outcome) => told(failureOf(outcome)));
  }

  produce(record: NewRecord, told: (outcome: ProduceOutcome) => void): void {
    this.connect().sender.send(record, (outcome) => {
      if (outcome.kind === "failed") told({ kind: "failed", failure: toEngineFailure(outcome.failure) });
      else told({ kind: "produced", record: outcome.value });
    });
  }

  openTail({ tailId, topic, from, count }: TailOptions, report: (message: EngineReport) => void): void {
    this.closeTail(tailId);
    const client = this.newClient();
    const tail = new Tail(
      this.runtime,
      client,
      { topic, from, count },
      {
        onRecords: (records) => report({ kind: "tailRecords", tailId, records }),
        onFailed: (failure) => {
          this.closeTail(tailId);
          report({ kind: "tailFailed", tailId, failure: toEngineFailure(failure) });
        },
      },
    );
    this.tails.set(tailId, { tail, client });
  }

  grantTail(tailId: number, count: number): void {
    this.tails.get(tailId)?.tail.grant(count);
  }

  closeTail(tailId: number): void {
    const open = this.tails.get(tailId);
    this.tails.delete(tailId);
    open?.tail[Symbol.dispose]();
    open?.client[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    for (const tailId of [...this.tails.keys()]) this.closeTail(tailId);
    this.shared?.sender[Symbol.dispose]();
    this.shared?.client[Symbol.dispose]();
    this.shared = undefined;
  }

  private connect(): { readonly client: ClusterClient; readonly sender: RecordSender } {
    if (this.shared === undefined) {
      const client = this.newClient();
      this.shared = { client, sender: new RecordSender(this.runtime, client) };
    }
    return this.shared;
  }

  private newClient(): ClusterClient {
    return new ClusterClient(this.runtime, { bootstrapServers: this.addresses(), clientId });
  }
}

function toEngineFailure({ errorName, sentence }: ClientFailure): EngineFailure {
  return { errorName, sentence };
}

function failureOf(outcome: Outcome<void>): EngineFailure | undefined {
  return outcome.kind === "failed" ? toEngineFailure(outcome.failure) : undefined;
}
