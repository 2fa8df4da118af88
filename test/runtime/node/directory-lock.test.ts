import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";

import { DirectoryHeldError, lockDirectory, lockFileName } from "../../../src/runtime/node/directory-lock.ts";

const lockModule = new URL("../../../src/runtime/node/directory-lock.ts", import.meta.url).href;

describe("lockDirectory", () => {
  let directory: string;

  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), "tapedeck-lock-")), "data");
  });

  afterEach(() => {
    rmSync(join(directory, ".."), { recursive: true, force: true });
  });

  /** Content of a lock file as this process would write it, with something changed. */
  function lockOf(changes: Record<string, unknown>): string {
    const own = lockDirectory(directory);
    const content = JSON.parse(readFileSync(join(directory, lockFileName), "utf8")) as Record<string, unknown>;
    own[Symbol.dispose]();
    return JSON.stringify({ ...content, ...changes });
  }

  /** The id of a process that has ended. */
  function deadPid(): number {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    return pid;
  }

  it("makes the directory, refuses a second instance in the same process, and is free again once disposed", () => {
    const lock = lockDirectory(directory);
    assert.throws(
      () => lockDirectory(directory),
      (error) => error instanceof DirectoryHeldError && error.pid === process.pid && error.directory === directory,
    );
    lock[Symbol.dispose]();
    assert.deepEqual(readdirSync(directory), []);
    lockDirectory(directory)[Symbol.dispose]();
  });

  it("refuses another process and names the holder; takes over from a holder that was killed", async () => {
    const script = `import(${JSON.stringify(lockModule)}).then(({ lockDirectory }) => {
      lockDirectory(process.argv[1]); console.log("held"); setInterval(() => {}, 1000); });`;
    const holder = spawn(process.execPath, ["--input-type=module", "--eval", script, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await new Promise((resolve) => holder.stdout.once("data", resolve));
      assert.throws(
        () => lockDirectory(directory),
        (error) => error instanceof DirectoryHeldError && error.pid === holder.pid,
      );
    } finally {
      const ended = new Promise((resolve) => holder.once("exit", resolve));
      holder.kill("SIGKILL");
      await ended;
    }
    assert.deepEqual(readdirSync(directory), [lockFileName]);
    lockDirectory(directory)[Symbol.dispose]();
    assert.deepEqual(readdirSync(directory), []);
  });

  it("takes over from a dead process", () => {
    writeFileSync(join(directory, lockFileName), lockOf({ pid: deadPid() }));
    lockDirectory(directory)[Symbol.dispose]();
    assert.deepEqual(readdirSync(directory), []);
  });

  it("takes over from a process that was killed and that its parent never asked about", async function () {
    if (process.platform !== "linux") this.skip();
    // The shell leaves its place to a program that never waits for the child.
    const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const pid = Number(await new Promise((resolve) => parent.stdout.once("data", resolve)));
      const content = lockOf({ pid, processStart: "" });
      writeFileSync(join(directory, lockFileName), content);
      assert.throws(() => lockDirectory(directory), DirectoryHeldError);
      process.kill(pid, "SIGKILL");
      const stateOf = () => readFileSync(`/proc/${String(pid)}/stat`, "utf8").split(") ")[1]?.[0];
      while (stateOf() !== "Z") await new Promise((resolve) => setTimeout(resolve, 5));
      lockDirectory(directory)[Symbol.dispose]();
    } finally {
      parent.kill("SIGKILL");
    }
  });

  it("takes over from an earlier process that had a living one's id", function () {
    if (process.platform !== "linux") this.skip();
    writeFileSync(join(directory, lockFileName), lockOf({ processStart: "another-boot/1" }));
    lockDirectory(directory)[Symbol.dispose]();
  });

  it("leaves a young lock file to be written, and takes over one that never got its content", () => {
    lockDirectory(directory)[Symbol.dispose]();
    const path = join(directory, lockFileName);
    writeFileSync(path, "");
    assert.throws(() => lockDirectory(directory), { name: "DirectoryHeldError", pid: undefined });
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(path, longAgo, longAgo);
    lockDirectory(directory)[Symbol.dispose]();
  });

  it("lets only one of two take over, and clears what a crash within a take-over left", () => {
    const content = lockOf({ pid: deadPid() });
    const path = join(directory, lockFileName);
    writeFileSync(path, content);
    writeFileSync(`${path}.takeover`, lockOf({}));
    writeFileSync(path, content);
    assert.throws(() => lockDirectory(directory), { name: "DirectoryHeldError", pid: process.pid });
    writeFileSync(`${path}.takeover`, content);
    const lock = lockDirectory(directory);
    assert.deepEqual(readdirSync(directory), [lockFileName]);
    lock[Symbol.dispose]();
  });

  it("releases only its own lock", () => {
    const lock = lockDirectory(directory);
    rmSync(join(directory, lockFileName));
    const next = lockDirectory(directory);
    lock[Symbol.dispose]();
    assert.throws(() => lockDirectory(directory), DirectoryHeldError);
    next[Symbol.dispose]();
  });
});
