import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import * as batchFields from "../../../src/protocol/records/batch.ts";
import { BatchBuilder, buildBatch, type NewBatchRecord } from "../../../src/protocol/records/batch-builder.ts";
import { codecIds, codecOf, Compression, type CompressionCodec } from "../../../src/protocol/records/compression.ts";
import { MalformedRecordsError, readRecords, RecordReader } from "../../../src/protocol/records/record-reader.ts";
import { readVarint, varintByteCount, varintLimit, writeVarint } from "../../../src/protocol/records/varint.ts";
import { nodeCompression } from "../../../src/runtime/node/node-compression.ts";

const compression = new Compression(nodeCompression);

const bytes = fc.option(
  fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
  { nil: null },
);
const header = fc.record(
  { key: fc.string({ unit: "grapheme", maxLength: 8 }), value: bytes },
  { noNullPrototype: true },
);
const record = fc.record(
  {
    timestamp: fc.oneof(fc.integer({ min: -1, max: 2 ** 31 }), fc.integer({ min: 0, max: 2 ** 44 })),
    key: bytes,
    value: bytes,
    headers: fc.array(header, { maxLength: 3 }),
  },
  { noNullPrototype: true },
);
const gap = fc.integer({ min: 1, max: 300 });
const options = fc.record(
  {
    codec: fc.constantFrom(...(Object.keys(codecIds) as CompressionCodec[])),
    baseOffset: fc.integer({ min: 0, max: 2 ** 50 }),
    partitionLeaderEpoch: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
    producerId: fc.integer({ min: -1, max: 2 ** 50 }),
    producerEpoch: fc.integer({ min: -1, max: 32767 }),
    baseSequence: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
    isTransactional: fc.boolean(),
    isControl: fc.boolean(),
  },
  { noNullPrototype: true },
);

/** The options as the header of `batch` tells them. */
function optionsOf(batch: Buffer): Record<string, unknown> {
  return {
    codec: codecOf(batchFields.codecIdOf(batch, 0)),
    baseOffset: batchFields.baseOffsetOf(batch, 0),
    partitionLeaderEpoch: batchFields.partitionLeaderEpochOf(batch, 0),
    producerId: batchFields.producerIdOf(batch, 0),
    producerEpoch: batchFields.producerEpochOf(batch, 0),
    baseSequence: batchFields.baseSequenceOf(batch, 0),
    isTransactional: batchFields.isTransactional(batch, 0),
    isControl: batchFields.isControl(batch, 0),
  };
}

describe("the batch builder", () => {
  it("builds what reads back the same: header, records, offsets with gaps, in every codec", () => {
    const given = fc.tuple(options, fc.array(fc.tuple(record, gap), { minLength: 1, maxLength: 12 }));
    fc.assert(
      fc.property(given, ([header, pairs]) => {
        let offset = header.baseOffset - 1;
        const records = pairs.map(([content, distance]) => ({ offset: (offset += distance), ...content }));
        const batch = buildBatch(records, compression, header);
        assert.deepEqual(optionsOf(batch), header);
        assert.ok(batchFields.crcIsValid(batch, 0));
        assert.equal(batchFields.batchByteCountOf(batch, 0), batch.length);
        assert.equal(batchFields.lastOffsetOf(batch, 0), offset);
        assert.equal(batchFields.recordsCountOf(batch, 0), records.length);
        assert.equal(batchFields.maxTimestampOf(batch, 0), Math.max(...records.map(({ timestamp }) => timestamp)));
        assert.deepEqual(readRecords(batch, 0, compression), records);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("knows the size of the batch before it is built", () => {
    const builder = new BatchBuilder();
    assert.equal(builder.byteCount, batchFields.batchHeaderByteCount);
    for (let index = 0; index < 100; index++) {
      builder.append({ timestamp: index, key: null, value: Buffer.alloc(index * 7) });
    }
    const { byteCount } = builder;
    assert.equal(builder.build(compression).length, byteCount);
  });

  it("builds a bare header without a codec of no records, which keeps its last offset", () => {
    const batch = buildBatch([], compression, { codec: "lz4", baseOffset: 10, lastOffset: 14 });
    assert.equal(batch.length, batchFields.batchHeaderByteCount);
    assert.equal(batchFields.codecIdOf(batch, 0), codecIds.none);
    assert.equal(batchFields.nextOffsetOf(batch, 0), 15);
    assert.equal(batchFields.baseTimestampOf(batch, 0), batchFields.noTimestamp);
    assert.deepEqual(readRecords(batch, 0, compression), []);
  });

  it("refuses offsets that don't rise", () => {
    const records: NewBatchRecord[] = [5, 5].map((offset) => ({ offset, timestamp: 0, key: null, value: null }));
    assert.throws(() => buildBatch(records, compression), /offsets rise within a batch/);
  });

  it("is read lazily: the records before a broken one are had", () => {
    const records = ["a", "b"].map((value) => ({ timestamp: 0, key: null, value: Buffer.from(value) }));
    const batch = buildBatch(records, compression);
    const reader = new RecordReader(batch.subarray(0, -2), 0, compression);
    assert.equal(reader.next()?.value?.toString(), "a");
    assert.throws(() => reader.next(), MalformedRecordsError);
  });
});

describe("varints", () => {
  it("have the bytes that Kafka gives them (KAFKA.md L.3)", () => {
    const expected: readonly (readonly [value: number, hex: string])[] = [
      [0, "00"],
      [-1, "01"],
      [1, "02"],
      [-2, "03"],
      [63, "7e"],
      [64, "8001"],
      [-64, "7f"],
      [-65, "8101"],
      [300, "d804"],
      [2147483647, "feffffff0f"],
      [-2147483648, "ffffffff0f"],
    ];
    for (const [value, hex] of expected) {
      const buffer = Buffer.alloc(10);
      const limit = writeVarint(buffer, 0, value);
      assert.equal(buffer.toString("hex", 0, limit), hex);
      assert.equal(varintByteCount(value), limit);
      assert.equal(readVarint(buffer, 0), value);
      assert.equal(varintLimit(buffer, 0), limit);
    }
  });
});
