import { unreachable } from "../../base/assert.ts";
import { crc32c } from "../../base/crc32c.ts";
import type { MessageOf } from "../../protocol/schema/message.ts";
import { MalformedMessageError } from "../../protocol/schema/message-error.ts";
import type { File, Files } from "../../runtime/runtime.ts";
import { storedSnapshot, storedTransaction } from "./stored-messages.ts";
import { ZnodeTree, type StoredTree } from "./znode-tree.ts";
import type { Change, Transaction } from "./znode.ts";

const snapshotName = "snapshot";
const logName = "transactions";
const storedVersion = 0;

/** A length and a CRC-32C of what follows. */
const entryHeaderByteCount = 8;

export interface TransactionLogOptions {
  /** Where the files are; "" is the root. */
  readonly directory: string;
  /** After so many transactions the tree is written as a whole and the log begins anew. */
  readonly transactionsPerSnapshot: number;
  /** Force each write to the disk before anybody hears of it (ZooKeeper's `forceSync`). */
  readonly isForcingSync: boolean;
}

/** What is stored can't be what was written: no tree can be made of it. */
export class CorruptCoordinationStateError extends Error {
  override readonly name = "CorruptCoordinationStateError";
}

/**
 * The coordination node's memory: a snapshot of the tree and the transactions since. What was committed is there after
 * a restart; a write that the end of the process tore apart was not committed, and is cut off.
 *
 * The snapshot names its last transaction, so that a log which is older than it (the process ended between writing the
 * one and emptying the other) does no harm. Throws `FileError` where the disk refuses.
 */
export class TransactionLog implements Disposable {
  private readonly files: Files;
  private readonly options: TransactionLogOptions;
  private readonly file: File;
  private waiting: Buffer[] = [];
  private waitingCount = 0;
  private loggedCount = 0;

  private constructor(files: Files, options: TransactionLogOptions, file: File) {
    this.files = files;
    this.options = options;
    this.file = file;
  }

  /** Read what is stored. Throws `CorruptCoordinationStateError`. */
  static open(
    files: Files,
    options: TransactionLogOptions,
  ): { readonly log: TransactionLog; readonly tree: ZnodeTree } {
    if (options.directory !== "") files.makeDirectory(options.directory);
    const snapshotPath = pathIn(options.directory, snapshotName);
    const tree = files.exists(snapshotPath)
      ? new ZnodeTree(readSnapshot(files.readAll(snapshotPath)))
      : new ZnodeTree();
    const log = new TransactionLog(files, options, files.open(pathIn(options.directory, logName), { create: true }));
    log.replay(tree);
    return { log, tree };
  }

  /** Nobody may hear of `transaction` before the next `commit`. */
  append(transaction: Transaction): void {
    this.waiting.push(...entryOf(storedTransaction.encode(writtenTransaction(transaction), storedVersion)));
    this.waitingCount += 1;
  }

  /** Write what was appended. `tree` is what it makes. */
  commit(tree: StoredTree): void {
    if (this.waitingCount === 0) return;
    this.file.append(this.waiting);
    if (this.options.isForcingSync) this.file.sync();
    this.loggedCount += this.waitingCount;
    this.waiting = [];
    this.waitingCount = 0;
    if (this.loggedCount >= this.options.transactionsPerSnapshot) this.snapshot(tree);
  }

  [Symbol.dispose](): void {
    this.file[Symbol.dispose]();
  }

  private snapshot(tree: StoredTree): void {
    const content = Buffer.concat(entryOf(storedSnapshot.encode(writtenTree(tree), storedVersion)));
    this.files.writeAtomically(pathIn(this.options.directory, snapshotName), content);
    this.file.truncate(0);
    this.loggedCount = 0;
  }

  private replay(tree: ZnodeTree): void {
    const content = Buffer.alloc(this.file.byteCount);
    this.file.read(0, content);
    let position = 0;
    for (;;) {
      const entry = entryAt(content, position);
      if (entry === undefined) break;
      const transaction = readTransaction(entry);
      if (transaction.zxid > tree.lastZxid + 1) throw new CorruptCoordinationStateError("transactions are missing");
      if (transaction.zxid > tree.lastZxid) tree.apply(transaction);
      position += entryHeaderByteCount + entry.length;
      this.loggedCount += 1;
    }
    if (position < content.length) this.file.truncate(position);
  }
}

function pathIn(directory: string, name: string): string {
  return directory === "" ? name : `${directory}/${name}`;
}

function entryOf(chunks: readonly Buffer[]): Buffer[] {
  const body = Buffer.concat(chunks);
  const header = Buffer.alloc(entryHeaderByteCount);
  header.writeUInt32BE(body.length, 0);
  header.writeUInt32BE(crc32c(body), 4);
  return [header, body];
}

/** The entry at `position`; undefined where none is whole. */
function entryAt(content: Buffer, position: number): Buffer | undefined {
  const bodyPosition = position + entryHeaderByteCount;
  if (bodyPosition > content.length) return undefined;
  const end = bodyPosition + content.readUInt32BE(position);
  if (end > content.length || end === bodyPosition) return undefined;
  const body = content.subarray(bodyPosition, end);
  return crc32c(body) === content.readUInt32BE(position + 4) ? body : undefined;
}

/** Whole by its CRC, and yet not what is written here: another program's, or another version's. */
function decoded<Read>(decode: () => Read): Read {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MalformedMessageError) throw new CorruptCoordinationStateError(error.message);
    throw error;
  }
}

// --- Snapshots

function writtenTree(tree: StoredTree): MessageOf<typeof storedSnapshot> {
  const sessions = [...tree.sessions].map(([sessionId, session]) => ({ sessionId, ...session }));
  return { lastZxid: tree.lastZxid, sessions, znodes: [...tree.znodes] };
}

function readSnapshot(content: Buffer): StoredTree {
  const entry = entryAt(content, 0);
  if (entry?.length !== content.length - entryHeaderByteCount) {
    throw new CorruptCoordinationStateError("the snapshot is damaged");
  }
  const { lastZxid, sessions, znodes } = decoded(() => storedSnapshot.decode(entry, storedVersion));
  return { lastZxid, znodes, sessions: new Map(sessions.map(({ sessionId, ...session }) => [sessionId, session])) };
}

// --- Transactions

type WrittenTransaction = MessageOf<typeof storedTransaction>;
type WrittenChange = WrittenTransaction["changes"][number];

const changeCodes = { create: 1, delete: 2, setData: 3, openSession: 4, closeSession: 5 } as const satisfies Record<
  Change["type"],
  number
>;

function writtenTransaction({ zxid, timeMs, changes }: Transaction): WrittenTransaction {
  return { zxid, timeMs, changes: changes.map(writtenChange) };
}

function writtenChange(change: Change): WrittenChange {
  const written = { type: changeCodes[change.type], path: "", data: null, sessionId: 0, timeoutMs: 0 };
  switch (change.type) {
    case "create":
      return { ...written, path: change.path, data: change.data, sessionId: change.ephemeralOwner };
    case "delete":
      return { ...written, path: change.path };
    case "setData":
      return { ...written, path: change.path, data: change.data };
    case "openSession": {
      const { password, timeoutMs } = change.session;
      return { ...written, sessionId: change.sessionId, data: password, timeoutMs };
    }
    case "closeSession":
      return { ...written, sessionId: change.sessionId };
    default:
      return unreachable(change);
  }
}

function readTransaction(entry: Buffer): Transaction {
  const { zxid, timeMs, changes } = decoded(() => storedTransaction.decode(entry, storedVersion));
  return { zxid, timeMs, changes: changes.map(readChange) };
}

function readChange({ type, path, data, sessionId, timeoutMs }: WrittenChange): Change {
  switch (type) {
    case changeCodes.create:
      return { type: "create", path, data, ephemeralOwner: sessionId };
    case changeCodes.delete:
      return { type: "delete", path };
    case changeCodes.setData:
      return { type: "setData", path, data };
    case changeCodes.openSession:
      if (data === null) throw new CorruptCoordinationStateError("a session without a password");
      return { type: "openSession", sessionId, session: { password: data, timeoutMs } };
    case changeCodes.closeSession:
      return { type: "closeSession", sessionId };
    default:
      throw new CorruptCoordinationStateError(`a change of the type ${type}`);
  }
}
