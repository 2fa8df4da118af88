import { assert } from "../base/assert.ts";
import { apiMessages, type ApiKey, type RequestDraftOf, type ResponseOf } from "../protocol/api-messages.ts";
import { encodeRequest, FrameSplitter, readCorrelationId, readResponse } from "../protocol/frame.ts";
import { MalformedMessageError } from "../protocol/schema/message-error.ts";
import type { Address, Connection, Runtime } from "../runtime/runtime.ts";
import { done, failed, type Outcome } from "./outcome.ts";

/** What a wire client needs of the world. */
export type WireRuntime = Pick<Runtime, "network" | "timers">;

export interface WireClientOptions {
  readonly clientId: string;
  /** How long a response may take, from the moment its request was handed over. */
  readonly requestTimeoutMs: number;
  /** A longer response is taken for garbage. */
  readonly responseByteCountMax?: number;
}

const responseByteCountMaxDefault = 256 * 1024 * 1024;
/** Correlation ids are positive int32 and start over. */
const correlationIdMax = 0x7fffffff;

interface Flight {
  readonly correlationId: number;
  /** Reads the rest of the response and hands it over. Throws MalformedMessageError. */
  readonly land: (frame: Buffer) => void;
  readonly fail: (outcome: Outcome<never>) => void;
  readonly timer: Disposable;
}

/**
 * One connection to one broker that speaks Kafka's protocol: requests go out as they are handed over, without waiting
 * for one another, and the broker answers in the same order.
 *
 * It connects when it is made. When the connection is lost, a response doesn't come in time, or what comes is no
 * response, all that is in flight fails and the client is closed for good: its owner makes another one.
 */
export class WireClient {
  readonly address: Address;
  private readonly runtime: WireRuntime;
  private readonly options: WireClientOptions;
  private readonly connection: Connection;
  private readonly splitter: FrameSplitter;
  private readonly flights: Flight[] = [];
  /** Until the connection is open. */
  private waiting: (readonly Buffer[])[] | undefined = [];
  private correlationId = 0;
  private closed = false;

  constructor(runtime: WireRuntime, address: Address, options: WireClientOptions) {
    this.runtime = runtime;
    this.address = address;
    this.options = options;
    this.splitter = new FrameSplitter(options.responseByteCountMax ?? responseByteCountMaxDefault);
    this.connection = runtime.network.connect(address, {
      onOpen: () => this.onOpen(),
      onData: (chunk) => this.onData(chunk),
      onClose: (code) => this.onClose(code),
    });
  }

  /** A closed client fails every request. */
  get isClosed(): boolean {
    return this.closed;
  }

  /** Ask for `request` in `version`. Not for requests that get no response (Produce with acks 0). */
  request<Key extends ApiKey>(
    apiKey: Key,
    version: number,
    request: RequestDraftOf<Key>,
    told: (outcome: Outcome<ResponseOf<Key>>) => void,
  ): void {
    const { name } = apiMessages[apiKey];
    if (this.closed) {
      this.runtime.timers.schedule(`${name} on a closed connection`, 0, () => told(this.lost("is closed")));
      return;
    }
    this.correlationId = this.correlationId === correlationIdMax ? 1 : this.correlationId + 1;
    const correlationId = this.correlationId;
    this.flights.push({
      correlationId,
      land: (frame) => {
        const response = readResponse(apiKey, version, frame);
        this.flights.shift()?.timer[Symbol.dispose]();
        told(done(response));
      },
      fail: told,
      timer: this.runtime.timers.schedule(`${name} response`, this.options.requestTimeoutMs, () =>
        this.breakOff(failed("REQUEST_TIMED_OUT", `${this.peer} did not answer ${name} in time.`)),
      ),
    });
    const header = { correlationId, clientId: this.options.clientId };
    const chunks = encodeRequest(apiKey, version, header, request);
    if (this.waiting === undefined) this.connection.send(chunks);
    else this.waiting.push(chunks);
  }

  /** The owner no longer cares: what is in flight is forgotten, and nobody is told. */
  close(): void {
    this.forget();
    this.connection.close();
  }

  private get peer(): string {
    return `The broker at ${this.address.host}:${this.address.port}`;
  }

  private onOpen(): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    for (const chunks of waiting) this.connection.send(chunks);
  }

  private onData(chunk: Buffer): void {
    if (this.closed) return;
    try {
      for (const frame of this.splitter.push(chunk)) {
        this.land(frame);
      }
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      this.breakOff(this.lost(`sent what is no response (${error.message})`));
    }
  }

  private land(frame: Buffer): void {
    // Whoever was told of the response before this one may have closed the client.
    if (this.closed) return;
    const [flight] = this.flights;
    if (flight === undefined || readCorrelationId(frame) !== flight.correlationId) {
      this.breakOff(this.lost("answered what it was not asked"));
      return;
    }
    flight.land(frame);
  }

  private onClose(code: string | undefined): void {
    if (this.closed) return;
    this.breakOff(this.lost(code === undefined ? "closed the connection" : `can't be reached (${code})`));
  }

  private lost(what: string): Outcome<never> {
    return failed("NETWORK_EXCEPTION", `${this.peer} ${what}.`);
  }

  private breakOff(outcome: Outcome<never>): void {
    assert(!this.closed, "a connection breaks once");
    const flights = this.forget();
    this.connection.close();
    for (const flight of flights) flight.fail(outcome);
  }

  private forget(): readonly Flight[] {
    this.closed = true;
    this.waiting = undefined;
    const flights = this.flights.splice(0);
    for (const flight of flights) flight.timer[Symbol.dispose]();
    return flights;
  }
}
