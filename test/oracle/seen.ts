import { encodeFrame, type ApiName } from "./codec.ts";
import type { Fields, Value } from "./conversation.ts";

/** What a conversation was answered so far. */
export class Seen {
  private readonly answers = new Map<string, Fields>();
  /** Ids of topics by name; that of a topic made anew replaces the older. */
  readonly topicIds = new Map<string, string>();

  /** Remember an answer under `label`, and each topic id in it under its topic's name. */
  note(label: string | undefined, answer: Fields): void {
    if (label !== undefined) this.answers.set(label, answer);
    this.noteTopicIds(answer);
  }

  /** The value at a path such as `created.topics.0.topicId`, whose first part is the label of a step. */
  value(path: string): Value {
    const [label = "", ...rest] = path.split(".");
    let value: Value | undefined = this.answers.get(label);
    for (const part of rest) {
      if (value === null || typeof value !== "object" || Buffer.isBuffer(value)) return nothingAt(path);
      value = (value as Fields)[part];
    }
    return value === undefined ? nothingAt(path) : value;
  }

  number(path: string): number {
    const value = this.value(path);
    return typeof value === "number" ? value : nothingAt(path);
  }

  string(path: string): string {
    const value = this.value(path);
    return typeof value === "string" ? value : nothingAt(path);
  }

  /** The id of a topic of whose creation this conversation heard. */
  topicId(name: string): string {
    return this.topicIds.get(name) ?? nothingAt(`topic id of ${name}`);
  }

  /** A well-formed request as a frame with its length prefix, to be spoiled and sent as raw bytes. */
  frame(api: ApiName, version: number, fields: Fields): Buffer {
    return encodeFrame({ api, version, correlationId: 7, fields });
  }

  private noteTopicIds(value: Value): void {
    if (value === null || typeof value !== "object" || Buffer.isBuffer(value)) return;
    const fields = value as Fields;
    const name = fields["name"] ?? fields["topicName"] ?? fields["topic"];
    const topicId = fields["topicId"];
    if (typeof name === "string" && typeof topicId === "string" && !/^A+$/.test(topicId))
      this.topicIds.set(name, topicId);
    for (const inner of Object.values(fields)) this.noteTopicIds(inner);
  }
}

function nothingAt(path: string): never {
  throw new Error(`the answers so far have no ${path}`);
}
