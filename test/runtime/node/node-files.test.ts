import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";

import { NodeFiles } from "../../../src/runtime/node/node-files.ts";

const filesModule = new URL("../../../src/runtime/node/node-files.ts", import.meta.url).href;

describe("NodeFiles", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "tapedeck-files-"));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it("knows how much room its disk has", () => {
    const { freeBytes, totalBytes } = new NodeFiles(directory).space();
    assert.ok(freeBytes > 0 && freeBytes < totalBytes);
  });

  it("makes its root on demand", () => {
    const files = new NodeFiles(join(directory, "deep", "root"));
    assert.deepEqual(files.list(""), []);
    files.makeDirectory("");
    files.writeAtomically("meta.properties", Buffer.from("version=0\n"));
    assert.equal(readFileSync(join(directory, "deep", "root", "meta.properties"), "utf8"), "version=0\n");
  });

  it("finds a file as another process left it", () => {
    const files = new NodeFiles(directory);
    using file = files.open("log", { create: true });
    file.append([Buffer.from("abc")]);
    const seen = spawnSync(process.execPath, [
      "-p",
      `fs.readFileSync(${JSON.stringify(join(directory, "log"))}, "utf8")`,
    ]);
    assert.equal(seen.stdout.toString().trim(), "abc");
  });

  it("tells a full disk and keeps the size as it was", function () {
    if (!existsSync("/dev/full")) this.skip();
    using file = new NodeFiles("/dev").open("full", { create: false });
    assert.throws(
      () => {
        file.append([Buffer.alloc(10), Buffer.alloc(10)]);
      },
      { name: "FileError", code: "ENOSPC", path: "full" },
    );
    assert.equal(file.byteCount, 0);
  });

  it("cuts off what a failed append had already written", function () {
    if (process.platform === "win32") this.skip();
    // A limit on the size of files makes a write short in the middle and the next one fail.
    const script = `
      process.on("SIGXFSZ", () => {});
      const { NodeFiles } = await import(${JSON.stringify(filesModule)});
      const file = new NodeFiles(${JSON.stringify(directory)}).open("log", { create: true });
      file.append([Buffer.alloc(1000, "a")]);
      let code = "none";
      try { file.append([Buffer.alloc(60000, "b"), Buffer.alloc(60000, "c")]); } catch (error) { code = error.code; }
      file.append([Buffer.from("end")]);
      console.log(code, file.byteCount);
    `;
    const shell = `ulimit -f 64 && exec "$0" --input-type=module --eval "$1"`;
    const child = spawnSync("sh", ["-c", shell, process.execPath, script]);
    assert.equal(child.stderr.toString(), "");
    assert.equal(child.stdout.toString(), "EFBIG 1003\n");
    assert.equal(readFileSync(join(directory, "log"), "latin1"), `${"a".repeat(1000)}end`);
  });
});
