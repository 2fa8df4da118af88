import { WireClient } from "../client/wire-client.ts";
import { apiMessages, type RequestDraftOf, type ResponseOf } from "../protocol/api-messages.ts";
import type { Address, Runtime } from "../runtime/runtime.ts";
import type { BrokerRequest, ControlKey } from "./broker-requests.ts";

type ChannelRuntime = Pick<Runtime, "network" | "timers">;

/** What a broker answered to one of the controller's requests. */
export type BrokerAnswer = {
  readonly [Key in ControlKey]: {
    readonly apiKey: Key;
    readonly request: RequestDraftOf<Key>;
    readonly response: ResponseOf<Key>;
  };
}[ControlKey];

interface ChannelOptions {
  readonly address: Address;
  readonly clientId: string;
  readonly onAnswer: (answer: BrokerAnswer) => void;
}

/** controller.socket.timeout.ms */
const requestTimeoutMs = 30_000;
const retryBackoffMs = 100;

/**
 * The controller's line to one broker. Requests arrive in the order of sending, one at a time, and each is repeated
 * until it is answered: a broker that missed one would never learn what was in it. Only the broker's death ends that,
 * by the owner's disposing the channel.
 */
export class BrokerChannel implements Disposable {
  private readonly runtime: ChannelRuntime;
  private readonly options: ChannelOptions;
  private readonly waiting: BrokerRequest[] = [];
  private client: WireClient | undefined;
  private retry: Disposable | undefined;
  private isBusy = false;
  private isOver = false;

  constructor(runtime: ChannelRuntime, options: ChannelOptions) {
    this.runtime = runtime;
    this.options = options;
  }

  send(request: BrokerRequest): void {
    this.waiting.push(request);
    this.next();
  }

  [Symbol.dispose](): void {
    this.isOver = true;
    this.waiting.length = 0;
    this.client?.close();
    this.retry?.[Symbol.dispose]();
  }

  private next(): void {
    const [request] = this.waiting;
    if (request === undefined || this.isBusy || this.isOver) return;
    this.isBusy = true;
    switch (request.apiKey) {
      case 4:
        this.ask(4, request.request, (response) => ({ ...request, response }));
        return;
      case 5:
        this.ask(5, request.request, (response) => ({ ...request, response }));
        return;
      case 6:
        this.ask(6, request.request, (response) => ({ ...request, response }));
        return;
    }
  }

  private ask<Key extends ControlKey>(
    apiKey: Key,
    request: RequestDraftOf<Key>,
    answerOf: (response: ResponseOf<Key>) => BrokerAnswer,
  ): void {
    const { maxVersion } = apiMessages[apiKey].request;
    this.connected().request(apiKey, maxVersion, request, (outcome) => {
      if (this.isOver) return;
      if (outcome.kind === "failed") {
        this.retry = this.runtime.timers.schedule(`${apiMessages[apiKey].name} again`, retryBackoffMs, () => {
          this.isBusy = false;
          this.next();
        });
        return;
      }
      this.waiting.shift();
      this.isBusy = false;
      this.options.onAnswer(answerOf(outcome.value));
      this.next();
    });
  }

  private connected(): WireClient {
    if (this.client === undefined || this.client.isClosed) {
      const { address, clientId } = this.options;
      this.client = new WireClient(this.runtime, address, { clientId, requestTimeoutMs });
    }
    return this.client;
  }
}
