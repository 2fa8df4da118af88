import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  baseOffsetOf,
  baseSequenceOf,
  baseTimestampOf,
  batchByteCountOf,
  codecIdOf,
  crcIsValid,
  crcOf,
  isControl,
  isTransactional,
  lastOffsetOf,
  lastSequenceOf,
  magicOf,
  maxTimestampOf,
  partitionLeaderEpochOf,
  producerEpochOf,
  producerIdOf,
  recordsCountOf,
  timestampTypeOf,
} from "../../../src/protocol/records/batch.ts";
import { codecOf, Compression } from "../../../src/protocol/records/compression.ts";
import { controlTypeOf, coordinatorEpochOf } from "../../../src/protocol/records/control-record.ts";
import { RecordVisitor } from "../../../src/protocol/records/record-visitor.ts";
import { inflatedRecordsOf, readRecords, type LogRecord } from "../../../src/protocol/records/record-reader.ts";
import { nodeCompression } from "../../../src/runtime/node/node-compression.ts";
import { goldenLines } from "../../builders/golden-lines.ts";

interface GoldenRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly { readonly key: string; readonly value: string | null }[];
}

interface GoldenBatch {
  readonly codec: string;
  readonly timestampType: string;
  readonly maxTimestamp: number;
  readonly isControl: boolean;
  readonly records: readonly GoldenRecord[] | readonly string[];
  readonly hex: string;
}

const compression = new Compression(nodeCompression);

function hexOf(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString("hex");
}

function goldenRecordOf(record: LogRecord): GoldenRecord {
  const headers = record.headers.map((header) => ({ key: header.key, value: hexOf(header.value) }));
  return {
    offset: record.offset,
    timestamp: record.timestamp,
    key: hexOf(record.key),
    value: hexOf(record.value),
    headers,
  };
}

/** Base timestamp and delta of each record, whatever the batch makes of them. */
function storedTimestamps(batch: Buffer, position: number): readonly number[] {
  const records = inflatedRecordsOf(batch, position, compression);
  const visitor = new RecordVisitor().reset(records, 0, records.length, recordsCountOf(batch, position));
  const timestamps: number[] = [];
  while (visitor.next()) timestamps.push(baseTimestampOf(batch, position) + visitor.timestampDelta);
  assert.equal(visitor.fault, undefined);
  return timestamps;
}

/** The header in the names of the golden file. */
function goldenHeaderOf(batch: Buffer, position: number): Record<string, unknown> {
  return {
    codec: codecOf(codecIdOf(batch, position)),
    baseOffset: baseOffsetOf(batch, position),
    lastOffset: lastOffsetOf(batch, position),
    timestampType: timestampTypeOf(batch, position),
    maxTimestamp: maxTimestampOf(batch, position),
    producerId: producerIdOf(batch, position),
    producerEpoch: producerEpochOf(batch, position),
    baseSequence: baseSequenceOf(batch, position),
    lastSequence: lastSequenceOf(batch, position),
    isTransactional: isTransactional(batch, position),
    isControl: isControl(batch, position),
    partitionLeaderEpoch: partitionLeaderEpochOf(batch, position),
    crc: crcOf(batch, position),
    sizeInBytes: batchByteCountOf(batch, position),
  };
}

describe("batches written by Apache Kafka", () => {
  const batches = goldenLines<GoldenBatch>("batches.jsonl");

  it("read back field by field and record by record, in every codec", function () {
    if (batches === undefined) return this.skip();
    // Not at position 0, so that a reader that forgets the position is found.
    const before = 7;
    const codecs = new Set<string>();
    for (const golden of batches) {
      const buffer = Buffer.concat([Buffer.alloc(before, 0xee), Buffer.from(golden.hex, "hex"), Buffer.alloc(5, 0xee)]);
      const { records, ...header } = golden;
      assert.deepEqual({ ...goldenHeaderOf(buffer, before), hex: golden.hex }, header);
      assert.equal(magicOf(buffer, before), 2);
      assert.ok(crcIsValid(buffer, before));
      codecs.add(golden.codec);
      if (golden.isControl) continue;
      const stored = storedTimestamps(buffer, before);
      const read = readRecords(buffer, before, compression);
      // The golden file lists the timestamps as stored; to a reader all of a LogAppendTime batch have the batch's own.
      if (header.timestampType === "LogAppendTime") {
        for (const record of read) assert.equal(record.timestamp, header.maxTimestamp);
      } else {
        assert.deepEqual(
          read.map((record) => record.timestamp),
          stored,
        );
      }
      assert.deepEqual(
        read.map((record, index) => goldenRecordOf({ ...record, timestamp: stored[index] as number })),
        records,
      );
    }
    assert.deepEqual([...codecs], ["none", "gzip", "snappy", "lz4", "zstd"]);
    return undefined;
  });

  it("include transaction markers, whose type and coordinator epoch are read", function () {
    if (batches === undefined) return this.skip();
    const markers = batches.filter((batch) => batch.isControl);
    const types = markers.map((marker) => {
      const [record, ...others] = readRecords(Buffer.from(marker.hex, "hex"), 0, compression);
      assert.equal(others.length, 0);
      assert.ok(record !== undefined);
      const epoch = coordinatorEpochOf(record.value);
      assert.ok(epoch !== undefined && epoch >= 0);
      const type = controlTypeOf(record.key);
      assert.equal(type, (marker.records as readonly string[])[0]);
      return type;
    });
    assert.deepEqual(types, ["COMMIT", "ABORT"]);
    return undefined;
  });
});
