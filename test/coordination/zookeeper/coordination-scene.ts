import assert from "node:assert/strict";
import { CoordinationClient, type SessionEvent } from "../../../src/coordination/zookeeper/coordination-client.ts";
import {
  CoordinationServer,
  type CoordinationServerOptions,
  type ServerStart,
} from "../../../src/coordination/zookeeper/coordination-server.ts";
import { nodeCompression } from "../../../src/runtime/node/node-compression.ts";
import type { Address, Connection, ConnectionHandler, FileError, Network } from "../../../src/runtime/runtime.ts";
import {
  type DiskOptions,
  type SimulatedNode,
  World,
  type WorldOptions,
} from "../../../src/runtime/simulated/simulated-runtime.ts";

export const address: Address = { host: "127.0.0.1", port: 2181 };

/** A coordination server with its clients, in a world of their own. */
export class CoordinationScene {
  readonly world: World;
  readonly failures: FileError[] = [];
  server: CoordinationServer;
  private readonly options: Partial<CoordinationServerOptions>;
  private readonly disk: DiskOptions;

  constructor(
    world: Partial<WorldOptions> = {},
    options: Partial<CoordinationServerOptions> = {},
    disk: DiskOptions = {},
  ) {
    this.world = new World({ seed: 1, compression: nodeCompression, ...world });
    this.options = options;
    this.disk = disk;
    this.server = this.newServer();
    assert.ok(this.start().isListening);
  }

  private newServer(): CoordinationServer {
    return new CoordinationServer(this.serverNode, {
      directory: "coordination",
      minSessionTimeoutMs: 1000,
      maxSessionTimeoutMs: 40_000,
      transactionsPerSnapshot: 10_000,
      isForcingSync: true,
      onFailed: (error) => this.failures.push(error),
      ...this.options,
    });
  }

  get serverNode(): SimulatedNode {
    return this.world.node("coordination", this.disk);
  }

  start(): ServerStart {
    return this.settle((told: (start: ServerStart) => void) => this.server.start(address, told));
  }

  /** The server's process ends without a word. */
  killServer(): void {
    this.serverNode[Symbol.dispose]();
  }

  /** A new process on the same disk. */
  startServer(): ServerStart {
    this.server = this.newServer();
    return this.start();
  }

  /** A client that is not connected yet. */
  client(name: string, sessionTimeoutMs = 6000): SceneClient {
    return new SceneClient(this, name, sessionTimeoutMs);
  }

  connected(name: string, sessionTimeoutMs = 6000): SceneClient {
    const client = this.client(name, sessionTimeoutMs);
    client.runUntil("connected");
    return client;
  }

  /** Ask, and step until there is the answer. */
  settle<Outcome>(ask: (told: (outcome: Outcome) => void) => void): Outcome {
    const outcomes: Outcome[] = [];
    ask((outcome) => outcomes.push(outcome));
    assert.equal(outcomes.length, 0, "no answer comes before the question was asked to its end");
    this.world.runUntil(() => outcomes.length > 0);
    return outcomes[0] as Outcome;
  }
}

/** A client in a process of its own, and what it was told about its session. */
export class SceneClient {
  readonly events: SessionEvent[] = [];
  readonly node: SimulatedNode;
  readonly link: CuttableNetwork;
  readonly client: CoordinationClient;
  /** Hears of every event of the session as it comes. */
  onSession: (event: SessionEvent) => void = () => undefined;
  private readonly scene: CoordinationScene;

  constructor(scene: CoordinationScene, name: string, sessionTimeoutMs: number) {
    this.scene = scene;
    this.node = scene.world.node(name);
    this.link = new CuttableNetwork(this.node.network);
    const { clock, timers, random } = this.node;
    this.client = new CoordinationClient(
      { clock, timers, random, network: this.link },
      {
        address,
        sessionTimeoutMs,
        onSession: (event) => {
          this.events.push(event);
          this.onSession(event);
        },
      },
    );
  }

  get sessionId(): number {
    return this.client.sessionId;
  }

  runUntil(event: SessionEvent): void {
    const count = this.events.length;
    this.scene.world.runUntil(() => this.events.slice(count).includes(event));
  }

  create(path: string, data: string | null = null, mode: "persistent" | "ephemeral" = "persistent"): void {
    const asked = { path, data: data === null ? null : Buffer.from(data), mode };
    const answer = this.scene.settle((told: (answer: { error: string }) => void) =>
      this.client.znodes.create(asked, told),
    );
    assert.equal(answer.error, "OK", `create ${path}`);
  }

  set(path: string, data: string): void {
    const asked = { path, data: Buffer.from(data), version: -1 };
    const answer = this.scene.settle((told: (answer: { error: string }) => void) =>
      this.client.znodes.setData(asked, told),
    );
    assert.equal(answer.error, "OK", `set ${path}`);
  }

  delete(path: string): void {
    const answer = this.scene.settle((told: (answer: { error: string }) => void) =>
      this.client.znodes.delete(path, -1, told),
    );
    assert.equal(answer.error, "OK", `delete ${path}`);
  }

  /** The data as text, or the error. */
  get(path: string): string | null {
    return this.scene.settle((told: (data: string | null) => void) =>
      this.client.znodes.getData(path, (answer) =>
        told(answer.error === "OK" ? (answer.value.data?.toString() ?? null) : answer.error),
      ),
    );
  }

  close(): void {
    this.scene.settle((told: (closed: true) => void) => this.client.close(() => told(true)));
  }

  /** The process ends without a word. */
  kill(): void {
    this.node[Symbol.dispose]();
  }
}

/** A network whose cable can be pulled: what is sent meanwhile is lost, and nobody is told. */
class CuttableNetwork implements Network {
  private readonly network: Network;
  private cutCount = 0;
  private isCut = false;

  constructor(network: Network) {
    this.network = network;
  }

  cut(): void {
    this.isCut = true;
    this.cutCount += 1;
  }

  /** For new connections; what was connected stays silent. */
  heal(): void {
    this.isCut = false;
  }

  listen: Network["listen"] = (...asked) => this.network.listen(...asked);

  connect(to: Address, handler: ConnectionHandler): Connection {
    const { cutCount } = this;
    const isAlive = (): boolean => !this.isCut && this.cutCount === cutCount;
    if (this.isCut) return nowhere(to);
    const connection = this.network.connect(to, {
      onOpen: () => {
        if (isAlive()) handler.onOpen?.();
      },
      onData: (chunk) => {
        if (isAlive()) handler.onData(chunk);
      },
      onDrain: () => {
        if (isAlive()) handler.onDrain?.();
      },
      onClose: (code) => {
        if (isAlive()) handler.onClose(code);
      },
    });
    return {
      remote: to,
      send: (chunks) => (isAlive() ? connection.send(chunks) : true),
      pause: () => connection.pause(),
      resume: () => connection.resume(),
      close: () => {
        if (isAlive()) connection.close();
      },
    };
  }
}

function nowhere(remote: Address): Connection {
  const nothing = (): void => undefined;
  return { remote, send: () => true, pause: nothing, resume: nothing, close: nothing };
}
