import { connect, createServer, type AddressInfo, type Socket } from "node:net";

import type { Address, Connection, ConnectionHandler, ListenerHandler, Network } from "../runtime.ts";

/** More waiting bytes than this and `send` asks its caller to hold back. */
export const sendHighWaterMarkBytes = 1024 * 1024;

/** How long a connection that sent everything and closed waits for its peer to close too, before it is cut. */
const lingerMs = 1000;

/** How long a closed connection tries to get rid of what is still queued; a peer that never reads must not hold it. */
const flushMsMax = 30_000;

/**
 * TCP. A connection's troubles (reset, broken pipe, refused) are the end of that connection and of nothing else.
 * Disposing closes every listener and cuts every connection; no handler is called after that.
 */
export class NodeNetwork implements Network, Disposable {
  private readonly open = new Set<Disposable>();
  private disposed = false;

  listen(address: Address, handler: ListenerHandler): Disposable {
    const server = createServer({ noDelay: true, highWaterMark: sendHighWaterMarkBytes }, (socket) => {
      const connection = new NodeConnection(socket, remoteOf(socket), this.open);
      connection.handle(handler.onConnection(connection));
    });
    let isDisposed = this.disposed;
    server.on("error", (error) => {
      // A listening server also reports connections that it could not accept; that fails them and not the listener.
      if (!isDisposed && !server.listening) handler.onFailed(codeOf(error));
    });
    server.on("listening", () => {
      const bound = server.address() as AddressInfo;
      if (!isDisposed) handler.onListening({ host: bound.address, port: bound.port });
    });
    const listener = {
      [Symbol.dispose]: (): void => {
        isDisposed = true;
        this.open.delete(listener);
        server.close();
      },
    };
    if (isDisposed) return listener;
    this.open.add(listener);
    server.listen({ host: address.host, port: address.port, exclusive: true });
    return listener;
  }

  connect(address: Address, handler: ConnectionHandler): Connection {
    const socket = connect({
      host: address.host,
      port: address.port,
      noDelay: true,
      // Passed on to the stream; missing in the type of the options.
      ...{ highWaterMark: sendHighWaterMarkBytes },
    });
    const connection = new NodeConnection(socket, address, this.open);
    connection.handle(handler);
    if (this.disposed) connection[Symbol.dispose]();
    return connection;
  }

  [Symbol.dispose](): void {
    this.disposed = true;
    for (const item of this.open) item[Symbol.dispose]();
  }
}

/** One TCP connection, accepted or asked for. */
class NodeConnection implements Connection, Disposable {
  readonly remote: Address;
  private readonly socket: Socket;
  private readonly open: Set<Disposable>;
  private isClosing = false;
  private isCorked = false;
  private errorCode: string | undefined;
  private linger: NodeJS.Timeout | undefined;

  constructor(socket: Socket, remote: Address, open: Set<Disposable>) {
    this.socket = socket;
    this.remote = remote;
    this.open = open;
    open.add(this);
  }

  handle(handler: ConnectionHandler): void {
    const { socket } = this;
    if (handler.onOpen !== undefined) socket.on("connect", () => handler.onOpen?.());
    socket.on("data", (chunk: Buffer) => {
      if (!this.isClosing) handler.onData(chunk);
    });
    socket.on("drain", () => {
      if (!this.isClosing) handler.onDrain?.();
    });
    socket.on("error", (error) => {
      this.errorCode = codeOf(error);
    });
    socket.on("close", () => {
      clearTimeout(this.linger);
      if (this.open.delete(this)) handler.onClose(this.errorCode);
    });
  }

  send(chunks: readonly Buffer[], onSent?: () => void): boolean {
    if (this.isClosing || !this.socket.writable) return true;
    // What one turn sends leaves as one system call (writev): the cork stays in until the turn is over.
    if (!this.isCorked) {
      this.isCorked = true;
      this.socket.cork();
      process.nextTick(this.uncork);
    }
    const lastIndex = chunks.length - 1;
    for (const [index, chunk] of chunks.entries()) {
      this.socket.write(chunk, index === lastIndex && onSent !== undefined ? this.callingIfSent(onSent) : undefined);
    }
    return this.socket.writableLength < sendHighWaterMarkBytes;
  }

  private callingIfSent(onSent: () => void): (error?: Error | null) => void {
    return (error) => {
      const isSent = error === undefined || error === null;
      if (isSent && this.open.has(this)) onSent();
    };
  }

  private readonly uncork = (): void => {
    this.isCorked = false;
    this.socket.uncork();
  };

  pause(): void {
    if (!this.isClosing) this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    if (this.isClosing) return;
    this.isClosing = true;
    // Cutting a connection with unread bytes resets it, and the peer would lose the answer that is still on its way:
    // so the peer gets a moment to close its own side, and what it still sends is read and dropped.
    this.socket.resume();
    this.destroyIn(flushMsMax);
    this.socket.end(() => {
      this.destroyIn(lingerMs);
    });
  }

  private destroyIn(delayMs: number): void {
    clearTimeout(this.linger);
    if (!this.socket.destroyed) this.linger = setTimeout(() => this.socket.destroy(), delayMs);
  }

  /** Cut at once, telling nobody. */
  [Symbol.dispose](): void {
    this.isClosing = true;
    this.open.delete(this);
    clearTimeout(this.linger);
    this.socket.destroy();
  }
}

function remoteOf(socket: Socket): Address {
  return { host: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
