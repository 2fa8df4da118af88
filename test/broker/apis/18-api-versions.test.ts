import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { apis } from "../../../src/broker/apis.ts";
import { errorNameOf } from "../../../src/protocol/error-code.ts";
import { BrokerScene } from "../../builders/broker-scene.ts";

const named = { clientSoftwareName: "apache-kafka-java", clientSoftwareVersion: "4.1.1" };

describe("ApiVersions", () => {
  it("claims exactly what is served, and Produce from 0 for librdkafka's sake", () => {
    const { apiKeys, errorCode } = new BrokerScene().ask(18, 4, named);
    assert.equal(errorCode, 0);
    assert.deepEqual(
      apiKeys.map(({ apiKey }) => String(apiKey)),
      Object.keys(apis),
    );
    assert.deepEqual(apiKeys[0], { apiKey: 0, minVersion: 0, maxVersion: 13 });
    assert.deepEqual(apiKeys[1], { apiKey: 1, minVersion: 4, maxVersion: 18 });
  });

  it("refuses a client with an improper name from version 3 on, and goes on serving it", () => {
    const at = new BrokerScene();
    for (const clientSoftwareName of ["", "-kafka", "kafka!", "kafka-"]) {
      const response = at.ask(18, 3, { ...named, clientSoftwareName });
      assert.deepEqual([errorNameOf(response.errorCode), response.apiKeys], ["INVALID_REQUEST", []]);
    }
    assert.equal(at.ask(18, 3, named).errorCode, 0);
    assert.equal(at.ask(18, 2, { clientSoftwareName: "", clientSoftwareVersion: "" }).errorCode, 0);
  });

  it("answers a version of the future in version 0 with what it has, and keeps the connection", () => {
    const at = new BrokerScene();
    const client = at.connect();
    // Header version 2: key, version, correlation id, client id "x", no tags; and a body that nobody can know.
    client.sendBytes(Buffer.from("00000014001200630000002a000178001122334455667788", "hex"));
    at.world.runUntil(() => client.frames.length === 1);
    const response = client.read(18, 0, client.frames[0]);
    assert.equal(errorNameOf(response.errorCode), "UNSUPPORTED_VERSION");
    assert.deepEqual(response.apiKeys, [{ apiKey: 18, minVersion: 0, maxVersion: 4 }]);
    assert.deepEqual(client.answered, [42]);
    client.send(18, 0, named);
    at.world.runUntil(() => client.frames.length === 2);
  });
});
