import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { apiKeys, apiMessages, isApiKey } from "../../src/protocol/api-messages.ts";
import { goldenLines } from "../builders/golden-lines.ts";

type Claims = Readonly<Record<string, { readonly apiKey: number; readonly min: number; readonly max: number }>>;

/** Kafka claims Produce from v0 on and refuses v0 to v2 all the same (KIP-896). */
const produceMin = 3;

describe("The table of APIs", () => {
  it("has each API under its key and Kafka's name, in the versions that Kafka 4.1 answers", function () {
    const claims = goldenLines<Claims>("api-versions-4.1.json")?.[0];
    if (claims === undefined) this.skip();
    for (const key of apiKeys) {
      const { name, request, response } = apiMessages[key];
      const claim: Claims[string] | undefined = claims[name];
      assert.ok(claim, name);
      const min: number = key === 0 ? produceMin : claim.min;
      for (const message of [request, response]) {
        assert.deepEqual(
          { apiKey: message.apiKey, min: message.minVersion, max: message.maxVersion },
          { apiKey: claim.apiKey, min, max: claim.max },
          message.name,
        );
        assert.equal(message.apiKey, key);
      }
      assert.deepEqual([request.name, response.name], [`${name}Request`, `${name}Response`]);
    }
  });

  it("tells a key that is declared from one that is not", () => {
    assert.deepEqual(apiKeys, [0, 1, 2, 3, 10, 18, 19, 20, 21, 22, 23, 32, 33, 35, 37, 44, 60, 75]);
    assert.ok(isApiKey(75));
    assert.ok(!isApiKey(4));
    assert.ok(!isApiKey(-1));
  });
});
