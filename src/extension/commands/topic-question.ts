import { topicOfNode } from "../views/topics-tree.ts";
import { byUse } from "../topic-rules.ts";
import { counted } from "../counted.ts";
import { needCluster, type Tools } from "./tools.ts";

/** Which topics a command is for, and how it asks. */
export interface TopicQuestion {
  readonly title: string;
  readonly placeholder: string;
  readonly withInternal: boolean;
  /** Whether a message view that has the focus answers the question. */
  readonly fromFocus: boolean;
}

/**
 * The topic that a command is about: the tree's node that it was called on, the message view that it was called from,
 * or what the person picks.
 */
export async function topicFor(tools: Tools, argument: unknown, question: TopicQuestion): Promise<string | undefined> {
  const cluster = needCluster(tools);
  if (cluster === undefined) return undefined;
  const { picture } = cluster;
  const focused = question.fromFocus ? tools.focusedTopic() : undefined;
  const named = typeof argument === "string" ? topicOfNode(argument) : focused;
  if (named !== undefined && picture.topic(named) !== undefined) return named;
  const topics = byUse(picture.topicNames.flatMap((name) => picture.topic(name) ?? [])).filter(
    (topic) => question.withInternal || !topic.isInternal,
  );
  if (topics.length === 0) {
    tools.ui.complain({
      sentence: "The cluster has no topics yet: create one first.",
      actions: [{ title: "Create Topic", command: "tapedeck.createTopic" }],
    });
    return undefined;
  }
  return tools.ui.pick({
    title: question.title,
    placeholder: question.placeholder,
    choices: topics.map(({ name, partitions, isInternal }) => ({
      label: name,
      description: counted(partitions.length, "partition"),
      icon: isInternal ? "lock" : "database",
      value: name,
    })),
  });
}
