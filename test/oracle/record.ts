import { conversationFiles, type ConversationFile } from "./all-conversations.ts";
import { startApacheKafka } from "./apache-kafka.ts";
import { compare, type Difference } from "./compare.ts";
import type { ConversationScript } from "./conversation.ts";
import type { StepOutcome } from "./outcome.ts";
import { Performer } from "./perform.ts";
import { readRecording, writeRecording, type Recording } from "./recordings.ts";

/** Retention would delete the records of conversations, whose timestamps are old, half a minute after the start. */
const withoutRetention = { "log.initial.task.delay.ms": "86400000" };

/** Holds the conversations of `names` with Apache Kafka and keeps what it said; of all files where none is named. */
export async function record(names: readonly string[], report: (sentence: string) => void): Promise<void> {
  const files = conversationFiles.filter(({ name }) => names.length === 0 || names.includes(name));
  await performAll(files, (file, recording) => {
    writeRecording(file.name, recording);
    const stepCount = [...recording.values()].reduce((count, outcomes) => count + outcomes.length, 0);
    report(`${file.name}: ${recording.size} conversations, ${stepCount} steps`);
  });
}

/** Holds all conversations with Apache Kafka again and tells where it no longer says what was recorded. */
export async function checkRecordings(): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  await performAll(conversationFiles, (file, recording) => {
    const recorded = readRecording(file.name);
    for (const [name, outcomes] of recording) found.push(...compare(name, recorded.get(name) ?? [], outcomes));
  });
  return found;
}

type Take = (file: ConversationFile, recording: Recording) => void;

async function performAll(files: readonly ConversationFile[], take: Take): Promise<void> {
  for (const brokerCount of new Set(files.map((file) => file.brokerCount))) {
    const kafka = await startApacheKafka({ brokerCount, configs: withoutRetention });
    try {
      const performer = new Performer({ brokers: kafka.brokers, lags: true }, Date.now());
      for (const file of files.filter((one) => one.brokerCount === brokerCount)) {
        const recording = new Map<string, readonly StepOutcome[]>();
        for (const script of file.scripts) recording.set(script.name, await performUnbroken(performer, script));
        take(file, recording);
      }
    } finally {
      await kafka.stop();
    }
  }
}

async function performUnbroken(performer: Performer, script: ConversationScript): Promise<readonly StepOutcome[]> {
  const outcomes = await performer.perform(script);
  for (const { step, outcome } of outcomes) {
    if ("broken" in outcome) throw new Error(`"${script.name}", step ${step}: ${outcome.broken}`);
  }
  return outcomes;
}
