import { FrameSplitter } from "../../protocol/frame.ts";
import { MalformedMessageError } from "../../protocol/schema/message-error.ts";
import type { Address, Clock, Connection, Network, Timers } from "../../runtime/runtime.ts";

/** Children of one node are the longest answer there is. */
const responseByteCountMax = 64 * 1024 * 1024;

interface LinkHandler {
  onOpen(): void;
  /** Throws `MalformedMessageError` where it can't read the frame. */
  onFrame(frame: Buffer): void;
  /** Nothing was sent for a while: say something. */
  onIdle(): void;
  /** The connection is lost, or so long silent that it counts as lost. The last call of all. */
  onLost(): void;
}

interface Silence {
  /** So long after the last send something is to be said. */
  readonly idleMs: number;
  /** So long after the last word from the server the connection counts as lost. */
  readonly lostMs: number;
}

/** A client's one connection to the coordination server, with an eye on how long each side has been silent. */
export class SessionLink {
  private readonly runtime: { readonly clock: Clock; readonly timers: Timers };
  private readonly handler: LinkHandler;
  private readonly connection: Connection;
  private readonly splitter = new FrameSplitter(responseByteCountMax);
  private silence: Silence;
  private lastSentMs: number;
  private lastHeardMs: number;
  private timer: Disposable | undefined;
  private isOver = false;

  constructor(
    runtime: { readonly clock: Clock; readonly timers: Timers; readonly network: Network },
    address: Address,
    silence: Silence,
    handler: LinkHandler,
  ) {
    this.runtime = runtime;
    this.handler = handler;
    this.silence = silence;
    this.lastSentMs = runtime.clock.monotonicMs();
    this.lastHeardMs = this.lastSentMs;
    this.connection = runtime.network.connect(address, {
      onOpen: () => {
        if (!this.isOver) handler.onOpen();
      },
      onData: (chunk) => this.take(chunk),
      onClose: () => this.lose(),
    });
    this.watchSilence();
  }

  send(frame: readonly Buffer[]): void {
    this.lastSentMs = this.runtime.clock.monotonicMs();
    this.connection.send(frame);
  }

  /** From now on other limits hold. */
  expectWithin(silence: Silence): void {
    this.silence = silence;
    this.timer?.[Symbol.dispose]();
    this.watchSilence();
  }

  /** Nobody is told any more. What was sent still leaves. */
  close(): void {
    this.isOver = true;
    this.timer?.[Symbol.dispose]();
    this.connection.close();
  }

  private take(chunk: Buffer): void {
    if (this.isOver) return;
    this.lastHeardMs = this.runtime.clock.monotonicMs();
    try {
      for (const frame of this.splitter.push(chunk)) {
        this.handler.onFrame(frame);
        // Whoever heard of the frame may have closed the link.
        if (this.hasEnded()) return;
      }
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      this.lose();
    }
  }

  private hasEnded(): boolean {
    return this.isOver;
  }

  private lose(): void {
    if (this.isOver) return;
    this.close();
    this.handler.onLost();
  }

  /** The timer is not moved by every word said: it looks again when it fires. */
  private watchSilence(): void {
    const nowMs = this.runtime.clock.monotonicMs();
    const dueMs = Math.min(this.lastSentMs + this.silence.idleMs, this.lastHeardMs + this.silence.lostMs);
    this.timer = this.runtime.timers.schedule("coordination heartbeat", Math.max(0, dueMs - nowMs), () => {
      const firedMs = this.runtime.clock.monotonicMs();
      if (firedMs >= this.lastHeardMs + this.silence.lostMs) {
        this.lose();
        return;
      }
      if (firedMs >= this.lastSentMs + this.silence.idleMs) this.handler.onIdle();
      if (!this.isOver) this.watchSilence();
    });
  }
}
