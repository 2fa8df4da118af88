/**
 * Turns the declaration of a struct into two functions for one version of it. The version is looked at only here, once:
 * what runs for each message is a loop over an array of small closures. There is no generated source, because a
 * webview, and many a host, forbids `eval`.
 */
import { defaultStruct, type Field, type Fields, type PlainType } from "./field.ts";
import { MalformedMessageError, UnsupportedFieldError } from "./message-error.ts";
import type { Reader } from "./reader.ts";
import { includesVersion } from "./version-range.ts";
import type { Writer } from "./writer.ts";

type Read = (reader: Reader) => unknown;
type Write = (writer: Writer, value: unknown) => void;
type Values = Readonly<Record<string, unknown>>;

export interface Codec {
  readonly read: Read;
  readonly write: Write;
}

/** What is the same for all fields of a message in one version. */
interface Context {
  readonly version: number;
  readonly isFlexible: boolean;
  /** Where the field is, for messages of errors. */
  readonly path: string;
}

interface FieldCodec extends Codec {
  readonly name: string;
  readonly field: Field;
}

export function compileStruct(fields: Fields, context: Context): Codec {
  const inline: FieldCodec[] = [];
  const tagged: FieldCodec[] = [];
  const absent: [string, Field][] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (!includesVersion(field.versions, context.version)) {
      absent.push([name, field]);
      continue;
    }
    const codec = { name, field, ...compileField(field, { ...context, path: `${context.path}.${name}` }) };
    (includesVersion(field.taggedVersions, context.version) ? tagged : inline).push(codec);
  }
  tagged.sort((left, right) => (left.field.tag ?? 0) - (right.field.tag ?? 0));
  const refused = absent.filter(([, field]) => !field.isIgnorable);
  return {
    read: structReader(fields, inline, context.isFlexible ? taggedReader(tagged, absent) : undefined),
    write: structWriter(inline, refused, context.isFlexible ? taggedWriter(tagged) : undefined, context),
  };
}

type ReadTagged = (reader: Reader, values: Record<string, unknown>) => void;

function structReader(fields: Fields, inline: readonly FieldCodec[], readTagged: ReadTagged | undefined): Read {
  const template = defaultStruct(fields);
  return (reader) => {
    const values: Record<string, unknown> = { ...template };
    for (const { name, read } of inline) values[name] = read(reader);
    if (readTagged !== undefined) readTagged(reader, values);
    return values;
  };
}

/**
 * Reads what Kafka reads: tags in any order, the last of two winning; the size is believed only for unknown tags, which
 * are skipped; a tag that only other versions have is refused (KAFKA.md J.3).
 */
function taggedReader(tagged: readonly FieldCodec[], absent: readonly (readonly [string, Field])[]): ReadTagged {
  const codecs = new Map(tagged.map((codec) => [codec.field.tag, codec]));
  const strayTags = new Set(absent.map(([, field]) => field.tag));
  return (reader, values) => {
    const count = reader.unsignedVarint();
    for (let index = 0; index < count; index++) {
      const tag = reader.unsignedVarint();
      const byteCount = reader.unsignedVarint();
      const codec = codecs.get(tag);
      if (codec !== undefined) values[codec.name] = codec.read(reader);
      else if (strayTags.has(tag)) throw new MalformedMessageError(`tag ${tag} is of another version`);
      else reader.skip(byteCount);
    }
  };
}

type WriteTagged = (writer: Writer, values: Values) => void;

function structWriter(
  inline: readonly FieldCodec[],
  refused: readonly (readonly [string, Field])[],
  writeTagged: WriteTagged | undefined,
  context: Context,
): Write {
  return (writer, value) => {
    const values = value as Values;
    for (const [name, field] of refused) {
      if (!isDefault(field, values[name])) {
        throw new UnsupportedFieldError(`${context.path}.${name} does not exist in version ${context.version}`);
      }
    }
    for (const { name, field, write } of inline) {
      const given = values[name];
      write(writer, given === undefined ? field.defaultValue : given);
    }
    if (writeTagged !== undefined) writeTagged(writer, values);
  };
}

function taggedWriter(tagged: readonly FieldCodec[]): WriteTagged {
  return (writer, values) => {
    const written = tagged.filter(({ name, field }) => !isDefault(field, values[name]));
    writer.unsignedVarint(written.length);
    for (const { name, field, write } of written) {
      const part = writer.fork();
      write(part, values[name]);
      writer.unsignedVarint(field.tag ?? 0);
      writer.unsignedVarint(part.byteCount);
      writer.append(part);
    }
  };
}

/** True where a value says no more than leaving it out would. */
function isDefault(field: Field, value: unknown): boolean {
  if (value === undefined || value === field.defaultValue) return true;
  if (value === null || field.defaultValue === null) return false;
  if (field.type === "struct") {
    return Object.entries(field.fields ?? {}).every(([name, inner]) => isDefault(inner, (value as Values)[name]));
  }
  const hasLength = field.type === "array" || field.type === "bytes" || field.type === "records";
  return hasLength && (value as { readonly length: number }).length === 0;
}

function compileField(field: Field, outer: Context): Codec {
  const { flexibleVersions } = field;
  const isFlexible =
    outer.isFlexible && (flexibleVersions === undefined || includesVersion(flexibleVersions, outer.version));
  const context = { ...outer, isFlexible };
  const isNullable = includesVersion(field.nullableVersions, context.version);
  if (field.type === "array") return compileArray(field, context, isNullable);
  if (field.type === "struct") return compileInnerStruct(field.fields ?? {}, context, isNullable);
  return compilePlain(field.type, context, isNullable);
}

function compilePlain(type: PlainType, context: Context, isNullable: boolean): Codec {
  if (type === "string") return compileString(context, isNullable);
  if (type === "bytes" || type === "records") return compileBlob(context, isNullable);
  return compileFixed(type, context);
}

type FixedType = Exclude<PlainType, "string" | "bytes" | "records">;

function compileFixed(type: FixedType, context: Context): Codec {
  const write = fixedWrites[type];
  return {
    read: fixedReads[type],
    write(writer, value) {
      if (value === null) refuseNull(context);
      write(writer, value as never);
    },
  };
}

const fixedReads: { readonly [Type in FixedType]: Read } = {
  bool: (reader) => reader.bool(),
  int8: (reader) => reader.int8(),
  int16: (reader) => reader.int16(),
  uint16: (reader) => reader.uint16(),
  int32: (reader) => reader.int32(),
  uint32: (reader) => reader.uint32(),
  int64: (reader) => reader.int64(),
  float64: (reader) => reader.float64(),
  uuid: (reader) => reader.uuid(),
};

const fixedWrites: { readonly [Type in FixedType]: (writer: Writer, value: never) => void } = {
  bool: (writer, value: boolean) => writer.bool(value),
  int8: (writer, value: number) => writer.int8(value),
  int16: (writer, value: number) => writer.int16(value),
  uint16: (writer, value: number) => writer.uint16(value),
  int32: (writer, value: number) => writer.int32(value),
  uint32: (writer, value: number) => writer.uint32(value),
  int64: (writer, value: number) => writer.int64(value),
  float64: (writer, value: number) => writer.float64(value),
  uuid: (writer, value: string) => writer.uuid(value),
};

/** Reads and writes the length in front of a value; -1 (and whatever else is negative) is null. */
interface LengthCodec {
  readonly read: (reader: Reader) => number;
  readonly write: (writer: Writer, length: number) => void;
}

const compactLength: LengthCodec = {
  read: (reader) => reader.compactLength(),
  write: (writer, length) => writer.unsignedVarint(length + 1),
};
const int16Length: LengthCodec = {
  read: (reader) => reader.int16(),
  write: (writer, length) => writer.int16(length),
};
const int32Length: LengthCodec = {
  read: (reader) => reader.int32(),
  write: (writer, length) => writer.int32(length),
};

function compileString(context: Context, isNullable: boolean): Codec {
  const { isFlexible } = context;
  const length = isFlexible ? compactLength : int16Length;
  return {
    read(reader) {
      const byteCount = length.read(reader);
      if (byteCount >= 0) return reader.string(byteCount);
      return isNullable ? null : missing(context);
    },
    write(writer, value) {
      if (value !== null) writer.string(value as string, isFlexible);
      else if (isNullable) length.write(writer, -1);
      else refuseNull(context);
    },
  };
}

function compileBlob(context: Context, isNullable: boolean): Codec {
  const length = context.isFlexible ? compactLength : int32Length;
  return {
    read(reader) {
      const byteCount = length.read(reader);
      if (byteCount >= 0) return reader.slice(byteCount);
      return isNullable ? null : missing(context);
    },
    write(writer, value) {
      if (value === null) {
        if (!isNullable) refuseNull(context);
        length.write(writer, -1);
        return;
      }
      const parts = Buffer.isBuffer(value) ? [value] : (value as readonly Buffer[]);
      length.write(
        writer,
        parts.reduce((byteCount, part) => byteCount + part.length, 0),
      );
      for (const part of parts) writer.raw(part);
    },
  };
}

function compileArray(field: Field, context: Context, isNullable: boolean): Codec {
  const length = context.isFlexible ? compactLength : int32Length;
  const element =
    field.elementType === undefined
      ? compileStruct(field.fields ?? {}, context)
      : compilePlain(field.elementType, context, false);
  return {
    read(reader) {
      const count = length.read(reader);
      if (count < 0) return isNullable ? null : missing(context);
      reader.checkCount(count);
      const elements: unknown[] = [];
      for (let index = 0; index < count; index++) elements.push(element.read(reader));
      return elements;
    },
    write(writer, value) {
      if (value === null) {
        if (!isNullable) refuseNull(context);
        length.write(writer, -1);
        return;
      }
      const elements = value as readonly unknown[];
      length.write(writer, elements.length);
      for (const one of elements) element.write(writer, one);
    },
  };
}

/** A nullable struct begins with one byte: -1 for null, 1 for one that follows. */
function compileInnerStruct(fields: Fields, context: Context, isNullable: boolean): Codec {
  const inner = compileStruct(fields, context);
  return {
    read(reader) {
      return isNullable && reader.int8() < 0 ? null : inner.read(reader);
    },
    write(writer, value) {
      if (value === null && !isNullable) refuseNull(context);
      if (isNullable) writer.int8(value === null ? -1 : 1);
      if (value !== null) inner.write(writer, value);
    },
  };
}

function missing(context: Context): never {
  throw new MalformedMessageError(`${context.path} can't be null in version ${context.version}`);
}

function refuseNull(context: Context): never {
  throw new UnsupportedFieldError(`${context.path} can't be null in version ${context.version}`);
}
