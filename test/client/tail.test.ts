import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ClientFailure } from "../../src/client/outcome.ts";
import type { TailedRecord } from "../../src/client/tail-partition.ts";
import { Tail, type TailOptions } from "../../src/client/tail.ts";
import { buildBatch } from "../../src/protocol/records/batch-builder.ts";
import { Compression, type CompressionCodec } from "../../src/protocol/records/compression.ts";
import { buildMarkerBatch } from "../../src/protocol/records/control-record.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import { ScriptedCluster, ScriptedPartition } from "../builders/scripted-cluster.ts";

const compression = new Compression(nodeCompression);

function batchOf(values: readonly string[], codec: CompressionCodec = "none"): Buffer {
  const records = values.map((value) => ({ timestamp: 1000, key: null, value: Buffer.from(value) }));
  return buildBatch(records, compression, { codec });
}

function follow(
  cluster: ScriptedCluster,
  options: Partial<TailOptions>,
  onRecords?: (tail: Tail, count: number) => void,
) {
  const seen: TailedRecord[] = [];
  const failures: ClientFailure[] = [];
  const tail: Tail = new Tail(
    cluster.world.node("client"),
    cluster.client(),
    { topic: "orders", from: "earliest", count: 1000, ...options },
    {
      onRecords: (records) => {
        seen.push(...records);
        onRecords?.(tail, records.length);
      },
      onFailed: (failure) => failures.push(failure),
    },
  );
  const valuesOf = (partition: number) => {
    return seen.filter((record) => record.partition === partition).map(({ value }) => value?.toString());
  };
  return { tail, seen, failures, valuesOf };
}

describe("a tail", () => {
  it("reads every partition from its earliest record on, in every codec, and then what is appended", () => {
    const cluster = new ScriptedCluster(2, [1, 2]);
    const codecs = ["none", "gzip", "snappy", "lz4", "zstd"] as const;
    for (const codec of codecs) cluster.partitions[0]?.append(batchOf([`${codec} 1`, `${codec} 2`], codec));
    cluster.partitions[1]?.append(batchOf(["other"]));
    const { valuesOf, seen } = follow(cluster, {});
    cluster.world.runFor(100);
    assert.deepEqual(
      valuesOf(0),
      codecs.flatMap((codec) => [`${codec} 1`, `${codec} 2`]),
    );
    assert.deepEqual(valuesOf(1), ["other"]);
    cluster.partitions[1]?.append(batchOf(["later"]));
    cluster.world.runFor(100);
    assert.deepEqual(valuesOf(1), ["other", "later"]);
    const { offset, timestampMs, timestampType } = seen.at(-1) ?? {};
    assert.deepEqual([offset, timestampMs, timestampType], [1, 1000, "CreateTime"]);
  });

  it("gives records that hold no memory but their own", () => {
    const cluster = new ScriptedCluster(1, [1]);
    const record = { timestamp: 0, key: Buffer.from("key"), value: Buffer.from("value") };
    const headers = [{ key: "h", value: Buffer.from("header") }];
    cluster.partitions[0]?.append(buildBatch([{ ...record, headers }], compression));
    const { seen } = follow(cluster, {});
    cluster.world.runFor(100);
    const [first] = seen;
    const parts = [first?.key, first?.value, first?.headers[0]?.value];
    assert.deepEqual(parts.map(String), ["key", "value", "header"]);
    assert.deepEqual(
      parts.map((part) => part?.buffer.byteLength),
      [3, 5, 6],
    );
  });

  it("begins behind the latest record where it is told to", () => {
    const cluster = new ScriptedCluster(1, [1]);
    cluster.partitions[0]?.append(batchOf(["before"]));
    const { valuesOf } = follow(cluster, { from: "latest" });
    cluster.world.runFor(100);
    cluster.partitions[0]?.append(batchOf(["after"]));
    cluster.world.runFor(100);
    assert.deepEqual(valuesOf(0), ["after"]);
  });

  it("hands over no record beyond what was granted, and fetches nothing meanwhile", () => {
    const cluster = new ScriptedCluster(1, [1]);
    cluster.partitions[0]?.append(batchOf(["a", "b", "c", "d", "e"]));
    const { tail, valuesOf } = follow(cluster, { count: 2 });
    cluster.world.runFor(100);
    assert.deepEqual(valuesOf(0), ["a", "b"]);
    const fetchCount = cluster.brokers[0]?.countOf("1");
    cluster.world.runFor(5000);
    assert.equal(cluster.brokers[0]?.countOf("1"), fetchCount);
    tail.grant(2);
    assert.deepEqual(valuesOf(0), ["a", "b", "c", "d"]);
    tail.grant(10);
    cluster.partitions[0]?.append(batchOf(["f"]));
    cluster.world.runFor(100);
    assert.deepEqual(valuesOf(0), ["a", "b", "c", "d", "e", "f"]);
  });

  it("bears a reader that grants one record while it is handed one, ten thousand times", () => {
    const cluster = new ScriptedCluster(1, [1]);
    const values = Array.from({ length: 10_000 }, (_, index) => `${index}`);
    cluster.partitions[0]?.append(batchOf(values));
    const { valuesOf } = follow(cluster, { count: 1 }, (tail, count) => tail.grant(count));
    cluster.world.runFor(100);
    assert.deepEqual(valuesOf(0), values);
  });

  it("shows no control records and passes over offsets that compaction emptied", () => {
    const cluster = new ScriptedCluster(1, [1]);
    const marker = { producerId: 1, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 1 };
    cluster.partitions[0]?.append(buildMarkerBatch({ type: "ABORT", ...marker }, compression));
    cluster.partitions[0]?.append(buildBatch([], compression, { lastOffset: 4 }));
    cluster.partitions[0]?.append(batchOf(["seen"]));
    const { seen } = follow(cluster, {});
    cluster.world.runFor(100);
    assert.deepEqual(
      seen.map(({ offset }) => offset),
      [6],
    );
  });

  it("follows a leader that moves and one whose broker dies", () => {
    const cluster = new ScriptedCluster(2, [1]);
    const { valuesOf } = follow(cluster, {});
    const [partition] = cluster.partitions;
    assert.ok(partition !== undefined);
    partition.append(batchOf(["one"]));
    cluster.world.runFor(100);
    partition.leaderId = 2;
    partition.append(batchOf(["two"]));
    cluster.world.runFor(1000);
    assert.deepEqual(valuesOf(0), ["one", "two"]);
    cluster.brokers[1]?.kill();
    partition.leaderId = 1;
    partition.append(batchOf(["three"]));
    cluster.world.runFor(5000);
    assert.deepEqual(valuesOf(0), ["one", "two", "three"]);
  });

  it("goes on at the new start when the log lost its beginning, and at the end when it lost its end", () => {
    const cluster = new ScriptedCluster(1, [1]);
    const [partition] = cluster.partitions;
    assert.ok(partition !== undefined);
    partition.append(batchOf(["a", "b"]));
    const { tail, valuesOf } = follow(cluster, { count: 2 });
    cluster.world.runFor(100);
    for (const values of [["c"], ["d"], ["e"]]) partition.append(batchOf(values));
    partition.deleteBefore(4);
    tail.grant(10);
    cluster.world.runFor(1000);
    assert.deepEqual(valuesOf(0), ["a", "b", "e"]);
    partition.batches.pop();
    partition.logStartOffset = 2;
    cluster.world.runFor(1000);
    partition.append(batchOf(["x"]));
    cluster.world.runFor(1000);
    assert.deepEqual(valuesOf(0), ["a", "b", "e", "x"]);
  });

  it("finds partitions that are added, and reads them from their start whatever it began with", () => {
    const cluster = new ScriptedCluster(1, [1]);
    const { valuesOf } = follow(cluster, { from: "latest", metadataMaxAgeMs: 1000 });
    cluster.world.runFor(100);
    const added = new ScriptedPartition(1);
    added.append(batchOf(["first"]));
    cluster.partitions.push(added);
    cluster.world.runFor(1500);
    assert.deepEqual(valuesOf(1), ["first"]);
  });

  it("takes a topic that was deleted and created again for a new one", () => {
    const cluster = new ScriptedCluster(1, [1]);
    cluster.partitions[0]?.append(batchOf(["old 0", "old 1"]));
    const { valuesOf } = follow(cluster, {});
    cluster.world.runFor(100);
    cluster.topicId = "AAAAAAAAAAAAAAAAAAAAAg";
    cluster.partitions = [new ScriptedPartition(1)];
    for (const value of ["new 0", "new 1", "new 2"]) cluster.partitions[0]?.append(batchOf([value]));
    cluster.world.runFor(2000);
    assert.deepEqual(valuesOf(0), ["old 0", "old 1", "new 0", "new 1", "new 2"]);
  });

  it("waits for a topic that is on its way, and fails when it doesn't come", () => {
    const cluster = new ScriptedCluster(1, [1]);
    cluster.topicError = "UNKNOWN_TOPIC_OR_PARTITION";
    cluster.partitions[0]?.append(batchOf(["a"]));
    const early = follow(cluster, {});
    cluster.world.runFor(2000);
    cluster.topicError = "NONE";
    cluster.world.runFor(2000);
    assert.deepEqual(early.valuesOf(0), ["a"]);
    cluster.topicError = "UNKNOWN_TOPIC_OR_PARTITION";
    const { failures } = follow(cluster, { topic: "none" });
    cluster.world.runFor(20_000);
    assert.deepEqual(
      failures.map(({ errorName }) => errorName),
      ["UNKNOWN_TOPIC_OR_PARTITION"],
    );
  });

  it("fails on a batch whose CRC is wrong, behind the records before it", () => {
    const cluster = new ScriptedCluster(1, [1]);
    cluster.partitions[0]?.append(batchOf(["good"]));
    cluster.partitions[0]?.append(batchOf(["bad"]));
    cluster.partitions[0]?.batches[1]?.writeUInt32BE(1, 17);
    const { failures, valuesOf } = follow(cluster, {});
    cluster.world.runFor(1000);
    assert.deepEqual(valuesOf(0), ["good"]);
    assert.deepEqual(
      failures.map(({ errorName }) => errorName),
      ["CORRUPT_MESSAGE"],
    );
  });

  it("fails on a batch whose length leads nowhere", () => {
    const cluster = new ScriptedCluster(1, [1]);
    const batch = buildBatch([], compression, { lastOffset: 0 });
    batch.writeInt32BE(-12, 8);
    batch.writeUInt32BE(0, 17);
    cluster.partitions[0]?.append(batch);
    const { failures } = follow(cluster, {});
    cluster.world.runFor(1000);
    assert.deepEqual(
      failures.map(({ errorName }) => errorName),
      ["CORRUPT_MESSAGE"],
    );
  });

  it("fails on an error that no retry mends", () => {
    const cluster = new ScriptedCluster(1, [1]);
    cluster.fetchError = "TOPIC_AUTHORIZATION_FAILED";
    const { failures } = follow(cluster, {});
    cluster.world.runFor(1000);
    assert.deepEqual(
      failures.map(({ errorName }) => errorName),
      ["TOPIC_AUTHORIZATION_FAILED"],
    );
  });

  it("is silent once it is disposed", () => {
    const cluster = new ScriptedCluster(1, [1]);
    const { tail, seen, failures } = follow(cluster, {});
    cluster.world.runFor(100);
    tail[Symbol.dispose]();
    cluster.partitions[0]?.append(batchOf(["unseen"]));
    cluster.world.runFor(20_000);
    assert.deepEqual([seen, failures], [[], []]);
  });
});
