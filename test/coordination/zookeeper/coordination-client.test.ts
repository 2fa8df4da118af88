import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { SeededRandom } from "../../../src/base/seeded-random.ts";
import { encodeMessage } from "../../../src/coordination/zookeeper/wire.ts";
import { connectRequest } from "../../../src/coordination/zookeeper/wire-messages.ts";
import type { Operation, ZnodeEvent } from "../../../src/coordination/zookeeper/znode.ts";
import type { MultiAnswer } from "../../../src/coordination/zookeeper/znodes.ts";
import { TraceHash } from "../../../src/runtime/simulated/trace-hash.ts";
import { withTraps } from "../../builders/traps.ts";
import { address, CoordinationScene } from "./coordination-scene.ts";

/** A watch that keeps what it is told. */
function listening(events: string[], label = ""): (event: ZnodeEvent) => void {
  return ({ type, path }) => events.push(`${label}${type} ${path}`);
}

const ignore = (): void => undefined;

describe("a coordination client's requests", () => {
  it("are answered in the order of asking", () => {
    const scene = new CoordinationScene({ isChopping: true });
    const { client } = scene.client("client");
    const answers: string[] = [];
    client.znodes.create({ path: "/a", data: Buffer.from("0"), mode: "persistent" }, ({ error }) =>
      answers.push(`create ${error}`),
    );
    client.znodes.getData("/a", (answer) => answers.push(`get ${answer.value?.data?.toString() ?? answer.error}`));
    client.znodes.setData({ path: "/a", data: Buffer.from("1"), version: 0 }, (answer) =>
      answers.push(`set ${String(answer.value?.stat.version)}`),
    );
    client.znodes.getData("/a", (answer) => answers.push(`get ${answer.value?.data?.toString() ?? answer.error}`));
    client.znodes.setData({ path: "/a", data: null, version: 0 }, ({ error }) => answers.push(`set ${error}`));
    client.znodes.create({ path: "/a/n_", data: null, mode: "ephemeralSequential" }, (answer) =>
      answers.push(`create ${answer.value?.path ?? answer.error}`),
    );
    client.znodes.getChildren("/a", (answer) => answers.push(`children ${answer.value?.names.join() ?? answer.error}`));
    client.znodes.delete("/a", -1, ({ error }) => answers.push(`delete ${error}`));
    client.znodes.exists("/b", ({ error }) => answers.push(`exists ${error}`));
    scene.world.runUntil(() => answers.length === 9);
    assert.deepEqual(answers, [
      "create OK",
      "get 0",
      "set 1",
      "get 1",
      "set BADVERSION",
      "create /a/n_0000000000",
      "children n_0000000000",
      "delete NOTEMPTY",
      "exists NONODE",
    ]);
  });

  it("say of a multi what each operation wrote, or which one was at fault", () => {
    const scene = new CoordinationScene();
    const { client } = scene.connected("client");
    const multi = (...operations: readonly Operation[]): MultiAnswer =>
      scene.settle((told: (answer: MultiAnswer) => void) => client.znodes.multi(operations, told));
    const done = multi(
      { type: "create", path: "/a", data: null, mode: "persistent" },
      { type: "check", path: "/a", version: 0 },
      { type: "setData", path: "/a", data: Buffer.from("x"), version: 0 },
      { type: "create", path: "/a/s_", data: null, mode: "persistentSequential" },
      { type: "delete", path: "/a/s_0000000000", version: -1 },
    );
    assert.deepEqual(
      done.value?.map(({ path, stat }) => [path, stat?.version ?? null]),
      [
        ["/a", 0],
        ["", null],
        ["", 1],
        ["/a/s_0000000000", 0],
        ["", null],
      ],
    );
    assert.deepEqual(
      multi(
        { type: "setData", path: "/a", data: null, version: -1 },
        { type: "check", path: "/a", version: 1 },
        { type: "delete", path: "/a", version: -1 },
      ),
      { error: "BADVERSION", errors: ["OK", "BADVERSION", "RUNTIMEINCONSISTENCY"] },
    );
    assert.deepEqual(multi(), { error: "OK", value: [] });
  });

  it("are refused where they are too long for the server, without a word to it", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client");
    const answers: string[] = [];
    client.client.znodes.create({ path: "/a", data: Buffer.alloc(1024 * 1024), mode: "persistent" }, ({ error }) =>
      answers.push(error),
    );
    client.client.znodes.exists(`/${"a".repeat(40_000)}`, ({ error }) => answers.push(error));
    client.client.znodes.create({ path: "/b", data: Buffer.alloc(1_000_000, 1), mode: "persistent" }, ({ error }) =>
      answers.push(error),
    );
    scene.world.runUntil(() => answers.length === 3);
    assert.deepEqual(answers.sort(), ["BADARGUMENTS", "BADARGUMENTS", "OK"]);
    assert.deepEqual(client.events, ["connected"]);
    assert.deepEqual(scene.server.tree.data("/b"), Buffer.alloc(1_000_000, 1));
  });

  it("fail with the connection: whether a write was done is not known", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client", 3000);
    const answers: string[] = [];
    client.client.znodes.create({ path: "/done", data: null, mode: "persistent" }, ({ error }) => answers.push(error));
    // It arrives and is done; its answer is lost.
    scene.world.runUntil(() => scene.server.tree.has("/done"));
    client.link.cut();
    client.client.znodes.create({ path: "/not", data: null, mode: "persistent" }, ({ error }) => answers.push(error));
    client.runUntil("disconnected");
    assert.deepEqual(answers, ["CONNECTIONLOSS", "CONNECTIONLOSS"]);
    client.link.heal();
    client.runUntil("connected");
    assert.equal(client.get("/done"), null);
    assert.equal(client.get("/not"), "NONODE");
  });

  it("are asked again on the next connection where they are patient, in their order", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client", 3000);
    client.create("/a", "0");
    const answers: string[] = [];
    client.link.cut();
    for (const text of ["1", "2", "3"]) {
      client.client.patient.setData({ path: "/a", data: Buffer.from(text), version: -1 }, (answer) =>
        answers.push(`${text} ${String(answer.value?.stat.version)}`),
      );
    }
    client.runUntil("disconnected");
    client.client.patient.getData("/a", (answer) => answers.push(`get ${String(answer.value?.data?.toString())}`));
    assert.deepEqual(answers, []);
    client.link.heal();
    scene.world.runUntil(() => answers.length === 4);
    assert.deepEqual(answers, ["1 1", "2 2", "3 3", "get 3"]);
  });
});

describe("a coordination client's session", () => {
  it("goes on after a lost connection, when it is back within the time-out", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client", 6000);
    client.create("/mine", null, "ephemeral");
    const { sessionId } = client;
    client.link.cut();
    client.runUntil("disconnected");
    assert.equal(client.client.isConnected, false);
    client.link.heal();
    client.runUntil("connected");
    assert.equal(client.sessionId, sessionId);
    scene.world.runFor(20_000);
    assert.deepEqual(client.events, ["connected", "disconnected", "connected"]);
    assert.ok(scene.server.tree.has("/mine"));
  });

  it("is over when it is not; the client learns that when it is connected again, and no sooner", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client", 6000);
    client.create("/mine", null, "ephemeral");
    const { sessionId } = client;
    client.link.cut();
    scene.world.runUntil(() => !scene.server.tree.has("/mine"));
    scene.world.runFor(30_000);
    assert.deepEqual(client.events, ["connected", "disconnected"]);
    const answers: string[] = [];
    client.client.patient.exists("/mine", ({ error }) => answers.push(error));
    client.link.heal();
    client.runUntil("expired");
    assert.deepEqual(answers, ["SESSIONEXPIRED"]);
    client.client.znodes.exists("/mine", ({ error }) => answers.push(error));
    scene.world.runUntil(() => answers.length === 2);
    assert.deepEqual(answers, ["SESSIONEXPIRED", "SESSIONEXPIRED"]);
    client.client.renew();
    client.runUntil("connected");
    assert.notEqual(client.sessionId, sessionId);
    client.create("/mine", null, "ephemeral");
  });

  it("gives the connection up after two thirds of the time-out in silence", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client", 6000);
    client.link.cut();
    const cutMs = scene.world.nowMs;
    client.runUntil("disconnected");
    const silentMs = scene.world.nowMs - cutMs;
    assert.ok(silentMs > 3900 && silentMs < 4001, `${String(silentMs)} ms`);
  });

  it("moves to a new connection: what still arrives on the old one is not done", () => {
    const scene = new CoordinationScene({ latencyMs: { min: 1, max: 1 } });
    const client = scene.connected("client");
    const { sessionId } = client;
    const { password } = scene.server.tree.sessions.get(sessionId)!;
    const answers: string[] = [];
    const mover = scene.world.node("mover").network.connect(address, {
      onOpen: () => {
        const asked = { sessionId, password, timeoutMs: 6000, lastZxidSeen: 0 };
        mover.send(encodeMessage(connectRequest, { protocolVersion: 0, ...asked }));
        // On its way when the session moves.
        const late = { path: "/late", data: null, mode: "persistent" } as const;
        client.node.timers.schedule("late", 0.5, () =>
          client.client.znodes.create(late, ({ error }) => answers.push(error)),
        );
      },
      onData: ignore,
      onClose: () => answers.push("moved back"),
    });
    client.runUntil("disconnected");
    assert.deepEqual(answers, ["CONNECTIONLOSS"]);
    assert.ok(!scene.server.tree.has("/late"));
    client.runUntil("connected");
    assert.equal(client.sessionId, sessionId);
    scene.world.runFor(100);
    assert.deepEqual(answers, ["CONNECTIONLOSS", "moved back"]);
  });

  it("tries again until there is a server", () => {
    const scene = new CoordinationScene();
    scene.killServer();
    const client = scene.client("early");
    const answers: string[] = [];
    client.client.znodes.exists("/", ({ error }) => answers.push(error));
    client.client.patient.exists("/", ({ error }) => answers.push(error));
    scene.world.runFor(5000);
    assert.deepEqual(answers, ["CONNECTIONLOSS"]);
    scene.startServer();
    client.runUntil("connected");
    scene.world.runUntil(() => answers.length === 2);
    assert.deepEqual(answers, ["CONNECTIONLOSS", "OK"]);
    // It was never connected, so it was never disconnected either.
    assert.deepEqual(client.events, ["connected"]);
  });

  it("is closed without a connection too, and answers nobody afterwards", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client", 3000);
    client.link.cut();
    client.runUntil("disconnected");
    const answers: string[] = [];
    client.client.patient.exists("/", ({ error }) => answers.push(error));
    client.close();
    assert.deepEqual(answers, ["SESSIONEXPIRED"]);
    client.link.heal();
    scene.world.runFor(10_000);
    assert.deepEqual(client.events, ["connected", "disconnected"]);
    assert.equal(scene.server.tree.sessions.size, 0);
  });

  it("tells a closing client what was asked before", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client");
    const answers: string[] = [];
    client.client.znodes.create({ path: "/a", data: null, mode: "ephemeral" }, ({ error }) => answers.push(error));
    client.close();
    assert.deepEqual(answers, ["OK"]);
    assert.ok(!scene.server.tree.has("/a"));
  });
});

describe("watches", () => {
  it("tell once, of data, of being there, and of children", () => {
    const scene = new CoordinationScene();
    const watcher = scene.connected("watcher");
    const writer = scene.connected("writer");
    const events: string[] = [];
    writer.create("/a", "0");
    watcher.client.znodes.getData("/a", ignore, listening(events, "data: "));
    watcher.client.znodes.getChildren("/a", ignore, listening(events, "child: "));
    watcher.client.znodes.exists("/a/b", ignore, listening(events, "exists: "));
    watcher.client.znodes.getData("/none", ignore, listening(events, "never: "));
    scene.world.runFor(100);
    writer.create("/a/b", "0");
    writer.set("/a", "1");
    writer.create("/a/c");
    writer.set("/a", "2");
    writer.set("/a/b", "1");
    writer.create("/none");
    scene.world.runFor(100);
    assert.deepEqual(events, ["exists: created /a/b", "child: childrenChanged /a", "data: dataChanged /a"]);
  });

  it("tell of the end of a node once, though its data and its children were watched", () => {
    const scene = new CoordinationScene();
    const watcher = scene.connected("watcher");
    const writer = scene.connected("writer");
    const events: string[] = [];
    const watch = listening(events);
    writer.create("/a");
    watcher.client.znodes.exists("/a", ignore, watch);
    watcher.client.znodes.getChildren("/a", ignore, watch);
    watcher.client.znodes.getChildren("/", ignore, watch);
    scene.world.runFor(100);
    writer.delete("/a");
    scene.world.runFor(100);
    assert.deepEqual(events, ["deleted /a", "childrenChanged /"]);
  });

  it("tell before their client can see anything newer, and in the order of the changes", () => {
    const scene = new CoordinationScene({ isChopping: true });
    const watcher = scene.connected("watcher");
    const writer = scene.connected("writer");
    writer.create("/a", "0");
    writer.create("/b", "0");
    const seen: string[] = [];
    watcher.client.znodes.getData("/a", ignore, listening(seen));
    watcher.client.znodes.getData("/b", ignore, listening(seen));
    scene.world.runFor(100);
    const setBoth = ["/b", "/a"].map(
      (path) => ({ type: "setData", path, data: Buffer.from("1"), version: 0 }) as const,
    );
    writer.client.znodes.multi(setBoth, ignore);
    // The watcher reads all the time meanwhile.
    let isOver = false;
    const read = (): void => {
      watcher.client.znodes.getData("/a", (answer) => {
        seen.push(`read ${String(answer.value?.data?.toString())}`);
        if (answer.value?.stat.version === 0) read();
        else isOver = true;
      });
    };
    read();
    scene.world.runUntil(() => isOver);
    const firstNew = seen.indexOf("read 1");
    assert.deepEqual(
      seen.filter((line) => line !== "read 0"),
      ["dataChanged /b", "dataChanged /a", "read 1"],
    );
    assert.ok(seen.indexOf("dataChanged /a") < firstNew);
  });

  it("tell the writer itself before its write is answered", () => {
    const scene = new CoordinationScene();
    const { client } = scene.connected("client");
    const seen: string[] = [];
    client.znodes.exists("/a", () => seen.push("asked"), listening(seen));
    client.znodes.create({ path: "/a", data: null, mode: "persistent" }, ({ error }) => seen.push(`create ${error}`));
    scene.world.runUntil(() => seen.length === 3);
    assert.deepEqual(seen, ["asked", "created /a", "create OK"]);
  });

  it("tell after a reconnection what happened meanwhile, and wait on for the rest", () => {
    const scene = new CoordinationScene();
    const watcher = scene.connected("watcher", 6000);
    const writer = scene.connected("writer");
    for (const path of ["/data", "/gone", "/parent", "/quiet"]) writer.create(path, "0");
    const events: string[] = [];
    const { znodes } = watcher.client;
    znodes.getData("/data", ignore, listening(events));
    znodes.getData("/gone", ignore, listening(events));
    znodes.getChildren("/parent", ignore, listening(events));
    znodes.exists("/new", ignore, listening(events));
    znodes.getData("/quiet", ignore, listening(events));
    znodes.getChildren("/quiet", ignore, listening(events));
    znodes.exists("/later", ignore, listening(events));
    scene.world.runFor(100);
    watcher.link.cut();
    writer.set("/data", "1");
    writer.set("/data", "2");
    writer.delete("/gone");
    writer.create("/parent/child");
    writer.create("/new");
    watcher.runUntil("disconnected");
    assert.deepEqual(events, []);
    watcher.link.heal();
    watcher.runUntil("connected");
    scene.world.runFor(100);
    const missed = ["created /new", "childrenChanged /parent", "dataChanged /data", "deleted /gone"];
    assert.deepEqual([...events].sort(), missed.sort());
    events.length = 0;
    writer.set("/quiet", "1");
    writer.create("/quiet/child");
    writer.create("/later");
    writer.set("/data", "3");
    scene.world.runFor(100);
    assert.deepEqual(events, ["dataChanged /quiet", "childrenChanged /quiet", "created /later"]);
  });

  it("are left again after a restart of the server, many at a time", () => {
    const scene = new CoordinationScene();
    const watcher = scene.connected("watcher", 6000);
    const events: string[] = [];
    const names = Array.from({ length: 3000 }, (_, index) => `/${"long".repeat(20)}${String(index)}`);
    for (const path of names) watcher.client.znodes.exists(path, ignore, listening(events));
    scene.world.runFor(1000);
    scene.killServer();
    watcher.runUntil("disconnected");
    scene.startServer();
    watcher.runUntil("connected");
    const writer = scene.connected("writer");
    for (const path of names.slice(-3)) writer.create(path);
    scene.world.runFor(100);
    assert.deepEqual(
      events,
      names.slice(-3).map((path) => `created ${path}`),
    );
  });

  it("tell others of what goes with a session, in one transaction", () => {
    const scene = new CoordinationScene();
    const doomed = scene.connected("doomed", 3000);
    const watcher = scene.connected("watcher");
    doomed.create("/ids");
    doomed.create("/ids/1", null, "ephemeral");
    doomed.create("/leader", null, "ephemeral");
    const seen: string[] = [];
    watcher.client.znodes.exists("/leader", ignore, (event) => {
      listening(seen)(event);
      watcher.client.znodes.getChildren("/ids", (answer) => seen.push(`ids ${String(answer.value?.names.length)}`));
    });
    watcher.client.znodes.getChildren("/ids", ignore, listening(seen));
    scene.world.runFor(10);
    doomed.kill();
    scene.world.runUntil(() => seen.length === 3);
    assert.deepEqual(seen, ["childrenChanged /ids", "deleted /leader", "ids 0"]);
  });

  it("go with the session", () => {
    const scene = new CoordinationScene();
    const watcher = scene.connected("watcher", 3000);
    const writer = scene.connected("writer");
    const events: string[] = [];
    watcher.client.znodes.exists("/a", ignore, listening(events));
    scene.world.runFor(10);
    watcher.link.cut();
    scene.world.runFor(10_000);
    watcher.link.heal();
    watcher.runUntil("expired");
    watcher.client.renew();
    watcher.runUntil("connected");
    writer.create("/a");
    scene.world.runFor(1000);
    assert.deepEqual(events, []);
  });
});

/** Clients that write, watch and lose their connections as a seed decides; the hash of all that happened. */
function troubledRun(seed: number): string {
  return withTraps(() => {
    const trace = new TraceHash();
    const scene = new CoordinationScene(
      { seed, isChopping: true, onEvent: trace.add },
      { transactionsPerSnapshot: 20, minSessionTimeoutMs: 500 },
    );
    const random = new SeededRandom(seed);
    const clients = Array.from({ length: 3 }, (_, index) => scene.client(`client${String(index)}`, 1000));
    for (const client of clients) {
      client.onSession = (event) => {
        trace.addText(event);
        if (event === "expired") client.client.renew();
      };
    }
    for (let round = 0; round < 60; round += 1) {
      const client = clients[random.below(3)]!;
      const path = `/n${String(random.below(4))}`;
      const { patient, znodes } = client.client;
      const actions = [
        () => patient.create({ path, data: Buffer.from(random.bytes(8)), mode: "ephemeral" }, () => trace.addText("c")),
        () => znodes.setData({ path, data: null, version: -1 }, ({ error }) => trace.addText(error)),
        () =>
          znodes.exists(
            path,
            ({ error }) => trace.addText(error),
            (event) => trace.addText(event.type),
          ),
        () => patient.delete(path, random.below(2), ({ error }) => trace.addText(error)),
        () => client.link.cut(),
        () => client.link.heal(),
        () => {
          if (random.chance(3)) {
            scene.killServer();
            scene.startServer();
          }
        },
      ];
      actions[random.below(actions.length)]!();
      scene.world.runFor(random.below(300));
    }
    for (const client of clients) client.link.heal();
    scene.world.runUntil(() => clients.every((client) => client.client.isConnected));
    return trace.hex;
  });
}

describe("the coordination node in a simulation", () => {
  it("does the same in every run of a seed, and something else for another", () => {
    const hashes = [1, 2, 3].map(troubledRun);
    assert.deepEqual([1, 2, 3].map(troubledRun), hashes);
    assert.equal(new Set(hashes).size, 3);
  });
});
