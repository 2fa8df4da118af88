import type { Tools } from "./tools.ts";
import { topicFor } from "./topic-question.ts";

export async function consumeTopic(tools: Tools, argument?: unknown): Promise<void> {
  const topic = await topicFor(tools, argument, {
    title: "Consume a topic",
    placeholder: "Which topic?",
    withInternal: true,
    fromFocus: false,
  });
  if (topic !== undefined) tools.openMessages(topic);
}
