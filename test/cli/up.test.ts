import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { projectRoot, startClusterProcess } from "../interop/cluster-process.ts";

const run = (...options: readonly string[]) =>
  spawnSync(process.execPath, ["dist/cli.js", ...options], { cwd: projectRoot, encoding: "utf8", timeout: 15_000 });

/** Whether a port can be listened on, which it can't while a broker has it. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

describe("tapedeck up", function () {
  let directory = "";

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "tapedeck-up-"));
  });

  after(() => {
    rmSync(directory, { recursive: true });
  });

  it("prints one ready line, and on SIGTERM stops with 0 and frees its ports", async () => {
    const cluster = await startClusterProcess("--brokers", "3", "--topic", "orders:3");
    assert.match(cluster.bootstrapServers, /^127\.0\.0\.1:\d+,127\.0\.0\.1:\d+,127\.0\.0\.1:\d+$/);
    for (const { port } of cluster.brokers) assert.equal(await isFree(port), false);
    assert.equal(await cluster.stop(), 0);
    for (const { port } of cluster.brokers) assert.equal(await isFree(port), true);
  });

  it("takes the next free port where the wanted one is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    const cluster = await startClusterProcess("--brokers", "1", "--port", String(address.port));
    assert.notEqual(cluster.brokers[0]?.port, address.port);
    assert.equal(await cluster.stop(), 0);
    server.close();
  });

  it("refuses a data directory that another instance holds, and names the holder", async () => {
    const cluster = await startClusterProcess("--brokers", "1", "--data", directory);
    const second = run("up", "--brokers", "1", "--port", "0", "--data", directory);
    assert.equal(second.status, 1);
    assert.match(second.stderr, new RegExp(`is in use by process ${String(cluster.pid)}`));
    assert.equal(second.stderr.trim().split("\n").length, 1);
    assert.equal(await cluster.stop(), 0);
    const third = await startClusterProcess("--brokers", "1", "--data", directory);
    assert.equal(await third.stop(), 0);
  });

  it("goes on when nobody reads its output any more", async () => {
    const child = spawn(process.execPath, ["dist/cli.js", "up", "--brokers", "1", "--port", "0"], {
      cwd: projectRoot,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    child.stderr.destroy();
    const isOver = once(child, "exit");
    await Promise.race([isOver, sleep(1000)]);
    assert.equal(child.exitCode, null);
    child.kill("SIGTERM");
    assert.deepEqual(await isOver, [0, null]);
  });

  it("ends with 2 and one line on bad usage", () => {
    for (const options of [["up", "--brokers", "many"], ["up", "--colour", "red"], ["down"]]) {
      const { status, stderr, stdout } = run(...options);
      assert.equal(status, 2, stderr);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
      assert.match(stderr, /^tapedeck: /);
      assert.equal(stdout, "");
    }
  });

  it("refuses a replication factor above 1 and an unknown configuration in a sentence", () => {
    const replicated = run("up", "--port", "0", "--topic", "orders:1:2");
    assert.equal(replicated.status, 2);
    assert.match(replicated.stderr, /orders.*replication factor/is);
    const unknown = run("up", "--port", "0", "--config", "num.partitions=many");
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /num\.partitions/);
  });
});
