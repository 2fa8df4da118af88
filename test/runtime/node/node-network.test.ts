import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { describe, it } from "mocha";

import { nodeClock } from "../../../src/runtime/node/node-clock.ts";
import { NodeNetwork } from "../../../src/runtime/node/node-network.ts";
import type { Connection, ConnectionHandler } from "../../../src/runtime/runtime.ts";

/** Listens on a free port; every accepted connection is handled by what `accept` returns. */
async function listening(network: NodeNetwork, accept: (connection: Connection) => ConnectionHandler): Promise<number> {
  return new Promise((resolve, reject) => {
    network.listen(
      { host: "127.0.0.1", port: 0 },
      {
        onListening: ({ port }) => {
          resolve(port);
        },
        onFailed: (code) => {
          reject(new Error(code));
        },
        onConnection: accept,
      },
    );
  });
}

describe("NodeNetwork", () => {
  it("takes a reset for the end of that connection, with its code", async () => {
    using network = new NodeNetwork();
    let closedWith: Promise<string | undefined> | undefined;
    const port = await listening(network, () => {
      let onClose: (code?: string) => void = () => undefined;
      closedWith = new Promise((resolve) => (onClose = resolve));
      return { onData: () => undefined, onClose };
    });
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.write("x");
    await new Promise((resolve) => setImmediate(resolve));
    socket.resetAndDestroy();
    while (closedWith === undefined) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await closedWith, "ECONNRESET");
  });

  it("says that it has sent only when it no longer looks at the bytes, and then once", async () => {
    using network = new NodeNetwork();
    const byteCount = 8_000_000;
    const repeatCount = 4;
    let sentCount = 0;
    const port = await listening(network, (connection) => {
      const chunk = Buffer.alloc(byteCount);
      const sendOne = (): void => {
        if (sentCount === repeatCount) return;
        chunk.fill(sentCount + 1);
        const before = sentCount;
        connection.send([Buffer.of(0xff), chunk], () => {
          sentCount += 1;
          sendOne();
        });
        assert.equal(sentCount, before);
      };
      sendOne();
      return { onData: () => undefined, onClose: () => undefined };
    });
    const socket = connect(port, "127.0.0.1");
    const received: Buffer[] = [];
    let receivedCount = 0;
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received.push(chunk);
      receivedCount += chunk.byteLength;
      if (receivedCount === repeatCount * (byteCount + 1)) break;
      // A slow reader: most of what is sent waits in the sending process.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const all = Buffer.concat(received);
    for (let index = 0; index < repeatCount; index++) {
      const start = index * (byteCount + 1);
      assert.equal(all[start], 0xff);
      assert.ok(all.subarray(start + 1, start + 1 + byteCount).equals(Buffer.alloc(byteCount, index + 1)));
    }
    // The last bytes may arrive before their sender, in the same process, has had its turn.
    while (sentCount < repeatCount) await new Promise((resolve) => setImmediate(resolve));
  });

  it("never says that it has sent what was cut off", async () => {
    const network = new NodeNetwork();
    let isSent = false;
    const port = await listening(network, (connection) => {
      connection.send([Buffer.alloc(50_000_000)], () => (isSent = true));
      return { onData: () => undefined, onClose: () => undefined };
    });
    const socket = connect(port, "127.0.0.1");
    await once(socket, "readable");
    network[Symbol.dispose]();
    socket.on("error", () => undefined).resume();
    await once(socket, "close");
    assert.equal(isSent, false);
  });

  it("sends to a peer that is gone without harm, and then tells the end", async () => {
    using network = new NodeNetwork();
    const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    let isClosed = false;
    let sentCount = 0;
    const connection = network.connect(
      { host: "127.0.0.1", port },
      { onData: () => undefined, onClose: () => (isClosed = true) },
    );
    while (!isClosed) {
      connection.send([Buffer.alloc(1000)]);
      sentCount += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(sentCount > 0);
    assert.equal(connection.send([Buffer.alloc(10_000_000)]), true);
    server.close();
  });

  it("tells a name that cannot be resolved", async () => {
    using network = new NodeNetwork();
    const code = await new Promise((resolve) => {
      network.connect({ host: "no-such-host.invalid", port: 1 }, { onData: () => undefined, onClose: resolve });
    });
    assert.ok(code === "ENOTFOUND" || code === "EAI_AGAIN", String(code));
  });

  it("joins what one turn sends into few packets, so that small answers are not sent one by one", async () => {
    using network = new NodeNetwork();
    const port = await listening(network, (connection) => {
      for (let count = 0; count < 200; count += 1) connection.send([Buffer.from("head"), Buffer.from("body")]);
      return { onData: () => undefined, onClose: () => undefined };
    });
    const socket = connect(port, "127.0.0.1");
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    while (Buffer.concat(chunks).byteLength < 1600) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(chunks.length <= 3, `${String(chunks.length)} chunks`);
    socket.destroy();
  });

  it("closes a connection whose peer never closes its side, a moment after everything was sent", async () => {
    using network = new NodeNetwork();
    const startMs = nodeClock.monotonicMs();
    let onClose: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (onClose = resolve));
    const port = await listening(network, (connection) => {
      connection.send([Buffer.from("bye")]);
      connection.close();
      return { onData: () => undefined, onClose };
    });
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    const [bytes] = (await once(socket, "data")) as [Buffer];
    assert.equal(bytes.toString(), "bye");
    await closed;
    assert.ok(nodeClock.monotonicMs() - startMs < 5000);
    socket.destroy();
  });
});
