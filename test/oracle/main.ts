import { conversationFiles } from "./all-conversations.ts";
import type { ConversationScript } from "./conversation.ts";
import { startApacheKafka, whyNoApacheKafka } from "./apache-kafka.ts";
import { Performer } from "./perform.ts";
import { writeRecording } from "./recordings.ts";
import type { StepOutcome } from "./outcome.ts";

const slowMs = 2_500;

async function record(performer: Performer, script: ConversationScript): Promise<readonly StepOutcome[]> {
  const started = performance.now();
  const outcomes = await performer.perform(script);
  const tookMs = Math.round(performance.now() - started);
  if (tookMs > slowMs) console.log(`"${script.name}" took ${tookMs} ms`);
  for (const { step, outcome } of outcomes) {
    if ("broken" in outcome) throw new Error(`"${script.name}", step ${step}: ${outcome.broken}`);
  }
  return outcomes;
}

/**
 * Records Apache Kafka's part of the conversations anew: all files, or those named on the command line.
 *
 *     node test/oracle/main.ts [00-produce ...]
 */
const wanted = process.argv.slice(2);
const reason = whyNoApacheKafka();
if (reason !== undefined) {
  console.log(`skipped: ${reason}`);
} else {
  const kafka = await startApacheKafka({ configs: { "log.initial.task.delay.ms": "86400000" } });
  const [broker] = kafka.brokers;
  try {
    if (broker === undefined) throw new Error("Apache Kafka has no broker");
    const performer = new Performer(broker, Date.now());
    for (const [file, scripts] of conversationFiles) {
      if (wanted.length > 0 && !wanted.includes(file)) continue;
      const started = performance.now();
      const recording = new Map<string, readonly StepOutcome[]>();
      for (const script of scripts) recording.set(script.name, await record(performer, script));
      writeRecording(file, recording);
      const stepCount = [...recording.values()].reduce((count, outcomes) => count + outcomes.length, 0);
      const tookMs = Math.round(performance.now() - started);
      console.log(`${file}: ${recording.size} conversations, ${stepCount} steps, ${tookMs} ms`);
    }
  } finally {
    await kafka.stop();
  }
}
