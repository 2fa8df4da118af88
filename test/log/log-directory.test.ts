import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { LogDirectory, type LogDirectoryOptions, LogDirectoryRefusedError } from "../../src/log/log-directory.ts";
import { defaultLogConfig, type LogConfig } from "../../src/log/log-config.ts";
import type { PartitionLog } from "../../src/log/partition-log.ts";
import { controlTypeOf } from "../../src/protocol/records/control-record.ts";
import { attributeBits, attributesOf, batchByteCountOf } from "../../src/protocol/records/batch.ts";
import { type LogRecord, readRecords } from "../../src/protocol/records/record-reader.ts";
import { type GoldenLog, goldenLogs, type GoldenRecord, unpackGoldenDirectory } from "./golden-directory.ts";
import {
  batchOf,
  batchOfCount,
  compression,
  LogFixture,
  onBothKindsOfFiles,
  readAll,
  valuesOf,
} from "./log-fixture.ts";

const topicId = "bKBHtc4PQMiQTmvuXPTsgw";
const leader = { leaderEpoch: 0 };

function optionsFor(fixture: LogFixture, overrides: Partial<LogDirectoryOptions> = {}): LogDirectoryOptions {
  return {
    files: fixture.files,
    clock: fixture.clock,
    random: fixture.random,
    log: fixture.sink,
    compression,
    brokerId: 1,
    configFor: () => defaultLogConfig,
    ...overrides,
  };
}

function names(fixture: LogFixture, directory = ""): readonly string[] {
  return fixture.files.list(directory).map(({ name }) => name);
}

function textOf(fixture: LogFixture, path: string): string {
  return fixture.files.readAll(path).toString();
}

function created(directory: LogDirectory, topic: string, partition = 0, config: LogConfig = defaultLogConfig) {
  return directory.createLog({ topic, partition, topicId, config });
}

describe("A data directory", () => {
  it("is laid out as Kafka's after a clean stop, and opens again as it was", () => {
    onBothKindsOfFiles((makeFixture) => {
      const fixture = makeFixture();
      const directory = LogDirectory.open(optionsFor(fixture, { clusterId: "5L6g3nShT-eMCtK--X86sw" }));
      assert.equal(directory.hadCleanShutdown, false);
      const orders = created(directory, "orders-eu", 3);
      created(directory, "empty");
      orders.appendAsLeader(batchOf(["a", "b"]), leader);
      orders.advanceHighWatermark(2);
      orders.deleteRecordsBefore(1);
      assert.equal(directory.close(12), "NONE");
      assert.deepEqual(names(fixture), [
        ".kafka_cleanshutdown",
        "empty-0",
        "log-start-offset-checkpoint",
        "meta.properties",
        "orders-eu-3",
        "recovery-point-offset-checkpoint",
        "replication-offset-checkpoint",
      ]);
      assert.deepEqual(names(fixture, "orders-eu-3"), [
        "00000000000000000000.index",
        "00000000000000000000.log",
        "00000000000000000000.timeindex",
        "00000000000000000002.snapshot",
        "leader-epoch-checkpoint",
        "partition.metadata",
      ]);
      assert.deepEqual(names(fixture, "empty-0"), ["partition.metadata"]);
      assert.equal(textOf(fixture, ".kafka_cleanshutdown"), '{"version":0,"brokerEpoch":12}');
      assert.equal(textOf(fixture, "recovery-point-offset-checkpoint"), "0\n2\norders-eu 3 2\nempty 0 0\n");
      assert.equal(textOf(fixture, "log-start-offset-checkpoint"), "0\n1\norders-eu 3 1\n");
      assert.equal(textOf(fixture, "replication-offset-checkpoint"), "0\n2\norders-eu 3 2\nempty 0 0\n");
      assert.equal(textOf(fixture, "orders-eu-3/partition.metadata"), `version: 0\ntopic_id: ${topicId}`);

      const again = LogDirectory.open(optionsFor(fixture));
      assert.equal(again.hadCleanShutdown, true);
      assert.ok(!fixture.files.exists(".kafka_cleanshutdown"));
      assert.equal(again.identity.clusterId, "5L6g3nShT-eMCtK--X86sw");
      assert.equal(again.logs.length, 2);
      assert.equal(again.topicIdOf("orders-eu", 3), topicId);
      const log = again.logFor("orders-eu", 3);
      assert.deepEqual([log?.logStartOffset, log?.highWatermark, log?.logEndOffset], [1, 2, 2]);
      assert.equal(again.logFor("orders", 0), undefined);
      again.abandon();
    });
  });

  it("recovers what a killed process had appended, with and without a checkpoint", () => {
    const fixture = LogFixture.inMemory();
    const directory = LogDirectory.open(optionsFor(fixture));
    const config = { ...defaultLogConfig, segmentBytes: 2 * batchOfCount(5).byteLength };
    const log = created(directory, "orders", 0, config);
    for (let index = 0; index < 5; index++) log.appendAsLeader(batchOfCount(5), leader);
    assert.equal(directory.checkpointRecoveryPoints(), "NONE");
    assert.equal(textOf(fixture, "recovery-point-offset-checkpoint"), "0\n1\norders 0 20\n");
    log.advanceHighWatermark(25);
    assert.equal(directory.checkpointHighWatermarks(), "NONE");
    log.appendAsLeader(batchOfCount(5), leader);
    directory.abandon();
    const again = LogDirectory.open(optionsFor(fixture));
    assert.equal(again.hadCleanShutdown, false);
    const recovered = again.logFor("orders", 0);
    const offsets = [recovered?.recoveryPoint, recovered?.highWatermark, recovered?.logEndOffset];
    assert.deepEqual(offsets, [20, 25, 30]);
    assert.equal(again.topicIdOf("orders", 0), topicId);
  });

  it("belongs to one broker of one cluster", () => {
    const fixture = LogFixture.inMemory();
    LogDirectory.open(optionsFor(fixture, { clusterId: "5L6g3nShT-eMCtK--X86sw" })).close();
    const open = (overrides: Partial<LogDirectoryOptions>) => () => LogDirectory.open(optionsFor(fixture, overrides));
    assert.throws(open({ brokerId: 2 }), LogDirectoryRefusedError);
    assert.throws(open({ clusterId: "AAAAAAAAAAAAAAAAAAAAAA" }), LogDirectoryRefusedError);
    assert.ok(fixture.files.exists(".kafka_cleanshutdown"), "who is refused changes nothing");
    fixture.files.writeAtomically("meta.properties", Buffer.from("nonsense"));
    assert.throws(open({}), LogDirectoryRefusedError);
  });

  it("renames a deleted partition, removes it later, and forgets one that a stop left", () => {
    const fixture = LogFixture.inMemory();
    const directory = LogDirectory.open(optionsFor(fixture));
    const longName = "t".repeat(249);
    for (const topic of ["orders", longName]) {
      created(directory, topic).appendAsLeader(batchOfCount(3), leader);
      assert.equal(directory.deleteLog(topic, 0), "NONE");
      assert.equal(directory.logFor(topic, 0), undefined);
    }
    assert.equal(directory.deleteLog("orders", 0), "UNKNOWN_TOPIC_OR_PARTITION");
    const deleted = names(fixture).filter((name) => name.endsWith("-delete"));
    assert.match(deleted[0]!, /^orders-0\.[0-9a-f]{32}-delete$/);
    assert.equal(deleted[1]!.length, 255);
    const again = created(directory, "orders");
    assert.equal(again.logEndOffset, 0);
    fixture.clock.nowMs += 59_999;
    directory.enforceRetention();
    assert.equal(names(fixture).filter((name) => name.endsWith("-delete")).length, 2);
    fixture.clock.nowMs += 1;
    directory.enforceRetention();
    assert.equal(names(fixture).filter((name) => name.endsWith("-delete")).length, 0);
    directory.deleteLog("orders", 0);
    directory.close();
    LogDirectory.open(optionsFor(fixture));
    assert.equal(names(fixture).filter((name) => name.endsWith("-delete")).length, 0);
  });

  it("leaves out a damaged checkpoint, and says so", () => {
    const fixture = LogFixture.inMemory();
    const directory = LogDirectory.open(optionsFor(fixture));
    created(directory, "orders").appendAsLeader(batchOfCount(3), leader);
    directory.close();
    fixture.files.writeAtomically("recovery-point-offset-checkpoint", Buffer.from("0\n2\norders 0 3\n"));
    const again = LogDirectory.open(optionsFor(fixture));
    assert.equal(again.logFor("orders", 0)?.logEndOffset, 3);
    assert.equal(fixture.sink.sentences.length, 1);
  });

  it("opens a partition whose topic id is lost, and says so where it is damaged", () => {
    for (const [text, sentenceCount] of [
      ["", 0],
      ["nonsense", 1],
    ] as const) {
      const fixture = LogFixture.inMemory();
      const directory = LogDirectory.open(optionsFor(fixture));
      created(directory, "orders").appendAsLeader(batchOfCount(3), leader);
      directory.close();
      fixture.files.writeAtomically("orders-0/partition.metadata", Buffer.from(text));
      const again = LogDirectory.open(optionsFor(fixture));
      assert.equal(again.logFor("orders", 0)?.logEndOffset, 3);
      assert.equal(again.topicIdOf("orders", 0), undefined);
      assert.equal(fixture.sink.sentences.length, sentenceCount);
    }
  });

  it("tells of a disk that fails, writes no marker then, and is recovered", () => {
    let failing: string | undefined;
    const faults = { codeFor: (operation: string) => (operation === failing ? "EIO" : undefined) };
    const fixture = LogFixture.inMemory({ faults });
    const directory = LogDirectory.open(optionsFor(fixture));
    const log = created(directory, "orders", 0, { ...defaultLogConfig, flushMs: 1000 });
    log.appendAsLeader(batchOfCount(3), leader);
    failing = "sync";
    fixture.clock.nowMs += 1000;
    assert.equal(directory.flushDue(), "KAFKA_STORAGE_ERROR");
    failing = "rename";
    assert.equal(directory.checkpointHighWatermarks(), "KAFKA_STORAGE_ERROR");
    assert.equal(directory.checkpointRecoveryPoints(), "KAFKA_STORAGE_ERROR");
    created(directory, "other");
    assert.equal(directory.deleteLog("other", 0), "KAFKA_STORAGE_ERROR");
    failing = "sync";
    assert.equal(directory.close(), "KAFKA_STORAGE_ERROR");
    failing = undefined;
    const again = LogDirectory.open(optionsFor(fixture));
    assert.equal(again.hadCleanShutdown, false);
    assert.equal(again.logFor("orders", 0)?.logEndOffset, 3);
    assert.equal(
      again.byteCount,
      again.logs.reduce((sum, { byteCount }) => sum + byteCount, 0),
    );
    assert.equal(again.flushDue(), "NONE");
  });

  it("keeps no more files open than it may", () => {
    onBothKindsOfFiles((makeFixture) => {
      const fixture = makeFixture();
      const directory = LogDirectory.open(optionsFor(fixture, { openFileCountMax: 3, tailByteCountMax: 0 }));
      const logs = Array.from({ length: 10 }, (_, partition) => created(directory, "orders", partition));
      for (let round = 0; round < 3; round++) {
        for (const log of logs) log.appendAsLeader(batchOf([`${log.partition}/${round}`]), leader);
      }
      for (const log of logs)
        assert.deepEqual(
          valuesOf(readAll(log)),
          [0, 1, 2].map((r) => `${log.partition}/${r}`),
        );
      assert.ok(directory.openFileCount <= 3);
      assert.equal(directory.close(), "NONE");
    });
  });
});

function asGolden(record: LogRecord, isAppendTime: boolean): GoldenRecord {
  return [
    record.offset,
    isAppendTime ? 2 : 1,
    record.timestamp,
    record.key?.toString("hex") ?? null,
    record.value?.toString("hex") ?? null,
    record.headers.map(({ key, value }) => [key, value?.toString("hex") ?? null]),
  ];
}

/** Everything a consumer sees: control records are not delivered. */
function consumed(log: PartitionLog): GoldenRecord[] {
  const seen: GoldenRecord[] = [];
  let offset = log.logStartOffset;
  while (offset < log.highWatermark) {
    const slice = log.read(offset, { byteCountMax: 4096, atLeastOneBatch: true, limitOffset: log.highWatermark });
    assert.ok(typeof slice !== "string", `read at ${offset}`);
    const bytes = Buffer.concat(slice.chunks);
    const before = offset;
    for (let at = 0; at + 61 <= bytes.byteLength && at + batchByteCountOf(bytes, at) <= bytes.byteLength;) {
      const attributes = attributesOf(bytes, at);
      for (const record of readRecords(bytes, at, compression)) {
        if (record.offset < offset) continue;
        if ((attributes & attributeBits.control) === 0) {
          seen.push(asGolden(record, (attributes & attributeBits.logAppendTime) !== 0));
        } else {
          assert.ok(["COMMIT", "ABORT"].includes(controlTypeOf(record.key) ?? ""));
        }
      }
      offset = Math.max(offset, Number(bytes.readBigInt64BE(at)) + bytes.readInt32BE(at + 23) + 1);
      at += batchByteCountOf(bytes, at);
    }
    if (offset === before) break;
  }
  return seen;
}

function checkGolden(directory: LogDirectory, expected: Readonly<Record<string, GoldenLog>>): void {
  let count = 0;
  for (const [name, golden] of Object.entries(expected)) {
    if (name.includes(" ")) continue;
    const dash = name.lastIndexOf("-");
    const log = directory.logFor(name.slice(0, dash), Number(name.slice(dash + 1)));
    assert.ok(log !== undefined, name);
    assert.deepEqual([log.logStartOffset, log.highWatermark], [golden.logStartOffset, golden.highWatermark], name);
    assert.deepEqual(consumed(log), golden.records, name);
    count++;
  }
  assert.ok(count >= 11);
}

describe("A data directory that Apache Kafka 4.1 left", () => {
  it("opens as a client saw it, clean or recovered batch by batch, and is left as it was found", function () {
    const expected = goldenLogs();
    if (expected === undefined) this.skip();
    onBothKindsOfFiles((makeFixture) => {
      const fixture = makeFixture();
      unpackGoldenDirectory(fixture.files);
      const before = contentOf(fixture);
      const clean = LogDirectory.open(optionsFor(fixture));
      assert.equal(clean.hadCleanShutdown, true);
      assert.equal(clean.identity.version, 1);
      checkGolden(clean, expected);
      assert.deepEqual(fixture.sink.sentences, []);
      assert.equal(clean.close(9), "NONE");
      const after = contentOf(fixture);
      for (const [path, content] of before) {
        if (path.endsWith("-checkpoint") && !path.includes("/")) continue;
        assert.equal(after.get(path), content, path);
      }
      assert.deepEqual([...after.keys()], [...before.keys()]);

      fixture.files.remove(".kafka_cleanshutdown");
      fixture.files.remove("recovery-point-offset-checkpoint");
      const recovered = LogDirectory.open(optionsFor(fixture));
      checkGolden(recovered, expected);
      assert.deepEqual(fixture.sink.sentences, []);
      assert.equal(recovered.close(), "NONE");
    });
  });

  it("gets back the very producer snapshots and time indexes when all of it is recovered", function () {
    if (goldenLogs() === undefined) this.skip();
    const fixture = LogFixture.inMemory();
    unpackGoldenDirectory(fixture.files);
    const before = contentOf(fixture);
    for (const path of before.keys()) {
      if (/(\.snapshot|\.index|\.timeindex|leader-epoch-checkpoint)$/.test(path)) fixture.files.remove(path);
    }
    fixture.files.remove(".kafka_cleanshutdown");
    fixture.files.remove("recovery-point-offset-checkpoint");
    // The index interval that the rolled topic was made with.
    const config = { ...defaultLogConfig, indexIntervalBytes: 1000 };
    const options = optionsFor(fixture, { configFor: (topic) => (topic === "rolled" ? config : defaultLogConfig) });
    LogDirectory.open(options).close(9);
    const after = contentOf(fixture);
    let count = 0;
    for (const [path, content] of before) {
      if (!/^(rolled|codec-[a-z0-9]+|append-time|transactional)-\d\//.test(path)) continue;
      assert.equal(after.get(path), content, path);
      count++;
    }
    assert.ok(count > 60);
  });
});

function contentOf(fixture: LogFixture): ReadonlyMap<string, string> {
  const content = new Map<string, string>();
  const visit = (directory: string): void => {
    for (const { name, isDirectory } of fixture.files.list(directory)) {
      const path = directory === "" ? name : `${directory}/${name}`;
      if (isDirectory) visit(path);
      else content.set(path, fixture.files.readAll(path).toString("hex"));
    }
  };
  visit("");
  return content;
}
