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
      const { apis, onlyOwnTopics } = apisOf(conversation, step);
      return { step, asked, outcome: normalizer.outcome(outcome, apis, onlyOwnTopics) };
    });
  }
}

interface AskedApis {
  /** Of each request of the step, in order. */
  readonly apis: readonly string[];
  readonly onlyOwnTopics: boolean;
}

function apisOf(conversation: Conversation, index: number): AskedApis {
  const step: Step | undefined = conversation.steps[index];
  if (step === undefined) throw new Error(`conversation "${conversation.name}" has no step ${index}`);
  switch (step.kind) {
    case "request":
      return { apis: [step.api], onlyOwnTopics: step.onlyOwnTopics ?? false };
    case "raw":
      return {
        apis: step.answerAs === undefined ? [] : [step.answerAs.api],
        onlyOwnTopics: step.onlyOwnTopics ?? false,
      };
    case "pipeline":
      return { apis: step.requests.map(({ api }) => api), onlyOwnTopics: false };
    case "send":
    case "receive":
    case "pause":
      return { apis: [], onlyOwnTopics: false };
  }
}
