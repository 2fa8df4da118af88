import { connect, type Socket } from "node:net";

/** What came instead of an answer. */
export type Silence = "closed" | "silence";

interface Waiting {
  readonly resolve: (received: Buffer | Silence) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One TCP connection to a broker, bare: it sends whatever bytes it is given and takes length-prefixed frames back, so
 * that a conversation can also say what no client would.
 */
export class WireConnection {
  private readonly socket: Socket;
  private received = Buffer.alloc(0);
  private closed = false;
  private waiting: Waiting | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.deliver();
    });
    // A reset is one of the ways to close; "close" follows it.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.closed = true;
      this.deliver();
    });
  }

  static open(host: string, port: number): Promise<WireConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host);
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new WireConnection(socket));
      });
    });
  }

  get isClosed(): boolean {
    return this.closed;
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** The next frame without its length prefix; "closed", or "silence" where neither came within `timeoutMs`. */
  receive(timeoutMs: number): Promise<Buffer | Silence> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiting = undefined;
        resolve("silence");
      }, timeoutMs);
      this.waiting = { resolve, timer };
      this.deliver();
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private deliver(): void {
    const waiting = this.waiting;
    if (waiting === undefined) return;
    const received = this.nextFrame() ?? (this.closed ? "closed" : undefined);
    if (received === undefined) return;
    this.waiting = undefined;
    clearTimeout(waiting.timer);
    waiting.resolve(received);
  }

  private nextFrame(): Buffer | undefined {
    if (this.received.length < 4) return undefined;
    const end = 4 + this.received.readInt32BE(0);
    if (this.received.length < end) return undefined;
    const frame = this.received.subarray(4, end);
    this.received = this.received.subarray(end);
    return frame;
  }
}
