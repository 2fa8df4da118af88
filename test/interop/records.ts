import { existsSync, readFileSync } from "node:fs";
import { projectRoot } from "./cluster-process.ts";

/** As many records as every client sends and reads back with every codec. */
export const recordCount = 100_000;

export interface KeyedRecord {
  readonly key: string;
  readonly value: string;
}

/** Records of mixed sizes with 1,000 keys; the number in each value is its place in the order of sending. */
export function keyedRecords(count: number = recordCount): readonly KeyedRecord[] {
  const text = "the quick brown fox jumps over the lazy dog ";
  return Array.from({ length: count }, (_, index) => ({
    key: `key-${String((index * 7919) % 1000)}`,
    value: `${String(index)} ${text.repeat(index % 4)}${(index * 2654435761).toString(36)}`,
  }));
}

/** Keys and the partition of twelve that the Java client's murmur2 gives them; undefined without the golden data. */
export function goldenKeys(): readonly { readonly key: Buffer; readonly partition: number }[] | undefined {
  const file = `${projectRoot}/../shared/golden/key-hashes.jsonl`;
  if (!existsSync(file)) return undefined;
  return readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { key: string; partitionOf: Record<string, number> })
    .map(({ key, partitionOf }) => ({ key: Buffer.from(key, "hex"), partition: partitionOf["12"] ?? -1 }))
    .filter(({ key }) => key.byteLength > 0);
}

/** What is different between sent and read, in a sentence; undefined where nothing is. */
export function difference(sent: readonly KeyedRecord[], read: readonly KeyedRecord[]): string | undefined {
  if (sent.length !== read.length) return `sent ${String(sent.length)} records and read ${String(read.length)}`;
  const place = ({ value }: KeyedRecord) => Number.parseInt(value, 10);
  const lastPlaces = new Map<string, number>();
  for (const record of read) {
    const at = place(record);
    if ((lastPlaces.get(record.key) ?? -1) >= at) return `key ${record.key} came out of order at ${String(at)}`;
    lastPlaces.set(record.key, at);
    if (sent[at]?.key !== record.key || sent[at].value !== record.value)
      return `record ${String(at)} came back changed`;
  }
  return undefined;
}
