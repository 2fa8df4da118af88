import { conversationFiles } from "./all-conversations.ts";
import { startApacheKafka } from "./apache-kafka.ts";
import { compare, type Difference } from "./compare.ts";
import type { ConversationScript } from "./conversation.ts";
import type { StepOutcome } from "./outcome.ts";
import { Performer } from "./perform.ts";
import { readRecording, writeRecording } from "./recordings.ts";

/** Retention would delete the records of conversations, whose timestamps are old, half a minute after the start. */
const withoutRetention = { "log.initial.task.delay.ms": "86400000" };

/** Holds the conversations of `files` with Apache Kafka and keeps what it said; all files where none is named. */
export async function record(files: readonly string[], report: (sentence: string) => void): Promise<void> {
  await withApacheKafka(async (performer) => {
    for (const [file, scripts] of conversationFiles) {
      if (files.length > 0 && !files.includes(file)) continue;
      const recording = new Map<string, readonly StepOutcome[]>();
      for (const script of scripts) recording.set(script.name, await performUnbroken(performer, script));
      writeRecording(file, recording);
      const stepCount = [...recording.values()].reduce((count, outcomes) => count + outcomes.length, 0);
      report(`${file}: ${recording.size} conversations, ${stepCount} steps`);
    }
  });
}

/** Holds all conversations with Apache Kafka again and tells where it no longer says what was recorded. */
export async function checkRecordings(): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  await withApacheKafka(async (performer) => {
    for (const [file, scripts] of conversationFiles) {
      const recording = readRecording(file);
      for (const script of scripts) {
        const recorded = recording.get(script.name) ?? [];
        found.push(...compare(script.name, recorded, await performUnbroken(performer, script)));
      }
    }
  });
  return found;
}

async function withApacheKafka(use: (performer: Performer) => Promise<void>): Promise<void> {
  const kafka = await startApacheKafka({ configs: withoutRetention });
  const [broker] = kafka.brokers;
  try {
    if (broker === undefined) throw new Error("Apache Kafka has no broker");
    await use(new Performer({ ...broker, lags: true }, Date.now()));
  } finally {
    await kafka.stop();
  }
}

async function performUnbroken(performer: Performer, script: ConversationScript): Promise<readonly StepOutcome[]> {
  const outcomes = await performer.perform(script);
  for (const { step, outcome } of outcomes) {
    if ("broken" in outcome) throw new Error(`"${script.name}", step ${step}: ${outcome.broken}`);
  }
  return outcomes;
}
