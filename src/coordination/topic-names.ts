const nameLengthMax = 249;

/** Not a topic that clients see, and not one that they may create. */
export const clusterMetadataTopic = "__cluster_metadata";

const internalTopics: ReadonlySet<string> = new Set([
  "__consumer_offsets",
  "__transaction_state",
  "__share_group_state",
]);

/** Topics that brokers keep their own state in. */
export function isInternalTopic(name: string): boolean {
  return internalTopics.has(name);
}

/** Why `name` can't be a topic's, in Kafka's words; undefined where it can (KAFKA.md C.1). */
export function topicNameComplaint(name: string): string | undefined {
  const complaint = complaintOf(name);
  return complaint === undefined ? undefined : `Topic name is invalid: ${complaint}`;
}

function complaintOf(name: string): string | undefined {
  if (name === "") return "the empty string is not allowed";
  if (name === "." || name === "..") return `'${name}' is not allowed`;
  if (name.length > nameLengthMax) {
    return `the length of '${name}' is longer than the max allowed length ${nameLengthMax}`;
  }
  if (/^[a-zA-Z0-9._-]+$/.test(name)) return undefined;
  return `'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`;
}

/** Names of metrics have no dots: two topics whose names differ only in `.` and `_` would share theirs. */
export function collisionKey(name: string): string {
  return name.replaceAll(".", "_");
}

export function hasCollisionCharacters(name: string): boolean {
  return name.includes("_") || name.includes(".");
}
