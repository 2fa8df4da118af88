import type { Address, ConnectionHandler, Connection, Network } from "../runtime/runtime.ts";

/** How many ports behind the wanted one are tried. */
const triedPortCountMax = 100;
const portMax = 65535;
const anyPort = 0;

/** What came of looking for a port. */
export type PortSearchResult =
  | { readonly kind: "listening"; readonly address: Address }
  /** `code` as the operating system names it. */
  | { readonly kind: "failed"; readonly code: string };

/**
 * Listens on the wanted port, or on the next one behind it that is free, so that a cluster starts beside whatever else
 * runs on the machine. Port 0 is any free one. Disposing stops listening, also in the middle of the search.
 */
export class PortSearch implements Disposable {
  private readonly network: Network;
  private readonly onConnection: (connection: Connection) => ConnectionHandler;
  private readonly done: (result: PortSearchResult) => void;
  private listener: Disposable | undefined;
  private isOver = false;

  constructor(
    network: Network,
    onConnection: (connection: Connection) => ConnectionHandler,
    done: (result: PortSearchResult) => void,
  ) {
    this.network = network;
    this.onConnection = onConnection;
    this.done = done;
  }

  start(wanted: Address): void {
    const limitPort = wanted.port === anyPort ? anyPort : Math.min(wanted.port + triedPortCountMax - 1, portMax);
    this.listen(wanted, limitPort);
  }

  [Symbol.dispose](): void {
    this.isOver = true;
    this.listener?.[Symbol.dispose]();
    this.listener = undefined;
  }

  private listen(address: Address, limitPort: number): void {
    this.listener = this.network.listen(address, {
      onListening: (bound) => {
        if (!this.isOver) this.done({ kind: "listening", address: { host: address.host, port: bound.port } });
      },
      onFailed: (code) => {
        if (this.isOver) return;
        const isTaken = code === "EADDRINUSE" || code === "EACCES";
        if (isTaken && address.port < limitPort) this.listen({ ...address, port: address.port + 1 }, limitPort);
        else this.done({ kind: "failed", code });
      },
      onConnection: (connection) => this.onConnection(connection),
    });
  }
}
