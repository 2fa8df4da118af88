import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { BatchValidator, type BatchVerdict, placeBatch, type ValidationRules } from "../../src/log/batch-validator.ts";
import { defaultLogConfig, type LogConfig } from "../../src/log/log-config.ts";
import { buildBatch, type BatchOptions, type NewBatchRecord } from "../../src/protocol/records/batch-builder.ts";
import {
  codecIdOf,
  crcIsValid,
  fieldPositions,
  maxTimestampOf,
  partitionLeaderEpochOf,
  timestampTypeOf,
  updateCrc,
  writeInt64,
} from "../../src/protocol/records/batch.ts";
import { codecIds, type CompressionCodec } from "../../src/protocol/records/compression.ts";
import { batchOf, compression, record, recordsOf, valuesOf } from "./log-fixture.ts";

const nowMs = 1_700_000_000_000;
const codecs = Object.keys(codecIds) as CompressionCodec[];

function validate(
  records: Buffer,
  config: Partial<LogConfig> = {},
  rules: Partial<Omit<ValidationRules, "config">> = {},
): BatchVerdict {
  return new BatchValidator(compression).validate(records, {
    topicPartition: { topic: "t", partition: 0 },
    config: { ...defaultLogConfig, ...config },
    nowMs,
    origin: "client",
    produceVersion: 13,
    ...rules,
  });
}

/** The error's name, with a star where the answer carries the log start offset. */
function errorOf(verdict: BatchVerdict): string {
  if (verdict.kind === "valid") return "NONE";
  return verdict.tellsLogStart ? `${verdict.errorName}*` : verdict.errorName;
}

function build(records: readonly NewBatchRecord[], options: BatchOptions = {}): Buffer {
  return Buffer.from(buildBatch(records, compression, options));
}

/** A batch of three records with something changed behind the CRC's back or under it. */
function changed(change: (batch: Buffer) => void, options: BatchOptions = {}): Buffer {
  const batch = Buffer.from(batchOf(["a", "b", "c"], options));
  change(batch);
  updateCrc(batch, 0);
  return batch;
}

function patchAttributes(bits: number): (batch: Buffer) => void {
  return (batch) => batch.writeInt16BE(batch.readInt16BE(fieldPositions.attributes) | bits, fieldPositions.attributes);
}

describe("Validation of a produced batch: its frame", () => {
  const whole = batchOf(["a"]);
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ["nothing at all", Buffer.alloc(0), "INVALID_RECORD"],
    ["a few bytes", whole.subarray(0, 11), "INVALID_RECORD"],
    ["a cut batch", whole.subarray(0, whole.byteLength - 1), "INVALID_RECORD"],
    ["two batches", Buffer.concat([whole, whole]), "INVALID_RECORD"],
    ["a batch and the cut beginning of another", Buffer.concat([whole, whole.subarray(0, 60)]), "NONE"],
    ["a length that no format has", changed((batch) => batch.writeInt32BE(13, 8)).subarray(0), "CORRUPT_MESSAGE"],
    ["a magic of 1", changed((batch) => batch.writeInt8(1, 16)), "INVALID_RECORD"],
    ["a magic of 3", changed((batch) => batch.writeInt8(3, 16)), "CORRUPT_MESSAGE"],
    ["a magic of -1", changed((batch) => batch.writeInt8(-1, 16)), "CORRUPT_MESSAGE"],
  ];
  for (const [what, records, errorName] of cases) {
    it(`answers ${errorName} to ${what}`, () => assert.equal(errorOf(validate(records)), errorName));
  }

  it("answers CORRUPT_MESSAGE to a batch that is shorter than a header", () => {
    const batch = Buffer.from(whole.subarray(0, 60));
    batch.writeInt32BE(48, 8);
    assert.equal(errorOf(validate(batch)), "CORRUPT_MESSAGE");
  });

  it("refuses zstd before version 7 of Produce", () => {
    const batch = batchOf(["a"], { codec: "zstd" });
    assert.equal(errorOf(validate(batch, {}, { produceVersion: 6 })), "UNSUPPORTED_COMPRESSION_TYPE");
    assert.equal(errorOf(validate(batch, {}, { produceVersion: 7 })), "NONE");
  });
});

describe("Validation of a produced batch: its header", () => {
  it("checks in Kafka's order: base offset, size, CRC, counts", () => {
    const all = Buffer.from(batchOf(["a", "b", "c"]));
    writeInt64(all, 0, 5);
    all.writeInt32BE(7, fieldPositions.recordsCount);
    const config = { maxMessageBytes: all.byteLength - 1 };
    assert.equal(errorOf(validate(all, config)), "INVALID_RECORD*");
    writeInt64(all, 0, 0);
    assert.equal(errorOf(validate(all, config)), "MESSAGE_TOO_LARGE");
    assert.equal(errorOf(validate(all)), "CORRUPT_MESSAGE");
    updateCrc(all, 0);
    assert.equal(errorOf(validate(all)), "INVALID_RECORD*");
  });

  it("takes a batch of exactly max.message.bytes", () => {
    const batch = batchOf(["a"]);
    assert.equal(errorOf(validate(batch, { maxMessageBytes: batch.byteLength })), "NONE");
    assert.equal(errorOf(validate(batch, { maxMessageBytes: batch.byteLength - 1 })), "MESSAGE_TOO_LARGE");
  });

  const header: readonly (readonly [string, Buffer])[] = [
    ["a last offset delta that is not the count less one", changed((batch) => batch.writeInt32BE(3, 23))],
    ["a negative last offset delta", changed((batch) => batch.writeInt32BE(-1, 23))],
    ["no records", changed((batch) => batch.writeInt32BE(0, 57).toString() && batch.writeInt32BE(-1, 23))],
    ["a control batch", changed(patchAttributes(0x20))],
    ["a producer id without a sequence", changed((batch) => writeInt64(batch, 43, 5))],
    ["fewer records than announced", changed((batch) => batch.writeInt32BE(4, 57) && batch.writeInt32BE(3, 23))],
    ["more records than announced", changed((batch) => batch.writeInt32BE(2, 57) && batch.writeInt32BE(1, 23))],
  ];
  for (const [what, batch] of header) {
    it(`answers INVALID_RECORD to ${what}`, () => assert.equal(errorOf(validate(batch)), "INVALID_RECORD*"));
  }

  it("takes unknown attribute bits, producer id -2, and a producer id with epoch -1", () => {
    assert.equal(errorOf(validate(changed(patchAttributes(0x7f80)))), "NONE");
    assert.equal(errorOf(validate(changed((batch) => writeInt64(batch, 43, -2)))), "NONE");
    const options = { producerId: 5, producerEpoch: -1, baseSequence: 0 };
    assert.equal(errorOf(validate(batchOf(["a"], options))), "NONE");
  });

  it("answers UNKNOWN_SERVER_ERROR to codecs that don't exist, as Kafka does", () => {
    for (const codecId of [5, 6, 7]) {
      assert.equal(errorOf(validate(changed(patchAttributes(codecId)))), "UNKNOWN_SERVER_ERROR*");
    }
  });

  it("answers RECORD_LIST_TOO_LARGE to a batch larger than a segment", () => {
    const batch = batchOf(["a"]);
    assert.equal(errorOf(validate(batch, { segmentBytes: batch.byteLength - 1 })), "RECORD_LIST_TOO_LARGE");
    assert.equal(errorOf(validate(batch, { segmentBytes: batch.byteLength })), "NONE");
  });

  it("lets a coordinator of the broker write control batches", () => {
    assert.equal(errorOf(validate(changed(patchAttributes(0x20)), {}, { origin: "coordinator" })), "NONE");
  });
});

describe("Validation of a produced batch: its records", () => {
  it("names every record without a key on a compacted topic, and the first three in its message", () => {
    const records = ["a", "b", "c", "d", "e"].map((value, index) =>
      record(value, { key: index === 1 ? Buffer.from("k") : null }),
    );
    const verdict = validate(build(records), { cleanupPolicy: ["delete", "compact"] });
    assert.equal(errorOf(verdict), "INVALID_RECORD*");
    if (verdict.kind === "valid") return;
    const message = "Compacted topic cannot accept message without key in topic partition t-0";
    assert.deepEqual(
      verdict.recordErrors,
      [0, 2, 3, 4].map((batchIndex) => ({ batchIndex, message })),
    );
    assert.equal(
      verdict.errorMessage,
      "One or more records have been rejected due to 4 record errors in total, and only showing the first three " +
        `errors at most: [RecordError(batchIndex=0, message='${message}'), ` +
        `RecordError(batchIndex=2, message='${message}'), RecordError(batchIndex=3, message='${message}')]`,
    );
  });

  it("holds CreateTime to its bounds, but for records without a time", () => {
    const config = { timestampBeforeMaxMs: 1000, timestampAfterMaxMs: 500 };
    const at = (timestamp: number): string => errorOf(validate(build([record("a", { timestamp })]), config));
    assert.deepEqual([nowMs - 1000, nowMs + 500, -1].map(at), ["NONE", "NONE", "NONE"]);
    assert.deepEqual([nowMs - 1001, nowMs + 501].map(at), ["INVALID_TIMESTAMP*", "INVALID_TIMESTAMP*"]);
    const byDefault = (timestamp: number): string => errorOf(validate(build([record("a", { timestamp })])));
    assert.deepEqual([0, -1000, nowMs + 3_600_000].map(byDefault), ["NONE", "NONE", "NONE"]);
    assert.equal(byDefault(nowMs + 3_600_001), "INVALID_TIMESTAMP*");
  });

  it("says which time was wrong and what would have been right, in Java's numbers", () => {
    const verdict = validate(build([record("a"), record("b", { timestamp: nowMs + 3_600_001 })]));
    assert.equal(errorOf(verdict), "INVALID_TIMESTAMP*");
    if (verdict.kind === "valid") return;
    assert.equal(verdict.errorMessage, "One or more records have been rejected due to invalid timestamp");
    assert.deepEqual(verdict.recordErrors, [
      {
        batchIndex: 1,
        message:
          "Timestamp 1700003600001 of message with offset 1 is out of range. " +
          "The timestamp should be within [-9223370336854775807, 1700003600000]",
      },
    ]);
  });

  it("calls a mix of keyless and mistimed records a matter of time", () => {
    const records = [record("a", { key: null }), record("b", { timestamp: nowMs + 3_600_001 })];
    assert.equal(errorOf(validate(build(records), { cleanupPolicy: ["compact"] })), "INVALID_TIMESTAMP*");
  });

  it("does not look at times where the topic keeps its own", () => {
    const batch = build([record("a", { timestamp: 5 }), record("b", { timestamp: nowMs * 2 })]);
    assert.equal(errorOf(validate(batch, { timestampType: "LogAppendTime", timestampBeforeMaxMs: 1 })), "NONE");
  });

  it("refuses a batch that its client marked LogAppendTime, but on a CreateTime topic only without a time", () => {
    const marked = (timestamp: number): Buffer =>
      build([record("a", { timestamp })], { timestampType: "LogAppendTime", maxTimestamp: timestamp });
    assert.equal(errorOf(validate(marked(nowMs), { timestampType: "LogAppendTime" })), "INVALID_TIMESTAMP*");
    assert.equal(errorOf(validate(marked(-1))), "INVALID_TIMESTAMP*");
    const accepted = validate(marked(nowMs));
    assert.equal(accepted.kind, "valid");
    placeBatch(accepted, 9, 1);
    assert.equal(timestampTypeOf(accepted.batch, 0), "CreateTime");
    assert.ok(crcIsValid(accepted.batch, 0));
  });

  it("wants offset deltas without gaps in compressed batches and does not look at others", () => {
    const gapped = (codec: CompressionCodec): Buffer => {
      const batch = build([record("a", { offset: 0 }), record("b", { offset: 5 })], { codec });
      batch.writeInt32BE(1, fieldPositions.lastOffsetDelta);
      updateCrc(batch, 0);
      return batch;
    };
    assert.equal(errorOf(validate(gapped("none"))), "NONE");
    for (const codec of codecs.slice(1)) assert.equal(errorOf(validate(gapped(codec))), "UNKNOWN_SERVER_ERROR*", codec);
  });

  it("answers UNKNOWN_SERVER_ERROR to a payload that is not what its codec says", () => {
    for (const codec of codecs.slice(1)) {
      const batch = Buffer.from(batchOf(["a".repeat(500), "b"], { codec }));
      batch.fill(0x5a, 61 + 4);
      updateCrc(batch, 0);
      assert.equal(errorOf(validate(batch)), "UNKNOWN_SERVER_ERROR*", codec);
    }
  });
});

describe("Placing a valid batch", () => {
  it("corrects the largest timestamp both ways and leaves a valid CRC", () => {
    for (const maxTimestamp of [nowMs - 50, nowMs + 50, -1]) {
      const verdict = validate(build([record("a", { timestamp: nowMs })], { maxTimestamp }));
      assert.equal(verdict.kind, "valid");
      placeBatch(verdict, 42, 7);
      assert.equal(maxTimestampOf(verdict.batch, 0), nowMs);
      assert.ok(crcIsValid(verdict.batch, 0));
      assert.equal(partitionLeaderEpochOf(verdict.batch, 0), 7);
      assert.equal(recordsOf(verdict.batch)[0]?.offset, 42);
    }
  });

  it("leaves an ordinary batch where it lies, byte for byte behind the leader epoch", () => {
    const sent = batchOf(["a", "b"]);
    const copy = Buffer.from(sent);
    const verdict = validate(sent);
    assert.ok(verdict.kind === "valid" && verdict.batch === sent);
    placeBatch(verdict, 42, 7);
    assert.deepEqual(sent.subarray(16), copy.subarray(16));
  });

  it("stamps the time of the append where the topic wants that (M30)", () => {
    const verdict = validate(build([record("a", { timestamp: 5 })]), { timestampType: "LogAppendTime" });
    assert.equal(verdict.kind, "valid");
    placeBatch(verdict, 0, 0);
    assert.equal(timestampTypeOf(verdict.batch, 0), "LogAppendTime");
    assert.equal(maxTimestampOf(verdict.batch, 0), nowMs);
    assert.ok(crcIsValid(verdict.batch, 0));
    assert.equal(recordsOf(verdict.batch)[0]?.timestamp, nowMs);
  });

  for (const source of codecs) {
    for (const target of ["uncompressed", "gzip", "snappy", "lz4", "zstd", "producer"] as const) {
      it(`stores ${source} as ${target}`, () => {
        const batch = batchOf(["a", "b", "c"], { codec: source, producerId: 5, producerEpoch: 1, baseSequence: 9 });
        const verdict = validate(batch, { compressionType: target });
        assert.equal(verdict.kind, "valid");
        const stored = target === "producer" ? source : target === "uncompressed" ? "none" : target;
        placeBatch(verdict, 10, 2);
        assert.equal(codecIdOf(verdict.batch, 0), codecIds[stored]);
        assert.ok(crcIsValid(verdict.batch, 0));
        assert.deepEqual(valuesOf(recordsOf(verdict.batch)), ["a", "b", "c"]);
        assert.deepEqual(
          recordsOf(verdict.batch).map(({ offset }) => offset),
          [10, 11, 12],
        );
        assert.equal(verdict.batch.readInt32BE(fieldPositions.baseSequence), 9);
      });
    }
  }

  it("holds a recompressed batch to max.message.bytes again", () => {
    const batch = batchOf(["x".repeat(5000)], { codec: "gzip" });
    assert.ok(batch.byteLength < 1000);
    const config = { compressionType: "uncompressed" as const, maxMessageBytes: 1000 };
    assert.equal(errorOf(validate(batch, config)), "MESSAGE_TOO_LARGE");
  });
});
