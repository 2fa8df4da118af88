import type { TopicView } from "../cluster/cluster-view.ts";
import { topicNameComplaint } from "../coordination/topic-names.ts";

const nameCharactersMax = 249;
const partitionCountMax = 10_000;

/** What is wrong with a new topic's name, as one sentence; undefined where Kafka takes it, or nothing is typed yet. */
export function topicNameProblem(name: string, existing: readonly string[]): string | undefined {
  if (name === "") return undefined;
  if (name === "." || name === "..") return 'A topic can\'t be named "." or "..".';
  if (name.length > nameCharactersMax) return `A topic's name has at most ${nameCharactersMax} characters.`;
  if (topicNameComplaint(name) !== undefined) return "Use only letters a to z, digits, dots, underscores and dashes.";
  if (existing.includes(name)) return `There is a topic ${name} already.`;
  // Metric names turn dots into underscores, so Kafka refuses two topics that differ in nothing else.
  const twin = existing.find((other) => metricName(other) === metricName(name));
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

function metricName(topic: string): string {
  return topic.replaceAll(".", "_");
}
