import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { FilePool } from "../../src/log/file-pool.ts";
import { FileError } from "../../src/runtime/runtime.ts";
import { LogFixture, onBothKindsOfFiles } from "./log-fixture.ts";

describe("A file pool", () => {
  it("opens a file when it is used, and closes the one that was not used lately", () => {
    const pool = new FilePool(LogFixture.inMemory().files, 2);
    const [first, second, third] = ["a", "b", "c"].map((path) => pool.file(path, { create: true }));
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    assert.equal(first.opened.byteCount, 0);
    assert.equal(second.opened.byteCount, 0);
    assert.equal(pool.openCount, 2);
    // All were used lately: the hand passes each once and closes the one that was opened first.
    assert.equal(third.opened.byteCount, 0);
    assert.deepEqual([first.isOpen, second.isOpen, third.isOpen], [false, true, true]);
    // Since then only the third was used.
    assert.equal(third.opened.byteCount, 0);
    assert.equal(first.opened.byteCount, 0);
    assert.deepEqual([first.isOpen, second.isOpen, third.isOpen], [true, false, true]);
  });

  it("does not make a file anew that is gone", () => {
    const { files } = LogFixture.inMemory();
    const pool = new FilePool(files, 2);
    assert.throws(() => pool.file("missing", { create: false }).opened, FileError);
    const file = pool.file("made", { create: true });
    assert.equal(file.opened.byteCount, 0);
    file.close();
    files.remove("made");
    assert.throws(() => file.opened, FileError);
  });

  it("loses nothing of a file that it closed and opened again", () => {
    onBothKindsOfFiles((makeFixture) => {
      const pool = new FilePool(makeFixture().files, 1);
      const files = ["a", "b", "c"].map((path) => pool.file(path, { create: true }));
      for (let round = 0; round < 5; round++) {
        for (const file of files) file.opened.append([Buffer.from(String(round))]);
      }
      for (const file of files) {
        const content = Buffer.alloc(9);
        assert.equal(file.opened.read(0, content), 5);
        assert.equal(content.toString("latin1", 0, 5), "01234");
        assert.equal(pool.openCount, 1);
        file.close();
        file.close();
      }
      assert.equal(pool.openCount, 0);
    });
  });
});
