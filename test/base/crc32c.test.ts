import { crc32c as wasmCrc32c, lz4Compress } from "@platformatic/wasm-utils/bundled";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "mocha";
import { crc32c } from "../../src/base/crc32c.ts";

/** Bit by bit, from the definition. */
function slowCrc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0);
  }
  return ~remainder >>> 0;
}

describe("CRC-32C", () => {
  it("has the check value of the polynomial (KAFKA.md L.4)", () => {
    assert.equal(crc32c(Buffer.from("123456789")), 0xe3069283);
  });

  it("is the same by table and by library, at every length around the border and above", () => {
    for (const byteCount of [0, 1, 2, 7, 23, 24, 25, 26, 63, 64, 65, 255, 4095, 4096, 4097, 70_000]) {
      const bytes = randomBytes(byteCount);
      assert.equal(crc32c(bytes), slowCrc32c(bytes), `${byteCount} bytes`);
    }
  });

  it("reads a slice that starts within a larger buffer", () => {
    const bytes = randomBytes(300);
    assert.equal(crc32c(bytes.subarray(100, 250)), slowCrc32c(Buffer.from(bytes.subarray(100, 250))));
  });

  it("survives the growth of the library's memory, which takes its input view away", () => {
    const large = randomBytes(3_000_000);
    assert.equal(wasmCrc32c(Buffer.from("123456789")), 0xe3069283);
    lz4Compress(large);
    assert.equal(crc32c(Buffer.alloc(0)), 0);
    assert.equal(crc32c(large), slowCrc32c(large));
    const small = large.subarray(0, 100);
    assert.equal(crc32c(small), slowCrc32c(small));
  });
});
