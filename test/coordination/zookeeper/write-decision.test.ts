import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { decideClose, decideWrite } from "../../../src/coordination/zookeeper/write-decision.ts";
import { ZnodeTree } from "../../../src/coordination/zookeeper/znode-tree.ts";
import type { Change, CreateMode, Operation } from "../../../src/coordination/zookeeper/znode.ts";

const owner = 1;

/** A tree with one session. */
function newTree(): ZnodeTree {
  const tree = new ZnodeTree();
  apply(tree, [{ type: "openSession", sessionId: owner, session: { password: Buffer.alloc(16), timeoutMs: 6000 } }]);
  return tree;
}

function apply(tree: ZnodeTree, changes: readonly Change[]): void {
  tree.apply({ zxid: tree.lastZxid + 1, timeMs: 1000 + tree.lastZxid, changes });
}

/** OK after doing it, or why it was refused. */
function write(tree: ZnodeTree, ...operations: readonly Operation[]): string {
  const decision = decideWrite(tree, owner, operations);
  apply(tree, decision.isAllowed ? decision.changes : []);
  return decision.isAllowed ? "OK" : decision.error;
}

const create = (path: string, mode: CreateMode = "persistent"): Operation => ({
  type: "create",
  path,
  data: null,
  mode,
});
const remove = (path: string, version = -1): Operation => ({ type: "delete", path, version });
const set = (path: string, version = -1): Operation => ({ type: "setData", path, data: Buffer.from("x"), version });
const check = (path: string, version = -1): Operation => ({ type: "check", path, version });

describe("deciding on a write", () => {
  it("creates below what is there only, and once", () => {
    const tree = newTree();
    assert.equal(write(tree, create("/a/b")), "NONODE");
    assert.equal(write(tree, create("/a")), "OK");
    assert.equal(write(tree, create("/a/b")), "OK");
    assert.equal(write(tree, create("/a")), "NODEEXISTS");
    assert.equal(write(tree, create("/")), "NODEEXISTS");
  });

  it("gives ephemeral nodes an owner and no children", () => {
    const tree = newTree();
    assert.equal(write(tree, create("/e", "ephemeral")), "OK");
    assert.equal(tree.stat("/e")?.ephemeralOwner, owner);
    assert.equal(write(tree, create("/e/child")), "NOCHILDRENFOREPHEMERALS");
    assert.equal(write(tree, create("/e/child", "ephemeralSequential")), "NOCHILDRENFOREPHEMERALS");
  });

  it("numbers sequential nodes by what was ever created in the parent, of whatever kind", () => {
    const tree = newTree();
    write(tree, create("/q"));
    write(tree, create("/q/item_", "persistentSequential"));
    write(tree, create("/q/plain"));
    write(tree, remove("/q/plain"));
    write(tree, create("/q/item_", "ephemeralSequential"));
    write(tree, create("/q/", "persistentSequential"));
    assert.deepEqual(tree.children("/q"), ["0000000003", "item_0000000000", "item_0000000002"]);
    assert.equal(tree.stat("/q/item_0000000002")?.ephemeralOwner, owner);
    // Four created, one deleted.
    assert.equal(tree.stat("/q")?.cversion, 5);
  });

  it("sets and deletes on the condition of a version", () => {
    const tree = newTree();
    write(tree, create("/a"));
    assert.equal(write(tree, set("/a", 1)), "BADVERSION");
    assert.equal(write(tree, set("/a", 0)), "OK");
    assert.equal(write(tree, set("/a", 0)), "BADVERSION");
    assert.equal(write(tree, set("/a")), "OK");
    assert.equal(tree.stat("/a")?.version, 2);
    assert.equal(write(tree, check("/a", 1)), "BADVERSION");
    assert.equal(write(tree, check("/a", 2)), "OK");
    assert.equal(write(tree, remove("/a", 1)), "BADVERSION");
    assert.equal(write(tree, remove("/a", 2)), "OK");
    for (const operation of [set("/a"), remove("/a"), check("/a")]) assert.equal(write(tree, operation), "NONODE");
  });

  it("deletes no node that has children, and tells a bad version first", () => {
    const tree = newTree();
    write(tree, create("/a"));
    write(tree, create("/a/b"));
    assert.equal(write(tree, remove("/a", 7)), "BADVERSION");
    assert.equal(write(tree, remove("/a")), "NOTEMPTY");
    write(tree, remove("/a/b"));
    assert.equal(write(tree, remove("/a")), "OK");
    assert.equal(tree.has("/a"), false);
  });

  it("keeps what a server is born with", () => {
    const tree = newTree();
    for (const path of ["/", "/zookeeper", "/zookeeper/quota"]) assert.equal(write(tree, remove(path)), "BADARGUMENTS");
  });

  it("refuses what is no path", () => {
    const tree = newTree();
    for (const path of ["", "a", "/a/", "//", "/a//b", "/a/./b", "/..", "/a\u0000", "/a\ud800"]) {
      for (const operation of [create(path), set(path), remove(path), check(path)]) {
        assert.equal(write(tree, operation), "BADARGUMENTS", `${operation.type} ${path}`);
      }
    }
  });

  it("does all of a multi, each step as if those before it were done", () => {
    const tree = newTree();
    const steps = [create("/a"), create("/a/b"), set("/a/b", 0), check("/a/b", 1), remove("/a/b", 1), remove("/a", 0)];
    assert.equal(write(tree, ...steps, create("/z")), "OK");
    assert.deepEqual(tree.children("/"), ["z", "zookeeper"]);
    assert.equal(tree.stat("/z")?.czxid, tree.lastZxid);
  });

  it("does nothing of a multi where one step fails, and says which", () => {
    const tree = newTree();
    const decision = decideWrite(tree, owner, [create("/a"), check("/a", 5), create("/b")]);
    assert.deepEqual(decision, {
      isAllowed: false,
      error: "BADVERSION",
      errors: ["OK", "BADVERSION", "RUNTIMEINCONSISTENCY"],
    });
    assert.deepEqual(tree.children("/"), ["zookeeper"]);
  });

  it("numbers two sequential nodes of one multi one after the other", () => {
    const tree = newTree();
    assert.equal(write(tree, create("/n_", "persistentSequential"), create("/n_", "persistentSequential")), "OK");
    assert.deepEqual(tree.children("/"), ["n_0000000000", "n_0000000001", "zookeeper"]);
  });

  it("uses a parent up that a multi deletes", () => {
    const tree = newTree();
    write(tree, create("/a"));
    assert.equal(write(tree, remove("/a"), create("/a/b")), "NONODE");
    assert.equal(write(tree, create("/a/b"), remove("/a")), "NOTEMPTY");
  });

  it("takes a session's ephemeral nodes with it, and no others", () => {
    const tree = newTree();
    write(tree, create("/kept"), create("/kept/e2", "ephemeral"), create("/e1", "ephemeral"));
    const changes = decideClose(tree, owner);
    assert.deepEqual(changes, [
      { type: "delete", path: "/e1" },
      { type: "delete", path: "/kept/e2" },
      { type: "closeSession", sessionId: owner },
    ]);
    apply(tree, changes);
    assert.deepEqual(tree.children("/"), ["kept", "zookeeper"]);
    assert.equal(tree.sessions.size, 0);
  });
});
