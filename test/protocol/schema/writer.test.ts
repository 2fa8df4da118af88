import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Reader } from "../../../src/protocol/schema/reader.ts";
import { UnsupportedFieldError } from "../../../src/protocol/schema/message-error.ts";
import { Writer } from "../../../src/protocol/schema/writer.ts";

function hex(write: (writer: Writer) => void): string {
  const writer = new Writer();
  write(writer);
  return Buffer.concat(writer.finish()).toString("hex");
}

describe("Writer", () => {
  it("writes every safe int64", () => {
    for (const value of [0, -1, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      const expected = Buffer.alloc(8);
      expected.writeBigInt64BE(BigInt(value));
      assert.equal(
        hex((writer) => writer.int64(value)),
        expected.toString("hex"),
      );
    }
  });

  it("takes an int64 that is not safe for a mistake of the program", () => {
    for (const value of [2 ** 53, -(2 ** 53), 0.5, NaN]) {
      assert.throws(() => new Writer().int64(value), { name: "AssertionError" });
    }
  });

  it("writes varints that the reader reads", () => {
    for (const value of [0, 1, 127, 128, 16383, 16384, 0x7fffffff]) {
      const bytes = Buffer.from(
        hex((writer) => writer.unsignedVarint(value)),
        "hex",
      );
      assert.equal(new Reader(bytes).unsignedVarint(), value);
    }
  });

  it("writes text of one byte a letter and of more", () => {
    assert.equal(
      hex((writer) => writer.string("abc", false)),
      "0003616263",
    );
    assert.equal(
      hex((writer) => writer.string("é€", true)),
      "06c3a9e282ac",
    );
  });

  it("refuses text of more bytes than Kafka allows", () => {
    new Writer().string("a".repeat(0x7fff), true);
    assert.throws(() => new Writer().string("a".repeat(0x8000), true), UnsupportedFieldError);
  });

  it("keeps large blobs as they are, in order between what is written around them", () => {
    const large = Buffer.alloc(3000, 7);
    const writer = new Writer();
    writer.int8(1);
    writer.raw(large);
    writer.raw(Buffer.from([2]));
    assert.equal(writer.byteCount, 3002);
    const chunks = writer.finish();
    assert.equal(chunks[1], large);
    assert.deepEqual(Buffer.concat(chunks), Buffer.concat([Buffer.from([1]), large, Buffer.from([2])]));
  });

  it("grows as far as it must, before and after large blobs", () => {
    const expected: Buffer[] = [];
    const writer = new Writer();
    for (let index = 0; index < 2000; index++) {
      const part = Buffer.alloc(index % 700 === 0 ? 2000 : index % 300, index);
      writer.raw(part);
      expected.push(part);
    }
    const bytes = Buffer.concat(expected);
    assert.equal(writer.byteCount, bytes.length);
    assert.ok(Buffer.concat(writer.finish()).equals(bytes));
  });
});
