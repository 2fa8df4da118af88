import { javaHash } from "../../base/java-hash.ts";

/*
 * Kafka writes some of its maps as they come out of a hash table, so the order of their keys in a znode is that of the
 * table. Whoever compares a znode byte by byte must have the same order.
 */

const firstTableLength = 16;

function spread(key: string): number {
  const hash = javaHash(key);
  return hash ^ (hash >>> 16);
}

function slotIn(key: string, tableLength: number): number {
  return spread(key) & (tableLength - 1);
}

/** The order of a Scala `mutable.HashMap` (2.13): by slot, and in a slot by hash. */
export function inScalaOrder<Value>(entries: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  let tableLength = firstTableLength;
  while (entries.size >= tableLength * 0.75) tableLength *= 2;
  return sorted(entries, (left, right) => {
    const bySlot = slotIn(left, tableLength) - slotIn(right, tableLength);
    return bySlot === 0 ? spread(left) - spread(right) : bySlot;
  });
}

/**
 * The order of a `java.util.Properties` (a `ConcurrentHashMap` since Java 9): by slot, and in a slot by coming. Where a
 * table has grown and two keys share a slot, Java may have swapped them.
 */
export function inPropertiesOrder<Value>(entries: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  let tableLength = firstTableLength;
  while (entries.size >= tableLength * 0.75) tableLength *= 2;
  return sorted(entries, (left, right) => slotIn(left, tableLength) - slotIn(right, tableLength));
}

function sorted<Value>(
  entries: ReadonlyMap<string, Value>,
  compare: (left: string, right: string) => number,
): ReadonlyMap<string, Value> {
  return new Map([...entries].sort(([left], [right]) => compare(left, right)));
}
