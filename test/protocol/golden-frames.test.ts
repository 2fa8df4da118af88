import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { batchByteCountOf, crcIsValid } from "../../src/protocol/records/batch.ts";
import type { Field, Fields } from "../../src/protocol/schema/field.ts";
import { MalformedMessageError } from "../../src/protocol/schema/message-error.ts";
import type { Message } from "../../src/protocol/schema/message.ts";
import { goldenLines } from "../builders/golden-lines.ts";
import { declaredMessages, versionsOf } from "./declared-messages.ts";

interface GoldenFrame {
  readonly message: string;
  readonly version: number;
  /** In Kafka's JSON: what a version lacks is absent, and so are tagged fields at their default. */
  readonly fields: Values;
  readonly hex: string;
}

type Values = Readonly<Record<string, unknown>>;

const frames = goldenLines<GoldenFrame>("frames.jsonl");
const messages = new Map(declaredMessages.map((message) => [message.name, message]));

/** Kafka's JSON as this codec's values; what is absent stays so. `read` is what was read from the bytes. */
function draftOf(fields: Fields, json: Values, read: Values): Values {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      const field = fields[name];
      assert.ok(field, `${name} is declared`);
      return [name, draftValue(field, value, read[name])];
    }),
  );
}

function draftValue(field: Field, json: unknown, read: unknown): unknown {
  if (json === null) return null;
  if (field.type === "records") return draftRecords(json, read);
  if (field.type === "bytes") return Buffer.from(json as string, "base64");
  const { fields } = field;
  if (fields === undefined) return json;
  if (field.type === "struct") return draftOf(fields, json as Values, read as Values);
  const elements = read as readonly Values[];
  return (json as readonly Values[]).map((element, index) => draftOf(fields, element, elements[index] ?? {}));
}

/**
 * Kafka writes records into JSON as what is left to read of them, which is nothing: only the bytes of the frame say
 * what they are. Each is one whole batch of format 2, which shows that it was cut out at the right place.
 */
function draftRecords(json: unknown, read: unknown): Buffer {
  assert.equal(json, "");
  assert.ok(Buffer.isBuffer(read));
  assert.equal(batchByteCountOf(read, 0), read.length);
  assert.ok(crcIsValid(read, 0));
  return read;
}

/** The draft with every field that it leaves out at its default, as a reader sees it. */
function completed(fields: Fields, draft: Values): Values {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, completedValue(field, draft[name])]));
}

function completedValue(field: Field, value: unknown): unknown {
  if (value === undefined) return field.defaultValue;
  if (value === null || field.fields === undefined) return value;
  const { fields } = field;
  if (field.type === "struct") return completed(fields, value as Values);
  return (value as readonly Values[]).map((element) => completed(fields, element));
}

function eachFrame(check: (frame: GoldenFrame, message: Message<unknown>, bytes: Buffer) => void): number {
  let frameCount = 0;
  for (const frame of frames ?? []) {
    const message = messages.get(frame.message);
    if (message === undefined || frame.version < message.minVersion || frame.version > message.maxVersion) continue;
    frameCount++;
    check(frame, message, Buffer.from(frame.hex, "hex"));
  }
  return frameCount;
}

describe("The frames that Apache Kafka wrote", () => {
  it("are read as Kafka's own content, and written as the very same bytes", function () {
    if (frames === undefined) this.skip();
    const frameCount = eachFrame(({ version, fields, hex, message: name }, message, bytes) => {
      const read = message.decode(bytes, version) as Values;
      const draft = draftOf(message.fields, fields, read);
      const whole = completed(message.fields, draft);
      assert.deepEqual(read, whole, `${name} v${String(version)}`);
      for (const written of [draft, whole]) {
        assert.equal(
          Buffer.concat(message.encode(written, version)).toString("hex"),
          hex,
          `${name} v${String(version)}`,
        );
      }
    });
    console.log(`      ${String(frameCount)} frames of ${String(messages.size)} messages compared both ways`);
    assert.ok(frameCount > 0);
  });

  it("are there for every declared message in every declared version", function () {
    if (frames === undefined) this.skip();
    const seen = new Map<string, number>();
    eachFrame(({ message, version }) => {
      const key = `${message} v${String(version)}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    });
    const declared = declaredMessages.flatMap((message) =>
      versionsOf(message).map((version) => `${message.name} v${String(version)}`),
    );
    assert.deepEqual(
      declared.filter((key) => (seen.get(key) ?? 0) < 3),
      [],
    );
  });

  it("are refused wherever they are cut off", function () {
    if (frames === undefined) this.skip();
    let cutCount = 0;
    eachFrame(({ version, message: name }, message, bytes) => {
      for (let byteCount = 0; byteCount < bytes.length; byteCount++) {
        cutCount++;
        assert.throws(
          () => message.decode(bytes.subarray(0, byteCount), version),
          MalformedMessageError,
          `${name} v${String(version)} cut at ${String(byteCount)}`,
        );
      }
    });
    console.log(`      ${String(cutCount)} cuts`);
  });

  it("may be followed by bytes that nobody reads", function () {
    if (frames === undefined) this.skip();
    eachFrame(({ version }, message, bytes) => {
      const longer = Buffer.concat([bytes, Buffer.from("ffff", "hex")]);
      assert.deepEqual(message.decode(longer, version), message.decode(bytes, version));
    });
  });
});
