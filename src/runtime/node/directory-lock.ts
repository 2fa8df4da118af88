import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Name of the file whose existence says that a process owns the directory. */
export const lockFileName = ".tapedeck.lock";

/** A file without readable content this young is being written at this moment; an older one is left of a crash. */
const writingMsMax = 5000;

/** Another instance, of this process or of another one, owns the data directory. */
export class DirectoryHeldError extends Error {
  override readonly name = "DirectoryHeldError";
  readonly directory: string;
  /** Process id of the holder; undefined where it could not be learned. */
  readonly pid: number | undefined;

  constructor(directory: string, pid: number | undefined) {
    super(`${directory} is held by ${pid === undefined ? "another process" : `process ${String(pid)}`}`);
    this.directory = directory;
    this.pid = pid;
  }
}

/** What a lock file says about its holder. */
interface Holder {
  readonly pid: number;
  /** What tells a process from a later one of the same pid; empty where the system does not say. */
  readonly processStart: string;
  readonly startedMs: number;
  /** Tells this lock from any other, also of the same process. */
  readonly lockId: string;
}

/**
 * Take exclusive ownership of `directory` (made where it is missing) until the result is disposed. Throws
 * `DirectoryHeldError` where a living process owns it; the lock of a dead one is taken over.
 *
 * A plain file, because Node has no file locks. It is made with O_EXCL, so two instances never both have it. Taking
 * over a dead one's lock means removing a file, and between "it is dead" and "remove it" another process could have
 * done the same and locked anew: so that step is guarded by a second O_EXCL file, and the lock is judged again inside.
 */
export function lockDirectory(directory: string): Disposable {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, lockFileName);
  const mine = { pid: process.pid, processStart: processStartOf("self"), startedMs: Date.now(), lockId: randomUUID() };
  if (!create(path, mine)) {
    takeOver(directory, path, mine);
  }
  return {
    [Symbol.dispose](): void {
      // Only one's own lock: somebody may have removed the file by hand and started another instance.
      if (readHolder(path)?.lockId === mine.lockId) rmSync(path, { force: true });
    },
  };
}

function takeOver(directory: string, path: string, mine: Holder): void {
  refuseWhereHeld(directory, path);
  const guard = `${path}.takeover`;
  if (isAbandoned(guard)) rmSync(guard, { force: true });
  if (!create(guard, mine)) throw new DirectoryHeldError(directory, readHolder(guard)?.pid);
  try {
    refuseWhereHeld(directory, path);
    rmSync(path, { force: true });
    if (!create(path, mine)) throw new DirectoryHeldError(directory, readHolder(path)?.pid);
  } finally {
    rmSync(guard, { force: true });
  }
}

function refuseWhereHeld(directory: string, path: string): void {
  if (!isAbandoned(path)) throw new DirectoryHeldError(directory, readHolder(path)?.pid);
}

/** Whether the file is there and whoever made it is gone. A file that vanished meanwhile counts as abandoned. */
function isAbandoned(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return true;
  const holder = readHolder(path);
  if (holder === undefined) return Date.now() - stats.mtimeMs > writingMsMax;
  return !isAlive(holder);
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  const pid = String(holder.pid);
  if (hasEnded(pid)) return false;
  const processStart = processStartOf(pid);
  return processStart === "" || holder.processStart === "" || processStart === holder.processStart;
}

/**
 * Whether a process that still has its pid has ended: killed, and its parent has not asked how it went. In a container
 * whose first process never does, it stays like that for good.
 */
function hasEnded(pid: string): boolean {
  const state = statFieldsOf(pid)[0];
  return state === "Z" || state === "X";
}

/**
 * Boot and start tick of a process, where the system tells them (Linux). Without it a restarted container, in which
 * every instance has the same small pid, would take its own earlier lock for a living one's.
 */
function processStartOf(pid: string): string {
  try {
    const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const startTick = statFieldsOf(pid)[19];
    return startTick === undefined ? "" : `${bootId}/${startTick}`;
  } catch {
    return "";
  }
}

/** What Linux says about a process, from the third field (its state) on; the start tick is the 22nd. */
function statFieldsOf(pid: string): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in brackets and may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

function create(path: string, holder: Holder): boolean {
  try {
    writeFileSync(path, JSON.stringify(holder), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    // On a full disk the file was made and not filled: left there, it would look like somebody's who is just starting.
    rmSync(path, { force: true });
    throw error;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, "utf8")) as Partial<Holder> | null;
    if (typeof holder?.pid !== "number") return undefined;
    const { pid, processStart = "", startedMs = 0, lockId = "" } = holder;
    return { pid, processStart, startedMs, lockId };
  } catch {
    return undefined;
  }
}
