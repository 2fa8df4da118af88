import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { EngineClient } from "../../../src/extension/engine/engine-client.ts";

/** Workers of a few lines: what is tested is the host's end, with real threads. */
const scripts = {
  answering: `
    parentPort.on("message", ({ requestId }) => {
      parentPort.postMessage({ kind: "answer", requestId, result: { kind: "done" } });
    });`,
  throwing: `parentPort.on("message", () => { throw new Error("the program is wrong"); });`,
  silent: `parentPort.on("message", () => undefined);`,
  listening: `
    const server = require("node:net").createServer();
    parentPort.on("message", ({ requestId, request }) => {
      const done = () => parentPort.postMessage({ kind: "answer", requestId, result: { kind: "done" } });
      if (request.kind === "stop") server.close(done);
      else server.listen(request.options.port, "127.0.0.1", done);
    });`,
};

describe("An engine client", () => {
  let folder = "";
  const crashes: string[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tapedeck-engine-client-"));
    crashes.length = 0;
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function open(script: keyof typeof scripts): EngineClient {
    const path = join(folder, `${script}.cjs`);
    writeFileSync(path, `const { parentPort } = require("node:worker_threads");\n${scripts[script]}\n`);
    return new EngineClient(path, { onNews: () => undefined, onCrash: (reason) => crashes.push(reason) });
  }

  it("gives each request its answer", async () => {
    const client = open("answering");
    assert.deepEqual(await client.request({ kind: "deleteTopic", name: "orders" }), { kind: "done" });
    await client.close();
    assert.deepEqual(crashes, []);
  });

  it("answers what is open with a failure when the worker crashes, and says why it did", async () => {
    const client = open("throwing");
    const result = await client.request({ kind: "deleteTopic", name: "orders" });
    assert.equal(result.kind === "failed" ? result.failure.errorName : result.kind, "ENGINE_GONE");
    assert.match(crashes.join(), /the program is wrong/);
    const later = await client.request({ kind: "stop" });
    assert.equal(later.kind, "failed");
  });

  it("frees the port before it says that it is closed", async () => {
    const port = await freePort();
    const client = open("listening");
    await client.request({
      kind: "start",
      options: { brokerCount: 1, host: "127.0.0.1", port, storage: { kind: "memory" } },
    });
    assert.ok(await isOpen(port));
    await client.close();
    assert.equal(await isOpen(port), false);
  });

  it("ends a worker that does not answer, in less time than the editor gives", async () => {
    const client = open("silent");
    const startedMs = performance.now();
    await Promise.all([client.close(), client.close()]);
    assert.ok(performance.now() - startedMs < 5_000);
    assert.deepEqual(crashes, []);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
