import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { apiKeys, apiMessages, isApiKey } from "../../src/protocol/api-messages.ts";
import { goldenLines } from "../builders/golden-lines.ts";

type Claims = Readonly<Record<string, { readonly apiKey: number; readonly min: number; readonly max: number }>>;

/** Kafka claims Produce from v0 on and refuses v0 to v2 all the same (KIP-896). */
const produceMin = 3;

/** What brokers and controllers of Kafka 3.9 with ZooKeeper say to one another; 4.1 claims none of it to clients. */
const internalVersions: Claims = {
  LeaderAndIsr: { apiKey: 4, min: 7, max: 7 },
  StopReplica: { apiKey: 5, min: 4, max: 4 },
  UpdateMetadata: { apiKey: 6, min: 8, max: 8 },
  ControlledShutdown: { apiKey: 7, min: 3, max: 3 },
  AlterPartition: { apiKey: 56, min: 3, max: 3 },
};

describe("The table of APIs", () => {
  it("has each API under its key and name, in the versions of Kafka 4.1, or of 3.9 between brokers", function () {
    const claims = goldenLines<Claims>("api-versions-4.1.json")?.[0];
    if (claims === undefined) this.skip();
    for (const key of apiKeys) {
      const { name, request, response } = apiMessages[key];
      assert.ok(claims[name] === undefined || internalVersions[name] === undefined, `no client may send ${name}`);
      const claim: Claims[string] | undefined = claims[name] ?? internalVersions[name];
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
    const clientKeys = [0, 1, 2, 3, 10, 18, 19, 20, 21, 22, 23, 32, 33, 35, 37, 43, 44, 45, 46, 60, 75];
    const internalKeys = Object.values(internalVersions).map(({ apiKey }) => apiKey);
    assert.deepEqual(
      apiKeys,
      [...clientKeys, ...internalKeys].sort((left, right) => left - right),
    );
    assert.ok(isApiKey(75));
    assert.ok(!isApiKey(8));
    assert.ok(!isApiKey(-1));
  });
});
