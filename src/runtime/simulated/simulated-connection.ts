import { assert } from "../../base/assert.ts";
import type { SeededRandom } from "../../base/seeded-random.ts";
import type { Address, Connection, ConnectionHandler } from "../runtime.ts";
import type { EventKind, VirtualEvent, VirtualTime } from "./virtual-time.ts";

/** As on Node: how long a closed connection waits for its peer to close too. */
const lingerUs = 1_000_000;

/** How bytes travel. */
export interface Wire {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly latencyUsMin: number;
  readonly latencyUsMax: number;
  /** Cut what arrives at random places. */
  readonly isChopping: boolean;
  readonly highWaterMarkBytes: number;
}

/** One way's travelling time. */
export function drawLatencyUs(wire: Wire): number {
  return wire.latencyUsMin + wire.random.below(wire.latencyUsMax - wire.latencyUsMin + 1);
}

/** One side of a connection. */
export class Endpoint implements Connection {
  readonly node: string;
  readonly remote: Address;
  /** What this side sends. */
  readonly out: Pipe;
  private readonly wire: Wire;
  private readonly label: string;
  private readonly onGone: (endpoint: Endpoint) => void;
  private handler: ConnectionHandler | undefined;
  private peer: Endpoint | undefined;
  private isClosing = false;
  private isGone = false;
  private isPaused = false;
  private wantsDrain = false;
  private linger: VirtualEvent | undefined;

  constructor(wire: Wire, side: { node: string; remote: Address; label: string; onGone: (gone: Endpoint) => void }) {
    this.wire = wire;
    this.node = side.node;
    this.remote = side.remote;
    this.label = side.label;
    this.onGone = side.onGone;
    this.out = new Pipe(wire, this);
  }

  /** The connection was accepted: this side may send now, the other one hears of it a way later. */
  static join(client: Endpoint, server: Endpoint): void {
    client.peer = server;
    server.peer = client;
    const { wire } = server;
    const delayUs = drawLatencyUs(wire);
    client.schedule(delayUs, "open", () => {
      client.opened();
    });
    server.out.open(wire.time.nowUs + delayUs);
  }

  handleBy(handler: ConnectionHandler): void {
    this.handler = handler;
  }

  // --- What the owner of this side asks for.

  send(chunks: readonly Buffer[]): boolean {
    if (this.isClosing || this.isGone) return true;
    const [first] = chunks;
    this.out.push(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
    this.wantsDrain = this.out.queuedBytes > this.wire.highWaterMarkBytes;
    return !this.wantsDrain;
  }

  pause(): void {
    if (this.isClosing) return;
    this.isPaused = true;
    this.incoming?.hold();
  }

  resume(): void {
    this.isPaused = false;
    this.incoming?.flow();
  }

  close(): void {
    if (this.isClosing || this.isGone) return;
    this.isClosing = true;
    this.out.end(undefined);
    this.resume();
    this.linger = this.schedule(lingerUs, "close", () => {
      this.goWith(undefined);
    });
  }

  // --- What happens to this side.

  get isOver(): boolean {
    return this.isGone;
  }

  /** Whether what arrives can be handed over. */
  get takes(): boolean {
    return !this.isPaused && !this.isGone;
  }

  private opened(): void {
    if (!this.isClosing && !this.isGone) this.handler?.onOpen?.();
  }

  arrived(bytes: Buffer): void {
    if (!this.isClosing && !this.isGone) this.handler?.onData(bytes);
  }

  /** The other side will send no more: this side ends too, as a TCP socket that is not half-open does. */
  ended(code: string | undefined): void {
    this.out.end(undefined);
    this.goWith(code);
  }

  /** Bytes of this side have left. */
  sent(): void {
    if (!this.wantsDrain || this.out.queuedBytes > this.wire.highWaterMarkBytes) return;
    this.wantsDrain = false;
    this.schedule(0, "drain", () => {
      if (!this.isClosing && !this.isGone) this.handler?.onDrain?.();
    });
  }

  /** The connection is over for this side. */
  goWith(code: string | undefined): void {
    if (this.isGone) return;
    this.forget();
    this.handler?.onClose(code);
  }

  /** The process of this side stopped: nobody here is told, and the other side learns it from the network. */
  cut(): void {
    if (this.isGone) return;
    this.out.end("ECONNRESET");
    this.forget();
  }

  private forget(): void {
    this.isGone = true;
    if (this.linger !== undefined) this.wire.time.cancel(this.linger);
    this.incoming?.hold();
    this.onGone(this);
  }

  /** What the other side sends; undefined as long as there is no other side. */
  private get incoming(): Pipe | undefined {
    return this.peer?.out;
  }

  get receiver(): Endpoint {
    assert(this.peer !== undefined, "bytes flow when both sides are there");
    return this.peer;
  }

  /** Something will happen to this side. */
  schedule(delayUs: number, kind: EventKind, run: () => void, byteCount = 0): VirtualEvent {
    return this.wire.time.schedule(delayUs, { node: this.node, kind, label: this.label, byteCount, run });
  }
}

/** Bytes on their way, or the end of the stream. */
interface Parcel {
  readonly bytes: Buffer | undefined;
  readonly code: string | undefined;
  readonly arrivalUs: number;
}

/**
 * One direction of a connection: parcels arrive in the order of sending. Only the first one is an event in the queue of
 * the world; while the receiver pauses, none is, and what is sent piles up here until the sender is asked to hold back.
 */
export class Pipe {
  queuedBytes = 0;
  private readonly wire: Wire;
  private readonly sender: Endpoint;
  private parcels: Parcel[] = [];
  private firstIndex = 0;
  private lastArrivalUs = 0;
  private isOpen = false;
  private hasEnded = false;
  private pending: VirtualEvent | undefined;
  private pendingByteCount = 0;

  constructor(wire: Wire, sender: Endpoint) {
    this.wire = wire;
    this.sender = sender;
  }

  push(bytes: Buffer): void {
    if (this.hasEnded || bytes.byteLength === 0) return;
    this.queuedBytes += bytes.byteLength;
    this.post(bytes, undefined);
  }

  end(code: string | undefined): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.post(undefined, code);
  }

  /** The other side is there: let flow what was sent early. Nothing arrives before `fromUs`. */
  open(fromUs: number): void {
    this.isOpen = true;
    this.lastArrivalUs = Math.max(this.lastArrivalUs, fromUs);
    this.parcels = this.parcels.map((parcel) => ({ ...parcel, arrivalUs: Math.max(parcel.arrivalUs, fromUs) }));
    this.flow();
  }

  /** Deliver nothing for now. */
  hold(): void {
    if (this.pending !== undefined) this.wire.time.cancel(this.pending);
    this.pending = undefined;
  }

  /** Let the first parcel arrive when it is due, if the receiver takes it. */
  flow(): void {
    const parcel = this.parcels[this.firstIndex];
    if (parcel === undefined || !this.isOpen || this.pending !== undefined) return;
    const { receiver } = this.sender;
    if (!receiver.takes) return;
    const delayUs = Math.max(0, parcel.arrivalUs - this.wire.time.nowUs);
    this.pendingByteCount = this.cutOf(parcel.bytes);
    const kind = parcel.bytes === undefined ? "close" : "data";
    this.pending = receiver.schedule(delayUs, kind, this.deliver, this.pendingByteCount);
  }

  private post(bytes: Buffer | undefined, code: string | undefined): void {
    this.lastArrivalUs = Math.max(this.lastArrivalUs, this.wire.time.nowUs + drawLatencyUs(this.wire));
    this.parcels.push({ bytes, code, arrivalUs: this.lastArrivalUs });
    this.flow();
  }

  private cutOf(bytes: Buffer | undefined): number {
    if (bytes === undefined) return 0;
    return this.wire.isChopping ? 1 + this.wire.random.below(bytes.byteLength) : bytes.byteLength;
  }

  private readonly deliver = (): void => {
    this.pending = undefined;
    const parcel = this.takeFirst();
    if (parcel.bytes === undefined) {
      this.sender.receiver.ended(parcel.code);
      return;
    }
    this.queuedBytes -= parcel.bytes.byteLength;
    this.sender.sent();
    this.sender.receiver.arrived(parcel.bytes);
    this.flow();
  };

  /** The first parcel, or of a chopped one the first part. */
  private takeFirst(): Parcel {
    const parcel = this.parcels[this.firstIndex];
    assert(parcel !== undefined, "what is delivered was sent");
    if (parcel.bytes !== undefined && this.pendingByteCount < parcel.bytes.byteLength) {
      this.parcels[this.firstIndex] = { ...parcel, bytes: parcel.bytes.subarray(this.pendingByteCount) };
      return { ...parcel, bytes: parcel.bytes.subarray(0, this.pendingByteCount) };
    }
    this.firstIndex += 1;
    // Half of it delivered: forgetting that half costs less than what was delivered.
    if (this.firstIndex * 2 >= this.parcels.length) {
      this.parcels = this.parcels.slice(this.firstIndex);
      this.firstIndex = 0;
    }
    return parcel;
  }
}
