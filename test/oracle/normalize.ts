import { errorNameOf } from "../../src/protocol/error-code.ts";
import { zeroUuid } from "../../src/base/uuid.ts";
import { describeBatches, digest } from "./batches.ts";
import type { Fields, Value } from "./conversation.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Takes out of the answers what must differ between two runs of one conversation. Ids that a cluster makes up become
 * the name of what they belong to, or a number by first appearance (so that it still shows whether two are the same);
 * times become a distance from the run's origin, or "now"; lists whose order Kafka leaves open are sorted.
 */
export interface Scene {
  /** Where `recordTime` counts from. */
  readonly originMs: number;
  /** Names of this conversation's topics begin with it. */
  readonly topicPrefix: string;
  /** Ids of topics by name, as the conversation heard of them. */
  readonly topicIds: ReadonlyMap<string, string>;
}

const clientTimeRangeMs = 1_000_000;
const appendTimeRangeMs = 20_000_000;

/** Fields whose values a cluster makes up. */
const inventedNames: ReadonlySet<string> = new Set(["clusterId", "host", "port", "producerId", "sessionId"]);

/** Another number each time, whose value says nothing. */
const countNames: ReadonlySet<string> = new Set([
  "totalBytes",
  "usableBytes",
  "finalizedFeaturesEpoch",
  "controllerId",
]);

/** By these the elements of a list are told apart. */
const keyNames: readonly string[] = [
  "resourceType",
  "topic",
  "topicName",
  "name",
  "topicId",
  "partition",
  "partitionIndex",
  "index",
  "partitionId",
  "nodeId",
  "brokerId",
  "resourceName",
  "apiKey",
  "key",
  "logDir",
];
const toldKeyNames = keyNames.filter((name) => name !== "topicId" && name !== "logDir");

/** Lists whose order is part of the answer. */
const ordered: ReadonlySet<string> = new Set(["DescribeTopicPartitions.topics", "synonyms", "records", "replicaNodes"]);

export class Normalizer {
  private readonly scene: Scene;
  private readonly invented = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  constructor(scene: Scene) {
    this.scene = scene;
    for (const [name, id] of scene.topicIds) this.invented.set(id, `id of ${name}`);
  }

  /** Call it on all outcomes of a conversation in order: names are given by first appearance. */
  outcome(outcome: Outcome, apis: readonly string[], onlyOwnTopics: boolean): Outcome {
    if ("answer" in outcome) return { ...outcome, answer: this.answer(outcome.answer, apis[0] ?? "", onlyOwnTopics) };
    if ("answers" in outcome) {
      const { order, answers } = outcome;
      const normal = answers.map((answer, index) => this.answer(answer, apis[order[index] ?? 0] ?? "", onlyOwnTopics));
      return { order, answers: normal };
    }
    return outcome;
  }

  private answer(answer: Fields, api: string, onlyOwnTopics: boolean): Fields {
    const kept = onlyOwnTopics ? this.withoutOthers(answer) : answer;
    return this.value(api === "ApiVersions" ? onlyComparedApis(kept as Fields) : kept, "", api) as Fields;
  }

  private withoutOthers(value: Value): Value {
    if (Array.isArray(value)) {
      return (value as readonly Value[]).filter((element) => this.isOwn(element)).map((one) => this.withoutOthers(one));
    }
    if (value === null || typeof value !== "object" || Buffer.isBuffer(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.withoutOthers(inner)]));
  }

  private isOwn(element: Value): boolean {
    if (element === null || typeof element !== "object" || Buffer.isBuffer(element)) return true;
    const struct = element as Fields;
    if (!("partitions" in struct || "partitionIndex" in struct || "configs" in struct)) return true;
    const name = struct["name"] ?? struct["topicName"] ?? struct["topic"];
    return typeof name !== "string" || name.startsWith(this.scene.topicPrefix);
  }

  private value(value: Value, name: string, path: string): Value {
    if (Buffer.isBuffer(value)) return this.bytes(value, name, path);
    if (Array.isArray(value)) return this.list(value as readonly Value[], name, path);
    if (value !== null && typeof value === "object") return this.struct(value as Fields, path);
    if (typeof value === "string") return this.text(value, name);
    if (typeof value === "number") return this.number(value, name);
    return value;
  }

  private bytes(value: Buffer, name: string, path: string): Value {
    if (name === "records") return this.value(describeBatches(value), "batches", path);
    return value.length > 40 ? digest(value) : value.toString("hex");
  }

  private struct(fields: Fields, path: string): Fields {
    return Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, this.value(value, name, `${path}.${name}`)]),
    );
  }

  private list(list: readonly Value[], name: string, path: string): readonly Value[] {
    const isOrdered = ordered.has(name) || ordered.has(path);
    const isSorted = !isOrdered && list.every((element) => structsIn(element).length === 1);
    if (!isSorted) return list.map((element) => this.value(element, name, path));
    // Twice: what brokers made up is named in the order of what they did not, and then takes its part.
    const structs = sorted(list as readonly Fields[], toldKeyNames);
    return sorted(
      structs.map((struct) => this.struct(struct, path)),
      keyNames,
    );
  }

  private text(text: string, name: string): string {
    if (text === "" || text === zeroUuid) return text;
    if (inventedNames.has(name)) return this.nameOf(text, name);
    if (name === "logDir") return "<some directory>";
    if (name === "documentation") return "<in its own words>";
    const known = this.invented.get(text);
    if (known !== undefined) return `<${known}>`;
    if (name === "topicId") return this.nameOf(text, name);
    let shown = text.replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:<port>");
    for (const [id, called] of this.invented) if (id.length === 22) shown = shown.replaceAll(id, `<${called}>`);
    return shown.length > 400 ? digest(Buffer.from(shown)) : shown.replaceAll(/\b1\d{12}\b|-922\d{16}\b/g, "<time>");
  }

  private number(value: number, name: string): Value {
    if (name === "errorCode") return value === 0 ? 0 : `${value} ${errorNameOf(value)}`;
    if (countNames.has(name)) return value <= 0 ? value : "<some>";
    if (inventedNames.has(name)) return value <= 0 ? value : this.nameOf(String(value), name);
    if (name === "throttleTimeMs" && value > 0) return "<throttled>";
    return this.time(value);
  }

  private time(value: number): number | string {
    const distance = value - this.scene.originMs;
    if (Math.abs(distance) < clientTimeRangeMs) return distance < 0 ? `T${distance}` : `T+${distance}`;
    return distance >= clientTimeRangeMs && distance < appendTimeRangeMs ? "<now>" : value;
  }

  private nameOf(value: string, kind: string): string {
    const key = `${kind} ${value}`;
    const known = this.invented.get(kind === "topicId" ? value : key);
    if (known !== undefined) return `<${known}>`;
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    this.invented.set(kind === "topicId" ? value : key, `${kind} ${count}`);
    return `<${kind} ${count}>`;
  }
}

/** What Tapedeck is to have of these is compared; which others it claims is no matter of this oracle. */
const comparedApiKeys: ReadonlySet<Value> = new Set([
  0, 1, 2, 3, 10, 18, 19, 20, 21, 22, 23, 32, 33, 35, 37, 44, 60, 75,
]);

function onlyComparedApis(answer: Fields): Fields {
  const apiKeys = structsIn(answer["apiKeys"] ?? []);
  return { ...answer, apiKeys: apiKeys.filter(({ apiKey }) => comparedApiKeys.has(apiKey ?? null)) };
}

function structsIn(value: Value): readonly Fields[] {
  if (value === null || typeof value !== "object" || Buffer.isBuffer(value)) return [];
  return Array.isArray(value) ? (value as readonly Value[]).flatMap(structsIn) : [value as Fields];
}

function sorted(structs: readonly Fields[], names: readonly string[]): readonly Fields[] {
  return [...structs].sort((left, right) => {
    for (const name of names) {
      const one = sortable(left[name]);
      const other = sortable(right[name]);
      if (one !== other) return one < other ? -1 : 1;
    }
    return 0;
  });
}

function sortable(value: Value | undefined): number | string {
  return typeof value === "number" || typeof value === "string" ? value : "";
}
