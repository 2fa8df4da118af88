import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as batchFields from "../../../src/protocol/records/batch.ts";
import { Compression } from "../../../src/protocol/records/compression.ts";
import { buildMarkerBatch, controlTypeOf, coordinatorEpochOf } from "../../../src/protocol/records/control-record.ts";
import { buildBatch } from "../../../src/protocol/records/batch-builder.ts";
import { readRecords } from "../../../src/protocol/records/record-reader.ts";
import { nodeCompression } from "../../../src/runtime/node/node-compression.ts";

const compression = new Compression(nodeCompression);

/** KAFKA.md L.1 and L.2. */
const twoRecords =
  "000000000000000000000047ffffffff02e819a1fb0000000000010000018bcfe568000000018bcfe56805ffffffffffffffffffffffffffff" +
  "0000000214000000046b310476310014000a0201010202680278";
const commitMarker =
  "0000000000000007000000420000000302b40e86630030000000000000018bcfe568000000018bcfe5680000000000000003e80005ffffffff" +
  "000000012000000008000000010c00000000000900";

describe("a record batch", () => {
  it("of two records is read as its bytes say, and built as these very bytes (KAFKA.md L.1)", () => {
    const bytes = Buffer.from(twoRecords, "hex");
    assert.equal(batchFields.batchByteCountOf(bytes, 0), 83);
    assert.ok(batchFields.crcIsValid(bytes, 0));
    const headers = [{ key: "h", value: Buffer.from("x") }];
    const records = [
      { offset: 0, timestamp: 1700000000000, key: Buffer.from("k1"), value: Buffer.from("v1"), headers: [] },
      { offset: 1, timestamp: 1700000000005, key: null, value: null, headers },
    ];
    assert.deepEqual(readRecords(bytes, 0, compression), records);
    assert.equal(buildBatch(records, compression).toString("hex"), twoRecords);
  });

  it("that commits a transaction is read and built likewise (KAFKA.md L.2)", () => {
    const bytes = Buffer.from(commitMarker, "hex");
    assert.ok(batchFields.isControl(bytes, 0) && batchFields.isTransactional(bytes, 0));
    assert.ok(batchFields.crcIsValid(bytes, 0));
    const [record] = readRecords(bytes, 0, compression);
    assert.ok(record !== undefined);
    assert.equal(record.offset, 7);
    assert.equal(controlTypeOf(record.key), "COMMIT");
    assert.equal(coordinatorEpochOf(record.value), 9);
    const marker = { producerId: 1000, producerEpoch: 5, coordinatorEpoch: 9, timestamp: 1700000000000 };
    const built = buildMarkerBatch({ type: "COMMIT", ...marker }, compression);
    batchFields.setBaseOffset(built, 0, 7);
    batchFields.setPartitionLeaderEpoch(built, 0, 3);
    assert.equal(built.toString("hex"), commitMarker);
  });

  it("covers sequences that wrap behind 2^31 - 1 (KAFKA.md L.15)", () => {
    const records = ["a", "b", "c"].map((value) => ({ timestamp: 0, key: null, value: Buffer.from(value) }));
    const bytes = buildBatch(records, compression, { producerId: 1, producerEpoch: 0, baseSequence: 2147483647 });
    assert.equal(batchFields.lastSequenceOf(bytes, 0), 1);
    assert.equal(batchFields.addToSequence(batchFields.lastSequenceOf(bytes, 0), 1), 2);
    assert.equal(batchFields.addToSequence(2147483646, 1), 2147483647);
    assert.equal(batchFields.lastSequenceOf(buildBatch(records, compression), 0), batchFields.noSequence);
  });

  it("is patched in place: offset and leader epoch without a new CRC, the rest with one", () => {
    const bytes = Buffer.concat([Buffer.alloc(9), Buffer.from(twoRecords, "hex")]);
    batchFields.setLastOffset(bytes, 9, 2 ** 40 + 1);
    assert.equal(batchFields.baseOffsetOf(bytes, 9), 2 ** 40);
    assert.equal(batchFields.nextOffsetOf(bytes, 9), 2 ** 40 + 2);
    batchFields.setPartitionLeaderEpoch(bytes, 9, 12);
    assert.equal(batchFields.partitionLeaderEpochOf(bytes, 9), 12);
    assert.ok(batchFields.crcIsValid(bytes, 9));
    batchFields.setTimestampType(bytes, 9, "LogAppendTime");
    batchFields.setMaxTimestamp(bytes, 9, 1800000000000);
    assert.ok(!batchFields.crcIsValid(bytes, 9));
    batchFields.updateCrc(bytes, 9);
    assert.ok(batchFields.crcIsValid(bytes, 9));
    const timestamps = readRecords(bytes, 9, compression).map((record) => record.timestamp);
    assert.deepEqual(timestamps, [1800000000000, 1800000000000]);
    batchFields.setTimestampType(bytes, 9, "CreateTime");
    assert.equal(batchFields.timestampTypeOf(bytes, 9), "CreateTime");
    assert.deepEqual(bytes.subarray(0, 9), Buffer.alloc(9));
  });

  it("with any one byte behind the CRC changed fails its CRC", () => {
    const byteCount = twoRecords.length / 2;
    for (let position: number = batchFields.fieldPositions.crc; position < byteCount; position++) {
      const bytes = Buffer.from(twoRecords, "hex");
      bytes[position] = (bytes[position] ?? 0) ^ 0x10;
      assert.ok(!batchFields.crcIsValid(bytes, 0), `byte ${position}`);
    }
  });

  it("holds 64-bit numbers that are exact within 2^53 and known to be unsafe beyond", () => {
    const buffer = Buffer.alloc(8);
    const limits = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 32, -(2 ** 32), 2 ** 32 - 1];
    for (const value of [...limits, -1, 0, 1, -(2 ** 32) - 1, 1700000000000]) {
      batchFields.writeInt64(buffer, 0, value);
      assert.equal(buffer.readBigInt64BE(0), BigInt(value));
      assert.equal(batchFields.readInt64(buffer, 0), value);
    }
    const bytes = Buffer.from(twoRecords, "hex");
    assert.ok(batchFields.hasSafeNumbers(bytes, 0));
    bytes.writeBigInt64BE(2n ** 53n, batchFields.fieldPositions.maxTimestamp);
    assert.ok(!batchFields.hasSafeNumbers(bytes, 0));
  });

  it("has a delete horizon only where the bit for it is set", () => {
    const records = [{ timestamp: 1700000000000, key: Buffer.from("k"), value: null }];
    assert.equal(batchFields.deleteHorizonMsOf(buildBatch(records, compression), 0), undefined);
    const bytes = buildBatch(records, compression, { deleteHorizonMs: 1800000000000 });
    assert.equal(batchFields.deleteHorizonMsOf(bytes, 0), 1800000000000);
    assert.equal(readRecords(bytes, 0, compression)[0]?.timestamp, 1700000000000);
  });
});
