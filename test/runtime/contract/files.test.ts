import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";

import { FileError, type File, type Files } from "../../../src/runtime/runtime.ts";
import { hosts, type Host } from "./hosts.ts";

function contentOf(file: File): string {
  const content = Buffer.alloc(file.byteCount);
  assert.equal(file.read(0, content), file.byteCount);
  return content.toString("latin1");
}

function put(files: Files, path: string, content: string): void {
  using file = files.open(path, { create: true });
  file.append([Buffer.from(content)]);
}

function withCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof FileError && error.code === code;
}

for (const { name, open } of hosts) {
  describe(`Files of ${name}`, () => {
    let host: Host;
    let files: Files;

    beforeEach(() => {
      host = open();
      files = host.left.files;
    });

    afterEach(() => {
      host[Symbol.dispose]();
    });

    it("appends chunks one after another, empty ones included, and reads them back from anywhere", () => {
      using file = files.open("log", { create: true });
      file.append([Buffer.from("ab"), Buffer.alloc(0), Buffer.from("cde")]);
      file.append([]);
      file.append([Buffer.from("f")]);
      assert.equal(file.byteCount, 6);
      assert.equal(contentOf(file), "abcdef");
      const target = Buffer.alloc(4, "-");
      assert.equal(file.read(4, target), 2);
      assert.equal(target.toString(), "ef--");
      assert.equal(file.read(6, target), 0);
      assert.equal(file.read(100, target), 0);
    });

    it("appends more chunks than one system call takes", () => {
      using file = files.open("log", { create: true });
      const chunks = Array.from({ length: 3000 }, (_, index) => Buffer.from(String(index % 10)));
      file.append(chunks);
      assert.equal(contentOf(file), Buffer.concat(chunks).toString());
    });

    it("keeps content across pages of a mebibyte", () => {
      using file = files.open("log", { create: true });
      const pattern = Buffer.alloc(700_001, "0123456789abc");
      for (let count = 0; count < 5; count += 1) file.append([pattern.subarray(0, 1), pattern.subarray(1)]);
      assert.equal(file.byteCount, 5 * pattern.byteLength);
      const target = Buffer.alloc(pattern.byteLength);
      for (let count = 0; count < 5; count += 1) {
        assert.equal(file.read(count * pattern.byteLength, target), target.byteLength);
        assert.ok(target.equals(pattern));
      }
    });

    it("does not notice when the sender of an append reuses its buffer", () => {
      using file = files.open("log", { create: true });
      const chunk = Buffer.from("abc");
      file.append([chunk]);
      chunk.fill("x");
      assert.equal(contentOf(file), "abc");
    });

    it("overwrites in place and extends with zeros", () => {
      using file = files.open("index", { create: true });
      file.append([Buffer.from("abcdef")]);
      file.write(1, Buffer.from("BC"));
      assert.equal(contentOf(file), "aBCdef");
      file.write(8, Buffer.from("!"));
      assert.equal(contentOf(file), "aBCdef\0\0!");
      file.append([Buffer.from("?")]);
      assert.equal(contentOf(file), "aBCdef\0\0!?");
    });

    it("truncates, and what was cut off does not come back when the file grows again", () => {
      using file = files.open("index", { create: true });
      file.append([Buffer.from("abcdef")]);
      file.truncate(2);
      assert.equal(file.byteCount, 2);
      file.truncate(4);
      assert.equal(contentOf(file), "ab\0\0");
      file.truncate(0);
      file.truncate(3_000_000);
      const tail = Buffer.alloc(3, "x");
      assert.equal(file.read(2_999_999, tail), 1);
      assert.equal(tail.toString(), "\0xx");
    });

    it("opens what is there with its content, and tells ENOENT and EISDIR", () => {
      put(files, "a", "1");
      {
        using again = files.open("a", { create: true });
        assert.equal(contentOf(again), "1");
      }
      files.makeDirectory("d");
      assert.throws(() => files.open("missing", { create: false }), withCode("ENOENT"));
      assert.throws(() => files.open("nowhere/file", { create: true }), withCode("ENOENT"));
      assert.throws(() => files.open("a/b", { create: true }), withCode("ENOTDIR"));
      assert.throws(() => files.open("d", { create: true }), withCode("EISDIR"));
      assert.throws(() => files.readAll("missing"), withCode("ENOENT"));
    });

    it("names the path and the code in its error", () => {
      assert.throws(() => files.open("t-0/x.log", { create: false }), {
        name: "FileError",
        code: "ENOENT",
        path: "t-0/x.log",
        message: "open t-0/x.log: ENOENT",
      });
    });

    it("lists by code unit, says which are directories, and finds a missing directory empty", () => {
      files.makeDirectory("topics/b-1");
      for (const file of ["ä", "a", "Z", "_", "b-10"]) put(files, `topics/${file}`, "");
      assert.deepEqual(files.list("topics"), [
        { name: "Z", isDirectory: false },
        { name: "_", isDirectory: false },
        { name: "a", isDirectory: false },
        { name: "b-1", isDirectory: true },
        { name: "b-10", isDirectory: false },
        { name: "ä", isDirectory: false },
      ]);
      assert.deepEqual(files.list("missing/deep"), []);
      assert.throws(() => files.list("topics/a"), withCode("ENOTDIR"));
      assert.ok(files.list("").some((entry) => entry.name === "topics"));
    });

    it("knows what exists", () => {
      files.makeDirectory("d/e");
      files.makeDirectory("d/e");
      put(files, "d/f", "");
      assert.deepEqual(
        ["d", "d/e", "d/f", "d/g", "x/y", ""].map((path) => files.exists(path)),
        [true, true, true, false, false, true],
      );
      assert.throws(() => {
        files.makeDirectory("d/f");
      }, withCode("EEXIST"));
    });

    it("renames over a file, and directories with their content", () => {
      put(files, "new", "new");
      put(files, "old", "old");
      files.rename("new", "old");
      assert.equal(files.readAll("old").toString(), "new");
      assert.equal(files.exists("new"), false);
      files.makeDirectory("t-0");
      put(files, "t-0/log", "content");
      files.rename("t-0", "t-0.123-delete");
      assert.equal(files.exists("t-0"), false);
      assert.equal(files.readAll("t-0.123-delete/log").toString(), "content");
      assert.throws(() => {
        files.rename("missing", "other");
      }, withCode("ENOENT"));
      assert.throws(() => {
        files.rename("old", "t-0.123-delete");
      }, withCode("EISDIR"));
    });

    it("removes files and whole directories, and minds no missing one", () => {
      files.makeDirectory("d/e");
      put(files, "d/e/f", "1");
      put(files, "g", "2");
      files.remove("d");
      files.remove("g");
      files.remove("missing");
      files.remove("missing/too");
      assert.deepEqual([files.exists("d"), files.exists("g")], [false, false]);
      assert.throws(() => {
        files.remove("");
      }, /the root is not removed/);
    });

    it("writes atomically, also over what is there, and leaves no temporary file", () => {
      files.makeDirectory("d");
      put(files, "d/checkpoint.tmp", "left of a crash and longer than what is written");
      files.writeAtomically("d/checkpoint", Buffer.from("0\n1\n"));
      files.writeAtomically("d/checkpoint", Buffer.from("0\n2\n"));
      assert.equal(files.readAll("d/checkpoint").toString(), "0\n2\n");
      assert.deepEqual(
        files.list("d").map((entry) => entry.name),
        ["checkpoint"],
      );
    });

    it("syncs, and tells when a file was last modified", () => {
      using file = files.open("log", { create: true });
      file.append([Buffer.from("x")]);
      file.sync();
      // A disk's clock is coarser than the process's.
      assert.ok(Math.abs(file.modifiedMs - host.left.clock.wallMs()) < 10_000);
      assert.ok(Number.isInteger(file.modifiedMs));
    });

    it("refuses every path that could leave the root", () => {
      for (const path of ["..", "../x", "a/../../x", "/etc/passwd", "a//b", "./a", "a\\b", "a\0b"]) {
        assert.throws(() => files.open(path, { create: true }), { name: "AssertionError" }, path);
        assert.throws(() => files.exists(path), { name: "AssertionError" }, path);
      }
    });

    it("does not work on a closed file, and closes twice without harm", () => {
      const file = files.open("log", { create: true });
      file[Symbol.dispose]();
      file[Symbol.dispose]();
      assert.throws(
        () => {
          file.append([Buffer.from("x")]);
        },
        { name: "AssertionError" },
      );
    });
  });
}
