import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { FileError } from "../../../src/runtime/runtime.ts";
import { MemoryFiles, type FileFaults } from "../../../src/runtime/simulated/memory-files.ts";

const clock = { wallMs: (): number => 1000, monotonicMs: (): number => 0 };

function withCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof FileError && error.code === code;
}

describe("MemoryFiles", () => {
  it("is full where its capacity says so, keeps what was there, and has room again after a removal", () => {
    const files = new MemoryFiles({ clock, capacityBytes: 100 });
    const log = files.open("log", { create: true });
    log.append([Buffer.alloc(60)]);
    assert.deepEqual(files.space(), { freeBytes: 40, totalBytes: 100 });
    assert.throws(() => {
      log.append([Buffer.alloc(20), Buffer.alloc(21)]);
    }, withCode("ENOSPC"));
    assert.equal(log.byteCount, 60);
    assert.throws(() => {
      files.writeAtomically("checkpoint", Buffer.alloc(41));
    }, withCode("ENOSPC"));
    log.append([Buffer.alloc(40)]);
    log.truncate(10);
    assert.equal(files.space()?.freeBytes, 90);
    files.remove("log");
    assert.equal(files.space()?.freeBytes, 100);
    log.append([Buffer.alloc(10)]);
    assert.equal(files.space()?.freeBytes, 100, "an open file that was removed counts no more");
  });

  it("gives back the room of what a rename replaced", () => {
    const files = new MemoryFiles({ clock, capacityBytes: 100 });
    for (let count = 0; count < 10; count += 1) files.writeAtomically("checkpoint", Buffer.alloc(40));
    assert.equal(files.space()?.freeBytes, 60);
  });

  it("has no size of its own where none is given", () => {
    assert.equal(new MemoryFiles({ clock }).space(), undefined);
  });

  it("lets operations fail as told, each with its code, and changes nothing then", () => {
    const asked: string[] = [];
    let code: string | undefined;
    const faults: FileFaults = {
      codeFor(operation, path, byteCount) {
        asked.push(`${operation} ${path} ${String(byteCount)}`);
        return code;
      },
    };
    const files = new MemoryFiles({ clock, faults });
    const log = files.open("log", { create: true });
    log.append([Buffer.from("ab"), Buffer.from("c")]);
    assert.deepEqual(asked, ["open log 0", "append log 3"]);
    code = "EIO";
    const attempts = [
      () => files.open("other", { create: true }),
      () => {
        log.append([Buffer.from("d")]);
      },
      () => {
        log.write(0, Buffer.from("d"));
      },
      () => log.read(0, Buffer.alloc(1)),
      () => {
        log.truncate(0);
      },
      () => {
        log.sync();
      },
      () => {
        files.rename("log", "gone");
      },
      () => {
        files.remove("log");
      },
    ];
    for (const attempt of attempts) assert.throws(attempt, withCode("EIO"));
    code = undefined;
    assert.equal(files.readAll("log").toString(), "abc");
    assert.deepEqual(
      files.list("").map((entry) => entry.name),
      ["log"],
    );
  });

  it("keeps a removed or renamed file readable for whoever has it open", () => {
    const files = new MemoryFiles({ clock });
    files.makeDirectory("t-0");
    const log = files.open("t-0/log", { create: true });
    log.append([Buffer.from("abc")]);
    files.rename("t-0", "t-0-delete");
    log.append([Buffer.from("d")]);
    assert.equal(files.readAll("t-0-delete/log").toString(), "abcd");
    files.remove("t-0-delete");
    const target = Buffer.alloc(4);
    assert.equal(log.read(0, target), 4);
    assert.equal(target.toString(), "abcd");
  });

  it("refuses what a disk refuses of directories", () => {
    const files = new MemoryFiles({ clock });
    files.makeDirectory("a/b");
    files.makeDirectory("full/x");
    files.open("file", { create: true });
    const refused: readonly (readonly [string, string, string])[] = [
      ["a", "full", "ENOTEMPTY"],
      ["a", "a/b/c", "EINVAL"],
      ["a", "file", "ENOTDIR"],
      ["file/x", "y", "ENOTDIR"],
      ["missing/x", "y", "ENOENT"],
    ];
    for (const [from, to, code] of refused) {
      assert.throws(
        () => {
          files.rename(from, to);
        },
        withCode(code),
        `${from} -> ${to}`,
      );
    }
    files.rename("a", "a");
    files.remove("file/x");
    assert.ok(files.exists("a/b"));
  });

  it("appends to a long file without moving what is there", () => {
    const files = new MemoryFiles({ clock });
    const log = files.open("log", { create: true });
    const chunk = Buffer.alloc(64 * 1024, "x");
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 1024; count += 1) log.append([chunk]);
    const grownBytes = process.memoryUsage().arrayBuffers - before;
    assert.equal(log.byteCount, 64 * 1024 * 1024);
    assert.ok(grownBytes < 80 * 1024 * 1024, `64 MiB took ${String(grownBytes)} bytes`);
  });
});
