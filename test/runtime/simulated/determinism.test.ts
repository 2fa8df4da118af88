import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "mocha";

import { nodeCompression } from "../../../src/runtime/node/node-compression.ts";
import type { Connection } from "../../../src/runtime/runtime.ts";
import { World } from "../../../src/runtime/simulated/simulated-runtime.ts";
import { TraceHash } from "../../../src/runtime/simulated/trace-hash.ts";
import type { TraceLine } from "../../../src/runtime/simulated/virtual-time.ts";
import { TrapError, withTraps } from "../../builders/traps.ts";

/** Everything that must throw while a simulation runs, each by its name. */
const traps: Readonly<Record<string, () => unknown>> = {
  "Date.now": () => Date.now(),
  "new Date()": () => new Date(),
  "Date()": () => Date(),
  "Math.random": () => Math.random(),
  "performance.now": () => performance.now(),
  "process.hrtime": () => process.hrtime(),
  "process.nextTick": () => {
    process.nextTick(() => undefined);
  },
  setTimeout: () => setTimeout(() => undefined, 0),
  setInterval: () => setInterval(() => undefined, 1000),
  setImmediate: () => setImmediate(() => undefined),
  queueMicrotask: () => {
    queueMicrotask(() => undefined);
  },
  fetch: () => fetch("http://127.0.0.1:1"),
  "crypto.getRandomValues": () => crypto.getRandomValues(new Uint8Array(1)),
  "crypto.randomUUID": () => crypto.randomUUID(),
  "node:crypto randomBytes": () => randomBytes(1),
};

describe("Traps while a simulation runs", () => {
  for (const [name, reach] of Object.entries(traps)) {
    it(`throw at ${name}`, () => {
      assert.throws(
        () => withTraps(reach),
        (error) => error instanceof TrapError && error.message.startsWith(`${name} `),
      );
    });
  }

  it("are gone afterwards, also when the simulation threw", () => {
    const names = ["Date", "crypto", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch"] as const;
    const descriptorsOf = (): unknown[] => [
      ...names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name)),
      Object.getOwnPropertyDescriptor(Math, "random"),
      Object.getOwnPropertyDescriptor(process, "nextTick"),
      Object.getOwnPropertyDescriptor(performance, "now"),
    ];
    const before = descriptorsOf();
    assert.throws(() => withTraps(() => assert.fail("on purpose")), /on purpose/);
    assert.equal(
      withTraps(() => 7),
      7,
    );
    assert.deepEqual(descriptorsOf(), before);
    assert.equal(typeof Date.now() + typeof Math.random() + typeof performance.now(), "numbernumbernumber");
    assert.equal(randomBytes(3).byteLength, 3);
  });

  it("let a date be made of a given time", () => {
    assert.equal(
      withTraps(() => new Date(0).toISOString()),
      "1970-01-01T00:00:00.000Z",
    );
  });
});

/** Three nodes that pass a growing message around, at random, over connections that are cut and made again. */
function gossip(seed: number, onEvent: (line: TraceLine) => void): World {
  const world = new World({ seed, compression: nodeCompression, isChopping: true, onEvent });
  const names = ["ann", "bob", "cyd"];
  for (const [index, name] of names.entries()) {
    const node = world.node(name);
    const file = node.files.open("heard", { create: true });
    const hear = (chunk: Buffer, connection: Connection): void => {
      file.append([chunk]);
      if (node.random.below(10) === 0) connection.close();
    };
    node.network.listen(
      { host: name, port: 1000 },
      {
        onListening: () => undefined,
        onFailed: (code) => assert.fail(code),
        onConnection: (connection) => ({
          onData: (chunk) => {
            hear(chunk, connection);
          },
          onClose: () => undefined,
        }),
      },
    );
    const speak = (): void => {
      const host = names[(index + 1 + node.random.below(2)) % 3] ?? "ann";
      const connection = node.network.connect(
        { host, port: 1000 },
        { onData: () => undefined, onClose: () => undefined },
      );
      const text = node.compression.gzip(Buffer.alloc(500, node.random.bytes(50)), 6);
      connection.send([text, Buffer.from(String(node.clock.wallMs()))]);
      node.timers.schedule("speak", node.random.below(20), speak);
    };
    speak();
  }
  return world;
}

function traceHashOf(seed: number): { readonly hex: string; readonly eventCount: number } {
  const hash = new TraceHash();
  const world = gossip(seed, hash.add);
  world.runFor(1000);
  for (const name of ["ann", "bob", "cyd"]) hash.addText(world.node(name).files.readAll("heard").toString("latin1"));
  return { hex: hash.hex, eventCount: world.eventCount };
}

describe("A simulated world", () => {
  it("runs the same seed the same way twice, to the last byte", () => {
    const first = withTraps(() => traceHashOf(42));
    const second = withTraps(() => traceHashOf(42));
    assert.ok(first.eventCount > 500, `only ${String(first.eventCount)} events`);
    assert.deepEqual(second, first);
  });

  it("runs another seed another way", () => {
    assert.notEqual(traceHashOf(43).hex, traceHashOf(42).hex);
  });

  it("runs the same however it is stepped", () => {
    const hash = new TraceHash();
    const world = gossip(42, hash.add);
    while ((world.nextEventMs ?? Infinity) <= 1000) world.step();
    for (const name of ["ann", "bob", "cyd"]) hash.addText(world.node(name).files.readAll("heard").toString("latin1"));
    assert.equal(hash.hex, traceHashOf(42).hex);
  });
});
