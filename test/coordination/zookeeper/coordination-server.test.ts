import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { encodeMessage } from "../../../src/coordination/zookeeper/wire.ts";
import { connectRequest } from "../../../src/coordination/zookeeper/wire-messages.ts";
import type { FileFaults } from "../../../src/runtime/simulated/memory-files.ts";
import { address, CoordinationScene } from "./coordination-scene.ts";

describe("a coordination server's sessions", () => {
  it("get the time-out that they ask for, within the server's limits", () => {
    const scene = new CoordinationScene({}, { minSessionTimeoutMs: 2000, maxSessionTimeoutMs: 20_000 });
    assert.equal(scene.connected("short", 10).client.sessionTimeoutMs, 2000);
    assert.equal(scene.connected("middle", 6000).client.sessionTimeoutMs, 6000);
    assert.equal(scene.connected("long", 3_600_000).client.sessionTimeoutMs, 20_000);
  });

  it("live on by heartbeats alone", () => {
    const scene = new CoordinationScene();
    const idle = scene.connected("idle", 3000);
    idle.create("/mine", null, "ephemeral");
    scene.world.runFor(60_000);
    assert.deepEqual(idle.events, ["connected"]);
    assert.ok(scene.server.tree.has("/mine"));
    // Heartbeats take no transaction.
    assert.equal(scene.server.tree.lastZxid, 2);
  });

  it("expire by the server's clock, and their ephemeral nodes go in one transaction", () => {
    const scene = new CoordinationScene();
    const doomed = scene.connected("doomed", 4000);
    doomed.create("/one", null, "ephemeral");
    doomed.create("/two", null, "ephemeral");
    doomed.create("/kept");
    const killedMs = scene.world.nowMs;
    doomed.kill();
    scene.world.runUntil(() => !scene.server.tree.has("/one"));
    assert.ok(!scene.server.tree.has("/two") && scene.server.tree.has("/kept"));
    const silentMs = scene.world.nowMs - killedMs;
    assert.ok(silentMs > 3900 && silentMs <= 4000, `expired after ${String(silentMs)} ms`);
    assert.equal(scene.server.tree.stat("/")?.pzxid, scene.server.tree.lastZxid);
    assert.equal(scene.server.tree.sessions.size, 0);
  });

  it("end at once when their client closes them", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client");
    client.create("/mine", null, "ephemeral");
    client.close();
    assert.ok(!scene.server.tree.has("/mine"));
    assert.equal(scene.server.tree.sessions.size, 0);
  });

  it("take their watches with them, and so does every connection that is lost", () => {
    const scene = new CoordinationScene();
    const clients = [scene.connected("closing"), scene.connected("killed"), scene.connected("staying")];
    for (const { client } of clients) {
      client.znodes.getChildren(
        "/",
        () => undefined,
        () => undefined,
      );
      client.znodes.exists(
        "/none",
        () => undefined,
        () => undefined,
      );
    }
    scene.world.runFor(100);
    assert.equal(scene.server.watchCount, 6);
    clients[0]!.close();
    clients[1]!.kill();
    scene.world.runFor(100);
    assert.equal(scene.server.watchCount, 2);
  });

  it("number every write, also those that are refused, and no reads", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client");
    const { znodes } = client.client;
    const zxids: number[] = [];
    const note = (): unknown => zxids.push(scene.server.tree.lastZxid);
    znodes.create({ path: "/a/b", data: null, mode: "persistent" }, note);
    znodes.multi([{ type: "delete", path: "/a", version: -1 }], note);
    znodes.multi([], note);
    znodes.getData("/a", note);
    znodes.create({ path: "/a", data: null, mode: "persistent" }, note);
    scene.world.runUntil(() => zxids.length === 5);
    assert.equal(scene.server.tree.stat("/a")?.czxid, 5);
    assert.equal(scene.server.tree.lastZxid, 5);
  });

  it("are not given to who does not know the password", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client");
    const received: Buffer[] = [];
    let isClosed = false;
    const thief = scene.world.node("thief").network.connect(address, {
      onOpen: () => {
        const asked = { sessionId: client.sessionId, password: Buffer.alloc(16), timeoutMs: 6000, lastZxidSeen: 0 };
        thief.send(encodeMessage(connectRequest, { protocolVersion: 0, ...asked }));
      },
      onData: (chunk) => received.push(chunk),
      onClose: () => {
        isClosed = true;
      },
    });
    scene.world.runUntil(() => isClosed);
    // A time-out of 0 and no session.
    assert.deepEqual([...Buffer.concat(received).subarray(4, 20)], new Array(16).fill(0));
    scene.world.runFor(10_000);
    assert.deepEqual(client.events, ["connected"]);
  });

  it("refuse a client that has seen newer transactions than the server has", () => {
    const scene = new CoordinationScene();
    let isClosed = false;
    const connection = scene.world.node("future").network.connect(address, {
      onOpen: () => {
        const asked = { sessionId: 0, password: Buffer.alloc(16), timeoutMs: 6000, lastZxidSeen: 99 };
        connection.send(encodeMessage(connectRequest, { protocolVersion: 0, ...asked }));
      },
      onData: () => assert.fail("it is not answered"),
      onClose: () => {
        isClosed = true;
      },
    });
    scene.world.runUntil(() => isClosed);
  });

  it("are closed to what is no frame of ours", () => {
    const scene = new CoordinationScene();
    let isClosed = false;
    const connection = scene.world.node("stranger").network.connect(address, {
      onOpen: () => connection.send([Buffer.from("GET / HTTP/1.1\r\n\r\n")]),
      onData: () => assert.fail("it is not answered"),
      onClose: () => {
        isClosed = true;
      },
    });
    scene.world.runUntil(() => isClosed);
    assert.equal(scene.connected("client").get("/nowhere"), "NONODE");
  });
});

describe("a coordination server that is started again", () => {
  it("has the tree and the sessions that it had, also when its process was killed", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client");
    client.create("/kept", "data");
    client.set("/kept", "newer");
    client.create("/mine", null, "ephemeral");
    const { sessionId } = client;
    scene.killServer();
    client.runUntil("disconnected");
    assert.ok(scene.startServer().isListening);
    client.runUntil("connected");
    assert.equal(client.sessionId, sessionId);
    assert.equal(client.get("/kept"), "newer");
    assert.equal(scene.server.tree.stat("/mine")?.ephemeralOwner, sessionId);
    assert.deepEqual(client.events, ["connected", "disconnected", "connected"]);
  });

  it("gives every session its whole time-out to come back in, and no more", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client", 4000);
    client.create("/mine", null, "ephemeral");
    client.kill();
    scene.killServer();
    scene.world.runFor(60_000);
    scene.startServer();
    const startedMs = scene.world.nowMs;
    assert.ok(scene.server.tree.has("/mine"));
    scene.world.runUntil(() => !scene.server.tree.has("/mine"));
    assert.ok(Math.abs(scene.world.nowMs - startedMs - 4000) < 5);
  });

  it("goes on from a snapshot with the same numbers", () => {
    const scene = new CoordinationScene({}, { transactionsPerSnapshot: 7 });
    const client = scene.connected("client");
    for (let index = 0; index < 30; index += 1) client.create(`/n${String(index)}`, String(index));
    const { lastZxid } = scene.server.tree;
    assert.ok(scene.serverNode.files.exists("coordination/snapshot"));
    scene.killServer();
    scene.startServer();
    assert.equal(scene.server.tree.lastZxid, lastZxid);
    client.runUntil("connected");
    assert.equal(client.get("/n29"), "29");
  });

  it("does not start on a snapshot that is damaged, and says so", () => {
    const scene = new CoordinationScene({}, { transactionsPerSnapshot: 2 });
    scene.connected("client").create("/a");
    scene.killServer();
    using file = scene.serverNode.files.open("coordination/snapshot", { create: false });
    file.write(20, Buffer.from("?"));
    assert.deepEqual(scene.startServer(), { isListening: false, reason: "the snapshot is damaged" });
  });

  it("says where its address is taken", () => {
    const scene = new CoordinationScene();
    scene.server.stop();
    scene.world.node("other").network.listen(address, {
      onListening: () => undefined,
      onFailed: () => undefined,
      onConnection: () => assert.fail("nobody connects"),
    });
    assert.deepEqual(scene.start(), { isListening: false, reason: "EADDRINUSE" });
  });
});

describe("a coordination server on a disk that fails", () => {
  it("stops, and nobody has heard of what was not written", () => {
    let isFailing = false;
    const faults: FileFaults = {
      codeFor: (operation) => (isFailing && operation === "sync" ? "EIO" : undefined),
    };
    const scene = new CoordinationScene({}, {}, { faults });
    const client = scene.connected("client");
    client.create("/before");
    isFailing = true;
    const answers: string[] = [];
    const asked = { path: "/lost", data: null, mode: "persistent" } as const;
    client.client.znodes.create(asked, ({ error }) => answers.push(error));
    client.runUntil("disconnected");
    assert.deepEqual(answers, ["CONNECTIONLOSS"]);
    assert.deepEqual(
      scene.failures.map(({ code }) => code),
      ["EIO"],
    );
    isFailing = false;
    scene.startServer();
    client.runUntil("connected");
    assert.notEqual(client.get("/before"), "NONODE");
  });
});
