import { closeSync, fstatSync, fsyncSync, ftruncateSync, readSync, writeSync, writevSync, type Stats } from "node:fs";

import { assert } from "../../base/assert.ts";
import { FileError, type File } from "../runtime.ts";

/** Linux refuses longer vectors (IOV_MAX) with EINVAL. */
const chunksPerWriteMax = 1024;

/** One open file. Its size is tracked here, so that asking costs nothing: nobody else may write to the file. */
export class NodeFile implements File {
  private readonly path: string;
  private descriptor: number | undefined;
  private size: number;
  private changedMs: number | undefined;

  constructor(path: string, descriptor: number, stats: Stats) {
    this.path = path;
    this.descriptor = descriptor;
    this.size = stats.size;
    this.changedMs = Math.trunc(stats.mtimeMs);
  }

  get byteCount(): number {
    return this.size;
  }

  get modifiedMs(): number {
    this.changedMs ??= this.attempt("stat", (descriptor) => Math.trunc(fstatSync(descriptor).mtimeMs));
    return this.changedMs;
  }

  append(chunks: readonly Buffer[]): void {
    const before = this.size;
    this.changedMs = undefined;
    this.attempt("append to", (descriptor) => {
      try {
        this.size += writeAllAt(descriptor, before, chunks);
      } catch (error) {
        restoreSize(descriptor, before);
        throw error;
      }
    });
  }

  write(position: number, bytes: Buffer): void {
    this.changedMs = undefined;
    this.attempt("write to", (descriptor) => {
      const written = writeAllAt(descriptor, position, [bytes]);
      this.size = Math.max(this.size, position + written);
    });
  }

  read(position: number, target: Buffer): number {
    return this.attempt("read", (descriptor) => {
      let byteCount = 0;
      while (byteCount < target.byteLength) {
        const count = readSync(descriptor, target, byteCount, target.byteLength - byteCount, position + byteCount);
        if (count === 0) break;
        byteCount += count;
      }
      return byteCount;
    });
  }

  truncate(byteCount: number): void {
    this.changedMs = undefined;
    this.attempt("truncate", (descriptor) => {
      ftruncateSync(descriptor, byteCount);
      this.size = byteCount;
    });
  }

  sync(): void {
    this.attempt("sync", (descriptor) => {
      fsyncSync(descriptor);
    });
  }

  [Symbol.dispose](): void {
    if (this.descriptor === undefined) return;
    const descriptor = this.descriptor;
    this.descriptor = undefined;
    closeSync(descriptor);
  }

  private attempt<Result>(operation: string, work: (descriptor: number) => Result): Result {
    assert(this.descriptor !== undefined, "a closed file is not used any more");
    try {
      return work(this.descriptor);
    } catch (error) {
      throw fileErrorOf(error, this.path, operation);
    }
  }
}

/** An error of the operating system as a `FileError`; any other error is the program's and stays what it is. */
export function fileErrorOf(error: unknown, path: string, operation: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  return error.code.startsWith("ERR_") ? error : new FileError(error.code, path, operation);
}

/** Write all of `chunks` one after another from `position` on, however short the single writes are. */
function writeAllAt(descriptor: number, position: number, chunks: readonly Buffer[]): number {
  let byteCount = 0;
  let pending = chunks.filter((chunk) => chunk.byteLength > 0);
  while (pending.length > 0) {
    const written = writeSome(descriptor, position + byteCount, pending);
    byteCount += written;
    pending = withoutFirstBytes(pending, written);
  }
  return byteCount;
}

function writeSome(descriptor: number, position: number, chunks: readonly Buffer[]): number {
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return writeSync(descriptor, first, 0, first.byteLength, position);
  return writevSync(descriptor, chunks.slice(0, chunksPerWriteMax), position);
}

function withoutFirstBytes(chunks: readonly Buffer[], byteCount: number): Buffer[] {
  let left = byteCount;
  let index = 0;
  for (const chunk of chunks) {
    if (chunk.byteLength > left) break;
    left -= chunk.byteLength;
    index += 1;
  }
  const rest = chunks.slice(index);
  if (left > 0 && rest[0] !== undefined) rest[0] = rest[0].subarray(left);
  return rest;
}

/** What a failed append left behind is cut off. Where even that fails, the next append overwrites it. */
function restoreSize(descriptor: number, byteCount: number): void {
  try {
    ftruncateSync(descriptor, byteCount);
  } catch {
    // The failed append is the error to tell; appends write at a tracked position, not at the file's own end.
  }
}
