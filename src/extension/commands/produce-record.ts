import type { RecordHeaderView } from "../../cluster/engine-messages.ts";
import { problemOf } from "../failure-sentences.ts";
import type { Choice, Ui } from "../ui.ts";
import type { Tools } from "./tools.ts";
import { topicFor } from "./topic-question.ts";

/** Text to send, or null: Kafka tells "nothing" from "empty". */
interface Content {
  readonly text: string | null;
}

export async function produceRecord(tools: Tools, argument?: unknown): Promise<void> {
  const { session, ui } = tools;
  const topic = await topicFor(tools, argument, {
    title: "Produce a record",
    placeholder: "To which topic?",
    withInternal: false,
    fromFocus: true,
  });
  if (topic === undefined) return;
  const key = await ask(ui, `Produce to ${topic} (1/3)`, keyQuestion);
  if (key === undefined) return;
  const value = await ask(ui, `Produce to ${topic} (2/3)`, valueQuestion);
  if (value === undefined) return;
  const headers = await ui.askText({
    title: `Produce to ${topic} (3/3)`,
    prompt: "Headers, as name=value, name=value. Leave empty for none.",
    placeholder: "trace=4f1c, source=shop",
    problem: headersProblem,
  });
  if (headers === undefined) return;
  const record = { topic, key: bytesOf(key.text), value: bytesOf(value.text), headers: parseHeaders(headers) };
  const result = await session.request({ kind: "produce", record });
  if (result.kind === "produced") ui.say(`$(check) ${topic}-${result.record.partition} @ ${result.record.offset}`);
  else if (result.kind === "failed") ui.complain(problemOf(result.failure));
}

interface ContentQuestion {
  readonly placeholder: string;
  readonly name: string;
  readonly absent: Choice<Content>;
}

const keyQuestion: ContentQuestion = {
  placeholder: "Key: records with the same key go to the same partition, in order",
  name: "Key",
  absent: { label: "No key", description: "null: any partition", icon: "circle-slash", value: { text: null } },
};

const valueQuestion: ContentQuestion = {
  placeholder: "Value: text or JSON",
  name: "Value",
  absent: { label: "No value", description: "null: a tombstone", icon: "circle-slash", value: { text: null } },
};

function ask(ui: Ui, title: string, { placeholder, name, absent }: ContentQuestion): Promise<Content | undefined> {
  const empty = {
    label: `Empty ${name.toLowerCase()}`,
    description: "zero bytes",
    icon: "symbol-string",
    value: { text: "" },
  };
  return ui.pickTyped({
    title,
    placeholder,
    choicesFor: (typed) =>
      typed === ""
        ? [absent, empty]
        : [{ label: typed, description: name.toLowerCase(), icon: "symbol-string", value: { text: typed } }],
  });
}

/** `name=value` pairs between commas; a value may hold "=" but no comma. */
export function parseHeaders(text: string): readonly RecordHeaderView[] {
  return text
    .split(",")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "")
    .map((pair) => {
      const equals = pair.indexOf("=");
      if (equals === -1) return { key: pair, value: null };
      return { key: pair.slice(0, equals).trim(), value: bytesOf(pair.slice(equals + 1).trim()) };
    });
}

export function headersProblem(text: string): string | undefined {
  const hasNameless = parseHeaders(text).some(({ key }) => key === "");
  return hasNameless ? 'Each header needs a name before its "=".' : undefined;
}

function bytesOf(text: string): Uint8Array;
function bytesOf(text: string | null): Uint8Array | null;
function bytesOf(text: string | null): Uint8Array | null {
  return text === null ? null : new TextEncoder().encode(text);
}
