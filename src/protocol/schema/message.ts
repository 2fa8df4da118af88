import { assert } from "../../base/assert.ts";
import { compileStruct, type Codec } from "./codec.ts";
import type { DraftStructOf, Fields, StructOf } from "./field.ts";
import { Reader } from "./reader.ts";
import { includesVersion, versionRange } from "./version-range.ts";
import { Writer } from "./writer.ts";

/** What a message is, said once for all its versions. */
interface MessageDefinition<F extends Fields> {
  readonly name: string;
  readonly apiKey?: number;
  /** Versions that can be read and written. */
  readonly validVersions: string;
  /** Versions with compact lengths and tagged sections (KIP-482). */
  readonly flexibleVersions: string;
  readonly fields: F;
}

/**
 * One message in all its versions: what it holds, and how it is read and written. Readers get every field in every
 * version (absent ones have their default), so that nobody else has to know versions.
 */
export interface Message<Read, Draft = Read> {
  readonly name: string;
  /** Undefined for headers and for records of internal topics. */
  readonly apiKey: number | undefined;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly fields: Fields;
  isFlexible(version: number): boolean;
  /** Throws `MalformedMessageError`. Bytes that follow the message are ignored. Blobs are views of `bytes`. */
  decode(bytes: Buffer, version: number): Read;
  /**
   * Throws `UnsupportedFieldError` where the version has no room for something that must not be dropped. Large blobs
   * are chunks of their own, by reference.
   */
  encode(draft: Draft, version: number): readonly Buffer[];
  /** As `decode`, for a message in the middle of others. */
  read(reader: Reader, version: number): Read;
  /** As `encode`, for a message in the middle of others. */
  write(writer: Writer, draft: Draft, version: number): void;
}

/** What reading `typeof someMessage` gives. */
export type MessageOf<M> = M extends Message<infer Read, never> ? Read : never;

/** What writing `typeof someMessage` takes: fields with a default or a tag may be left out. */
export type DraftOf<M> = M extends { encode(draft: infer Draft, version: number): unknown } ? Draft : never;

/** Declares a message. Its codec for a version is compiled when that version is first used. */
export function message<const F extends Fields>(
  definition: MessageDefinition<F>,
): Message<StructOf<F>, DraftStructOf<F>> {
  const { name, fields } = definition;
  const valid = versionRange(definition.validVersions);
  const flexible = versionRange(definition.flexibleVersions);
  const codecs: (Codec | undefined)[] = [];

  function codecOf(version: number): Codec {
    const known = codecs[version];
    if (known !== undefined) return known;
    assert(includesVersion(valid, version), `${name} is asked for in a version that it has`);
    const codec = compileStruct(fields, { version, isFlexible: includesVersion(flexible, version), path: name });
    codecs[version] = codec;
    return codec;
  }

  return {
    name,
    apiKey: definition.apiKey,
    minVersion: valid.min,
    maxVersion: valid.max,
    fields,
    isFlexible: (version) => includesVersion(flexible, version),
    decode: (bytes, version) => codecOf(version).read(new Reader(bytes)) as StructOf<F>,
    encode(draft, version) {
      const writer = new Writer();
      codecOf(version).write(writer, draft);
      return writer.finish();
    },
    read: (reader, version) => codecOf(version).read(reader) as StructOf<F>,
    write: (writer, draft, version) => codecOf(version).write(writer, draft),
  };
}
