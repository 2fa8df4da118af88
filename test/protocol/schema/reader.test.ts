import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { MalformedMessageError } from "../../../src/protocol/schema/message-error.ts";
import { Reader } from "../../../src/protocol/schema/reader.ts";

function reader(hex: string): Reader {
  return new Reader(Buffer.from(hex, "hex"));
}

describe("Reader", () => {
  it("reads numbers with the highest byte first", () => {
    const one = reader("ff" + "fffe" + "fffe" + "fffffffd" + "fffffffd" + "3ff8000000000000" + "02");
    assert.deepEqual(
      [one.int8(), one.int16(), one.uint16(), one.int32(), one.uint32()],
      [-1, -2, 65534, -3, 4294967293],
    );
    assert.equal(one.float64(), 1.5);
    assert.equal(one.bool(), true);
    assert.equal(one.byteCountLeft, 0);
  });

  it("reads every safe int64 as it is", () => {
    assert.equal(reader("ffffffffffffffff").int64(), -1);
    assert.equal(reader("0000000100000000").int64(), 2 ** 32);
    assert.equal(reader("ffffffff00000000").int64(), -(2 ** 32));
    assert.equal(reader("001fffffffffffff").int64(), Number.MAX_SAFE_INTEGER);
    assert.equal(reader("ffe0000000000001").int64(), Number.MIN_SAFE_INTEGER);
  });

  it("reads an int64 that is not safe as the nearest one that is", () => {
    for (const hex of ["7fffffffffffffff", "0020000000000000", "0020000000000001"]) {
      assert.equal(reader(hex).int64(), Number.MAX_SAFE_INTEGER, hex);
    }
    for (const hex of ["8000000000000000", "ffe0000000000000", "ffdfffffffffffff"]) {
      assert.equal(reader(hex).int64(), Number.MIN_SAFE_INTEGER, hex);
    }
  });

  it("reads varints of up to five bytes, as Java's int", () => {
    assert.equal(reader("00").unsignedVarint(), 0);
    assert.equal(reader("ac02").unsignedVarint(), 300);
    assert.equal(reader("ffffffff07").unsignedVarint(), 0x7fffffff);
    assert.equal(reader("ffffffff0f").unsignedVarint(), -1);
    assert.throws(() => reader("ffffffff8f01").unsignedVarint(), MalformedMessageError);
  });

  it("replaces what is no UTF-8", () => {
    assert.equal(reader("61ff62").string(3), "a\ufffdb");
  });

  it("gives views of its bytes, not copies", () => {
    const bytes = Buffer.from("0102030405", "hex");
    const slice = new Reader(bytes, 1).slice(3);
    assert.deepEqual([slice.buffer, slice.byteOffset, slice.length], [bytes.buffer, bytes.byteOffset + 1, 3]);
  });

  it("refuses to read past the end, or backwards", () => {
    const reads: readonly ((one: Reader) => unknown)[] = [
      (one) => one.int16(),
      (one) => one.int64(),
      (one) => one.uuid(),
      (one) => one.slice(2),
      (one) => one.string(2),
      (one) => one.skip(-1),
    ];
    for (const read of reads) assert.throws(() => read(reader("01")), MalformedMessageError);
  });

  it("refuses a string of more bytes than Kafka allows, though they be there", () => {
    const bytes = Buffer.alloc(0x8000, "a");
    assert.throws(() => new Reader(bytes).string(0x8000), MalformedMessageError);
    assert.equal(new Reader(bytes).string(0x7fff).length, 0x7fff);
  });

  it("refuses a count that the bytes left can't hold", () => {
    reader("0102").checkCount(2);
    assert.throws(() => reader("0102").checkCount(3), MalformedMessageError);
  });
});
