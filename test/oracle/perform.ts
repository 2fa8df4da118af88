import type { Conversation, ConversationScript, Stage, Step } from "./conversation.ts";
import { Normalizer } from "./normalize.ts";
import type { StepOutcome } from "./outcome.ts";
import { talk, type Target } from "./talk.ts";

/** How far before the run's start client timestamps lie: old enough to tell from "now", too young for retention. */
const clientTimeAgoMs = 2_000_000;

/** Holds conversations with one cluster, and gives what it said in the form that is kept and compared. */
export class Performer {
  private readonly target: Target;
  private readonly startedMs: number;

  constructor(target: Target, startedMs: number) {
    this.target = target;
    this.startedMs = startedMs;
  }

  async perform(script: ConversationScript): Promise<readonly StepOutcome[]> {
    const topicPrefix = `${script.name.replaceAll(/[^a-z0-9]+/gi, "-")}-`;
    const originMs = this.startedMs - clientTimeAgoMs;
    const stage: Stage = {
      topic: (name) => `${topicPrefix}${name}`,
      recordTime: (offsetMs) => originMs + offsetMs,
      startedMs: this.startedMs,
    };
    const conversation = script.build(stage);
    const { outcomes, topicIds } = await talk(conversation, this.target);
    const normalizer = new Normalizer({ originMs, topicPrefix, topicIds });
    return outcomes.map(({ step, asked, outcome }) => {
      const { api, onlyOwnTopics } = apiOf(conversation, step);
      return { step, asked, outcome: normalizer.outcome(outcome, api, onlyOwnTopics) };
    });
  }
}

function apiOf(conversation: Conversation, index: number): { readonly api: string; readonly onlyOwnTopics: boolean } {
  const step: Step | undefined = conversation.steps[index];
  if (step === undefined) throw new Error(`conversation "${conversation.name}" has no step ${index}`);
  switch (step.kind) {
    case "request":
      return { api: step.api, onlyOwnTopics: step.onlyOwnTopics ?? false };
    case "raw":
      return { api: step.answerAs?.api ?? "", onlyOwnTopics: false };
    case "pipeline":
      return { api: step.requests[0]?.api ?? "", onlyOwnTopics: false };
    case "send":
    case "receive":
    case "pause":
      return { api: "", onlyOwnTopics: false };
  }
}
