import assert from "node:assert/strict";
import { describe, it } from "mocha";

import {
  formatDirectoryIdentity,
  formatEpochCheckpoint,
  formatOffsetCheckpoint,
  formatPartitionMetadata,
  MalformedCheckpointError,
  parseDirectoryIdentity,
  parseEpochCheckpoint,
  parseOffsetCheckpoint,
  parsePartitionMetadata,
  readText,
  replaceFile,
} from "../../src/log/checkpoint-file.ts";
import { LogFixture } from "./log-fixture.ts";

const topicId = "bKBHtc4PQMiQTmvuXPTsgw";

describe("Checkpoint files", () => {
  it("hold offsets as version, count and one line per partition", () => {
    const entries = [
      { topic: "orders", partition: 0, offset: 42 },
      { topic: "a.b-c_d", partition: 11, offset: 0 },
    ];
    const text = "0\n2\norders 0 42\na.b-c_d 11 0\n";
    assert.equal(formatOffsetCheckpoint(entries), text);
    assert.deepEqual(parseOffsetCheckpoint(text), entries);
    assert.equal(formatOffsetCheckpoint([]), "0\n0\n");
  });

  it("hold leader epochs as Kafka writes them", () => {
    const entries = [
      { epoch: 0, startOffset: 0 },
      { epoch: 2, startOffset: 150 },
    ];
    assert.equal(formatEpochCheckpoint(entries), "0\n2\n0 0\n2 150\n");
    assert.deepEqual(parseEpochCheckpoint("0\n2\n0 0\n2 150\n"), entries);
  });

  it("say nothing when empty", () => {
    assert.deepEqual(parseOffsetCheckpoint(""), []);
    assert.deepEqual(parseEpochCheckpoint(""), []);
  });

  for (const text of [
    "1\n0\n",
    "0\n2\norders 0 1\n",
    "0\n1\norders 0\n",
    "0\n1\norders 0 x\n",
    "0\n1\no 0 1 2\n",
    "\0\0",
  ]) {
    it(`are refused when they say ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseOffsetCheckpoint(text), MalformedCheckpointError);
    });
  }

  it("of epochs are refused when a line holds more or less than two numbers", () => {
    for (const text of ["0\n1\n0 0 0\n", "0\n1\n0\n", "0\n1\n0 9007199254740993\n", "0\nx\n", "0"]) {
      assert.throws(() => parseEpochCheckpoint(text), MalformedCheckpointError, text);
    }
  });

  it("hold a topic's id in 43 bytes without a line end, and are read in any order", () => {
    const text = formatPartitionMetadata(topicId);
    assert.equal(text.length, 43);
    assert.equal(parsePartitionMetadata(text), topicId);
    assert.equal(parsePartitionMetadata(`topic_id: ${topicId}\nversion: 0\n`), topicId);
    assert.throws(() => parsePartitionMetadata("version: 0\n"), MalformedCheckpointError);
    assert.throws(() => parsePartitionMetadata("version: 0\ntopic_id: short"), MalformedCheckpointError);
  });

  it("name a directory's owner in ZooKeeper's and in KRaft's form", () => {
    const old = { version: 0, brokerId: 1, clusterId: "5L6g3nShT-eMCtK--X86sw" } as const;
    assert.equal(formatDirectoryIdentity(old), "#\ncluster.id=5L6g3nShT-eMCtK--X86sw\nbroker.id=1\nversion=0\n");
    assert.deepEqual(parseDirectoryIdentity(formatDirectoryIdentity(old)), old);
    const text = "#\n#Sun Nov 22\ncluster.id=c\ndirectory.id=2Lt2vbrFQYHm1EqVMJ734g\nnode.id=7\nversion=1\n";
    const kraft = { version: 1, brokerId: 7, clusterId: "c", directoryId: "2Lt2vbrFQYHm1EqVMJ734g" } as const;
    assert.deepEqual(parseDirectoryIdentity(text), kraft);
    assert.deepEqual(parseDirectoryIdentity(formatDirectoryIdentity(kraft)), kraft);
    assert.throws(() => parseDirectoryIdentity("version=2\ncluster.id=c\n"), MalformedCheckpointError);
  });

  it("are refused, and not believed, where a replacement was cut short before the rest of the old text went", () => {
    let isDying = false;
    const faults = { codeFor: (operation: string) => (isDying && operation === "truncate" ? "EIO" : undefined) };
    const { files } = LogFixture.inMemory({ faults });
    const epochs = (count: number) =>
      formatEpochCheckpoint(Array.from({ length: count }, (_, epoch) => ({ epoch, startOffset: epoch * 1000 })));
    for (let count = 1; count < 20; count++) {
      isDying = false;
      replaceFile(files, "x", epochs(count));
      isDying = true;
      assert.throws(() => replaceFile(files, "x", epochs(count - 1)));
      assert.throws(() => parseEpochCheckpoint(readText(files, "x") ?? ""), MalformedCheckpointError);
    }
  });

  it("are replaced whole, and without a rename", () => {
    const faults = { codeFor: (operation: string) => (operation === "rename" ? "EIO" : undefined) };
    const { files } = LogFixture.inMemory({ faults });
    assert.equal(readText(files, "x"), undefined);
    replaceFile(files, "x", "one");
    replaceFile(files, "x", "2");
    assert.equal(readText(files, "x"), "2");
    assert.deepEqual(files.list(""), [{ name: "x", isDirectory: false }]);
  });
});
