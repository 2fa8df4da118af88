import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { batchHeaderByteCount } from "../../../src/protocol/records/batch.ts";
import { buildBatch } from "../../../src/protocol/records/batch-builder.ts";
import { Compression } from "../../../src/protocol/records/compression.ts";
import { RecordVisitor } from "../../../src/protocol/records/record-visitor.ts";
import { nodeCompression } from "../../../src/runtime/node/node-compression.ts";

const compression = new Compression(nodeCompression);

interface Walk {
  readonly visited: number;
  readonly fault: string | undefined;
}

function walk(records: Uint8Array, recordsCount: number): Walk {
  const visitor = new RecordVisitor().reset(records, 0, records.length, recordsCount);
  let visited = 0;
  while (visitor.next()) visited++;
  assert.equal(visitor.next(), false, "a walk that ended stays ended");
  return { visited, fault: visitor.fault };
}

function walkHex(hex: string, recordsCount = 1): Walk {
  return walk(Buffer.from(hex.replaceAll(" ", ""), "hex"), recordsCount);
}

/** Length 7: attributes 0, time 0, offset 0, null key, value "v", no headers. */
const plain = "0e 00 00 00 01 02 76 00";

describe("the record visitor", () => {
  it("tells of each record its deltas, its places and whether it has a key", () => {
    const records = [
      { timestamp: 1000, key: Buffer.from("key"), value: null },
      { timestamp: 400, key: null, value: Buffer.from("value"), headers: [{ key: "h", value: null }] },
      { timestamp: 2 ** 45, key: Buffer.alloc(0), value: Buffer.alloc(0) },
    ];
    const bytes = Buffer.concat([Buffer.alloc(3), buildBatch(records, compression)]);
    const visitor = new RecordVisitor().resetToBatch(bytes, 3);
    const seen: unknown[] = [];
    while (visitor.next()) {
      const key = visitor.hasKey
        ? bytes.toString("utf8", visitor.keyPosition, visitor.keyPosition + visitor.keyByteCount)
        : null;
      seen.push([
        visitor.index,
        visitor.offsetDelta,
        visitor.timestampDelta,
        key,
        visitor.valueByteCount,
        visitor.headersCount,
      ]);
    }
    assert.equal(visitor.fault, undefined);
    assert.deepEqual(seen, [
      [0, 0, 0, "key", -1, 0],
      [1, 1, -600, null, 5, 1],
      [2, 2, 2 ** 45 - 1000, "", 0, 0],
    ]);
    assert.equal(visitor.recordLimit, bytes.length);
  });

  it("finds no fault in a well-formed record and none in an empty section", () => {
    assert.deepEqual(walkHex(plain), { visited: 1, fault: undefined });
    assert.deepEqual(walkHex("", 0), { visited: 0, fault: undefined });
  });

  it("reads numbers that are written longer than they need be", () => {
    assert.deepEqual(walkHex("10 00 00 80 00 01 02 76 00"), { visited: 1, fault: undefined });
  });

  it("takes any negative length of a key, a value or a header's value for null, as Kafka does", () => {
    assert.deepEqual(walkHex("0e 00 00 00 03 02 76 00"), { visited: 1, fault: undefined });
    assert.deepEqual(walkHex("12 00 00 00 05 07 02 02 68 09"), { visited: 1, fault: undefined });
  });

  const faults: readonly (readonly [title: string, hex: string, recordsCount: number, fault: RegExp])[] = [
    ["bytes behind the last record", `${plain} 00`, 1, /1 bytes behind the last record/],
    ["fewer records than declared", plain, 2, /cut off/],
    ["a negative count of records", plain, -1, /-1 records/],
    ["a record longer than the section", "10 00 00 00 01 02 76 00", 1, /8 bytes where 7 are left/],
    ["a record of negative length", "01 00", 1, /-1 bytes/],
    ["a record without bytes", "00", 1, /cut off/],
    ["bytes left over in a record", "10 00 00 00 01 02 76 00 00", 1, /1 bytes of a record are left over/],
    ["a record that borrows from the next", `0c 00 00 00 01 02 76 00 ${plain}`, 2, /cut off/],
    ["a key longer than its record", "0e 00 00 00 14 02 76 00", 1, /key of 10 bytes/],
    ["a value longer than its record", "0e 00 00 00 01 0c 76 00", 1, /value of 6 bytes/],
    ["a negative count of headers", "0e 00 00 00 01 02 76 01", 1, /-1 headers/],
    ["a null header key", "12 00 00 00 01 02 76 02 01 01", 1, /header without a key/],
    ["more headers than bytes", "12 00 00 00 01 02 76 7e 00 01", 1, /cut off/],
    ["an offset of six bytes", "18 00 00 80 80 80 80 80 00 01 01 00 00", 1, /more than five bytes/],
    [
      "a timestamp of eleven bytes",
      "24 00 80 80 80 80 80 80 80 80 80 80 00 00 01 01 00 00 00",
      1,
      /more than ten bytes/,
    ],
  ];
  for (const [title, hex, recordsCount, fault] of faults) {
    it(`stops at ${title}`, () => {
      assert.match(walkHex(hex, recordsCount).fault ?? "no fault", fault);
    });
  }

  it("ends at every cut with a fault", () => {
    const headers = [{ key: "header", value: Buffer.from("x") }];
    const record = { timestamp: 1, key: Buffer.from("key"), value: Buffer.from("value"), headers };
    const records = buildBatch([record, { ...record, timestamp: 99999 }], compression).subarray(batchHeaderByteCount);
    for (let byteCount = 0; byteCount < records.length; byteCount++) {
      assert.notEqual(walk(records.subarray(0, byteCount), 2).fault, undefined, `${byteCount} bytes`);
    }
    assert.deepEqual(walk(records, 2), { visited: 2, fault: undefined });
  });

  it("ends on any bytes whatever, within their bounds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: -2, max: 5 }), (bytes, count) => {
        const padded = Buffer.concat([Buffer.from(bytes), Buffer.alloc(20, 0x02)]);
        const visitor = new RecordVisitor().reset(padded, 0, bytes.length, count);
        while (visitor.next()) {
          assert.ok(visitor.recordLimit <= bytes.length);
          assert.ok(visitor.valuePosition + Math.max(0, visitor.valueByteCount) <= visitor.recordLimit);
        }
        assert.ok(visitor.index < Math.max(0, count));
      }),
      { seed: 7, numRuns: 3000 },
    );
  });
});
