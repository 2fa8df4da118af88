import { createConnection, type Socket } from "node:net";
import type { ApiKey, RequestDraftOf, ResponseOf } from "../../src/protocol/api-messages.ts";
import { encodeRequest, FrameSplitter, readResponse } from "../../src/protocol/frame.ts";

const responseByteCountMax = 256 * 1024 * 1024;

/** A response, or undefined where the connection was lost before it came. */
type Answered = (frame: Buffer | undefined) => void;

/**
 * A client for load: it sends frames that were encoded once, as many times as is wanted, without waiting for one
 * another, and hands out responses as they come. What it costs itself is next to nothing, so that what is measured is
 * the broker.
 */
export class LoadClient {
  private readonly socket: Socket;
  private readonly splitter = new FrameSplitter(responseByteCountMax);
  private readonly waiting: Answered[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      for (const frame of this.splitter.push(chunk)) this.waiting.shift()?.(frame);
    });
    // "close" follows.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      for (const answered of this.waiting.splice(0)) answered(undefined);
    });
  }

  static connect(host: string, port: number): Promise<LoadClient> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host, port, noDelay: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new LoadClient(socket));
      });
    });
  }

  /** Send a frame that is complete, its length in front. */
  send(chunks: readonly Buffer[], answered: Answered): void {
    this.waiting.push(answered);
    this.socket.cork();
    for (const chunk of chunks) this.socket.write(chunk);
    this.socket.uncork();
  }

  request<Key extends ApiKey>(apiKey: Key, version: number, body: RequestDraftOf<Key>): Promise<ResponseOf<Key>> {
    return new Promise((resolve, reject) => {
      this.send(encodeRequest(apiKey, version, { correlationId: 1, clientId: "bench" }, body), (frame) => {
        if (frame === undefined) reject(new Error("the broker closed the connection"));
        else resolve(readResponse(apiKey, version, frame));
      });
    });
  }

  close(): void {
    this.socket.destroy();
  }
}

/** One request and the end of the connection. */
export async function ask<Key extends ApiKey>(
  { host, port }: { readonly host: string; readonly port: number },
  apiKey: Key,
  version: number,
  body: RequestDraftOf<Key>,
): Promise<ResponseOf<Key>> {
  const client = await LoadClient.connect(host, port);
  try {
    return await client.request(apiKey, version, body);
  } finally {
    client.close();
  }
}
