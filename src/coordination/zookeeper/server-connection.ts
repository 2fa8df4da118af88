import { FrameSplitter } from "../../protocol/frame.ts";
import type { Connection } from "../../runtime/runtime.ts";
import { requestByteCountMax } from "./wire.ts";

/**
 * One client's connection, as the coordination server sees it: what is said on it waits until the server has made its
 * transactions safe, and a client that does not listen is not listened to.
 */
export class ServerConnection {
  /** The session that its client was granted; 0 before that. */
  sessionId = 0;
  readonly splitter = new FrameSplitter(requestByteCountMax);
  private readonly connection: Connection;
  private said: Buffer[] = [];
  private isEnding = false;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Nothing that arrives on it counts any more. */
  get isOver(): boolean {
    return this.isEnding;
  }

  get name(): string {
    return `${this.connection.remote.host}:${this.connection.remote.port}`;
  }

  say(frame: readonly Buffer[]): void {
    this.said.push(...frame);
  }

  /** Close it when all that was said is sent. */
  end(): void {
    this.isEnding = true;
  }

  flush(): void {
    if (this.said.length > 0 && !this.connection.send(this.said) && !this.isEnding) this.connection.pause();
    this.said = [];
    if (this.isEnding) this.connection.close();
  }

  drained(): void {
    this.connection.resume();
  }

  /** Close it and send nothing of what is waiting. */
  drop(): void {
    this.said = [];
    this.isEnding = true;
    this.connection.close();
  }
}
