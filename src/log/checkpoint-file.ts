/**
 * The small text files beside the segments (KAFKA.md C.2). Reading is strict, as Kafka's is: a checkpoint that is only
 * half right must not decide what is deleted.
 */
import { type Uuid, uuidToBytes } from "../base/uuid.ts";
import type { Files } from "../runtime/runtime.ts";

/** A checkpoint file does not say what such a file says. */
export class MalformedCheckpointError extends Error {
  override readonly name = "MalformedCheckpointError";
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface OffsetCheckpointEntry extends TopicPartition {
  readonly offset: number;
}

export interface EpochEntry {
  readonly epoch: number;
  /** First offset written in that epoch. */
  readonly startOffset: number;
}

/** Identity of a data directory, from `meta.properties`. Version 0 is ZooKeeper's, 1 is KRaft's. */
export interface DirectoryIdentity {
  readonly version: 0 | 1;
  readonly brokerId: number;
  readonly clusterId: Uuid;
  readonly directoryId?: Uuid;
}

// The numbers of a line; a topic name has no blank in it, so a line splits at blanks.
const wholeNumber = /^-?\d+$/;

function numberFrom(text: string | undefined, line: string): number {
  const number = text !== undefined && wholeNumber.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new MalformedCheckpointError(`no whole number in "${line}"`);
  return number;
}

/** The lines after version and count; none for an empty file, which Kafka leaves behind for "nothing yet". */
function checkpointLines(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const [version, count, ...entries] = lines;
  if (version !== "0") throw new MalformedCheckpointError(`version "${version ?? ""}" is not 0`);
  if (numberFrom(count, count ?? "") !== entries.length) {
    throw new MalformedCheckpointError(`${count ?? ""} entries announced, ${entries.length} found`);
  }
  return entries;
}

function checkpointText(lines: readonly string[]): string {
  return `0\n${lines.length}\n${lines.map((line) => `${line}\n`).join("")}`;
}

/** Offsets per partition: recovery points, log starts, high watermarks, cleaner positions. */
export function parseOffsetCheckpoint(text: string): readonly OffsetCheckpointEntry[] {
  return checkpointLines(text).map((line) => {
    const [topic, partition, offset, ...rest] = line.split(/\s+/);
    if (topic === undefined || topic === "" || rest.length > 0) {
      throw new MalformedCheckpointError(`"${line}" is not "topic partition offset"`);
    }
    return { topic, partition: numberFrom(partition, line), offset: numberFrom(offset, line) };
  });
}

export function formatOffsetCheckpoint(entries: readonly OffsetCheckpointEntry[]): string {
  return checkpointText(entries.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}`));
}

export function parseEpochCheckpoint(text: string): readonly EpochEntry[] {
  return checkpointLines(text).map((line) => {
    const [epoch, startOffset, ...rest] = line.split(/\s+/);
    if (rest.length > 0) throw new MalformedCheckpointError(`"${line}" is not "epoch offset"`);
    return { epoch: numberFrom(epoch, line), startOffset: numberFrom(startOffset, line) };
  });
}

export function formatEpochCheckpoint(entries: readonly EpochEntry[]): string {
  return checkpointText(entries.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`));
}

/** The topic id in `partition.metadata`. */
export function parsePartitionMetadata(text: string): Uuid {
  const values = properties(text, /^([^:]+):\s*(.*)$/);
  const topicId = values.get("topic_id");
  if (values.get("version") !== "0" || topicId === undefined || uuidToBytes(topicId) === undefined) {
    throw new MalformedCheckpointError("partition.metadata holds no version 0 and topic id");
  }
  return topicId;
}

export function formatPartitionMetadata(topicId: Uuid): string {
  return `version: 0\ntopic_id: ${topicId}`;
}

export function parseDirectoryIdentity(text: string): DirectoryIdentity {
  const values = properties(text, /^([^=]+)=(.*)$/);
  const version = values.get("version");
  const clusterId = values.get("cluster.id");
  if ((version !== "0" && version !== "1") || clusterId === undefined) {
    throw new MalformedCheckpointError("meta.properties names no version 0 or 1 and no cluster.id");
  }
  const brokerId = values.get(version === "0" ? "broker.id" : "node.id");
  const directoryId = values.get("directory.id");
  return {
    version: version === "0" ? 0 : 1,
    brokerId: numberFrom(brokerId, `node id ${brokerId ?? "missing"}`),
    clusterId,
    ...(directoryId === undefined ? {} : { directoryId }),
  };
}

export function formatDirectoryIdentity(identity: DirectoryIdentity): string {
  const lines = [
    "#",
    `cluster.id=${identity.clusterId}`,
    ...(identity.directoryId === undefined ? [] : [`directory.id=${identity.directoryId}`]),
    `${identity.version === 0 ? "broker" : "node"}.id=${identity.brokerId}`,
    `version=${identity.version}`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

export function formatCleanShutdown(brokerEpoch: number): string {
  return `{"version":0,"brokerEpoch":${brokerEpoch}}`;
}

function properties(text: string, pattern: RegExp): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const found = pattern.exec(line.trim());
    if (found === null) throw new MalformedCheckpointError(`"${line}" is no property`);
    values.set((found[1] ?? "").trim(), (found[2] ?? "").trim());
  }
  return values;
}

/**
 * Replace a small file where it stands, without forcing it to the disk. For what recovery can derive again from the
 * log, where Kafka writes another file, waits for the disk and renames: with ten thousand partitions the renames alone
 * take seconds. Killed between the two steps, the file holds the new lines and the rest of an old one, so that its
 * count is wrong and it is refused as damaged.
 */
export function replaceFile(files: Files, path: string, text: string): void {
  using file = files.open(path, { create: true });
  const bytes = Buffer.from(text);
  file.write(0, bytes);
  if (file.byteCount > bytes.byteLength) file.truncate(bytes.byteLength);
}

export function readText(files: Files, path: string): string | undefined {
  return files.exists(path) ? files.readAll(path).toString("utf8") : undefined;
}
