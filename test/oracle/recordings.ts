import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { StepOutcome } from "./outcome.ts";

/**
 * What Apache Kafka said, kept under `test/golden/conversations/`: one line per step, so that a difference between two
 * recordings reads well.
 */
const folder = fileURLToPath(new URL("../golden/conversations/", import.meta.url));

export type Recording = ReadonlyMap<string, readonly StepOutcome[]>;

interface Line extends StepOutcome {
  readonly conversation: string;
}

export function readRecording(file: string): Recording {
  const path = `${folder}${file}.jsonl`;
  const recording = new Map<string, StepOutcome[]>();
  if (!existsSync(path)) return recording;
  for (const text of readFileSync(path, "utf8").split("\n")) {
    if (text === "") continue;
    const { conversation, ...outcome } = JSON.parse(text) as Line;
    const outcomes = recording.get(conversation) ?? [];
    outcomes.push(outcome);
    recording.set(conversation, outcomes);
  }
  return recording;
}

export function writeRecording(file: string, recording: Recording): void {
  const lines = [...recording].flatMap(([conversation, outcomes]) =>
    outcomes.map((outcome) => JSON.stringify({ conversation, ...outcome })),
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${file}.jsonl`, `${lines.join("\n")}\n`);
}
