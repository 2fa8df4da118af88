/*
 * The ZooKeeper of a cluster: one node that all brokers agree with.
 *
 * Kafka's brokers keep what they must agree on (who is alive, who is the controller, who leads a partition) in
 * ZooKeeper, because it promises three things that brokers can't promise one another: writes happen in one order,
 * whoever is silent for too long is taken for dead by everybody at the same point of that order, and a change is told
 * to those who wait for it before they can see anything newer.
 *
 * This server keeps those promises by doing one thing at a time. What arrives is a turn: every request in it is decided
 * (`write-decision`) against the tree, becomes a numbered transaction and is applied at once (`znode-tree`); watches
 * that fire and answers are queued on their connections in that order. At the end of the turn its transactions are
 * written to the log (`transaction-log`), and only then is anything sent. A restarted server has the tree and the
 * sessions that it had, and gives every session its whole time-out to come back in.
 *
 * Where ZooKeeper is an ensemble, this is one server: quorums, and the fail-over of ZooKeeper itself, are not in it.
 */

import {
  FileError,
  type Address,
  type Connection,
  type ConnectionHandler,
  type Runtime,
} from "../../runtime/runtime.ts";
import { MalformedMessageError } from "../../protocol/schema/message-error.ts";
import { RequestHandler } from "./request-handler.ts";
import { ServerConnection } from "./server-connection.ts";
import { SessionTable } from "./session-table.ts";
import { CorruptCoordinationStateError, TransactionLog, type TransactionLogOptions } from "./transaction-log.ts";
import { WatchTable } from "./watch-table.ts";
import {
  decodeMessage,
  encodeError,
  encodeEvent,
  encodeMessage,
  encodeResponse,
  readRequest,
  type ReceivedRequest,
} from "./wire.ts";
import { connectRequest, connectResponse, type ConnectRequest } from "./wire-messages.ts";
import { decideClose } from "./write-decision.ts";
import { ZnodeTree, type Applied } from "./znode-tree.ts";
import type { Change } from "./znode.ts";

const passwordByteCount = 16;

type ServerRuntime = Pick<Runtime, "clock" | "timers" | "random" | "network" | "files" | "log">;

export interface CoordinationServerOptions extends TransactionLogOptions {
  /** The shortest and the longest time-out that a session can have, whatever its client asks for. */
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  /** The disk refused: the server has stopped, and nobody heard of what was not written. */
  readonly onFailed: (error: FileError) => void;
}

export type ServerStart =
  | { readonly isListening: true; readonly address: Address }
  /** The operating system's code, or what is wrong with the stored state. */
  | { readonly isListening: false; readonly reason: string };

/** The coordination node of a cluster: serves the tree, keeps the sessions, remembers both. */
export class CoordinationServer {
  private readonly runtime: ServerRuntime;
  private readonly options: CoordinationServerOptions;
  private readonly connections = new Set<ServerConnection>();
  private readonly sessions = new SessionTable<ServerConnection>();
  private readonly watches = new WatchTable<ServerConnection>();
  private znodes = new ZnodeTree();
  private log: TransactionLog | undefined;
  private handler = this.handlerOf(this.znodes);
  private listener: Disposable | undefined;
  private expiry: { readonly dueMs: number; readonly timer: Disposable } | undefined;

  constructor(runtime: ServerRuntime, options: CoordinationServerOptions) {
    this.runtime = runtime;
    this.options = options;
  }

  /** The tree as it is. For screens and tests: whoever takes part in the cluster asks over the network. */
  get tree(): ZnodeTree {
    return this.znodes;
  }

  /** Ids of the sessions that are connected at present. */
  get connectedSessions(): readonly number[] {
    return [...this.znodes.sessions.keys()].filter((id) => this.sessions.connectionOf(id) !== undefined);
  }

  /** How many watches are waiting. */
  get watchCount(): number {
    return this.watches.count;
  }

  /** Read what is stored and listen. Afterwards every stored session has its whole time-out to come back in. */
  start(address: Address, told: (start: ServerStart) => void): void {
    const failure = this.load();
    if (failure !== undefined) {
      this.runtime.timers.schedule("coordination start failed", 0, () => told({ isListening: false, reason: failure }));
      return;
    }
    const nowMs = this.runtime.clock.monotonicMs();
    for (const [sessionId, { timeoutMs }] of this.znodes.sessions) {
      this.sessions.open(sessionId, { timeoutMs, deadlineMs: nowMs + timeoutMs, connection: undefined });
    }
    this.listener = this.runtime.network.listen(address, {
      onListening: (bound) => {
        this.watchDeadlines();
        told({ isListening: true, address: bound });
      },
      onFailed: (code) => {
        this.stop();
        told({ isListening: false, reason: code });
      },
      onConnection: (connection) => this.accept(connection),
    });
  }

  /** Close everything. Sessions stay open and can be gone on with when the server is started again. */
  stop(): void {
    this.listener?.[Symbol.dispose]();
    this.listener = undefined;
    this.expiry?.timer[Symbol.dispose]();
    this.expiry = undefined;
    for (const connection of this.connections) {
      this.watches.remove(connection);
      connection.drop();
    }
    this.connections.clear();
    this.sessions.clear();
    this.log?.[Symbol.dispose]();
    this.log = undefined;
  }

  /** Why the server can't start; undefined where all is read. */
  private load(): string | undefined {
    try {
      const { log, tree } = TransactionLog.open(this.runtime.files, this.options);
      this.log = log;
      this.znodes = tree;
      this.handler = this.handlerOf(tree);
      return undefined;
    } catch (error) {
      if (error instanceof FileError || error instanceof CorruptCoordinationStateError) return error.message;
      throw error;
    }
  }

  private handlerOf(tree: ZnodeTree): RequestHandler<ServerConnection> {
    return new RequestHandler({
      tree,
      watches: this.watches,
      transact: (changes) => this.transact(changes),
      tell: (connection, event) => connection.say(encodeEvent(event)),
    });
  }

  private accept(connection: Connection): ConnectionHandler {
    const accepted = new ServerConnection(connection);
    this.connections.add(accepted);
    return {
      onData: (chunk) => {
        if (!accepted.isOver) this.turn(() => this.take(accepted, chunk));
      },
      onDrain: () => accepted.drained(),
      onClose: () => this.gone(accepted),
    };
  }

  private gone(connection: ServerConnection): void {
    connection.end();
    this.watches.remove(connection);
    this.connections.delete(connection);
    if (this.sessions.connectionOf(connection.sessionId) === connection) this.sessions.disconnect(connection.sessionId);
  }

  // --- Turns

  /** Do `work`, make its transactions safe, and only then say what came of it. */
  private turn(work: () => void): void {
    if (this.log === undefined) return;
    work();
    try {
      this.log.commit(this.znodes);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.runtime.log.write("error", `The coordination node can't write its log and stops: ${error.message}`);
      this.stop();
      this.options.onFailed(error);
      return;
    }
    for (const connection of this.connections) {
      connection.flush();
      if (connection.isOver) this.gone(connection);
    }
  }

  private transact(changes: readonly Change[]): Applied {
    const transaction = { zxid: this.znodes.lastZxid + 1, timeMs: this.runtime.clock.wallMs(), changes };
    this.log?.append(transaction);
    const applied = this.znodes.apply(transaction);
    for (const event of applied.events) {
      const watchers = this.watches.take(event);
      if (watchers.length === 0) continue;
      const frame = encodeEvent(event);
      for (const watcher of watchers) watcher.say(frame);
    }
    return applied;
  }

  private take(connection: ServerConnection, chunk: Buffer): void {
    try {
      for (const frame of connection.splitter.push(chunk)) {
        if (connection.isOver) return;
        if (connection.sessionId === 0) this.connect(connection, decodeMessage(connectRequest, frame));
        else this.answer(connection, readRequest(frame));
      }
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      this.runtime.log.write("warn", `${connection.name} sent what is no request: ${error.message}`);
      connection.end();
    }
  }

  private answer(connection: ServerConnection, request: ReceivedRequest): void {
    const { sessionId } = connection;
    this.sessions.touch(sessionId, this.runtime.clock.monotonicMs());
    const { xid, name } = request;
    if (name === undefined) {
      connection.say(encodeError({ xid, zxid: this.znodes.lastZxid, error: "UNIMPLEMENTED" }));
      return;
    }
    if (name === "closeSession") {
      this.closeSession(sessionId);
      connection.say(encodeResponse(name, { xid, zxid: this.znodes.lastZxid }, {}));
      return;
    }
    connection.say(this.handler.answer(name, request, { sessionId, watcher: connection }));
  }

  // --- Sessions

  private connect(connection: ServerConnection, request: ConnectRequest): void {
    if (request.lastZxidSeen > this.znodes.lastZxid) {
      // Going on would show the client an older tree than it knows. ZooKeeper sends it to another server.
      this.runtime.log.write("warn", `${connection.name} has seen newer transactions than there are; refused`);
      connection.end();
      return;
    }
    const sessionId = request.sessionId === 0 ? this.newSession(request) : request.sessionId;
    const session = this.znodes.sessions.get(sessionId);
    const isItsOwn = request.sessionId === 0 || session?.password.equals(request.password) === true;
    if (session === undefined || !isItsOwn) {
      connection.say(encodeMessage(connectResponse, noSession));
      connection.end();
      return;
    }
    this.leaveOldConnection(sessionId);
    const timeoutMs = this.negotiated(request.timeoutMs);
    const deadlineMs = this.runtime.clock.monotonicMs() + timeoutMs;
    this.sessions.open(sessionId, { timeoutMs, deadlineMs, connection });
    this.watchDeadlines();
    connection.sessionId = sessionId;
    connection.say(encodeMessage(connectResponse, { ...noSession, timeoutMs, sessionId, password: session.password }));
  }

  /** A session's id is the number of the transaction that opened it, so no two ever have the same. */
  private newSession(request: ConnectRequest): number {
    const sessionId = this.znodes.lastZxid + 1;
    const password = Buffer.from(this.runtime.random.bytes(passwordByteCount));
    const session = { password, timeoutMs: this.negotiated(request.timeoutMs) };
    this.transact([{ type: "openSession", sessionId, session }]);
    return sessionId;
  }

  /** The session has moved: what still arrives where its client was before does not count. */
  private leaveOldConnection(sessionId: number): void {
    const old = this.sessions.connectionOf(sessionId);
    if (old === undefined) return;
    this.watches.remove(old);
    old.end();
  }

  private negotiated(timeoutMs: number): number {
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = this.options;
    return Math.min(Math.max(timeoutMs, minSessionTimeoutMs), maxSessionTimeoutMs);
  }

  /** Its ephemeral nodes go in the same transaction, and those who watch them are told. */
  private closeSession(sessionId: number): void {
    const connection = this.sessions.connectionOf(sessionId);
    this.sessions.close(sessionId);
    this.transact(decideClose(this.znodes, sessionId));
    connection?.end();
  }

  private expireSessions(): void {
    for (const sessionId of this.sessions.expired(this.runtime.clock.monotonicMs())) {
      this.runtime.log.write("info", `Session ${sessionId} has expired`);
      this.closeSession(sessionId);
    }
  }

  /** One timer waits for the first deadline. Heartbeats do not move it: it looks again when it fires. */
  private watchDeadlines(): void {
    const dueMs = this.sessions.nextDeadlineMs;
    if (dueMs === undefined || (this.expiry !== undefined && this.expiry.dueMs <= dueMs)) return;
    this.expiry?.timer[Symbol.dispose]();
    const delayMs = Math.max(0, dueMs - this.runtime.clock.monotonicMs());
    const timer = this.runtime.timers.schedule("session expiry", delayMs, () => {
      this.expiry = undefined;
      this.turn(() => this.expireSessions());
      this.watchDeadlines();
    });
    this.expiry = { dueMs, timer };
  }
}

const noSession = { protocolVersion: 0, timeoutMs: 0, sessionId: 0, password: Buffer.alloc(passwordByteCount) };
