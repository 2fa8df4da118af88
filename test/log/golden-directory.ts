import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

import type { Files } from "../../src/runtime/runtime.ts";

const blockByteCount = 512;
const golden = fileURLToPath(new URL("../../../shared/golden/", import.meta.url));

/** A record as a Kafka client read it: offset, timestamp type (1 create, 2 append), timestamp, key, value, headers. */
export type GoldenRecord = readonly [
  number,
  number,
  number,
  string | null,
  string | null,
  readonly (readonly [string, string | null])[],
];

export interface GoldenLog {
  readonly logStartOffset: number;
  readonly highWatermark: number;
  readonly records: readonly GoldenRecord[];
}

/** What a client read from the data directory; undefined, said aloud, where it isn't there. */
export function goldenLogs(): Readonly<Record<string, GoldenLog>> | undefined {
  const path = `${golden}kafka-4.1-data.expected.json`;
  if (!existsSync(path)) {
    console.log("skipped: no golden/kafka-4.1-data beside the project");
    return undefined;
  }
  return JSON.parse(readFileSync(path, "utf8")) as Record<string, GoldenLog>;
}

/** Unpack the data directory of an Apache Kafka 4.1 broker into `files`. */
export function unpackGoldenDirectory(files: Files): void {
  const tar = gunzipSync(readFileSync(`${golden}kafka-4.1-data.tar.gz`));
  for (let position = 0; position + blockByteCount <= tar.byteLength;) {
    const name = textAt(tar, position, 100);
    if (name === "") break;
    const byteCount = Number.parseInt(textAt(tar, position + 124, 12), 8);
    const type = textAt(tar, position + 156, 1);
    const content = tar.subarray(position + blockByteCount, position + blockByteCount + byteCount);
    const path = name.slice(name.indexOf("/") + 1).replace(/\/$/, "");
    if (type === "5") files.makeDirectory(path);
    else if (type === "0" || type === "") put(files, path, content);
    position += blockByteCount + Math.ceil(byteCount / blockByteCount) * blockByteCount;
  }
}

function put(files: Files, path: string, content: Buffer): void {
  using file = files.open(path, { create: true });
  file.append([content]);
}

function textAt(bytes: Buffer, position: number, byteCount: number): string {
  const text = bytes.toString("latin1", position, position + byteCount);
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}
