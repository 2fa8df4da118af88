import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { byteText, counted, withThousands } from "../../src/extension/counted.ts";

describe("Numbers with their nouns", () => {
  it("agree with their nouns", () => {
    assert.deepEqual(
      [counted(0, "topic"), counted(1, "topic"), counted(1234, "topic")],
      ["0 topics", "1 topic", "1,234 topics"],
    );
  });

  it("are grouped by thousands", () => {
    assert.deepEqual([0, 999, 1000, 1234567].map(withThousands), ["0", "999", "1,000", "1,234,567"]);
  });

  it("say bytes in the unit that a person would", () => {
    assert.deepEqual([1, 1023, 1024, 1536, 20 * 1024, 3 * 1024 ** 3].map(byteText), [
      "1 byte",
      "1,023 bytes",
      "1.0 KiB",
      "1.5 KiB",
      "20 KiB",
      "3.0 GiB",
    ]);
  });
});
