import type { TailRecord } from "../../cluster/engine-messages.ts";
import type { Content, Details, Preview } from "../../webview/messages.ts";
import { indentJson } from "./indent-json.ts";
import type { KeptRecord } from "./message-ring.ts";

const previewCharactersMax = 240;
const previewBytesMax = 48;
const contentCharactersMax = 256 * 1024;
const dumpBytesMax = 16 * 1024;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientUtf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of `bytes`, or undefined where they are not UTF-8. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

export function previewOf(bytes: Uint8Array | null): Preview {
  if (bytes === null) return { kind: "null" };
  if (bytes.byteLength === 0) return { kind: "empty" };
  // A character has at most four bytes: no need to decode a megabyte for one line.
  const head = bytes.subarray(0, previewCharactersMax * 4);
  const text = head.byteLength === bytes.byteLength ? textOf(bytes) : cutText(head);
  if (text === undefined || isBinary(text)) {
    return { kind: "bytes", text: hexOf(bytes.subarray(0, previewBytesMax)), byteCount: bytes.byteLength };
  }
  const isCut = text.length > previewCharactersMax || head.byteLength < bytes.byteLength;
  return { kind: "text", text: visible(text.slice(0, previewCharactersMax)), isCut };
}

export function contentOf(bytes: Uint8Array | null): Content {
  if (bytes === null) return { kind: "null", text: "", byteCount: 0, isCut: false };
  const { byteLength: byteCount } = bytes;
  if (byteCount === 0) return { kind: "empty", text: "", byteCount, isCut: false };
  const text = textOf(bytes);
  if (text === undefined || isBinary(text)) {
    return {
      kind: "bytes",
      text: hexDump(bytes.subarray(0, dumpBytesMax)),
      byteCount,
      isCut: byteCount > dumpBytesMax,
    };
  }
  const isCut = text.length > contentCharactersMax;
  const json = isCut ? undefined : indentJson(text);
  if (json !== undefined) return { kind: "json", text: visible(json, keepsLines), byteCount, isCut };
  return { kind: "text", text: visible(text.slice(0, contentCharactersMax), keepsLines), byteCount, isCut };
}

export function detailsOf({ id, record }: KeptRecord): Details {
  const { partition, offset, timestampMs, timestampType, headers } = record;
  return {
    id,
    partition,
    offset,
    timestampMs,
    timestampType,
    key: contentOf(record.key),
    value: contentOf(record.value),
    headers: headers.map(({ key, value }) => ({ name: visible(key), value: contentOf(value) })),
  };
}

/** For the clipboard: the very text where there is one, hexadecimal otherwise. */
export function plainText(bytes: Uint8Array | null): string {
  return bytes === null ? "" : (textOf(bytes) ?? hexOf(bytes));
}

/** Whether the key, the value or a header holds `wanted`, which is in lower case. */
export function holdsText({ key, value, headers }: TailRecord, wanted: string): boolean {
  const holds = (bytes: Uint8Array | null): boolean =>
    bytes !== null && lenientUtf8.decode(bytes).toLowerCase().includes(wanted);
  return (
    holds(key) ||
    holds(value) ||
    headers.some((header) => header.key.toLowerCase().includes(wanted) || holds(header.value))
  );
}

/** Like `od`: position, sixteen bytes, and what of them can be printed. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let position = 0; position < bytes.byteLength; position += 16) {
    const row = bytes.subarray(position, position + 16);
    const hex = [...row].map((byte, index) => (index === 8 ? " " : "") + byte.toString(16).padStart(2, "0")).join(" ");
    const printed = [...row].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");
    lines.push(`${position.toString(16).padStart(6, "0")}  ${hex.padEnd(48)}  ${printed}`);
  }
  return lines.join("\n");
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** The text of bytes that were cut anywhere: a character that the cut went through is left out. */
function cutText(head: Uint8Array): string | undefined {
  for (let cut = 0; cut < 4; cut += 1) {
    const text = textOf(head.subarray(0, head.byteLength - cut));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A zero byte is valid UTF-8 and no text: serialized numbers, Avro and Protobuf are told by it. */
function isBinary(text: string): boolean {
  return text.includes("\0");
}

const keepsLines = /[\n\t]/;

/**
 * Text as it is safe to look at: control characters as their pictures, and marks that turn the direction of writing as
 * their codes, so that a record can't look like another one.
 */
function visible(text: string, kept?: RegExp): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    if (kept?.test(character) === true) return character;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? "\u2421" : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
