import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";

import type { Address, Connection, ConnectionHandler, Runtime } from "../../../src/runtime/runtime.ts";
import { hosts, type Host } from "./hosts.ts";

/** One side of a connection that writes down what happens to it. */
class Party implements ConnectionHandler {
  connection: Connection | undefined;
  readonly chunks: Buffer[] = [];
  readonly events: string[] = [];
  byteCount = 0;
  /** Close with the first bytes. */
  closesOnData = false;

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  get isClosed(): boolean {
    return this.events.some((event) => event.startsWith("close"));
  }

  get its(): Connection {
    assert.ok(this.connection, "there is a connection");
    return this.connection;
  }

  onOpen(): void {
    this.events.push("open");
  }

  onData(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.byteCount += chunk.byteLength;
    if (this.closesOnData) this.its.close();
  }

  onDrain(): void {
    this.events.push("drain");
  }

  onClose(code?: string): void {
    this.events.push(code === undefined ? "close" : `close ${code}`);
  }
}

/** Accepts every connection and keeps its side of it. */
class Server {
  readonly parties: Party[] = [];
  address: Address | undefined;
  failure: string | undefined;
  listener: Disposable;

  constructor(runtime: Runtime, port = 0) {
    this.listener = runtime.network.listen(
      { host: "127.0.0.1", port },
      {
        onListening: (address) => (this.address = address),
        onFailed: (code) => (this.failure = code),
        onConnection: (connection) => {
          const party = new Party();
          party.connection = connection;
          this.parties.push(party);
          return party;
        },
      },
    );
  }

  get first(): Party {
    const [party] = this.parties;
    assert.ok(party, "somebody connected");
    return party;
  }
}

async function listen(host: Host): Promise<{ server: Server; address: Address }> {
  const server = new Server(host.left);
  assert.equal(server.address, undefined);
  await host.until("listening", () => server.address !== undefined);
  assert.ok(server.address);
  return { server, address: server.address };
}

function connect(runtime: Runtime, address: Address): Party {
  const party = new Party();
  party.connection = runtime.network.connect(address, party);
  assert.deepEqual(party.events, [], "nothing is called before connect returns");
  return party;
}

async function pair(host: Host): Promise<{ client: Party; peer: Party; server: Server }> {
  const { server, address } = await listen(host);
  const client = connect(host.right, address);
  await host.until("the connection", () => client.events.includes("open") && server.parties.length === 1);
  return { client, peer: server.first, server };
}

for (const { name, open } of hosts) {
  describe(`Network of ${name}`, () => {
    let host: Host;

    beforeEach(() => {
      host = open();
    });

    afterEach(() => {
      host[Symbol.dispose]();
    });

    it("listens on a free port where 0 is asked for, and carries bytes both ways in order", async () => {
      const { client, peer, server } = await pair(host);
      assert.ok((server.address?.port ?? 0) > 0);
      assert.deepEqual(client.its.remote, server.address);
      assert.ok(peer.its.remote.port > 0);
      for (let count = 0; count < 100; count += 1)
        client.its.send([Buffer.from(`${String(count)},`), Buffer.from(";")]);
      peer.its.send([Buffer.from("answer")]);
      const sent = Array.from({ length: 100 }, (_, count) => `${String(count)},;`).join("");
      await host.until("the bytes", () => peer.byteCount === sent.length && client.byteCount === 6);
      assert.equal(peer.text, sent);
      assert.equal(client.text, "answer");
    });

    it("sends what was given before the connection was open", async () => {
      const { server, address } = await listen(host);
      const client = connect(host.right, address);
      assert.equal(client.its.send([Buffer.from("early")]), true);
      await host.until("the bytes", () => server.parties[0]?.byteCount === 5 && client.events.length > 0);
      assert.deepEqual(client.events, ["open"]);
    });

    it("delivers chunks that nobody writes to any more", async () => {
      const { client, peer } = await pair(host);
      const seen: string[] = [];
      for (let count = 0; count < 50; count += 1) {
        client.its.send([Buffer.alloc(10_000, String(count % 10))]);
        await host.until("the bytes", () => peer.byteCount === (count + 1) * 10_000);
        while (seen.length < peer.chunks.length) seen.push(peer.chunks[seen.length]?.toString() ?? "");
      }
      assert.deepEqual(
        peer.chunks.map((chunk) => chunk.toString()),
        seen,
      );
    });

    it("refuses a connection where nobody listens", async () => {
      const { server, address } = await listen(host);
      server.listener[Symbol.dispose]();
      const client = connect(host.right, address);
      client.its.send([Buffer.from("x")]);
      await host.until("the refusal", () => client.isClosed);
      assert.deepEqual(client.events, ["close ECONNREFUSED"]);
    });

    it("tells EADDRINUSE for a port that is taken, and gives it to the next once it is free", async () => {
      const { server, address } = await listen(host);
      const second = new Server(host.right, address.port);
      await host.until("the failure", () => second.failure !== undefined);
      assert.equal(second.failure, "EADDRINUSE");
      server.listener[Symbol.dispose]();
      second.listener[Symbol.dispose]();
      const third = new Server(host.right, address.port);
      await host.until("the third", () => third.address !== undefined || third.failure !== undefined);
      assert.deepEqual(third.address, address);
    });

    it("leaves accepted connections alone when the listener is disposed", async () => {
      const { client, peer, server } = await pair(host);
      server.listener[Symbol.dispose]();
      client.its.send([Buffer.from("still there")]);
      await host.until("the bytes", () => peer.text === "still there");
    });

    it("closes after what is queued was sent; the other side hears everything and then the end", async () => {
      const { client, peer } = await pair(host);
      const byteCount = 3_000_000;
      client.its.send([Buffer.alloc(byteCount)]);
      client.its.close();
      client.its.close();
      assert.equal(client.its.send([Buffer.from("too late")]), true);
      await host.until("both ends", () => client.isClosed && peer.isClosed);
      assert.equal(peer.byteCount, byteCount);
      assert.deepEqual([client.events.at(-1), peer.events.at(-1)], ["close", "close"]);
      assert.deepEqual(
        [client, peer].map((party) => party.events.filter((event) => event === "close").length),
        [1, 1],
      );
    });

    it("hands over nothing after close was called, whatever the other side still sends", async () => {
      const { client, peer } = await pair(host);
      client.closesOnData = true;
      for (let count = 0; count < 100; count += 1) peer.its.send([Buffer.alloc(100_000)]);
      await host.until("both ends", () => client.isClosed && peer.isClosed);
      assert.equal(client.chunks.length, 1);
      assert.deepEqual(client.events, ["open", "close"]);
    });

    it("asks a sender to hold back while the receiver pauses, and to go on when the bytes have left", async () => {
      const { client, peer } = await pair(host);
      peer.its.pause();
      const chunk = Buffer.alloc(1024 * 1024, "x");
      // More than what the operating system's own buffers take before anything waits in this process.
      const chunkCount = 32;
      const answers = Array.from({ length: chunkCount }, () => client.its.send([chunk]));
      assert.equal(answers.at(-1), false);
      peer.its.send([Buffer.from("the other way is open")]);
      await host.until("the other way", () => client.byteCount === 21);
      assert.equal(peer.byteCount, 0, "a paused side gets nothing");
      assert.ok(!client.events.includes("drain"));
      peer.its.resume();
      await host.until("drained", () => client.events.includes("drain"));
      await host.until("all bytes", () => peer.byteCount === chunkCount * chunk.byteLength);
    });

    it("pauses and resumes from within onData", async () => {
      const { client, peer } = await pair(host);
      let chunkCount = 0;
      const onData = peer.onData.bind(peer);
      peer.onData = (chunk) => {
        onData(chunk);
        chunkCount += 1;
        peer.its.pause();
        host.left.timers.schedule("resume", 1, () => {
          peer.its.resume();
        });
      };
      for (let count = 0; count < 5; count += 1) client.its.send([Buffer.alloc(100_000, String(count))]);
      await host.until("all bytes", () => peer.byteCount === 500_000);
      assert.ok(chunkCount >= 2);
      assert.equal(peer.text.replace(/(.)\1*/g, "$1"), "01234");
    });

    it("ends a connection whose peer's process stopped, and calls nobody on the stopped side", async () => {
      const { client, peer } = await pair(host);
      const before = [...client.events];
      peer.its.send([Buffer.from("x")]);
      await host.until("the byte", () => client.byteCount === 1);
      host.right[Symbol.dispose]();
      await host.until("the end", () => peer.isClosed);
      assert.deepEqual(client.events, before);
      host.right.network.listen(
        { host: "127.0.0.1", port: 0 },
        { onListening: () => assert.fail(), onFailed: () => assert.fail(), onConnection: () => assert.fail() },
      );
    });

    it("frees the ports of a node that stopped", async () => {
      const { address } = await listen(host);
      host.left[Symbol.dispose]();
      const next = new Server(host.right, address.port);
      await host.until("the next", () => next.address !== undefined || next.failure !== undefined);
      assert.deepEqual(next.address, address);
    });
  });
}
