import { unreachable } from "../../base/assert.ts";
import type { ZookeeperErrorName, ZookeeperFailure } from "./zookeeper-error.ts";
import { isBuiltIn, isZnodePath, parentPathOf, sequencedPath } from "./znode-path.ts";
import type { ZnodeTree } from "./znode-tree.ts";
import { anyVersion, type Change, type Operation } from "./znode.ts";

/**
 * What a write comes to: all of its changes, one per operation that changes anything, or none at all and why. `errors`
 * has one entry per operation: OK before the one at fault, RUNTIMEINCONSISTENCY behind it, as ZooKeeper answers.
 */
export type WriteDecision =
  | { readonly isAllowed: true; readonly changes: readonly Change[] }
  | { readonly isAllowed: false; readonly error: ZookeeperFailure; readonly errors: readonly ZookeeperErrorName[] };

/** Decide on `operations` of a session, each as if those before it were done. Reads the tree, changes nothing. */
export function decideWrite(tree: ZnodeTree, sessionId: number, operations: readonly Operation[]): WriteDecision {
  const pending = new PendingTree(tree);
  const changes: Change[] = [];
  for (const [index, operation] of operations.entries()) {
    const decided = decideOperation(pending, sessionId, operation);
    if (typeof decided === "string") {
      const errors = operations.map((_, other): ZookeeperErrorName => {
        if (other === index) return decided;
        return other < index ? "OK" : "RUNTIMEINCONSISTENCY";
      });
      return { isAllowed: false, error: decided, errors };
    }
    changes.push(...decided);
  }
  return { isAllowed: true, changes };
}

/** What the end of a session comes to: its ephemeral nodes go with it. */
export function decideClose(tree: ZnodeTree, sessionId: number): readonly Change[] {
  const deletions = tree.ephemeralsOf(sessionId).map((path): Change => ({ type: "delete", path }));
  return [...deletions, { type: "closeSession", sessionId }];
}

type Decided = readonly Change[] | ZookeeperFailure;

function decideOperation(pending: PendingTree, sessionId: number, operation: Operation): Decided {
  switch (operation.type) {
    case "create":
      return decideCreate(pending, sessionId, operation);
    case "delete":
      return decideDelete(pending, operation);
    case "setData":
      return decideSetData(pending, operation);
    case "check":
      return isZnodePath(operation.path)
        ? (versionFault(pending.find(operation.path), operation.version) ?? [])
        : "BADARGUMENTS";
    default:
      return unreachable(operation);
  }
}

/** In ZooKeeper's order: that a node exists is told before that its parent may have no children. */
function decideCreate(
  pending: PendingTree,
  sessionId: number,
  operation: Extract<Operation, { type: "create" }>,
): Decided {
  const { mode, data } = operation;
  const isSequential = mode === "persistentSequential" || mode === "ephemeralSequential";
  const isEphemeral = mode === "ephemeral" || mode === "ephemeralSequential";
  // Only the name behind the number must be whole: "/queue/" becomes "/queue/0000000000".
  if (!isZnodePath(isSequential ? sequencedPath(operation.path, 0) : operation.path)) return "BADARGUMENTS";
  const parentPath = parentPathOf(operation.path);
  const parent = pending.find(parentPath);
  if (parent === undefined) return "NONODE";
  const path = isSequential ? sequencedPath(operation.path, parent.createdCount) : operation.path;
  if (pending.find(path) !== undefined) return "NODEEXISTS";
  if (parent.ephemeralOwner !== 0) return "NOCHILDRENFOREPHEMERALS";
  const ephemeralOwner = isEphemeral ? sessionId : 0;
  pending.put(path, { version: 0, createdCount: 0, childCount: 0, ephemeralOwner });
  pending.put(parentPath, { ...parent, createdCount: parent.createdCount + 1, childCount: parent.childCount + 1 });
  return [{ type: "create", path, data, ephemeralOwner }];
}

function decideDelete(pending: PendingTree, { path, version }: Extract<Operation, { type: "delete" }>): Decided {
  if (!isZnodePath(path) || isBuiltIn(path)) return "BADARGUMENTS";
  const found = pending.find(path);
  const fault = versionFault(found, version);
  if (fault !== undefined) return fault;
  if (found !== undefined && found.childCount > 0) return "NOTEMPTY";
  pending.remove(path);
  return [{ type: "delete", path }];
}

function decideSetData(pending: PendingTree, operation: Extract<Operation, { type: "setData" }>): Decided {
  const { path, data, version } = operation;
  if (!isZnodePath(path)) return "BADARGUMENTS";
  const found = pending.find(path);
  const fault = versionFault(found, version);
  if (fault !== undefined) return fault;
  if (found !== undefined) pending.put(path, { ...found, version: found.version + 1 });
  return [{ type: "setData", path, data }];
}

function versionFault(found: PendingZnode | undefined, version: number): ZookeeperFailure | undefined {
  if (found === undefined) return "NONODE";
  return version === anyVersion || version === found.version ? undefined : "BADVERSION";
}

/** As much of a node as decisions look at. */
interface PendingZnode {
  readonly version: number;
  readonly createdCount: number;
  readonly childCount: number;
  readonly ephemeralOwner: number;
}

/** The tree as it would be if what was decided so far were done. */
class PendingTree {
  private readonly tree: ZnodeTree;
  /** Undefined for a node that would be gone. */
  private readonly touched = new Map<string, PendingZnode | undefined>();

  constructor(tree: ZnodeTree) {
    this.tree = tree;
  }

  find(path: string): PendingZnode | undefined {
    if (this.touched.has(path)) return this.touched.get(path);
    const stat = this.tree.stat(path);
    return stat === undefined ? undefined : { ...stat, createdCount: this.tree.nextSequence(path) };
  }

  put(path: string, znode: PendingZnode): void {
    this.touched.set(path, znode);
  }

  remove(path: string): void {
    this.touched.set(path, undefined);
    const parentPath = parentPathOf(path);
    const parent = this.find(parentPath);
    if (parent !== undefined) this.put(parentPath, { ...parent, childCount: parent.childCount - 1 });
  }
}
