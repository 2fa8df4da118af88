/**
 * The entries of one index file. While its segment is written to, an index lives in memory only: Kafka maps the file
 * and lets the kernel write it out, and after an unclean stop rebuilds it from the log anyway, because the active
 * segment is never below the recovery point (KAFKA.md C.3, C.9). So an append costs no system call, a new partition
 * costs no index files, and what stands in the file is right whenever somebody may rely on it: after a roll, a flush
 * or a clean close.
 */
import { assert } from "../base/assert.ts";
import type { File, Files } from "../runtime/runtime.ts";

const entryCountFirst = 16;
/** Below this many bytes a file is read at once; above it the search probes single entries first. */
const blockByteCount = 16 * 1024;

/** Fixed-size entries, sorted by their keys: appended at the end, searched by bisection, cut from the end. */
export class IndexFile {
  readonly path: string;
  private readonly files: Files;
  private readonly entryByteCount: number;
  /** The entries while they grow; undefined while only the file holds them. */
  private memory: Buffer | undefined;
  private counted: number | undefined;
  private isDirty = false;
  /** The file holds something that may not be on the disk yet. */
  private isUnsynced = false;

  private constructor(files: Files, path: string, entryByteCount: number) {
    this.files = files;
    this.path = path;
    this.entryByteCount = entryByteCount;
  }

  /** An index without entries, whatever the file holds. */
  static empty(files: Files, path: string, entryByteCount: number): IndexFile {
    const index = new IndexFile(files, path, entryByteCount);
    index.clear();
    return index;
  }

  /** The index that a file holds; a missing file holds none, a last partial entry does not count. */
  static existing(files: Files, path: string, entryByteCount: number): IndexFile {
    return new IndexFile(files, path, entryByteCount);
  }

  get count(): number {
    this.counted ??= this.withFile((file) => Math.floor(file.byteCount / this.entryByteCount)) ?? 0;
    return this.counted;
  }

  /** Bytes on disk or to be. */
  get byteCount(): number {
    return this.count * this.entryByteCount;
  }

  /** Have the entries in memory, where they grow. */
  load(): void {
    if (this.memory === undefined) this.inMemory();
  }

  /** Room for one more entry: the caller writes it at the returned position of `bytes`. */
  extend(): { readonly bytes: Buffer; readonly position: number } {
    let bytes = this.inMemory();
    const position = this.byteCount;
    if (position + this.entryByteCount > bytes.byteLength) {
      const grown = Buffer.alloc(Math.max(bytes.byteLength * 2, entryCountFirst * this.entryByteCount));
      bytes.copy(grown, 0, 0, position);
      this.memory = bytes = grown;
    }
    this.counted = this.count + 1;
    this.isDirty = true;
    return { bytes, position };
  }

  /** The entry at `index`, as its own small buffer or a view: to be read at once. */
  entry(index: number): Buffer {
    assert(index >= 0 && index < this.count, "an index entry is asked for within the index");
    const position = index * this.entryByteCount;
    if (this.memory !== undefined) return this.memory.subarray(position, position + this.entryByteCount);
    return this.withFile((file) => this.readEntries(file, index, 1)) ?? Buffer.alloc(this.entryByteCount);
  }

  /** Index of the last entry whose key is at most `key`; -1 where there is none. Keys grow with the index. */
  floor(key: number, keyOf: (bytes: Buffer, position: number) => number): number {
    if (this.memory !== undefined) return this.floorIn(this.memory, this.count, key, keyOf);
    return this.withFile((file) => this.floorInFile(file, key, keyOf)) ?? -1;
  }

  truncate(count: number): void {
    assert(count <= this.count, "an index is only cut shorter");
    if (count === this.count) return;
    this.inMemory();
    this.counted = count;
    this.isDirty = true;
  }

  clear(): void {
    this.memory = Buffer.alloc(0);
    this.counted = 0;
    this.isDirty = true;
  }

  /** Write what is only in memory to the file. */
  save(): void {
    if (!this.isDirty && this.files.exists(this.path)) return;
    using file = this.files.open(this.path, { create: true });
    file.truncate(0);
    if (this.count > 0) file.append([this.inMemory().subarray(0, this.byteCount)]);
    this.isDirty = false;
    this.isUnsynced = true;
  }

  /** Write it out and keep nothing in memory. */
  seal(): void {
    this.save();
    this.memory = undefined;
  }

  /** Force to the disk what was written to the file. */
  sync(): void {
    if (!this.isUnsynced) return;
    this.withFile((file) => file.sync());
    this.isUnsynced = false;
  }

  private inMemory(): Buffer {
    this.memory ??= this.withFile((file) => this.readEntries(file, 0, this.count)) ?? Buffer.alloc(0);
    return this.memory;
  }

  private withFile<Result>(use: (file: File) => Result): Result | undefined {
    if (!this.files.exists(this.path)) return undefined;
    using file = this.files.open(this.path, { create: false });
    return use(file);
  }

  private readEntries(file: File, index: number, count: number): Buffer {
    const bytes = Buffer.alloc(count * this.entryByteCount);
    file.read(index * this.entryByteCount, bytes);
    return bytes;
  }

  private floorInFile(file: File, key: number, keyOf: (bytes: Buffer, position: number) => number): number {
    let low = 0;
    let high = this.count;
    while ((high - low) * this.entryByteCount > blockByteCount) {
      const middle = (low + high) >>> 1;
      if (keyOf(this.readEntries(file, middle, 1), 0) <= key) low = middle;
      else high = middle;
    }
    const found = this.floorIn(this.readEntries(file, low, high - low), high - low, key, keyOf);
    return found === -1 ? -1 : low + found;
  }

  private floorIn(
    bytes: Buffer,
    count: number,
    key: number,
    keyOf: (bytes: Buffer, position: number) => number,
  ): number {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keyOf(bytes, middle * this.entryByteCount) <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
