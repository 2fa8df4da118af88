import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { includesVersion, versionRange } from "../../../src/protocol/schema/version-range.ts";

/** Those of the versions 0 to 9 that `text` includes. */
function included(text: string): readonly number[] {
  return Array.from({ length: 10 }, (_, version) => version).filter((version) =>
    includesVersion(versionRange(text), version),
  );
}

describe("A range of versions", () => {
  it("is read in Kafka's notation", () => {
    assert.deepEqual(included("3"), [3]);
    assert.deepEqual(included("2-5"), [2, 3, 4, 5]);
    assert.deepEqual(included("8+"), [8, 9]);
    assert.deepEqual(included("none"), []);
  });

  it("in any other notation is a mistake of the program", () => {
    for (const text of ["", "1-", "+", "a", "1,2", "-1"]) {
      assert.throws(() => versionRange(text), { name: "AssertionError" });
    }
  });
});
