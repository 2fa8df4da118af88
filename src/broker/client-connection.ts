import { FrameSplitter } from "../protocol/frame.ts";
import { MalformedMessageError } from "../protocol/schema/message-error.ts";
import type { Clock, Connection, ConnectionHandler, LogSink, Timers } from "../runtime/runtime.ts";
import type { TurnQueue } from "./turn-queue.ts";

/** What a connection needs of the broker behind it. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: LogSink;
  readonly turns: TurnQueue;
  /** As configured now. */
  limits(): { readonly socketRequestMaxBytes: number; readonly connectionsMaxIdleMs: number };
  /** Handle one request. Exactly one of the connection's `finish` and `refuse` follows, now or later. */
  route(frame: Buffer, connection: ClientConnection): void;
  /** Nobody looks at `response` any more: what it was made of may be used again. */
  onSent(response: readonly Buffer[]): void;
  onConnectionClosed(connection: ClientConnection): void;
}

/**
 * One client's connection. It takes requests strictly one at a time, as Kafka does by muting the channel: the next one
 * is looked at after the response of the one before was sent, so responses come in the order of the requests and a
 * client that floods the broker waits in its own socket (KAFKA.md J.1). A client that doesn't read its responses isn't
 * served any further until it does.
 */
export class ClientConnection implements ConnectionHandler {
  private readonly host: ConnectionHost;
  private readonly connection: Connection;
  private readonly splitter: FrameSplitter;
  /** Complete requests that wait for the one before them. */
  private readonly frames: Buffer[] = [];
  private isBusy = false;
  private isBackedUp = false;
  private isPaused = false;
  private isClosed = false;
  private isTaking = false;
  private lastActiveMs: number;
  private idleTimer: Disposable | undefined;
  /** What was wrong with the bytes behind the last complete request; nothing can be read after it. */
  private fault: string | undefined;
  /** What the current request waits on. */
  private waiting: Disposable | undefined;

  constructor(host: ConnectionHost, connection: Connection) {
    this.host = host;
    this.connection = connection;
    this.splitter = new FrameSplitter(host.limits().socketRequestMaxBytes);
    this.lastActiveMs = host.clock.monotonicMs();
    this.watchIdleness(host.limits().connectionsMaxIdleMs);
  }

  /** For log lines. */
  get remoteText(): string {
    return `${this.connection.remote.host}:${this.connection.remote.port}`;
  }

  onData(chunk: Buffer): void {
    if (this.isClosed || this.fault !== undefined) return;
    this.lastActiveMs = this.host.clock.monotonicMs();
    this.splitInto(chunk);
    // A request that arrives while another is being handled stays in the socket but for what was already read.
    if (this.isBusy || this.isBackedUp) this.pause();
    else this.host.turns.run(this.takeWaiting);
  }

  onDrain(): void {
    this.isBackedUp = false;
    this.lastActiveMs = this.host.clock.monotonicMs();
    this.host.turns.run(this.takeWaiting);
  }

  onClose(): void {
    if (this.isClosed) return;
    this.release();
    this.host.onConnectionClosed(this);
  }

  /** The current request is done: send its response, if it has one, and take the next request. */
  finish(response: readonly Buffer[] | undefined): void {
    this.waiting = undefined;
    this.isBusy = false;
    if (this.isClosed) return;
    this.lastActiveMs = this.host.clock.monotonicMs();
    if (response !== undefined) this.send(response);
    if (!this.isTaking && (this.frames.length > 0 || this.isPaused)) this.host.turns.run(this.takeWaiting);
  }

  /** Close this connection, saying why; others are not touched. `reason` never holds record content. */
  refuse(reason: string): void {
    if (this.isClosed) return;
    this.host.log.write("warn", `closed the connection of ${this.remoteText}: ${reason}`);
    this.close();
  }

  /** Close without a word. What was sent before still arrives. */
  close(): void {
    if (this.isClosed) return;
    this.release();
    this.connection.close();
    this.host.onConnectionClosed(this);
  }

  /** `waiting` is disposed if the client goes away before its response. */
  releaseOnClose(waiting: Disposable): void {
    if (this.isClosed) waiting[Symbol.dispose]();
    else if (this.isBusy) this.waiting = waiting;
  }

  private send(response: readonly Buffer[]): void {
    // A response of one chunk was written by the codec: there are no records in it.
    const onSent = response.length > 1 ? (): void => this.host.onSent(response) : undefined;
    if (!this.connection.send(response, onSent)) this.isBackedUp = true;
  }

  private splitInto(chunk: Buffer): void {
    try {
      for (const frame of this.splitter.push(chunk)) this.frames.push(frame);
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      this.fault = error.message;
    }
  }

  private readonly takeWaiting = (): void => {
    this.isTaking = true;
    while (!this.isBusy && !this.isBackedUp && !this.isClosed) {
      const frame = this.frames.shift();
      if (frame === undefined) {
        if (this.fault !== undefined) this.refuse(this.fault);
        break;
      }
      this.isBusy = true;
      this.host.route(frame, this);
    }
    this.isTaking = false;
    if (!this.isBusy && !this.isBackedUp) this.resume();
  };

  private pause(): void {
    if (this.isPaused || this.isClosed) return;
    this.isPaused = true;
    this.connection.pause();
  }

  private resume(): void {
    if (!this.isPaused || this.isClosed) return;
    this.isPaused = false;
    this.connection.resume();
  }

  private release(): void {
    this.isClosed = true;
    this.frames.length = 0;
    this.idleTimer?.[Symbol.dispose]();
    this.waiting?.[Symbol.dispose]();
    this.waiting = undefined;
  }

  /** One timer per connection that looks again when the connection could be idle at the earliest. */
  private watchIdleness(delayMs: number): void {
    this.idleTimer = this.host.timers.schedule("connections.max.idle.ms", delayMs, () => {
      const idleMs = this.host.clock.monotonicMs() - this.lastActiveMs;
      const leftMs = this.host.limits().connectionsMaxIdleMs - idleMs;
      if (this.isBusy) this.watchIdleness(this.host.limits().connectionsMaxIdleMs);
      else if (leftMs <= 0) this.close();
      else this.watchIdleness(leftMs);
    });
  }
}
