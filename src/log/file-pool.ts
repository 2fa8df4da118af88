/**
 * Segment files, open while they are in use. A process may hold only so many files open (1,024 on some systems), and a
 * data directory has as many as partitions times segments. So a file is opened when it is first used, and closed when
 * others need its place and it was not used lately.
 */
import { assert } from "../base/assert.ts";
import type { File, Files } from "../runtime/runtime.ts";

/** One file that opens itself when it is used. */
export class PooledFile {
  readonly path: string;
  wasUsedLately = false;
  private readonly pool: FilePool;
  /** A file that was there and is gone is an error of the disk, and not made anew in silence. */
  private mayCreate: boolean;
  private file: File | undefined;

  constructor(pool: FilePool, path: string, mayCreate: boolean) {
    this.pool = pool;
    this.path = path;
    this.mayCreate = mayCreate;
  }

  /** The open file: to be used at once and not to be kept. */
  get opened(): File {
    this.wasUsedLately = true;
    if (this.file === undefined) {
      this.pool.makeRoomFor(this);
      this.file = this.pool.files.open(this.path, { create: this.mayCreate });
      this.mayCreate = false;
    }
    return this.file;
  }

  get isOpen(): boolean {
    return this.file !== undefined;
  }

  /** Close it; using it opens it again. */
  close(): void {
    if (this.file === undefined) return;
    const { file } = this;
    this.file = undefined;
    this.pool.forget(this);
    file[Symbol.dispose]();
  }
}

/** Keeps at most so many of its files open at a time. */
export class FilePool {
  readonly files: Files;
  private readonly openCountMax: number;
  /** In the order of a clock's hand: who was used since the hand last passed is passed once more. */
  private readonly open = new Set<PooledFile>();

  constructor(files: Files, openCountMax: number) {
    assert(openCountMax > 0, "a pool has room for one file at least");
    this.files = files;
    this.openCountMax = openCountMax;
  }

  get openCount(): number {
    return this.open.size;
  }

  /** A file that is there, or with `create` one that may have to be made when it is first used. */
  file(path: string, options: { readonly create: boolean }): PooledFile {
    return new PooledFile(this, path, options.create);
  }

  makeRoomFor(file: PooledFile): void {
    while (this.open.size >= this.openCountMax) this.closeOne();
    this.open.add(file);
  }

  forget(file: PooledFile): void {
    this.open.delete(file);
  }

  private closeOne(): void {
    for (const candidate of this.open) {
      this.open.delete(candidate);
      if (!candidate.wasUsedLately) {
        candidate.close();
        return;
      }
      candidate.wasUsedLately = false;
      this.open.add(candidate);
    }
  }
}
