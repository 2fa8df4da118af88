import { assert } from "../../base/assert.ts";
import { compareByCodeUnit, namesAlong } from "../file-path.ts";
import { FileError, type Clock, type DirectoryEntry, type File, type Files } from "../runtime.ts";
import { MemoryContent } from "./memory-content.ts";

/** What a `FileFaults` is asked about. */
export type FileOperation = "open" | "read" | "append" | "write" | "truncate" | "sync" | "rename" | "remove";

/** Where a test or a simulation makes the disk misbehave. */
export interface FileFaults {
  /** The operating system's code with which this operation fails (EIO, ENOSPC, ...); undefined lets it pass. */
  codeFor(operation: FileOperation, path: string, byteCount: number): string | undefined;
}

export interface MemoryFilesOptions {
  readonly clock: Clock;
  /** Size of the disk; writing more fails with ENOSPC. Undefined: no limit. */
  readonly capacityBytes?: number;
  readonly faults?: FileFaults;
}

interface FileNode {
  readonly isDirectory: false;
  readonly content: MemoryContent;
  modifiedMs: number;
  /** Out of the tree; lives on for who has it open, and counts no more for the disk. */
  isRemoved: boolean;
}

interface DirectoryNode {
  readonly isDirectory: true;
  readonly entries: Map<string, FileNode | DirectoryNode>;
}

type TreeNode = FileNode | DirectoryNode;

/** Files in memory with the manners of a POSIX disk: an open file survives its renaming and its removal. */
export class MemoryFiles implements Files {
  private readonly root: DirectoryNode = newDirectory();
  private readonly disk: MemoryDisk;

  constructor(options: MemoryFilesOptions) {
    this.disk = new MemoryDisk(options);
  }

  open(path: string, options: { readonly create: boolean }): File {
    this.disk.admit("open", path, 0);
    const { parent, name } = this.locate(path, "open");
    let node = parent.entries.get(name);
    if (node === undefined && options.create) {
      node = {
        isDirectory: false,
        content: new MemoryContent(),
        modifiedMs: this.disk.clock.wallMs(),
        isRemoved: false,
      };
      parent.entries.set(name, node);
    }
    if (node === undefined) throw new FileError("ENOENT", path, "open");
    if (node.isDirectory) throw new FileError("EISDIR", path, "open");
    return new MemoryFile(path, node, this.disk);
  }

  exists(path: string): boolean {
    return this.find(path) !== undefined;
  }

  list(directory: string): readonly DirectoryEntry[] {
    const node = this.find(directory);
    if (node === undefined) return [];
    if (!node.isDirectory) throw new FileError("ENOTDIR", directory, "list");
    return [...node.entries]
      .map(([name, entry]) => ({ name, isDirectory: entry.isDirectory }))
      .sort((left, right) => compareByCodeUnit(left.name, right.name));
  }

  makeDirectory(directory: string): void {
    let node = this.root;
    for (const name of namesAlong(directory)) {
      let next = node.entries.get(name);
      if (next === undefined) {
        next = newDirectory();
        node.entries.set(name, next);
      }
      if (!next.isDirectory) throw new FileError("EEXIST", directory, "make directory");
      node = next;
    }
  }

  rename(from: string, to: string): void {
    this.disk.admit("rename", from, 0);
    const source = this.locate(from, "rename");
    const target = this.locate(to, "rename");
    const node = source.parent.entries.get(source.name);
    if (node === undefined) throw new FileError("ENOENT", from, "rename");
    const replaced = target.parent.entries.get(target.name);
    if (replaced === node) return;
    const code = `${to}/`.startsWith(`${from}/`) ? "EINVAL" : refusalToReplace(replaced, node);
    if (code !== undefined) throw new FileError(code, to, "rename");
    source.parent.entries.delete(source.name);
    target.parent.entries.set(target.name, node);
    if (replaced !== undefined) this.disk.release(replaced);
  }

  remove(path: string): void {
    this.disk.admit("remove", path, 0);
    const name = namesAlong(path).at(-1);
    assert(name !== undefined, "the root is not removed");
    const parent = this.find(path.slice(0, Math.max(0, path.length - name.length - 1)));
    if (parent?.isDirectory !== true) return;
    const node = parent.entries.get(name);
    if (node === undefined) return;
    parent.entries.delete(name);
    this.disk.release(node);
  }

  readAll(path: string): Buffer {
    using file = this.open(path, { create: false });
    const content = Buffer.allocUnsafe(file.byteCount);
    file.read(0, content);
    return content;
  }

  writeAtomically(path: string, content: Buffer): void {
    const temporaryPath = `${path}.tmp`;
    using file = this.open(temporaryPath, { create: true });
    file.truncate(0);
    file.append([content]);
    file.sync();
    this.rename(temporaryPath, path);
  }

  space(): { readonly freeBytes: number; readonly totalBytes: number } | undefined {
    return this.disk.space();
  }

  private find(path: string): TreeNode | undefined {
    let node: TreeNode | undefined = this.root;
    for (const name of namesAlong(path)) {
      if (node?.isDirectory !== true) return undefined;
      node = node.entries.get(name);
    }
    return node;
  }

  private locate(path: string, operation: string): { readonly parent: DirectoryNode; readonly name: string } {
    const names = namesAlong(path);
    const name = names.at(-1);
    if (name === undefined) throw new FileError("EISDIR", path, operation);
    let parent = this.root;
    for (const directory of names.slice(0, -1)) {
      const next = parent.entries.get(directory);
      if (next === undefined) throw new FileError("ENOENT", path, operation);
      if (!next.isDirectory) throw new FileError("ENOTDIR", path, operation);
      parent = next;
    }
    return { parent, name };
  }
}

function newDirectory(): DirectoryNode {
  return { isDirectory: true, entries: new Map() };
}

/** The code with which a disk refuses to put `node` where `replaced` is; undefined where it does not. */
function refusalToReplace(replaced: TreeNode | undefined, node: TreeNode): string | undefined {
  if (replaced === undefined) return undefined;
  if (!replaced.isDirectory) return node.isDirectory ? "ENOTDIR" : undefined;
  if (!node.isDirectory) return "EISDIR";
  return replaced.entries.size > 0 ? "ENOTEMPTY" : undefined;
}

/** Counts the bytes that all files have together and lets operations fail where the options say so. */
class MemoryDisk {
  readonly clock: Clock;
  private readonly capacityBytes: number | undefined;
  private readonly faults: FileFaults | undefined;
  private usedBytes = 0;

  constructor(options: MemoryFilesOptions) {
    this.clock = options.clock;
    this.capacityBytes = options.capacityBytes;
    this.faults = options.faults;
  }

  admit(operation: FileOperation, path: string, byteCount: number): void {
    const code = this.faults?.codeFor(operation, path, byteCount);
    if (code !== undefined) throw new FileError(code, path, operation);
  }

  /** Account for a file that grows (or shrinks) by `byteCount`. */
  grow(operation: FileOperation, path: string, byteCount: number): void {
    if (this.capacityBytes !== undefined && byteCount > 0 && this.usedBytes + byteCount > this.capacityBytes) {
      throw new FileError("ENOSPC", path, operation);
    }
    this.usedBytes += byteCount;
  }

  release(node: TreeNode): void {
    if (!node.isDirectory) {
      this.usedBytes -= node.content.byteCount;
      node.isRemoved = true;
      return;
    }
    for (const entry of node.entries.values()) this.release(entry);
  }

  space(): { readonly freeBytes: number; readonly totalBytes: number } | undefined {
    if (this.capacityBytes === undefined) return undefined;
    return { freeBytes: Math.max(0, this.capacityBytes - this.usedBytes), totalBytes: this.capacityBytes };
  }
}

/** One open file in memory. */
class MemoryFile implements File {
  private readonly path: string;
  private readonly node: FileNode;
  private readonly disk: MemoryDisk;
  private isOpen = true;

  constructor(path: string, node: FileNode, disk: MemoryDisk) {
    this.path = path;
    this.node = node;
    this.disk = disk;
  }

  get byteCount(): number {
    return this.node.content.byteCount;
  }

  get modifiedMs(): number {
    return this.node.modifiedMs;
  }

  append(chunks: readonly Buffer[]): void {
    let byteCount = 0;
    for (const chunk of chunks) byteCount += chunk.byteLength;
    this.change("append", byteCount, this.byteCount + byteCount);
    for (const chunk of chunks) this.node.content.write(this.byteCount, chunk);
  }

  write(position: number, bytes: Buffer): void {
    this.change("write", bytes.byteLength, Math.max(this.byteCount, position + bytes.byteLength));
    this.node.content.write(position, bytes);
  }

  read(position: number, target: Buffer): number {
    this.admit("read", target.byteLength);
    return this.node.content.read(position, target);
  }

  truncate(byteCount: number): void {
    this.change("truncate", 0, byteCount);
    this.node.content.truncate(byteCount);
  }

  sync(): void {
    this.admit("sync", 0);
  }

  [Symbol.dispose](): void {
    this.isOpen = false;
  }

  private change(operation: FileOperation, byteCount: number, byteCountAfter: number): void {
    this.admit(operation, byteCount);
    if (!this.node.isRemoved) this.disk.grow(operation, this.path, byteCountAfter - this.byteCount);
    this.node.modifiedMs = this.disk.clock.wallMs();
  }

  private admit(operation: FileOperation, byteCount: number): void {
    assert(this.isOpen, "a closed file is not used any more");
    this.disk.admit(operation, this.path, byteCount);
  }
}
