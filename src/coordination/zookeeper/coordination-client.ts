/*
 * A broker's end of its session with the coordination node.
 *
 * A session is more than a connection: it outlives one that is lost, for as long as its time-out, and it may be over
 * while the client still believes in it. The server alone knows. A client that hears nothing can only tell that it is
 * disconnected; whether its session has expired it learns when it is connected again. Until then it must not trust what
 * it holds by that session, and Kafka's fencing (controller epochs, broker epochs) is there because it can't know.
 *
 * States and what the owner is told:
 *
 *     connecting --granted--> connected    "connected"
 *     connected  --lost-----> connecting   "disconnected"
 *     connecting --refused--> expired      "expired"; `renew` leads back to connecting
 *
 * Requests go out in the order of asking. With the connection all that is unanswered is lost: the plain `znodes` answer
 * CONNECTIONLOSS (whether a write was done is unknown), the `patient` ones are asked again on the next connection.
 * Watches are left again on the next connection, together with the newest transaction seen, so that no change between
 * the two goes unnoticed.
 */

import { assert } from "../../base/assert.ts";
import { MalformedMessageError, UnsupportedFieldError } from "../../protocol/schema/message-error.ts";
import type { Address, Runtime } from "../../runtime/runtime.ts";
import { ClientWatches, type Watch, type WatchKind } from "./client-watches.ts";
import { SessionLink } from "./session-link.ts";
import {
  decodeMessage,
  encodeMessage,
  encodeRequest,
  readEvent,
  readResponse,
  readResponseBody,
  requestByteCountMax,
  type ReceivedResponse,
} from "./wire.ts";
import {
  connectRequest,
  connectResponse,
  eventXid,
  pingXid,
  setWatchesXid,
  type ConnectResponse,
  type RequestName,
  type WireRequest,
  type WireResponse,
} from "./wire-messages.ts";
import { Znodes, type Answer, type RequestLine } from "./znodes.ts";
import type { ZookeeperFailure } from "./zookeeper-error.ts";

type ClientRuntime = Pick<Runtime, "clock" | "timers" | "random" | "network">;

export type SessionEvent = "connected" | "disconnected" | "expired";

export interface CoordinationClientOptions {
  readonly address: Address;
  /** What is asked for; the server grants it within its own limits. */
  readonly sessionTimeoutMs: number;
  /** After "expired" all watches and ephemeral nodes are gone; `renew` begins a new session. */
  readonly onSession: (event: SessionEvent) => void;
}

interface Call {
  readonly xid: number;
  readonly frame: readonly Buffer[];
  readonly isPatient: boolean;
  /** Throws `MalformedMessageError`. */
  readonly land: (response: ReceivedResponse) => void;
  readonly fail: (error: ZookeeperFailure) => void;
}

type ClientState = "connecting" | "connected" | "expired" | "closed";

interface Session {
  readonly id: number;
  readonly password: Buffer;
  readonly timeoutMs: number;
}

const noSession: Session = { id: 0, password: Buffer.alloc(16), timeoutMs: 0 };
/** Back-off between attempts to connect: a random time up to this, doubled each time, never above a second. */
const firstBackoffMs = 50;
const lastBackoffMs = 1000;
/** Watches are left again in frames of about this size. */
const setWatchesByteCountMax = 128 * 1024;
/** Request numbers are positive int32 and start over. */
const xidMax = 0x7fffffff;

/** A session with the coordination node, over as many connections as it takes. Connects when it is made. */
export class CoordinationClient implements RequestLine {
  /** Fails with CONNECTIONLOSS when the connection goes before the answer comes. */
  readonly znodes: Znodes = new Znodes(this, false);
  /** Asks again when connected again. */
  readonly patient: Znodes = new Znodes(this, true);
  private readonly runtime: ClientRuntime;
  private readonly options: CoordinationClientOptions;
  private readonly watches = new ClientWatches();
  private state: ClientState = "connecting";
  private session: Session = noSession;
  private lastZxid = 0;
  private link: SessionLink | undefined;
  private attemptCount = 0;
  private retry: Disposable | undefined;
  /** Asked and not sent. */
  private queued: Call[] = [];
  /** Sent and not answered. */
  private flights: Call[] = [];
  private xid = 0;

  constructor(runtime: ClientRuntime, options: CoordinationClientOptions) {
    this.runtime = runtime;
    this.options = options;
    this.connect();
  }

  /** 0 as long as none was granted. */
  get sessionId(): number {
    return this.session.id;
  }

  /** What the server granted. */
  get sessionTimeoutMs(): number {
    return this.session.timeoutMs;
  }

  get isConnected(): boolean {
    return this.state === "connected";
  }

  submit<Name extends RequestName>(
    name: Name,
    request: WireRequest<Name>,
    asked: { readonly isPatient: boolean; readonly told: (answer: Answer<WireResponse<Name>>) => void },
  ): void {
    const { isPatient, told } = asked;
    this.xid = this.xid === xidMax ? 1 : this.xid + 1;
    const frame = frameOf(name, this.xid, request);
    const failure = this.state === "expired" || this.state === "closed" ? "SESSIONEXPIRED" : undefined;
    if (failure !== undefined || frame === undefined) {
      const error = failure ?? "BADARGUMENTS";
      this.runtime.timers.schedule(`${name} fails`, 0, () => told({ error }));
      return;
    }
    this.send({
      xid: this.xid,
      frame,
      isPatient,
      land: (response) => {
        if (response.error === "OK") told({ error: "OK", value: readResponseBody(name, response) });
        else told({ error: response.error });
      },
      fail: (error) => told({ error }),
    });
  }

  addWatch(kind: WatchKind, path: string, watch: Watch): void {
    this.watches.add(kind, path, watch);
  }

  /** Begin a new session after the old one has expired. */
  renew(): void {
    assert(this.state === "expired", "a session that is not over is not renewed");
    this.state = "connecting";
    this.session = noSession;
    this.lastZxid = 0;
    this.attemptCount = 0;
    this.connect();
  }

  /**
   * End the session: its ephemeral nodes go at once. Where there is no connection they stay until the session expires.
   * Nothing that was asked is answered any more but for what the server answers before it.
   */
  close(told: () => void): void {
    assert(this.state !== "closed", "a session is closed once");
    const wasConnected = this.state === "connected";
    this.watches.clear();
    if (wasConnected) {
      this.submit("closeSession", {}, { isPatient: false, told: () => this.closed(told) });
      this.state = "closed";
      return;
    }
    this.state = "closed";
    this.runtime.timers.schedule("session closed", 0, () => this.closed(told));
  }

  private closed(told: () => void): void {
    this.link?.close();
    this.link = undefined;
    this.retry?.[Symbol.dispose]();
    this.failAll("SESSIONEXPIRED");
    told();
  }

  private send(call: Call): void {
    if (this.state !== "connected") {
      this.queued.push(call);
      return;
    }
    this.flights.push(call);
    this.link?.send(call.frame);
  }

  // --- Connections

  private connect(): void {
    const { sessionTimeoutMs } = this.options;
    const silence = { idleMs: sessionTimeoutMs, lostMs: sessionTimeoutMs };
    const link = new SessionLink(this.runtime, this.options.address, silence, {
      onOpen: () => {
        const { id, password } = this.session;
        const asked = { sessionId: id, password, timeoutMs: sessionTimeoutMs, lastZxidSeen: this.lastZxid };
        link.send(encodeMessage(connectRequest, { protocolVersion: 0, ...asked }));
      },
      onFrame: (frame) => {
        if (this.state === "connecting") this.granted(link, decodeMessage(connectResponse, frame));
        else this.heard(readResponse(frame));
      },
      onIdle: () => {
        if (this.state === "connected") link.send(encodeRequest("ping", pingXid, {}));
      },
      onLost: () => this.lost(),
    });
    this.link = link;
  }

  private granted(link: SessionLink, { sessionId: id, password, timeoutMs }: ConnectResponse): void {
    if (timeoutMs === 0) {
      this.expired();
      return;
    }
    this.state = "connected";
    this.attemptCount = 0;
    this.session = { id, password: Buffer.from(password), timeoutMs };
    // As ZooKeeper's own client: a heartbeat after a third of the time-out, the connection given up after two.
    link.expectWithin({ idleMs: timeoutMs / 3, lostMs: (timeoutMs * 2) / 3 });
    this.leaveWatchesAgain(link);
    for (const call of this.queued.splice(0)) this.send(call);
    this.options.onSession("connected");
  }

  private expired(): void {
    this.state = "expired";
    this.link?.close();
    this.link = undefined;
    this.watches.clear();
    this.failAll("SESSIONEXPIRED");
    this.options.onSession("expired");
  }

  private lost(): void {
    this.link = undefined;
    const wasConnected = this.state === "connected";
    const unanswered = [...this.flights.splice(0), ...this.queued.splice(0)];
    if (this.state === "connected") this.state = "connecting";
    if (this.state === "connecting") {
      this.queued = unanswered.filter(({ isPatient }) => isPatient);
      this.connectLater();
    }
    const isOver = this.state === "closed";
    for (const call of unanswered) if (isOver || !call.isPatient) call.fail("CONNECTIONLOSS");
    // Whoever was failed may have closed the session.
    if (wasConnected && this.isConnecting()) this.options.onSession("disconnected");
  }

  private isConnecting(): boolean {
    return this.state === "connecting";
  }

  private connectLater(): void {
    const limitMs = Math.min(firstBackoffMs * 2 ** this.attemptCount, lastBackoffMs);
    this.attemptCount += 1;
    const delayMs = 1 + this.runtime.random.below(limitMs);
    this.retry = this.runtime.timers.schedule("coordination reconnect", delayMs, () => this.connect());
  }

  private failAll(error: ZookeeperFailure): void {
    for (const call of [...this.flights.splice(0), ...this.queued.splice(0)]) call.fail(error);
  }

  private leaveWatchesAgain(link: SessionLink): void {
    const lists = { dataPaths: "data", existsPaths: "exists", childPaths: "child" } as const;
    let request = emptyWatches(this.lastZxid);
    let byteCount = 0;
    const leave = (): void => {
      if (byteCount > 0) link.send(encodeRequest("setWatches", setWatchesXid, request));
      request = emptyWatches(this.lastZxid);
      byteCount = 0;
    };
    for (const name of Object.keys(lists) as (keyof typeof lists)[]) {
      for (const path of this.watches.pathsOf(lists[name])) {
        request[name].push(path);
        byteCount += Buffer.byteLength(path) + 2;
        if (byteCount >= setWatchesByteCountMax) leave();
      }
    }
    leave();
  }

  // --- What the server says

  private heard(response: ReceivedResponse): void {
    if (response.zxid > this.lastZxid) this.lastZxid = response.zxid;
    const { xid } = response;
    if (xid === pingXid || xid === setWatchesXid) return;
    if (xid === eventXid) {
      const event = readEvent(response);
      for (const watch of this.watches.take(event)) watch(event);
      return;
    }
    const call = this.flights[0];
    if (call?.xid !== xid) throw new MalformedMessageError("an answer to what was not asked");
    this.flights.shift();
    call.land(response);
  }
}

function emptyWatches(relativeZxid: number): {
  relativeZxid: number;
  dataPaths: string[];
  existsPaths: string[];
  childPaths: string[];
} {
  return { relativeZxid, dataPaths: [], existsPaths: [], childPaths: [] };
}

/** Undefined for what is too long for a frame. */
function frameOf<Name extends RequestName>(
  name: Name,
  xid: number,
  request: WireRequest<Name>,
): readonly Buffer[] | undefined {
  try {
    const frame = encodeRequest(name, xid, request);
    const byteCount = frame.reduce((sum, chunk) => sum + chunk.length, -4);
    return byteCount > requestByteCountMax ? undefined : frame;
  } catch (error) {
    if (error instanceof UnsupportedFieldError) return undefined;
    throw error;
  }
}
