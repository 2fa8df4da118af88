import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { MalformedMessageError } from "../../src/protocol/schema/message-error.ts";
import type { Message } from "../../src/protocol/schema/message.ts";
import { declaredMessages, versionsOf } from "./declared-messages.ts";
import { messageArbitrary, propertySeed } from "./message-arbitrary.ts";

const runsPerVersion = 25;
/** Each is cut at every byte. */
const cutRunsPerVersion = 3;

interface Case {
  readonly message: Message<unknown>;
  readonly version: number;
  readonly value: unknown;
}

/** Checks the property on random content of every declared message in every declared version. */
function always(numRuns: number, property: (example: Case) => void): void {
  for (const message of declaredMessages) {
    for (const version of versionsOf(message)) {
      const run = fc.property(messageArbitrary(message.fields, version), (value) =>
        property({ message, version, value }),
      );
      fc.assert(run, { seed: propertySeed, numRuns });
    }
  }
}

describe("Every declared message in every version", () => {
  it("reads what it writes", () => {
    always(runsPerVersion, ({ message, version, value }) => {
      const bytes = Buffer.concat(message.encode(value, version));
      assert.deepEqual(message.decode(bytes, version), value);
    });
  });

  it("is refused wherever it is cut off", () => {
    always(cutRunsPerVersion, ({ message, version, value }) => {
      const bytes = Buffer.concat(message.encode(value, version));
      for (let byteCount = 0; byteCount < bytes.length; byteCount++) {
        assert.throws(() => message.decode(bytes.subarray(0, byteCount), version), MalformedMessageError);
      }
    });
  });

  it("is read or refused, and never anything else, whatever bytes come", () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    for (const message of declaredMessages) {
      for (const version of versionsOf(message)) {
        const run = fc.property(bytes, (noise) => {
          try {
            message.decode(Buffer.from(noise), version);
          } catch (error) {
            assert.ok(error instanceof MalformedMessageError, String(error));
          }
        });
        fc.assert(run, { seed: propertySeed, numRuns: runsPerVersion * 4 });
      }
    }
  });
});
