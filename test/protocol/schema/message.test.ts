import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  array,
  bytes,
  float64,
  int32,
  int64,
  records,
  string,
  struct,
  uint16,
  uint32,
} from "../../../src/protocol/schema/field.ts";
import { MalformedMessageError, UnsupportedFieldError } from "../../../src/protocol/schema/message-error.ts";
import { message, type DraftOf, type MessageOf } from "../../../src/protocol/schema/message.ts";

const about = "Only for this test.";

/** v1 is flexible. */
const example = message({
  name: "Example",
  validVersions: "0-2",
  flexibleVersions: "1+",
  fields: {
    id: int32({ versions: "0+", about }),
    note: string({ versions: "0+", nullable: "1+", default: null, about }),
    kept: int64({ versions: "1+", default: -1, about }),
    dropped: array({ versions: "2+", ignorable: true, about }, "int32"),
    blob: bytes({ versions: "0+", nullable: "0+", about }),
    tagged: struct({ versions: "1+", tag: 3, about }, { count: uint32({ versions: "1+", default: 9, about }) }),
    earlier: string({ versions: "1+", tag: 1, about }),
    later: uint16({ versions: "2+", tag: 2, about }),
  },
});

const plain = { id: 1, note: "n", dropped: [], blob: Buffer.from("b") };
const whole: MessageOf<typeof example> = { ...plain, kept: -1, tagged: { count: 9 }, earlier: "", later: 0 };

function written(draft: DraftOf<typeof example>, version: number): string {
  return Buffer.concat(example.encode(draft, version)).toString("hex");
}

function read(hex: string, version: number): MessageOf<typeof example> {
  return example.decode(Buffer.from(hex, "hex"), version);
}

const plainFlexible = "00000001" + "026e" + "ffffffffffffffff" + "0262";

describe("A message", () => {
  it("has lengths of fixed width before it is flexible", () => {
    assert.equal(written(plain, 0), "00000001" + "00016e" + "0000000162");
    assert.deepEqual(read("00000001" + "00016e" + "0000000162", 0), whole);
  });

  it("has compact lengths and a tagged section once it is flexible", () => {
    assert.equal(written(plain, 1), plainFlexible + "00");
    assert.deepEqual(read(plainFlexible + "00", 1), whole);
  });

  it("gives a reader the default of what a version lacks", () => {
    assert.deepEqual(read(plainFlexible + "00", 1).dropped, []);
    assert.equal(read("00000001" + "00016e" + "ffffffff", 0).kept, -1);
  });

  it("writes tagged fields in the order of their tags, and only those that say something", () => {
    const hex = written({ ...plain, tagged: { count: 5 }, earlier: "x" }, 1);
    assert.equal(hex, plainFlexible + "02" + "0102" + "0278" + "0305" + "00000005" + "00");
    assert.deepEqual(read(hex, 1), { ...whole, tagged: { count: 5 }, earlier: "x" });
    assert.equal(written({ ...plain, tagged: { count: 9 }, earlier: "" }, 1), plainFlexible + "00");
  });

  it("reads tags in any order, takes the last of two, and skips those that nobody knows", () => {
    const hex = plainFlexible + "04" + "0305" + "00000005" + "00" + "6302" + "abcd" + "0102" + "0278" + "0102" + "0279";
    assert.deepEqual(read(hex, 1), { ...whole, tagged: { count: 5 }, earlier: "y" });
  });

  it("refuses a tag that only another version has, as Kafka does", () => {
    assert.throws(() => read(plainFlexible + "01" + "0202" + "0001", 1), MalformedMessageError);
  });

  it("refuses an unknown tag of negative size, and one beyond the end", () => {
    assert.throws(() => read(plainFlexible + "01" + "63" + "ffffffff0f", 1), MalformedMessageError);
    assert.throws(() => read(plainFlexible + "01" + "6303" + "abcd", 1), MalformedMessageError);
  });

  it("reads any negative length as null where there may be one, and refuses it elsewhere", () => {
    assert.equal(read("00000001" + "00016e" + "80000000", 0).blob, null);
    assert.throws(() => read("00000001" + "fffe" + "ffffffff", 0), MalformedMessageError);
    assert.equal(read("00000001" + "00" + "ffffffffffffffff" + "0262" + "00", 1).note, null);
  });

  it("reads a compact length of five bytes as Java's int", () => {
    assert.equal(read("00000001" + "ffffffff0f" + "ffffffffffffffff" + "0262" + "00", 1).note, null);
    assert.throws(() => read("00000001" + "8080808008" + "ffffffffffffffff" + "0262" + "00", 1), MalformedMessageError);
  });

  it("refuses to write null where the version has none", () => {
    assert.throws(() => example.encode({ ...plain, note: null }, 0), UnsupportedFieldError);
    assert.equal(written({ ...plain, note: null }, 1).slice(8, 10), "00");
  });

  it("refuses to drop what must not be dropped, and drops what may be", () => {
    assert.throws(() => example.encode({ ...plain, kept: 3 }, 0), UnsupportedFieldError);
    assert.throws(() => example.encode({ ...plain, tagged: { count: 1 } }, 0), UnsupportedFieldError);
    assert.equal(written({ ...plain, kept: -1, dropped: [1, 2] }, 0), written(plain, 0));
  });

  it("is asked for in versions that it has, or the program is wrong", () => {
    assert.throws(() => example.encode(plain, 3), { name: "AssertionError" });
    assert.throws(() => example.decode(Buffer.alloc(0), -1), { name: "AssertionError" });
  });
});

describe("A message of nested parts", () => {
  const nested = message({
    name: "Nested",
    validVersions: "0-1",
    flexibleVersions: "1+",
    fields: {
      rows: array({ versions: "0+", nullable: "0+", about }, { x: float64({ versions: "0+", about }) }),
      names: array({ versions: "0+", about }, "string"),
      place: struct({ versions: "0+", nullable: "0+", default: null, about }, { at: int32({ versions: "0+", about }) }),
      log: records({ versions: "0+", about }),
    },
  });
  const value = { rows: [{ x: 0.5 }], names: ["a", ""], place: { at: 2 }, log: Buffer.from("z") };

  it("ends every struct in a tagged section, in arrays too", () => {
    const hex = "02" + "3fe0000000000000" + "00" + "03026101" + "01" + "00000002" + "00" + "027a" + "00";
    assert.equal(Buffer.concat(nested.encode(value, 1)).toString("hex"), hex);
    assert.deepEqual(nested.decode(Buffer.from(hex, "hex"), 1), value);
  });

  it("puts one byte in front of a struct that may be null", () => {
    const hex = "ffffffff" + "00000000" + "ff" + "00000000";
    const empty = { rows: null, names: [], place: null, log: Buffer.alloc(0) };
    assert.equal(Buffer.concat(nested.encode(empty, 0)).toString("hex"), hex);
    assert.deepEqual(nested.decode(Buffer.from(hex, "hex"), 0), empty);
  });

  it("refuses a count that the bytes left can't hold", () => {
    assert.throws(() => nested.decode(Buffer.from("7fffffff00", "hex"), 0), MalformedMessageError);
    assert.throws(() => nested.decode(Buffer.from("ffffffff0700", "hex"), 1), MalformedMessageError);
    assert.throws(() => nested.decode(Buffer.from("00000000ffffffff", "hex"), 0), MalformedMessageError);
  });

  it("writes records from several buffers as one", () => {
    const parts = [Buffer.from("z"), Buffer.from("y")];
    const joined = { ...value, log: Buffer.from("zy") };
    assert.deepEqual(nested.encode({ ...value, log: parts }, 1), nested.encode(joined, 1));
  });
});
