import { assert } from "../base/assert.ts";

/**
 * The names along `path`, which is `/`-separated and relative to the root of a `Files`; none for the root itself, "".
 * A path is made by the program, never taken from a peer unchecked, so one that leaves the root is a broken invariant.
 */
export function namesAlong(path: string): readonly string[] {
  if (path === "") return [];
  const names = path.split("/");
  for (const name of names) {
    assert(name !== "" && name !== "." && name !== "..", "a file path is relative and stays below its root");
    assert(!name.includes("\\") && !name.includes("\0"), "a name in a file path holds no separator and no NUL");
  }
  return names;
}

/** Order of names by UTF-16 code unit, the same on every machine. */
export function compareByCodeUnit(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
