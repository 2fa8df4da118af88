import { assert } from "./assert.ts";

const uuidByteCount = 16;

/** A Kafka uuid as text: base64url of its 16 bytes without padding, 22 characters (KAFKA.md C.2). */
export type Uuid = string;

/** The uuid that stands for "none": sixteen zero bytes. */
export const zeroUuid: Uuid = "AAAAAAAAAAAAAAAAAAAAAA";

/** Kafka's text form of 16 bytes. */
export function uuidFromBytes(bytes: Uint8Array): Uuid {
  assert(bytes.byteLength === uuidByteCount, "a uuid has 16 bytes");
  return Buffer.from(bytes.buffer, bytes.byteOffset, uuidByteCount).toString("base64url");
}

/** The 16 bytes of `uuid`; undefined where the text is no uuid. */
export function uuidToBytes(uuid: Uuid): Buffer | undefined {
  const bytes = Buffer.from(uuid, "base64url");
  return bytes.byteLength === uuidByteCount ? bytes : undefined;
}

/**
 * A fresh random uuid (version 4) from a source of random bytes. As in Kafka, none begins with a dash,
 * so that one can be an argument on a command line.
 */
export function randomUuid(random: { bytes(byteCount: number): Uint8Array }): Uuid {
  for (;;) {
    const bytes = random.bytes(uuidByteCount);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const text = uuidFromBytes(bytes);
    if (!text.startsWith("-")) return text;
  }
}
