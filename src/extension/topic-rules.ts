import type { TopicView } from "../cluster/cluster-view.ts";
import { collisionKey, topicNameComplaint } from "../coordination/topic-names.ts";

const partitionCountMax = 10_000;

/** What is wrong with a new topic's name, as one sentence; undefined where Kafka takes it or nothing is typed yet. */
export function topicNameProblem(name: string, existing: readonly string[]): string | undefined {
  if (name === "") return undefined;
  const complaint = topicNameComplaint(name);
  if (complaint !== undefined && /^[a-zA-Z0-9._-]+$/.test(name)) return `${complaint}.`;
  if (complaint !== undefined) return "Use only letters a to z, digits, dots, underscores and dashes.";
  if (existing.includes(name)) return `There is a topic ${name} already.`;
  const twin = existing.find((other) => collisionKey(other) === collisionKey(name));
  if (twin !== undefined) return `The name clashes with ${twin}: dots and underscores count as the same.`;
  return undefined;
}

export function partitionCountProblem(text: string): string | undefined {
  const count = Number(text);
  if (!/^\d+$/.test(text.trim()) || count < 1) return "Enter a whole number, 1 or more.";
  if (count > partitionCountMax) return `Enter at most ${partitionCountMax} partitions.`;
  return undefined;
}

/** Topics that a person works with first, the cluster's own last. */
export function byUse(topics: readonly TopicView[]): readonly TopicView[] {
  return [...topics].sort((a, b) => Number(a.isInternal) - Number(b.isInternal));
}
