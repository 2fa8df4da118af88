import fc from "fast-check";
import { uuidFromBytes } from "../../src/base/uuid.ts";
import type { Field, Fields, PlainType } from "../../src/protocol/schema/field.ts";
import { includesVersion } from "../../src/protocol/schema/version-range.ts";

/** The same cases in every run, unless a nightly run asks for others. */
export const propertySeed = Number(process.env["FC_SEED"] ?? 20260101);

type Values = Readonly<Record<string, unknown>>;

const blob = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));

const plainValues: { readonly [Type in PlainType]: fc.Arbitrary<unknown> } = {
  bool: fc.boolean(),
  int8: fc.integer({ min: -0x80, max: 0x7f }),
  int16: fc.integer({ min: -0x8000, max: 0x7fff }),
  uint16: fc.integer({ min: 0, max: 0xffff }),
  int32: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  uint32: fc.integer({ min: 0, max: 0xffffffff }),
  int64: fc.maxSafeInteger(),
  float64: fc.double({ noNaN: true }),
  uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(uuidFromBytes),
  string: fc.string({ unit: "grapheme", maxLength: 20 }),
  bytes: blob,
  records: blob,
};

/** Anything that a message with these fields may hold in one version; what the version lacks is at its default. */
export function messageArbitrary(fields: Fields, version: number): fc.Arbitrary<Values> {
  const values = Object.entries(fields).map(([name, field]) => [name, fieldArbitrary(field, version)] as const);
  return fc.record(Object.fromEntries(values), { noNullPrototype: true });
}

function fieldArbitrary(field: Field, version: number): fc.Arbitrary<unknown> {
  if (!includesVersion(field.versions, version)) return fc.constant(field.defaultValue);
  const value = valueArbitrary(field, version);
  return includesVersion(field.nullableVersions, version) ? fc.option(value, { nil: null }) : value;
}

function valueArbitrary(field: Field, version: number): fc.Arbitrary<unknown> {
  const { fields = {} } = field;
  if (field.type === "struct") return messageArbitrary(fields, version);
  if (field.type !== "array") return plainValues[field.type];
  const element = field.elementType === undefined ? messageArbitrary(fields, version) : plainValues[field.elementType];
  return fc.array(element, { maxLength: 4 });
}
