import { done, type Tools } from "./tools.ts";
import { topicFor } from "./topic-question.ts";

export async function deleteTopic(tools: Tools, argument?: unknown): Promise<void> {
  const topic = await topicFor(tools, argument, {
    title: "Delete a topic",
    placeholder: "Which topic?",
    withInternal: false,
    fromFocus: false,
  });
  if (topic === undefined) return;
  const isSure = await tools.ui.confirm({
    sentence: `Delete the topic ${topic}?`,
    detail: "All of its records are deleted with it. This can't be undone.",
    action: "Delete Topic",
  });
  if (isSure && (await done(tools, { kind: "deleteTopic", name: topic }))) tools.ui.say(`Deleted ${topic}`);
}
