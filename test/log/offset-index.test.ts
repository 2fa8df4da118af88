import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { OffsetIndex } from "../../src/log/offset-index.ts";
import { LogFixture, onBothKindsOfFiles } from "./log-fixture.ts";

const path = "00000000000000001000.index";

describe("An offset index", () => {
  it("writes an entry as Kafka does", () => {
    const { files } = LogFixture.inMemory();
    const index = OffsetIndex.empty(files, path, 1000);
    index.append(1100, 4200);
    index.seal();
    assert.equal(files.readAll(path).toString("hex"), "0000006400001068");
  });

  it("finds the same while it grows and when only its file holds it, however large it is", () => {
    onBothKindsOfFiles((makeFixture) => {
      const { files } = makeFixture();
      const growing = OffsetIndex.empty(files, path, 1000);
      for (let count = 0; count < 9000; count++) growing.append(1010 + count * 10, (count + 1) * 5000);
      growing.save();
      const sealed = OffsetIndex.existing(files, path, 1000);
      for (const index of [growing, sealed]) {
        assert.equal(index.entryCount, 9000);
        assert.deepEqual(index.lookup(1000), { position: 0, nextPosition: 5000 });
        assert.deepEqual(index.lookup(1009), { position: 0, nextPosition: 5000 });
        assert.deepEqual(index.lookup(1010), { position: 5000, nextPosition: 10_000 });
        assert.deepEqual(index.lookup(46_019), { position: 4501 * 5000, nextPosition: 4502 * 5000 });
        assert.deepEqual(index.lookup(1_000_000), { position: 45_000_000, nextPosition: undefined });
        assert.deepEqual(index.lastEntry(), { offset: 91_000, position: 45_000_000 });
      }
    });
  });

  it("forgets an entry when the offset it speaks of is cut", () => {
    const { files } = LogFixture.inMemory();
    const index = OffsetIndex.empty(files, path, 0);
    index.append(9, 100);
    index.append(19, 200);
    index.truncateTo(19);
    assert.deepEqual(index.lastEntry(), { offset: 9, position: 100 });
    index.truncateTo(10);
    assert.equal(index.entryCount, 1);
    index.truncateTo(9);
    assert.equal(index.lastEntry(), undefined);
  });

  it("goes on growing after it was sealed", () => {
    const { files } = LogFixture.inMemory();
    const index = OffsetIndex.empty(files, path, 0);
    index.append(9, 100);
    index.seal();
    index.append(19, 200);
    index.seal();
    assert.equal(files.readAll(path).byteLength, 16);
    assert.equal(OffsetIndex.existing(files, path, 0).lookup(25).position, 200);
  });

  it("is full when the next entry would pass its size, rounded down to whole entries", () => {
    const { files } = LogFixture.inMemory();
    const index = OffsetIndex.empty(files, path, 0);
    index.append(1, 1);
    assert.equal(index.isFull(23), false);
    index.append(2, 2);
    assert.equal(index.isFull(23), true);
    assert.equal(index.isFull(24), false);
  });

  it("reads a file of odd length as if rounded down, and a missing one as empty", () => {
    const { files } = LogFixture.inMemory();
    {
      using file = files.open(path, { create: true });
      file.append([Buffer.from("0000006400001068aabb", "hex")]);
    }
    assert.equal(OffsetIndex.existing(files, path, 1000).entryCount, 1);
    assert.equal(OffsetIndex.existing(files, "missing", 0).entryCount, 0);
    assert.equal(OffsetIndex.existing(files, "missing", 0).lookup(5).position, 0);
  });
});
