import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { zeroUuid } from "../../src/base/uuid.ts";
import type { Field, Fields } from "../../src/protocol/schema/field.ts";
import { includesVersion, versionRange } from "../../src/protocol/schema/version-range.ts";
import type { Message } from "../../src/protocol/schema/message.ts";
import { goldenLines } from "../builders/golden-lines.ts";
import { declaredMessages, versionsOf } from "./declared-messages.ts";

/** A field as `kafka-messages/` tells it. */
interface KafkaField {
  readonly name: string;
  readonly type: string;
  readonly versions?: string;
  readonly nullableVersions?: string;
  readonly taggedVersions?: string;
  readonly tag?: number;
  readonly default?: string | number | boolean;
  readonly ignorable?: boolean;
  readonly flexibleVersions?: string;
  readonly fields?: readonly KafkaField[];
}

interface KafkaMessage {
  readonly name: string;
  readonly apiKey?: number;
  readonly validVersions: string;
  readonly flexibleVersions: string;
  readonly fields: readonly KafkaField[];
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly KafkaField[] }[];
}

/** A field in one of the versions that `kafka-messages/` doesn't have yet. */
interface NewField {
  readonly name: string;
  readonly type: string;
  readonly nullable?: boolean;
  readonly tag?: number;
  readonly taggedFields?: boolean;
  readonly fields?: readonly NewField[];
}

interface NewVersion {
  readonly message: string;
  readonly version: number;
  readonly fields: readonly NewField[];
}

/** What a field is in one version. */
interface WireField {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly tag: number | undefined;
  readonly hasFixedLength: boolean;
  readonly defaultValue: unknown;
  readonly isIgnorable: boolean;
  readonly fields: readonly WireField[];
}

/**
 * Fields that may be dropped here and not in the tables: Kafka's broker looks at the version in their place, or the
 * tables are older than the change that made them so.
 */
const moreIgnorable = new Set([
  "ProduceRequest.topicData.name",
  "ProduceResponse.responses.name",
  "ListOffsetsResponse.topics.partitions.leaderEpoch",
  "FindCoordinatorResponse.errorCode",
  "FindCoordinatorResponse.nodeId",
  "FindCoordinatorResponse.host",
  "FindCoordinatorResponse.port",
  "FindCoordinatorResponse.coordinators",
]);

const directory = fileURLToPath(new URL("../../../shared/kafka-messages/message/", import.meta.url));
const hasTables = existsSync(directory);
if (!hasTables) console.log("skipped: no kafka-messages beside the project");
const newVersions = goldenLines<NewVersion>("fields-new-in-4.1.jsonl");

function kafkaMessage({ name }: Message<unknown>): KafkaMessage {
  return JSON.parse(readFileSync(`${directory}${name}.json`, "utf8")) as KafkaMessage;
}

const camelCase = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const numberTypes = ["int8", "int16", "uint16", "int32", "uint32", "int64", "float64"];
const plainTypes = new Set(["bool", ...numberTypes, "uuid", "string", "bytes", "records"]);

function declaredFields(fields: Fields, version: number): readonly WireField[] {
  return Object.entries(fields)
    .filter(([, field]) => includesVersion(field.versions, version))
    .map(([name, field]) => declaredField(name, field, version));
}

function declaredField(name: string, field: Field, version: number): WireField {
  const element = field.elementType ?? "struct";
  return {
    name,
    type: field.type === "array" ? `[]${element}` : field.type,
    isNullable: includesVersion(field.nullableVersions, version),
    tag: includesVersion(field.taggedVersions, version) ? field.tag : undefined,
    hasFixedLength: field.flexibleVersions !== undefined && !includesVersion(field.flexibleVersions, version),
    defaultValue: field.type === "struct" && field.defaultValue !== null ? "struct" : field.defaultValue,
    isIgnorable: field.isIgnorable,
    fields: field.fields === undefined ? [] : declaredFields(field.fields, version),
  };
}

/** Where a field of Kafka's tables is looked at: by whom, in which version, inside what. */
interface Place {
  readonly message: KafkaMessage;
  readonly version: number;
  readonly path: string;
  /** Gathers the paths of `moreIgnorable` that are met. */
  readonly met: Set<string>;
}

function kafkaFields(fields: readonly KafkaField[], place: Place): readonly WireField[] {
  return fields
    .filter((field) => isIn(field.versions ?? field.taggedVersions, place))
    .map((field) => {
      const name = camelCase(field.name);
      return { name, ...kafkaField(field, { ...place, path: `${place.path}.${name}` }) };
    });
}

function isIn(versions: string | undefined, { version }: Place): boolean {
  return includesVersion(versionRange(versions ?? "none"), version);
}

function kafkaField(field: KafkaField, place: Place): Omit<WireField, "name"> {
  const isArray = field.type.startsWith("[]");
  const element = isArray ? field.type.slice(2) : field.type;
  const kind = plainTypes.has(element) ? element : "struct";
  const isIgnorable = field.ignorable ?? false;
  if (!isIgnorable && moreIgnorable.has(place.path)) place.met.add(place.path);
  const common = place.message.commonStructs?.find(({ name }) => name === element)?.fields ?? [];
  return {
    type: isArray ? `[]${kind}` : kind,
    isNullable: isIn(field.nullableVersions, place),
    tag: isIn(field.taggedVersions, place) ? field.tag : undefined,
    hasFixedLength: field.flexibleVersions !== undefined && !isIn(field.flexibleVersions, place),
    defaultValue: kafkaDefault(isArray ? "array" : kind, field.default),
    isIgnorable: isIgnorable || moreIgnorable.has(place.path),
    fields: kind === "struct" ? kafkaFields(field.fields ?? common, place) : [],
  };
}

function kafkaDefault(type: string, text: KafkaField["default"]): unknown {
  if (text === "null" || (type === "records" && text === undefined)) return null;
  if (type === "array") return [];
  if (type === "struct") return "struct";
  if (type === "bool") return String(text) === "true";
  if (type === "uuid") return zeroUuid;
  if (type === "bytes") return Buffer.alloc(0);
  if (type === "string") return text ?? "";
  return Number(text ?? 0);
}

/** What the tables of new versions tell: no defaults, and tagged fields behind the others. */
type BareField = Omit<WireField, "defaultValue" | "isIgnorable" | "fields" | "hasFixedLength"> & {
  readonly fields: readonly BareField[];
};

function bareFields(fields: readonly WireField[]): readonly BareField[] {
  const bare = fields.map(({ name, type, isNullable, tag, fields }) => ({
    ...{ name, type, isNullable, tag },
    fields: bareFields(fields),
  }));
  const tagged = bare.filter(({ tag }) => tag !== undefined);
  return [...bare.filter(({ tag }) => tag === undefined), ...tagged.sort((left, right) => left.tag! - right.tag!)];
}

function newFields(fields: readonly NewField[]): readonly BareField[] {
  return fields
    .filter(({ taggedFields }) => taggedFields !== true)
    .map(({ name, type, nullable, tag, fields }) => ({
      name: name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      type: type.replace("boolean", "bool").replace(/compact_|nullable_/g, ""),
      isNullable: nullable ?? false,
      tag,
      fields: newFields(fields ?? []),
    }));
}

/** True at any depth where the table ends a struct with a tagged section. */
function hasTaggedSections(fields: readonly NewField[]): boolean {
  return fields.some(({ taggedFields }) => taggedFields === true);
}

describe("The declared messages", () => {
  it("have the fields of Kafka's own tables, field by field and version by version", function () {
    if (!hasTables) this.skip();
    const met = new Set<string>();
    let versionCount = 0;
    for (const message of declaredMessages) {
      const table = kafkaMessage(message);
      const flexible = versionRange(table.flexibleVersions);
      const valid = versionRange(table.validVersions);
      assert.equal(message.apiKey, table.apiKey, message.name);
      for (const version of versionsOf(message).filter((version) => includesVersion(valid, version))) {
        const name = `${message.name} v${String(version)}`;
        const expected = kafkaFields(table.fields, { message: table, version, path: message.name, met });
        assert.deepEqual(declaredFields(message.fields, version), expected, name);
        assert.equal(message.isFlexible(version), includesVersion(flexible, version), name);
        versionCount++;
      }
    }
    assert.deepEqual(met, moreIgnorable);
    console.log(`      ${String(versionCount)} versions of ${String(declaredMessages.length)} messages compared`);
  });

  it("have the fields of the tables of Kafka 4.1 in the versions that are new there", function () {
    if (!hasTables || newVersions === undefined) this.skip();
    for (const message of declaredMessages) {
      const valid = versionRange(kafkaMessage(message).validVersions);
      for (const version of versionsOf(message).filter((version) => !includesVersion(valid, version))) {
        const name = `${message.name} v${String(version)}`;
        const table: NewVersion | undefined = newVersions.find(
          (entry) => entry.message === message.name && entry.version === version,
        );
        assert.ok(table, `${name} has a table`);
        assert.deepEqual(bareFields(declaredFields(message.fields, version)), newFields(table.fields), name);
        assert.equal(message.isFlexible(version), hasTaggedSections(table.fields), name);
      }
    }
  });

  it("explain each field in a sentence of their own", () => {
    const explain = (fields: Fields, path: string): readonly string[] =>
      Object.entries(fields).flatMap(([name, field]) => [
        ...(/^[A-Z0-9].*\.$/.test(field.about) ? [] : [`${path}.${name}`]),
        ...explain(field.fields ?? {}, `${path}.${name}`),
      ]);
    assert.deepEqual(
      declaredMessages.flatMap((message) => explain(message.fields, message.name)),
      [],
    );
  });
});
