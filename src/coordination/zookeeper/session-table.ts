import { assert } from "../../base/assert.ts";

/** A session that a server keeps alive. */
interface LiveSession<Connection> {
  readonly timeoutMs: number;
  /** By the server's monotonic clock. */
  readonly deadlineMs: number;
  /** Where its client is connected at present. */
  readonly connection: Connection | undefined;
}

/**
 * How long each session has been silent. A session lives on without a connection until its deadline, which every word
 * from its client moves on; only the server's clock counts.
 */
export class SessionTable<Connection> {
  private readonly sessions = new Map<number, LiveSession<Connection>>();

  /** When the first session will expire unless its client is heard of; undefined where there is none. */
  get nextDeadlineMs(): number | undefined {
    let next: number | undefined;
    for (const { deadlineMs } of this.sessions.values()) next = Math.min(next ?? deadlineMs, deadlineMs);
    return next;
  }

  /** A session begins, or goes on where its client is now. */
  open(sessionId: number, session: LiveSession<Connection>): void {
    this.sessions.set(sessionId, session);
  }

  connectionOf(sessionId: number): Connection | undefined {
    return this.sessions.get(sessionId)?.connection;
  }

  /** Its client was heard of. */
  touch(sessionId: number, nowMs: number): void {
    const session = this.sessions.get(sessionId);
    assert(session !== undefined, "a session that is heard of is alive");
    this.sessions.set(sessionId, { ...session, deadlineMs: nowMs + session.timeoutMs });
  }

  /** Its client is not connected any more, and may come back. */
  disconnect(sessionId: number): void {
    const session = this.sessions.get(sessionId);
    if (session !== undefined) this.sessions.set(sessionId, { ...session, connection: undefined });
  }

  close(sessionId: number): void {
    this.sessions.delete(sessionId);
  }

  clear(): void {
    this.sessions.clear();
  }

  /** Sessions whose deadline is over, in the order of their ids. */
  expired(nowMs: number): readonly number[] {
    const expired = [...this.sessions].filter(([, { deadlineMs }]) => deadlineMs <= nowMs);
    return expired.map(([sessionId]) => sessionId).sort((left, right) => left - right);
  }
}
