import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { decideWrite } from "../../../src/coordination/zookeeper/write-decision.ts";
import { pathsFrom, ZnodeTree } from "../../../src/coordination/zookeeper/znode-tree.ts";
import type { Change, CreateMode, Operation } from "../../../src/coordination/zookeeper/znode.ts";

function apply(tree: ZnodeTree, changes: readonly Change[]): ReturnType<ZnodeTree["apply"]> {
  return tree.apply({ zxid: tree.lastZxid + 1, timeMs: 1000 + tree.lastZxid, changes });
}

const openSession: Change = {
  type: "openSession",
  sessionId: 1,
  session: { password: Buffer.alloc(16), timeoutMs: 6000 },
};

describe("the znode tree", () => {
  it("counts as ZooKeeper does: transactions, versions, children", () => {
    const tree = new ZnodeTree();
    assert.equal(tree.stat("/")?.cversion, -1);
    apply(tree, [{ type: "create", path: "/a", data: Buffer.from("one"), ephemeralOwner: 0 }]);
    apply(tree, [{ type: "create", path: "/a/b", data: null, ephemeralOwner: 0 }]);
    const { stats } = apply(tree, [{ type: "setData", path: "/a", data: Buffer.from("three") }]);
    assert.deepEqual(stats, [tree.stat("/a")]);
    assert.deepEqual(tree.stat("/a"), {
      czxid: 1,
      mzxid: 3,
      pzxid: 2,
      ctimeMs: 1000,
      mtimeMs: 1002,
      version: 1,
      cversion: 1,
      ephemeralOwner: 0,
      dataByteCount: 5,
      childCount: 1,
    });
    apply(tree, [{ type: "delete", path: "/a/b" }]);
    assert.equal(tree.stat("/a")?.cversion, 2);
    assert.equal(tree.stat("/a")?.pzxid, 4);
    assert.equal(tree.data("/a/b"), undefined);
  });

  it("tells data null from data of no bytes", () => {
    const tree = new ZnodeTree();
    apply(tree, [{ type: "create", path: "/null", data: null, ephemeralOwner: 0 }]);
    apply(tree, [{ type: "create", path: "/empty", data: Buffer.alloc(0), ephemeralOwner: 0 }]);
    assert.equal(tree.data("/null"), null);
    assert.deepEqual(tree.data("/empty"), Buffer.alloc(0));
  });

  it("owns its data: what it was given may change afterwards", () => {
    const tree = new ZnodeTree();
    const data = Buffer.from("before");
    apply(tree, [{ type: "create", path: "/a", data, ephemeralOwner: 0 }]);
    data.write("after!");
    assert.equal(tree.data("/a")?.toString(), "before");
  });

  it("says what watches may wait for, in the order of the changes", () => {
    const tree = new ZnodeTree();
    const { events } = apply(tree, [
      { type: "create", path: "/a", data: null, ephemeralOwner: 0 },
      { type: "create", path: "/a/b", data: null, ephemeralOwner: 0 },
      { type: "setData", path: "/a/b", data: null },
      { type: "delete", path: "/a/b" },
    ]);
    assert.deepEqual(
      events.map(({ type, path }) => `${type} ${path}`),
      [
        "created /a",
        "childrenChanged /",
        "created /a/b",
        "childrenChanged /a",
        "dataChanged /a/b",
        "deleted /a/b",
        "childrenChanged /a",
      ],
    );
  });

  it("is the same after it was stored", () => {
    const tree = new ZnodeTree();
    apply(tree, [openSession]);
    apply(tree, [{ type: "create", path: "/a", data: Buffer.from("x"), ephemeralOwner: 0 }]);
    apply(tree, [{ type: "create", path: "/a/e", data: null, ephemeralOwner: 1 }]);
    const restored = new ZnodeTree(tree);
    assert.deepEqual(picture(restored), picture(tree));
    assert.deepEqual(restored.ephemeralsOf(1), ["/a/e"]);
    assert.equal(restored.lastZxid, 3);
    assert.deepEqual(restored.sessions, tree.sessions);
  });

  it("takes no transaction out of order", () => {
    const tree = new ZnodeTree();
    assert.throws(() => tree.apply({ zxid: 2, timeMs: 0, changes: [] }), /applied in order/);
  });
});

/** All that can be read. */
function picture(tree: ZnodeTree): readonly unknown[] {
  return pathsFrom(tree).map((path) => [path, tree.stat(path), tree.data(path), tree.children(path)]);
}

/** A node of the naive model: a list of nodes, copied for every write. */
interface ModelNode {
  readonly path: string;
  readonly data: string | null;
  readonly version: number;
  readonly created: number;
  readonly deleted: number;
  readonly isEphemeral: boolean;
}

/** What ZooKeeper's documentation says of one operation, by searching lists. */
function modelStep(nodes: readonly ModelNode[], operation: Operation): readonly ModelNode[] | string {
  const find = (path: string): ModelNode | undefined => nodes.find((node) => node.path === path);
  const replace = (path: string, changes: Partial<ModelNode>): readonly ModelNode[] =>
    nodes.map((node) => (node.path === path ? { ...node, ...changes } : node));
  const parentOf = (path: string): string => path.replace(/\/[^/]*$/, "") || "/";
  const node = find(operation.path);
  if (operation.type === "create") {
    const parent = find(parentOf(operation.path));
    if (parent === undefined) return "NONODE";
    const isSequential = operation.mode.endsWith("Sequential");
    const path = operation.path + (isSequential ? `0000000000${String(parent.created)}`.slice(-10) : "");
    if (find(path) !== undefined) return "NODEEXISTS";
    if (parent.isEphemeral) return "NOCHILDRENFOREPHEMERALS";
    const isEphemeral = operation.mode.startsWith("ephemeral");
    const data = operation.data?.toString() ?? null;
    const added = { path, data, version: 0, created: 0, deleted: 0, isEphemeral };
    return [...replace(parent.path, { created: parent.created + 1 }), added];
  }
  if (node === undefined) return "NONODE";
  if (operation.version !== -1 && operation.version !== node.version) return "BADVERSION";
  if (operation.type === "check") return nodes;
  if (operation.type === "setData") {
    return replace(node.path, { data: operation.data?.toString() ?? null, version: node.version + 1 });
  }
  if (nodes.some(({ path }) => path.startsWith(`${node.path}/`))) return "NOTEMPTY";
  const parentPath = parentOf(node.path);
  const parent = find(parentPath);
  return replace(parentPath, { deleted: (parent?.deleted ?? 0) + 1 }).filter(({ path }) => path !== node.path);
}

const step = fc.constantFrom("a", "a", "b");
const furtherStep = fc.constantFrom(null, null, "a");
const paths = fc
  .tuple(step, furtherStep, furtherStep)
  .map(([first, second, third]) => ["", first, second, third].filter((name) => name !== null).join("/"));
const versions = fc.constantFrom(-1, -1, -1, 0, 1);
const data = fc.option(fc.constantFrom("", "x", "y").map((text) => Buffer.from(text)));
const modes = fc.constantFrom<CreateMode>(
  "persistent",
  "persistent",
  "ephemeral",
  "persistentSequential",
  "ephemeralSequential",
);
const operations = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("create" as const), path: paths, data, mode: modes }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("delete" as const), path: paths, version: versions }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("setData" as const), path: paths, data, version: versions }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("check" as const), path: paths, version: versions }) },
);

describe("the znode tree beside a naive model", () => {
  it("has the same nodes after any writes, and refuses the same ones for the same reasons", () => {
    const writes = fc.array(fc.array(operations, { minLength: 1, maxLength: 3 }), { minLength: 10, maxLength: 30 });
    const outcomes = new Map<string, number>();
    fc.assert(
      fc.property(writes, (asked) => {
        const tree = new ZnodeTree();
        apply(tree, [openSession]);
        let model: readonly ModelNode[] = [
          { path: "/", data: "", version: 0, created: 0, deleted: 0, isEphemeral: false },
        ];
        for (const write of asked) {
          let next: readonly ModelNode[] | string = model;
          for (const operation of write) if (typeof next !== "string") next = modelStep(next, operation);
          const decision = decideWrite(tree, 1, write);
          const outcome = decision.isAllowed ? "OK" : decision.error;
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          assert.equal(outcome, typeof next === "string" ? next : "OK");
          if (typeof next !== "string") model = next;
          apply(tree, decision.isAllowed ? decision.changes : []);
          // A tree that was stored and read at any point goes on the same way.
          assert.deepEqual(picture(new ZnodeTree(tree)), picture(tree));
        }
        assert.deepEqual(shown(tree), model.map(modelShown).sort());
      }),
      { seed: 4, numRuns: 150 },
    );
    // The writes are such that everything happens often.
    const wanted = ["OK", "NONODE", "NODEEXISTS", "BADVERSION", "NOTEMPTY", "NOCHILDRENFOREPHEMERALS"];
    for (const name of wanted) assert.ok((outcomes.get(name) ?? 0) >= 20, `${name}: ${String(outcomes.get(name))}`);
  });
});

function shown(tree: ZnodeTree): readonly string[] {
  const lines = pathsFrom(tree)
    .filter((path) => !path.startsWith("/zookeeper"))
    .map((path) => {
      const stat = tree.stat(path)!;
      // The root has one child more than were created in it.
      const cversion = stat.cversion + (path === "/" ? 1 : 0);
      const text = tree.data(path)?.toString() ?? null;
      return [path, text, stat.version, cversion, stat.ephemeralOwner === 1].join("|");
    });
  return [...lines].sort();
}

function modelShown({ path, data: text, version, created, deleted, isEphemeral }: ModelNode): string {
  return [path, text, version, created + deleted, isEphemeral].join("|");
}
