/** Names of the files in a partition's directory (KAFKA.md C.1). */

const offsetDigits = 20;
const topicNameByteCountMax = 255;

export type SegmentSuffix = ".log" | ".index" | ".timeindex" | ".txnindex" | ".snapshot";

export const epochCheckpointName = "leader-epoch-checkpoint";
export const partitionMetadataName = "partition.metadata";
/** Files that belong to one segment and go with it; the snapshot of its base offset is cared for apart. */
export const segmentSuffixes = [".log", ".index", ".timeindex", ".txnindex"] as const;

export function segmentFileName(baseOffset: number, suffix: SegmentSuffix): string {
  return `${String(baseOffset).padStart(offsetDigits, "0")}${suffix}`;
}

/** The offset that `name` begins with; undefined where it is no file of a segment with `suffix`. */
export function offsetOfFileName(name: string, suffix: string): number | undefined {
  if (!name.endsWith(suffix) || name.length !== offsetDigits + suffix.length) return undefined;
  const digits = name.slice(0, offsetDigits);
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

export function partitionDirectoryName(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** What a partition's directory is called from its deletion to its removal: never longer than a file name may be. */
export function deletedDirectoryName(topic: string, partition: number, uniqueId: string): string {
  const ending = `-${partition}.${uniqueId}-delete`;
  return topic.slice(0, topicNameByteCountMax - ending.length) + ending;
}

export function isDeletedDirectoryName(name: string): boolean {
  return /\.[0-9a-f]{32}-delete$/.test(name);
}

/** Topic and partition of a directory's name, split at the last dash; undefined where it is no partition's. */
export function parsePartitionDirectoryName(
  name: string,
): { readonly topic: string; readonly partition: number } | undefined {
  const found = /^([a-zA-Z0-9._-]+)-(\d+)$/.exec(name);
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  return { topic: found[1], partition: Number(found[2]) };
}
