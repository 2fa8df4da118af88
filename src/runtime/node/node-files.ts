import {
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { assert } from "../../base/assert.ts";
import { compareByCodeUnit, namesAlong } from "../file-path.ts";
import type { DirectoryEntry, File, Files } from "../runtime.ts";
import { fileErrorOf, NodeFile } from "./node-file.ts";

/** Files below one directory of the machine, which is there already or made by `makeDirectory("")`. */
export class NodeFiles implements Files {
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  open(path: string, options: { readonly create: boolean }): File {
    const flags = constants.O_RDWR | (options.create ? constants.O_CREAT : 0);
    return attempt("open", path, () => {
      const descriptor = openSync(this.full(path), flags);
      return new NodeFile(path, descriptor, fstatSync(descriptor));
    });
  }

  exists(path: string): boolean {
    return attempt("stat", path, () => lstatSync(this.full(path), { throwIfNoEntry: false }) !== undefined);
  }

  list(directory: string): readonly DirectoryEntry[] {
    const entries = attempt("list", directory, () => {
      try {
        return readdirSync(this.full(directory), { withFileTypes: true });
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    });
    return entries
      .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
      .sort((left, right) => compareByCodeUnit(left.name, right.name));
  }

  makeDirectory(directory: string): void {
    attempt("make directory", directory, () => mkdirSync(this.full(directory), { recursive: true }));
  }

  rename(from: string, to: string): void {
    attempt("rename", from, () => {
      renameSync(this.full(from), this.full(to));
    });
  }

  remove(path: string): void {
    assert(path !== "", "the root is not removed");
    attempt("remove", path, () => {
      rmSync(this.full(path), { recursive: true, force: true });
    });
  }

  readAll(path: string): Buffer {
    return attempt("read", path, () => readFileSync(this.full(path)));
  }

  writeAtomically(path: string, content: Buffer): void {
    const full = this.full(path);
    attempt("write", path, () => {
      writeFileSync(`${full}.tmp`, content, { flush: true });
      renameSync(`${full}.tmp`, full);
    });
  }

  space(): { readonly freeBytes: number; readonly totalBytes: number } {
    return attempt("stat disk of", "", () => {
      const disk = statfsSync(this.root);
      return { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize };
    });
  }

  private full(path: string): string {
    return join(this.root, ...namesAlong(path));
  }
}

/** What the disk refuses in `work` is told as a `FileError`. */
function attempt<Result>(operation: string, path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw fileErrorOf(error, path, operation);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
