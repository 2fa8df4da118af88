import assert from "node:assert/strict";
import { describe, it } from "mocha";

import {
  deletedDirectoryName,
  isDeletedDirectoryName,
  offsetOfFileName,
  parsePartitionDirectoryName,
  partitionDirectoryName,
  segmentFileName,
} from "../../src/log/segment-name.ts";

describe("Names in a data directory", () => {
  it("carry a segment's base offset in twenty digits", () => {
    assert.equal(segmentFileName(42, ".timeindex"), "00000000000000000042.timeindex");
    assert.equal(offsetOfFileName("00000000000000000042.timeindex", ".timeindex"), 42);
    assert.equal(offsetOfFileName("00000000000000000042.log", ".index"), undefined);
    assert.equal(offsetOfFileName("00000000000000000042.log.deleted", ".log"), undefined);
    assert.equal(offsetOfFileName("x0000000000000000042.log", ".log"), undefined);
  });

  it("split a partition's directory at the last dash", () => {
    assert.equal(partitionDirectoryName("a-b", 12), "a-b-12");
    assert.deepEqual(parsePartitionDirectoryName("a-b-12"), { topic: "a-b", partition: 12 });
    for (const name of ["orders", "-1", "a b-0", "orders-x", "orders-1.0123-future", "lost+found"]) {
      assert.equal(parsePartitionDirectoryName(name), undefined, name);
    }
  });

  it("never pass 255 bytes, and keep the partition of a deleted one", () => {
    const uniqueId = "0123456789abcdef0123456789abcdef";
    assert.equal(deletedDirectoryName("orders", 3, uniqueId), `orders-3.${uniqueId}-delete`);
    const long = deletedDirectoryName("t".repeat(249), 17, uniqueId);
    assert.equal(long.length, 255);
    assert.ok(long.endsWith(`-17.${uniqueId}-delete`));
    assert.ok(isDeletedDirectoryName(long));
    assert.ok(!isDeletedDirectoryName("orders-delete"));
  });
});
