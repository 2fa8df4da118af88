import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { murmur2 } from "../../src/base/murmur2.ts";

describe("murmur2", () => {
  it("gives the numbers that the Java client gives (KAFKA.md L.5)", () => {
    const expected: Readonly<Record<string, number>> = {
      "21": -973932308,
      foobar: -790332482,
      "a-little-bit-long-string": -985981536,
      "a-little-bit-longer-string": -1486304829,
      lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
      abc: 479470107,
      "": 275646681,
      k1: 1684045097,
    };
    for (const [key, hash] of Object.entries(expected)) assert.equal(murmur2(Buffer.from(key)), hash, key);
  });
});
