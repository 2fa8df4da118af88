import type { StepOutcome } from "./outcome.ts";

/** One place where two clusters said different things. */
export interface Difference {
  readonly conversation: string;
  readonly step: number;
  readonly asked: string;
  /** Where in the outcome, such as `answer.topics.0.errorCode`. */
  readonly path: string;
  readonly kafka: unknown;
  readonly tapedeck: unknown;
}

/** Every difference between what Apache Kafka said in a conversation and what Tapedeck said in the same. */
export function compare(
  conversation: string,
  kafka: readonly StepOutcome[],
  tapedeck: readonly StepOutcome[],
): readonly Difference[] {
  const byStep = new Map(tapedeck.map((outcome) => [outcome.step, outcome]));
  const found: Difference[] = [];
  for (const { step, asked, outcome } of kafka) {
    const other = byStep.get(step);
    byStep.delete(step);
    // What was recorded went through JSON; so must what is compared with it.
    const said: unknown = other === undefined ? undefined : JSON.parse(JSON.stringify(other.outcome));
    walk(outcome, said, [], (path, left, right) => {
      found.push({ conversation, step, asked, path: path.join("."), kafka: left, tapedeck: right });
    });
  }
  for (const { step, asked, outcome } of byStep.values()) {
    found.push({ conversation, step, asked, path: "", kafka: undefined, tapedeck: outcome });
  }
  return found;
}

type Path = readonly (string | number)[];
type Report = (path: Path, kafka: unknown, tapedeck: unknown) => void;

function walk(kafka: unknown, tapedeck: unknown, path: Path, report: Report): void {
  if (kafka === tapedeck) return;
  if (Array.isArray(kafka) && Array.isArray(tapedeck) && kafka.length === tapedeck.length) {
    for (const [index, element] of kafka.entries()) walk(element, tapedeck[index], [...path, index], report);
    return;
  }
  if (isStruct(kafka) && isStruct(tapedeck)) {
    const names = new Set([...Object.keys(kafka), ...Object.keys(tapedeck)]);
    for (const name of names) walk(kafka[name], tapedeck[name], [...path, name], report);
    return;
  }
  if (isWording(path) && isText(kafka) && isText(tapedeck) && !isStableText(kafka)) return;
  report(path, kafka, tapedeck);
}

function isStruct(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// --- Sentences about an error. That there is one is compared; its wording only where clients have come to know it.

const wordings: ReadonlySet<string | number | undefined> = new Set(["errorMessage", "batchIndexErrorMessage"]);

/** Sentences that Kafka's clients show or parse (KAFKA.md S.1). */
const stableTexts: readonly RegExp[] = [
  /^One or more records have been rejected/,
  /^Compacted topic cannot accept message without key/,
  /^NONE$/,
  /^Timestamp (<time>|-?\d+) of message with offset/,
  /^Invalid magic found in record/,
  /^Record size -?\d+ is less than/,
];

function isWording(path: Path): boolean {
  return wordings.has(path.at(-1));
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isStableText(text: string): boolean {
  return stableTexts.some((stable) => stable.test(text));
}
