import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { CorruptCoordinationStateError, TransactionLog } from "../../../src/coordination/zookeeper/transaction-log.ts";
import type { ZnodeTree } from "../../../src/coordination/zookeeper/znode-tree.ts";
import type { Change } from "../../../src/coordination/zookeeper/znode.ts";
import { nodeCompression } from "../../../src/runtime/node/node-compression.ts";
import type { Files } from "../../../src/runtime/runtime.ts";
import { World } from "../../../src/runtime/simulated/simulated-runtime.ts";

const options = { directory: "coordination", transactionsPerSnapshot: 1000, isForcingSync: true };
const logPath = "coordination/transactions";

function newFiles(): Files {
  return new World({ seed: 1, compression: nodeCompression }).node("disk").files;
}

/** Commit one transaction for each name, each creating a node of that name. */
function write(files: Files, names: readonly string[], perSnapshot = 1000): ZnodeTree {
  const { log, tree } = TransactionLog.open(files, { ...options, transactionsPerSnapshot: perSnapshot });
  using _closed = log;
  for (const name of names) {
    const change: Change = { type: "create", path: `/${name}`, data: Buffer.from(name), ephemeralOwner: 0 };
    const transaction = { zxid: tree.lastZxid + 1, timeMs: 7, changes: [change] };
    log.append(transaction);
    tree.apply(transaction);
    log.commit(tree);
  }
  return tree;
}

function read(files: Files): ZnodeTree {
  const { log, tree } = TransactionLog.open(files, options);
  log[Symbol.dispose]();
  return tree;
}

describe("the coordination node's log", () => {
  it("holds every kind of change", () => {
    const files = newFiles();
    const { log, tree } = TransactionLog.open(files, options);
    const session = { password: Buffer.from("0123456789abcdef"), timeoutMs: 6000 };
    const changes: readonly Change[] = [
      { type: "openSession", sessionId: 1, session },
      { type: "openSession", sessionId: 2, session },
      { type: "create", path: "/e", data: null, ephemeralOwner: 2 },
      { type: "create", path: "/a", data: Buffer.alloc(0), ephemeralOwner: 0 },
      { type: "setData", path: "/a", data: Buffer.from("x") },
      { type: "setData", path: "/a", data: null },
      { type: "create", path: "/b", data: Buffer.from("y"), ephemeralOwner: 0 },
      { type: "delete", path: "/a" },
      { type: "closeSession", sessionId: 1 },
    ];
    for (const [index, change] of changes.entries()) {
      const transaction = { zxid: index + 1, timeMs: index, changes: [change] };
      log.append(transaction);
      tree.apply(transaction);
    }
    log.commit(tree);
    log[Symbol.dispose]();
    const restored = read(files);
    assert.deepEqual([...restored.znodes], [...tree.znodes]);
    assert.deepEqual(restored.sessions, new Map([[2, session]]));
    assert.equal(restored.lastZxid, changes.length);
  });

  it("is cut off where a write was torn, at whatever byte, and goes on from there", () => {
    const files = newFiles();
    write(files, ["a"]);
    const wholeByteCount = files.readAll(logPath).length;
    write(files, ["b"]);
    const content = files.readAll(logPath);
    for (let byteCount = wholeByteCount; byteCount < content.length; byteCount += 1) {
      files.writeAtomically(logPath, content.subarray(0, byteCount));
      assert.deepEqual(read(files).children("/"), ["a", "zookeeper"]);
      assert.equal(files.readAll(logPath).length, wholeByteCount);
    }
    assert.deepEqual(write(files, ["c"]).children("/"), ["a", "c", "zookeeper"]);
    assert.deepEqual(read(files).children("/"), ["a", "c", "zookeeper"]);
  });

  it("is cut off before bytes that are not what was written", () => {
    const files = newFiles();
    write(files, ["a", "b"]);
    const content = files.readAll(logPath);
    content[content.length - 1]! ^= 1;
    files.writeAtomically(logPath, content);
    assert.deepEqual(read(files).children("/"), ["a", "zookeeper"]);
  });

  it("begins anew with a snapshot, and an older log beside that does no harm", () => {
    const files = newFiles();
    write(files, ["a", "b"]);
    const older = files.readAll(logPath);
    write(files, ["c"], 3);
    assert.equal(files.readAll(logPath).length, 0);
    files.writeAtomically(logPath, older);
    const tree = read(files);
    assert.deepEqual(tree.children("/"), ["a", "b", "c", "zookeeper"]);
    assert.equal(tree.lastZxid, 3);
  });

  it("is refused where transactions between it and the snapshot are missing", () => {
    const files = newFiles();
    write(files, ["a", "b"]);
    const log = files.readAll(logPath);
    const first = log.readUInt32BE(0) + 8;
    files.writeAtomically(logPath, log.subarray(first));
    assert.throws(() => read(files), CorruptCoordinationStateError);
  });
});
