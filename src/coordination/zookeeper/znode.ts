/** What ZooKeeper tells of a node beside its data. */
export interface ZnodeStat {
  /** The transaction that created it. Of a broker's registration this is the broker epoch (KAFKA.md E.3). */
  readonly czxid: number;
  /** The transaction that last set its data. */
  readonly mzxid: number;
  /** The transaction that last added or removed a child. */
  readonly pzxid: number;
  readonly ctimeMs: number;
  readonly mtimeMs: number;
  /** How often the data was set since its creation. */
  readonly version: number;
  /** How many children were added and removed since its creation. */
  readonly cversion: number;
  /** The session that it goes away with; 0 for a persistent node. */
  readonly ephemeralOwner: number;
  readonly dataByteCount: number;
  readonly childCount: number;
}

export type CreateMode = "persistent" | "ephemeral" | "persistentSequential" | "ephemeralSequential";

/** Stands for "whatever the version is" in a condition. */
export const anyVersion = -1;

/** One step of a write, as a client asks for it. */
export type Operation =
  | { readonly type: "create"; readonly path: string; readonly data: Buffer | null; readonly mode: CreateMode }
  | { readonly type: "delete"; readonly path: string; readonly version: number }
  | { readonly type: "setData"; readonly path: string; readonly data: Buffer | null; readonly version: number }
  | { readonly type: "check"; readonly path: string; readonly version: number };

/**
 * One step of a write, as it was decided: nothing can fail any more, and applying it to the same tree has the same
 * outcome whenever that is. This is what the transaction log holds.
 */
export type Change =
  | { readonly type: "create"; readonly path: string; readonly data: Buffer | null; readonly ephemeralOwner: number }
  | { readonly type: "delete"; readonly path: string }
  | { readonly type: "setData"; readonly path: string; readonly data: Buffer | null }
  | { readonly type: "openSession"; readonly sessionId: number; readonly session: StoredSession }
  | { readonly type: "closeSession"; readonly sessionId: number };

/** What outlives a server's restart of a session. */
export interface StoredSession {
  /** Who comes back to the session must know it. */
  readonly password: Buffer;
  readonly timeoutMs: number;
}

/** All changes of one write, together. A write that was refused has a number too, and no changes. */
export interface Transaction {
  readonly zxid: number;
  readonly timeMs: number;
  readonly changes: readonly Change[];
}

export type ZnodeEventType = "created" | "deleted" | "dataChanged" | "childrenChanged";

/** What a watch tells. */
export interface ZnodeEvent {
  readonly type: ZnodeEventType;
  readonly path: string;
}
