import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { nodeCompression } from "../../../src/runtime/node/node-compression.ts";
import { NotReachedError, World } from "../../../src/runtime/simulated/simulated-runtime.ts";
import { firstWallMs, type TraceLine } from "../../../src/runtime/simulated/virtual-time.ts";

function worldWithTrace(): { readonly world: World; readonly lines: TraceLine[] } {
  const lines: TraceLine[] = [];
  const latencyMs = { min: 2, max: 2 };
  const world = new World({ seed: 1, compression: nodeCompression, latencyMs, onEvent: (line) => lines.push(line) });
  return { world, lines };
}

describe("World", () => {
  it("begins at noon of 2025-06-20 and lets time pass only from event to event", () => {
    const { world } = worldWithTrace();
    const { clock, timers } = world.node("n");
    const seen: number[] = [];
    timers.schedule("a", 1.5, () => seen.push(clock.monotonicMs(), clock.wallMs()));
    timers.schedule("b", 60_000, () => seen.push(clock.monotonicMs()));
    assert.equal(clock.wallMs(), Date.parse("2025-06-20T12:00:00Z"));
    assert.equal(world.nextEventMs, 1.5);
    assert.equal(world.step(), true);
    assert.equal(world.step(), true);
    assert.equal(world.step(), false);
    assert.deepEqual(seen, [1.5, firstWallMs + 1, 60_000]);
    assert.equal(world.eventCount, 2);
  });

  it("runs for a time, what is due at its very end included, and then that time has passed", () => {
    const { world } = worldWithTrace();
    const fired: number[] = [];
    for (const delayMs of [10, 20, 21]) world.node("n").timers.schedule("t", delayMs, () => fired.push(delayMs));
    world.runFor(20);
    assert.deepEqual(fired, [10, 20]);
    assert.equal(world.nowMs, 20);
    world.runFor(0.5);
    assert.equal(world.nowMs, 20.5);
  });

  it("runs until a condition holds, and says how far it came where it never does", () => {
    const { world } = worldWithTrace();
    const node = world.node("n");
    let count = 0;
    const again = (): void => {
      count += 1;
      node.timers.schedule("again", 1, again);
    };
    again();
    world.runUntil(() => count === 5);
    assert.equal(world.nowMs, 4);
    assert.throws(() => {
      world.runUntil(() => false, { eventCountMax: 10 });
    }, NotReachedError);
    assert.equal(world.eventCount, 14);
    node[Symbol.dispose]();
    assert.throws(() => {
      world.runUntil(() => false);
    }, /not reached after 0 events, at 14 ms/);
  });

  it("tells every event before it happens, and what nodes log", () => {
    const { world, lines } = worldWithTrace();
    const server = world.node("server");
    server.network.listen(
      { host: "server", port: 9092 },
      {
        onListening: () => undefined,
        onFailed: (code) => assert.fail(code),
        onConnection: () => ({
          onData: (chunk) => {
            server.log.write("info", `got ${String(chunk.byteLength)}`);
          },
          onClose: () => undefined,
        }),
      },
    );
    const client = world.node("client");
    client.network
      .connect({ host: "server", port: 9092 }, { onData: () => undefined, onClose: () => undefined })
      .send([Buffer.alloc(3), Buffer.alloc(4)]);
    client.timers.schedule("late", 10, () => undefined);
    world.runFor(10);
    assert.deepEqual(
      lines.map(({ timeMs, node, kind, label, byteCount }) => [timeMs, node, kind, label, byteCount].join(" ")),
      [
        "0 server listening server:9092 0",
        "2 client connect client:49152 > server:9092 0",
        "2 server data client:49152 > server:9092 7",
        "2 server log info got 7 0",
        "4 client open client:49152 > server:9092 0",
        "10 client timer late 0",
      ],
    );
  });

  it("starts a node again on its disk, with its own new timers, connections and random numbers", () => {
    const { world } = worldWithTrace();
    const first = world.node("n");
    assert.equal(world.node("n"), first);
    first.files.writeAtomically("meta.properties", Buffer.from("broker.id=1"));
    first.timers.schedule("lost", 1, () => assert.fail("the node has stopped"));
    const drawn = Buffer.from(first.random.bytes(16)).toString("hex");
    first[Symbol.dispose]();
    const second = world.node("n");
    first[Symbol.dispose]();
    assert.notEqual(second, first);
    assert.equal(world.node("n"), second);
    assert.equal(second.files.readAll("meta.properties").toString(), "broker.id=1");
    assert.notEqual(Buffer.from(second.random.bytes(16)).toString("hex"), drawn);
    world.runFor(10);
  });

  it("gives a node the same random numbers whatever the other nodes draw", () => {
    const drawn = [false, true].map((isOtherDrawing) => {
      const { world } = worldWithTrace();
      if (isOtherDrawing) world.node("other").random.bytes(100);
      return Buffer.from(world.node("n").random.bytes(16)).toString("hex");
    });
    assert.equal(drawn[0], drawn[1]);
  });

  it("resets the connections of a node that stops, and gives up on a peer that does not close", () => {
    const { world } = worldWithTrace();
    const closes: string[] = [];
    const server = world.node("server");
    server.network.listen(
      { host: "server", port: 1 },
      {
        onListening: () => undefined,
        onFailed: (code) => assert.fail(code),
        onConnection: (connection) => {
          connection.pause();
          return { onData: () => undefined, onClose: (code) => closes.push(`server ${String(code)}`) };
        },
      },
    );
    const connect = (label: string): ReturnType<typeof server.network.connect> =>
      world
        .node("client")
        .network.connect(
          { host: "server", port: 1 },
          { onData: () => undefined, onClose: (code) => closes.push(`${label} ${String(code)}`) },
        );
    const closing = connect("closing");
    connect("waiting");
    world.runFor(10);
    closing.close();
    world.runFor(999);
    assert.deepEqual(closes, [], "a paused peer does not notice the end");
    world.runFor(1);
    assert.deepEqual(closes, ["closing undefined"]);
    server[Symbol.dispose]();
    world.runFor(10);
    assert.deepEqual(closes, ["closing undefined", "waiting ECONNRESET"]);
  });
});
