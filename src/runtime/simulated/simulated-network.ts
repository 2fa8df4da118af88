import type { Address, Connection, ConnectionHandler, ListenerHandler, Network } from "../runtime.ts";
import { drawLatencyUs, Endpoint, type Wire } from "./simulated-connection.ts";

/** Ports that are given out where none is asked for begin here, as on most systems. */
const firstFreePort = 49_152;

interface Listener {
  readonly network: SimulatedNetwork;
  readonly address: Address;
  readonly handler: ListenerHandler;
}

/**
 * The network that all nodes of a world share: one flat space of addresses, in which a `host:port` belongs to whoever
 * listens on it, whatever the host is called. So brokers may all be on 127.0.0.1, as in a live cluster, or each on a
 * name of its own.
 */
export class SharedNetwork {
  readonly wire: Wire;
  private readonly listeners = new Map<string, Listener>();
  private nextPort = firstFreePort;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  /** Undefined where the address is taken. */
  bind(listener: Listener): Address | undefined {
    const { host, port } = listener.address;
    const address = { host, port: port === 0 ? this.freePort(host) : port };
    if (this.listeners.has(keyOf(address))) return undefined;
    this.listeners.set(keyOf(address), listener);
    return address;
  }

  unbind(address: Address, listener: Listener): void {
    if (this.listeners.get(keyOf(address)) === listener) this.listeners.delete(keyOf(address));
  }

  /** Who listens on `address`; a listener on 0.0.0.0 hears every host. */
  private listenerAt(address: Address): Listener | undefined {
    return this.listeners.get(keyOf(address)) ?? this.listeners.get(keyOf({ host: "0.0.0.0", port: address.port }));
  }

  /** A client's wish to connect has come to `address`. */
  accept(client: Endpoint, asked: { readonly address: Address; readonly from: Address; readonly label: string }): void {
    if (client.isOver) return;
    const listener = this.listenerAt(asked.address);
    if (listener === undefined) {
      client.schedule(drawLatencyUs(this.wire), "close", () => {
        client.goWith("ECONNREFUSED");
      });
      return;
    }
    const server = listener.network.own({ remote: asked.from, label: asked.label });
    Endpoint.join(client, server);
    server.handleBy(listener.handler.onConnection(server));
    client.out.open(this.wire.time.nowUs);
  }

  /** A port that no one has, and that is not given out again soon. */
  freePort(host: string): number {
    for (;;) {
      const port = this.nextPort;
      this.nextPort = port === 65_535 ? firstFreePort : port + 1;
      if (!this.listeners.has(keyOf({ host, port }))) return port;
    }
  }
}

function keyOf({ host, port }: Address): string {
  return textOf({ host: host === "localhost" ? "127.0.0.1" : host, port });
}

function textOf({ host, port }: Address): string {
  return `${host}:${String(port)}`;
}

/** The network as one node sees it. Disposing is the end of the node's process: its peers see resets. */
export class SimulatedNetwork implements Network, Disposable {
  private readonly node: string;
  private readonly shared: SharedNetwork;
  private readonly listeners = new Set<Disposable>();
  private readonly endpoints = new Set<Endpoint>();
  private isDisposed = false;

  constructor(node: string, shared: SharedNetwork) {
    this.node = node;
    this.shared = shared;
  }

  listen(address: Address, handler: ListenerHandler): Disposable {
    const { time } = this.shared.wire;
    const listener = { network: this, address, handler };
    const bound = this.isDisposed ? undefined : this.shared.bind(listener);
    const answer = time.schedule(0, {
      node: this.node,
      kind: "listening",
      label: textOf(bound ?? address),
      byteCount: 0,
      run: () => {
        if (bound === undefined) handler.onFailed("EADDRINUSE");
        else handler.onListening(bound);
      },
    });
    const handle = {
      [Symbol.dispose]: (): void => {
        time.cancel(answer);
        this.listeners.delete(handle);
        if (bound !== undefined) this.shared.unbind(bound, listener);
      },
    };
    if (this.isDisposed) handle[Symbol.dispose]();
    else this.listeners.add(handle);
    return handle;
  }

  connect(address: Address, handler: ConnectionHandler): Connection {
    const { wire } = this.shared;
    const from = { host: this.node, port: this.shared.freePort(this.node) };
    const label = `${textOf(from)} > ${textOf(address)}`;
    const client = this.own({ remote: address, label });
    client.handleBy(handler);
    if (this.isDisposed) client.cut();
    else client.schedule(drawLatencyUs(wire), "connect", () => this.shared.accept(client, { address, from, label }));
    return client;
  }

  /** Make the node's own side of a connection, and forget it when it is gone. */
  own(side: { remote: Address; label: string }): Endpoint {
    const endpoint = new Endpoint(this.shared.wire, {
      ...side,
      node: this.node,
      onGone: (gone) => this.endpoints.delete(gone),
    });
    this.endpoints.add(endpoint);
    return endpoint;
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
    for (const listener of this.listeners) listener[Symbol.dispose]();
    for (const endpoint of this.endpoints) endpoint.cut();
  }
}
