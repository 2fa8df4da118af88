import { zeroUuid } from "../../base/uuid.ts";
import { versionRange, type VersionRange } from "./version-range.ts";

/** What a TypeScript program sees of each of Kafka's plain types. */
interface PlainTypes {
  bool: boolean;
  int8: number;
  int16: number;
  uint16: number;
  int32: number;
  uint32: number;
  /** A safe integer; see `Reader` for what lies beyond. */
  int64: number;
  float64: number;
  uuid: string;
  string: string;
  bytes: Buffer;
  records: Buffer;
}

export type PlainType = keyof PlainTypes;

/** The fields of a message or struct, in the order of the wire. */
export type Fields = Readonly<Record<string, Field>>;

/**
 * What a type parameter of a field remembers: the value as read, as accepted for writing, and if it may be left out.
 */
interface FieldTypes {
  readonly read: unknown;
  readonly written: unknown;
  readonly isOptional: boolean;
}

/** One field of a message, in all versions at once. */
export interface Field<Types extends FieldTypes = FieldTypes> {
  readonly type: PlainType | "array" | "struct";
  readonly versions: VersionRange;
  /** Versions in which null may be sent. */
  readonly nullableVersions: VersionRange;
  /** Versions in which the field travels in the tagged section under `tag`, if at all. */
  readonly taggedVersions: VersionRange;
  readonly tag: number | undefined;
  /** Overrides the flexible versions of the message for this field. */
  readonly flexibleVersions: VersionRange | undefined;
  /** May be dropped in silence where a version has no room for it. */
  readonly isIgnorable: boolean;
  /** What a reader sees where the field is absent. */
  readonly defaultValue: unknown;
  /** Type of an array's elements where they are no structs. */
  readonly elementType: PlainType | undefined;
  /** Fields of the struct, or of each struct in the array. */
  readonly fields: Fields | undefined;
  /** One sentence for people who look at a message. */
  readonly about: string;
  /** Only for the compiler: never set. */
  readonly types?: Types;
}

interface FieldOptions {
  /** Versions that have the field, in Kafka's notation. */
  readonly versions: string;
  readonly about: string;
  /** Number in the tagged section; the field travels there in all `taggedVersions`. */
  readonly tag?: number;
  /** All `versions` where only `tag` is given. */
  readonly taggedVersions?: string;
  /** The field may be dropped where a version lacks it; otherwise writing anything but the default is refused. */
  readonly ignorable?: boolean;
}

interface PlainOptions<Value> extends FieldOptions {
  readonly default?: Value;
}

interface NullableOptions<Value> extends FieldOptions {
  readonly default?: Value | null;
  /** Versions in which the field may be null. */
  readonly nullable?: string;
  /** Overrides the flexible versions of the message; "none" keeps a length of fixed width. */
  readonly flexibleVersions?: string;
}

type OrNull<Options, Value> = Options extends { readonly nullable: string } ? Value | null : Value;

/** A field with a default or a tag may be left out when a message is written. */
type IsOptional<Options> = Options extends { readonly default: unknown } | { readonly tag: number } ? true : false;

interface Typed<Options, Read, Written = Read> extends FieldTypes {
  readonly read: OrNull<Options, Read>;
  readonly written: OrNull<Options, Written>;
  readonly isOptional: IsOptional<Options>;
}

type TypesOf<F extends Field> = NonNullable<F["types"]>;

/** The struct that a reader gets: every field is there, in every version. */
export type StructOf<F extends Fields> = { readonly [Name in keyof F]: TypesOf<F[Name]>["read"] };

type OptionalNames<F extends Fields> = {
  [Name in keyof F]: TypesOf<F[Name]>["isOptional"] extends true ? Name : never;
}[keyof F];

/** The struct that a writer takes: what has a default or a tag may be left out. */
export type DraftStructOf<F extends Fields> = {
  readonly [Name in Exclude<keyof F, OptionalNames<F>>]: TypesOf<F[Name]>["written"];
} & {
  readonly [Name in OptionalNames<F>]?: TypesOf<F[Name]>["written"];
};

type Element = PlainType | Fields;
type ElementRead<E extends Element> = E extends PlainType ? PlainTypes[E] : E extends Fields ? StructOf<E> : never;
type ElementWritten<E extends Element> = E extends PlainType
  ? PlainTypes[E]
  : E extends Fields
    ? DraftStructOf<E>
    : never;

const emptyArray: readonly never[] = Object.freeze([]);

function field(
  type: Field["type"],
  options: NullableOptions<unknown>,
  implicitDefault: unknown,
  content: { readonly elementType?: PlainType; readonly fields?: Fields } = {},
): Field<never> {
  return {
    type,
    versions: versionRange(options.versions),
    nullableVersions: versionRange(options.nullable ?? "none"),
    taggedVersions: versionRange(options.tag === undefined ? "none" : (options.taggedVersions ?? options.versions)),
    tag: options.tag,
    flexibleVersions: options.flexibleVersions === undefined ? undefined : versionRange(options.flexibleVersions),
    isIgnorable: options.ignorable ?? false,
    defaultValue: options.default === undefined ? implicitDefault : options.default,
    elementType: content.elementType,
    fields: content.fields,
    about: options.about,
  };
}

type NumberType = "int8" | "int16" | "uint16" | "int32" | "uint32" | "int64" | "float64";

function numberField(type: NumberType) {
  return <const Options extends PlainOptions<number>>(options: Options): Field<Typed<Options, number>> =>
    field(type, options, 0);
}

export const int8 = numberField("int8");
export const int16 = numberField("int16");
export const uint16 = numberField("uint16");
export const int32 = numberField("int32");
export const uint32 = numberField("uint32");
export const int64 = numberField("int64");
export const float64 = numberField("float64");

export function bool<const Options extends PlainOptions<boolean>>(options: Options): Field<Typed<Options, boolean>> {
  return field("bool", options, false);
}

export function uuid<const Options extends PlainOptions<string>>(options: Options): Field<Typed<Options, string>> {
  return field("uuid", options, zeroUuid);
}

export function string<const Options extends NullableOptions<string>>(options: Options): Field<Typed<Options, string>> {
  return field("string", options, "");
}

export function bytes<const Options extends NullableOptions<never>>(options: Options): Field<Typed<Options, Buffer>> {
  return field("bytes", options, Buffer.alloc(0));
}

/** Record batches. They may be written from several buffers, which are sent one after another without a copy. */
export function records<const Options extends NullableOptions<never>>(
  options: Options,
): Field<Typed<Options, Buffer, Buffer | readonly Buffer[]>> {
  return field("records", options, options.nullable === undefined ? Buffer.alloc(0) : null);
}

/** An array of a plain type (`"int32"`), or of structs with the given fields. */
export function array<const Options extends NullableOptions<readonly never[]>, const E extends Element>(
  options: Options,
  element: E,
): Field<Typed<Options, readonly ElementRead<E>[], readonly ElementWritten<E>[]>> {
  if (typeof element === "string") return field("array", options, emptyArray, { elementType: element });
  return field("array", options, emptyArray, { fields: element });
}

export function struct<const Options extends NullableOptions<never>, const F extends Fields>(
  options: Options,
  fields: F,
): Field<Typed<Options, StructOf<F>, DraftStructOf<F>>> {
  return field("struct", options, defaultStruct(fields), { fields });
}

/** Every field at its default. */
export function defaultStruct(fields: Fields): Readonly<Record<string, unknown>> {
  return Object.freeze(
    Object.fromEntries(Object.entries(fields).map(([name, { defaultValue }]) => [name, defaultValue])),
  );
}
