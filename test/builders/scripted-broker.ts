import { isApiKey, type ApiKey, type RequestOf, type ResponseDraftOf } from "../../src/protocol/api-messages.ts";
import { encodeResponse, FrameSplitter, readRequest, readRequestHeader } from "../../src/protocol/frame.ts";
import type { Address, Connection, Network } from "../../src/runtime/runtime.ts";

/** What a scripted broker does with a request: an answer, or nothing at all. */
export type Script = {
  readonly [Key in ApiKey]?: (request: RequestOf<Key>) => ResponseDraftOf<Key> | "silence" | "hang up";
};

/** A broker that is nothing but what a test says it answers. It notes what it was asked. */
export class ScriptedBroker {
  readonly asked: string[] = [];
  script: Script = {};
  private readonly connections = new Set<Connection>();
  private listener: Disposable;
  private readonly network: Network;
  private readonly address: Address;

  constructor(network: Network, address: Address) {
    this.network = network;
    this.address = address;
    this.listener = this.listen();
  }

  /** As when the process is killed: the port is free and connections are gone. */
  kill(): void {
    this.listener[Symbol.dispose]();
    for (const connection of this.connections) connection.close();
  }

  revive(): void {
    this.listener = this.listen();
  }

  countOf(name: string): number {
    return this.asked.filter((asked) => asked === name).length;
  }

  private listen(): Disposable {
    return this.network.listen(this.address, {
      onListening: () => undefined,
      onFailed: (code) => {
        throw new Error(code);
      },
      onConnection: (connection) => {
        const splitter = new FrameSplitter(10_000_000);
        this.connections.add(connection);
        return {
          onData: (chunk) => {
            for (const frame of splitter.push(chunk)) this.answer(connection, frame);
          },
          onClose: () => this.connections.delete(connection),
        };
      },
    });
  }

  private answer(connection: Connection, frame: Buffer): void {
    const header = readRequestHeader(frame);
    if (!isApiKey(header.apiKey)) throw new Error(`api key ${header.apiKey}`);
    const { apiKey } = header;
    this.asked.push(`${apiKey}`);
    // The types of request and answer belong together by key, which no type of a loose key can say.
    const handle = this.script[apiKey] as
      ((request: unknown) => ResponseDraftOf<ApiKey> | "silence" | "hang up") | undefined;
    if (handle === undefined) throw new Error(`the script has no answer to API ${apiKey}`);
    const answer = handle(readRequest(apiKey, header, frame));
    if (answer === "hang up") connection.close();
    else if (answer !== "silence") {
      connection.send(encodeResponse(apiKey, header.apiVersion, header.correlationId, answer));
    }
  }
}
