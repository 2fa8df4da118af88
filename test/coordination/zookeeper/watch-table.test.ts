import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { WatchTable } from "../../../src/coordination/zookeeper/watch-table.ts";

describe("a server's watches", () => {
  it("are used up by what they wait for, and by nothing else", () => {
    const table = new WatchTable<string>();
    table.addDataWatch("/a", "first");
    table.addDataWatch("/a", "second");
    table.addDataWatch("/a", "first");
    table.addChildWatch("/a", "first");
    assert.equal(table.count, 3);
    assert.deepEqual(table.take({ type: "dataChanged", path: "/a/b" }), []);
    assert.deepEqual(table.take({ type: "dataChanged", path: "/a" }), ["first", "second"]);
    assert.deepEqual(table.take({ type: "created", path: "/a" }), []);
    assert.deepEqual(table.take({ type: "childrenChanged", path: "/a" }), ["first"]);
    assert.equal(table.count, 0);
  });

  it("tell each watcher once of a node's end", () => {
    const table = new WatchTable<string>();
    table.addChildWatch("/a", "both");
    table.addChildWatch("/a", "child");
    table.addDataWatch("/a", "both");
    assert.deepEqual(table.take({ type: "deleted", path: "/a" }), ["both", "child"]);
    assert.equal(table.count, 0);
  });

  it("go with their watcher", () => {
    const table = new WatchTable<string>();
    for (const watcher of ["gone", "here"]) {
      table.addDataWatch("/a", watcher);
      table.addChildWatch("/a", watcher);
    }
    table.remove("gone");
    table.remove("never");
    assert.equal(table.count, 2);
    assert.deepEqual(table.take({ type: "deleted", path: "/a" }), ["here"]);
  });
});
