import { assert, unreachable } from "../../base/assert.ts";
import { builtInPaths, childPathOf, parentPathOf, znodeNameOf } from "./znode-path.ts";
import type { Change, StoredSession, Transaction, ZnodeEvent, ZnodeStat } from "./znode.ts";

/** A node as it is stored. */
export interface StoredZnode {
  readonly path: string;
  readonly data: Buffer | null;
  readonly czxid: number;
  readonly mzxid: number;
  readonly pzxid: number;
  readonly ctimeMs: number;
  readonly mtimeMs: number;
  readonly version: number;
  /** How many children were created in it, ever: the next sequential child's number. */
  readonly createdCount: number;
  readonly ephemeralOwner: number;
}

/** All that a server knows, as it is stored. Parents come before their children. */
export interface StoredTree {
  readonly lastZxid: number;
  readonly znodes: Iterable<StoredZnode>;
  readonly sessions: ReadonlyMap<number, StoredSession>;
}

/** What came of a transaction. */
export interface Applied {
  /** What watches may be waiting for, in order. */
  readonly events: readonly ZnodeEvent[];
  /** For every change the node's stat right behind it; undefined where no node is left or none was meant. */
  readonly stats: readonly (ZnodeStat | undefined)[];
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

interface Znode extends Mutable<StoredZnode> {
  readonly children: Set<string>;
}

/**
 * ZooKeeper's tree of nodes and its sessions, as they are after a number of transactions: the state that the
 * transaction log is replayed into. It changes by `apply` alone, which looks at no clock and can't fail, so that a
 * restarted server has the tree that it had.
 *
 * What a write comes to is decided beforehand, by `decideWrite`; who watches what is known to the server.
 */
export class ZnodeTree implements StoredTree {
  private readonly nodes = new Map<string, Znode>();
  private readonly storedSessions = new Map<number, StoredSession>();
  private readonly ephemerals = new Map<number, Set<string>>();
  private zxid = 0;

  /** The tree that a new server begins with, or the one that was stored. */
  constructor(stored?: StoredTree) {
    if (stored === undefined) {
      this.nodes.set("/", newZnode("/", { data: Buffer.alloc(0), zxid: 0, timeMs: 0, ephemeralOwner: 0 }));
      // As in ZooKeeper these count as children that nobody created.
      for (const path of builtInPaths) {
        this.addNode(newZnode(path, { data: Buffer.alloc(0), zxid: 0, timeMs: 0, ephemeralOwner: 0 }));
      }
      return;
    }
    this.zxid = stored.lastZxid;
    for (const [sessionId, session] of stored.sessions) this.storedSessions.set(sessionId, ownedSession(session));
    for (const znode of stored.znodes) this.addNode({ ...znode, data: ownedBytes(znode.data), children: new Set() });
  }

  /** Number of the last transaction. */
  get lastZxid(): number {
    return this.zxid;
  }

  get sessions(): ReadonlyMap<number, StoredSession> {
    return this.storedSessions;
  }

  get znodes(): Iterable<StoredZnode> {
    return this.nodes.values();
  }

  has(path: string): boolean {
    return this.nodes.has(path);
  }

  stat(path: string): ZnodeStat | undefined {
    const node = this.nodes.get(path);
    return node === undefined ? undefined : statOf(node);
  }

  /** Undefined where there is no node; a node's data may be null. */
  data(path: string): Buffer | null | undefined {
    return this.nodes.get(path)?.data;
  }

  /** Names of the children, sorted by code unit; undefined where there is no node. */
  children(path: string): readonly string[] | undefined {
    const node = this.nodes.get(path);
    return node === undefined ? undefined : [...node.children].sort();
  }

  /** The number that the next sequential child of a node gets. */
  nextSequence(path: string): number {
    return this.nodes.get(path)?.createdCount ?? 0;
  }

  /** Paths of what goes away with a session, sorted by code unit. */
  ephemeralsOf(sessionId: number): readonly string[] {
    return [...(this.ephemerals.get(sessionId) ?? [])].sort();
  }

  /** Do all that was decided. Transactions come one by one. */
  apply(transaction: Transaction): Applied {
    assert(transaction.zxid === this.zxid + 1, "transactions are applied in order, and none is left out");
    this.zxid = transaction.zxid;
    const events: ZnodeEvent[] = [];
    const stats = transaction.changes.map((change) => {
      this.change(change, transaction, events);
      return "path" in change ? this.stat(change.path) : undefined;
    });
    return { events, stats };
  }

  private change(change: Change, transaction: Transaction, events: ZnodeEvent[]): void {
    switch (change.type) {
      case "create": {
        this.create(change, transaction);
        events.push({ type: "created", path: change.path });
        events.push({ type: "childrenChanged", path: parentPathOf(change.path) });
        return;
      }
      case "delete": {
        this.delete(change.path, transaction);
        events.push({ type: "deleted", path: change.path });
        events.push({ type: "childrenChanged", path: parentPathOf(change.path) });
        return;
      }
      case "setData": {
        const node = this.node(change.path);
        node.data = ownedBytes(change.data);
        node.version += 1;
        node.mzxid = transaction.zxid;
        node.mtimeMs = transaction.timeMs;
        events.push({ type: "dataChanged", path: change.path });
        return;
      }
      case "openSession":
        this.storedSessions.set(change.sessionId, ownedSession(change.session));
        return;
      case "closeSession":
        assert(!this.ephemerals.has(change.sessionId), "a closed session leaves no ephemeral node behind");
        this.storedSessions.delete(change.sessionId);
        return;
      default:
        unreachable(change);
    }
  }

  private create(change: Extract<Change, { type: "create" }>, { zxid, timeMs }: Transaction): void {
    const { path, data, ephemeralOwner } = change;
    const parent = this.node(parentPathOf(path));
    assert(!this.nodes.has(path), "a node is created where there is none");
    assert(parent.ephemeralOwner === 0, "an ephemeral node has no children");
    assert(ephemeralOwner === 0 || this.storedSessions.has(ephemeralOwner), "an ephemeral node's session is open");
    this.addNode(newZnode(path, { data: ownedBytes(data), zxid, timeMs, ephemeralOwner }));
    parent.createdCount += 1;
    parent.pzxid = zxid;
  }

  private delete(path: string, { zxid }: Transaction): void {
    const node = this.node(path);
    assert(node.children.size === 0, "a deleted node has no children");
    const parent = this.node(parentPathOf(path));
    parent.children.delete(znodeNameOf(path));
    parent.pzxid = zxid;
    this.nodes.delete(path);
    const siblings = this.ephemerals.get(node.ephemeralOwner);
    siblings?.delete(path);
    if (siblings?.size === 0) this.ephemerals.delete(node.ephemeralOwner);
  }

  private addNode(node: Znode): void {
    this.nodes.set(node.path, node);
    if (node.path === "/") return;
    this.node(parentPathOf(node.path)).children.add(znodeNameOf(node.path));
    if (node.ephemeralOwner === 0) return;
    const siblings = this.ephemerals.get(node.ephemeralOwner) ?? new Set();
    this.ephemerals.set(node.ephemeralOwner, siblings.add(node.path));
  }

  private node(path: string): Znode {
    const node = this.nodes.get(path);
    assert(node !== undefined, "a change was decided on a node that is there");
    return node;
  }
}

/** Paths of all nodes from `path` down, each before its children, those in the order of their names. */
export function pathsFrom(tree: ZnodeTree, path = "/"): readonly string[] {
  const children = tree.children(path) ?? [];
  return [path, ...children.flatMap((name) => pathsFrom(tree, childPathOf(path, name)))];
}

/** Bytes come as views of frames and files, which would stay in memory as long as the few bytes of a node do. */
function ownedBytes(data: Buffer | null): Buffer | null {
  return data === null ? null : Buffer.from(data);
}

function ownedSession({ password, timeoutMs }: StoredSession): StoredSession {
  return { password: Buffer.from(password), timeoutMs };
}

function newZnode(
  path: string,
  made: {
    readonly data: Buffer | null;
    readonly zxid: number;
    readonly timeMs: number;
    readonly ephemeralOwner: number;
  },
): Znode {
  const { data, zxid, timeMs, ephemeralOwner } = made;
  return {
    path,
    data,
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ctimeMs: timeMs,
    mtimeMs: timeMs,
    version: 0,
    createdCount: 0,
    ephemeralOwner,
    children: new Set(),
  };
}

function statOf(node: Znode): ZnodeStat {
  const { czxid, mzxid, pzxid, ctimeMs, mtimeMs, version, createdCount, ephemeralOwner, data, children } = node;
  return {
    czxid,
    mzxid,
    pzxid,
    ctimeMs,
    mtimeMs,
    version,
    // Creations plus deletions. ZooKeeper counts creations alone and tells this, which is why its root, born with a
    // child that it did not count, seems one change behind (golden/znodes-3.9.txt: eleven nodes, cv10).
    cversion: 2 * createdCount - children.size,
    ephemeralOwner,
    dataByteCount: data?.length ?? 0,
    childCount: children.size,
  };
}
