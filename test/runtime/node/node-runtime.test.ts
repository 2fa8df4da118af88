import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";

import { createNodeRuntime } from "../../../src/runtime/node/node-runtime.ts";

const runtimeModule = new URL("../../../src/runtime/node/node-runtime.ts", import.meta.url).href;
const log = { write: (): void => undefined };

/** What a process that runs `body` with a `runtime` in memory prints; it must end by itself. */
function outputOf(body: string): string {
  const script = `
    const { createNodeRuntime } = await import(${JSON.stringify(runtimeModule)});
    const runtime = createNodeRuntime({ storage: { kind: "memory" }, log: { write() {} } });
    ${body}`;
  const child = spawnSync(process.execPath, ["--input-type=module", "--eval", script], { timeout: 10_000 });
  assert.equal(child.stderr.toString(), "");
  assert.equal(child.status, 0, "the process ended by itself");
  return child.stdout.toString().trim();
}

describe("createNodeRuntime", () => {
  it("owns its directory until it is disposed", () => {
    const directory = mkdtempSync(join(tmpdir(), "tapedeck-runtime-"));
    const storage = { kind: "disk", directory } as const;
    const runtime = createNodeRuntime({ storage, log });
    assert.throws(() => createNodeRuntime({ storage, log }), { name: "DirectoryHeldError", pid: process.pid });
    runtime.files.writeAtomically("kept", Buffer.from("1"));
    runtime[Symbol.dispose]();
    runtime[Symbol.dispose]();
    assert.deepEqual(readdirSync(directory), ["kept"]);
    rmSync(directory, { recursive: true });
  });

  it("keeps files in memory where no directory is given, each runtime its own", () => {
    using left = createNodeRuntime({ storage: { kind: "memory" }, log });
    using right = createNodeRuntime({ storage: { kind: "memory" }, log });
    left.files.writeAtomically("a", Buffer.from("1"));
    assert.equal(left.files.space(), undefined);
    assert.equal(right.files.exists("a"), false);
  });

  it("draws numbers and bytes that differ from run to run", () => {
    using runtime = createNodeRuntime({ storage: { kind: "memory" }, log });
    assert.notDeepEqual(runtime.random.bytes(16), runtime.random.bytes(16));
    const values = new Set(Array.from({ length: 100 }, () => runtime.random.below(2 ** 40)));
    assert.ok(values.size > 90);
    assert.equal(runtime.random.below(1), 0);
    assert.throws(() => runtime.random.below(0), { name: "AssertionError" });
  });

  it("keeps the process alive for a pending timer, and no longer than that", () => {
    assert.equal(outputOf(`runtime.timers.schedule("t", 50, () => console.log("fired"));`), "fired");
    assert.equal(outputOf(`runtime.timers.schedule("t", 60_000, () => {})[Symbol.dispose]();`), "");
    assert.equal(outputOf(`runtime.timers.schedule("t", 60_000, () => {}); runtime[Symbol.dispose]();`), "");
  });

  it("lets the process end once it is disposed, whatever was open", () => {
    const body = `
      const silent = { onData() {}, onClose() {} };
      runtime.network.listen({ host: "127.0.0.1", port: 0 }, {
        onFailed: console.log,
        onListening(address) { runtime.network.connect(address, silent).send([Buffer.alloc(8_000_000)]); },
        onConnection(connection) {
          connection.pause();
          connection.close();
          setTimeout(() => { runtime[Symbol.dispose](); console.log("disposed"); }, 20);
          return silent;
        },
      });`;
    assert.equal(outputOf(body), "disposed");
  });

  it("goes on with its other timers when one of them throws", () => {
    const body = `
      process.once("uncaughtException", (error) => console.log(error.message));
      runtime.timers.schedule("a", 1, () => { throw new Error("on purpose"); });
      runtime.timers.schedule("b", 1, () => console.log("b"));`;
    assert.equal(outputOf(body), "on purpose\nb");
  });
});
