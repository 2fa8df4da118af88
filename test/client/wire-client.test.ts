import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Outcome } from "../../src/client/outcome.ts";
import { WireClient } from "../../src/client/wire-client.ts";
import type { ResponseOf } from "../../src/protocol/api-messages.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import { World } from "../../src/runtime/simulated/simulated-runtime.ts";
import { ScriptedBroker, type Script } from "../builders/scripted-broker.ts";

const address = { host: "broker-1", port: 9092 };
const controllerOf = (outcome: Outcome<ResponseOf<3>> | undefined) => {
  return outcome?.kind === "done" ? outcome.value.controllerId : outcome?.failure.errorName;
};

function connect(script: Script) {
  const world = new World({ seed: 1, compression: nodeCompression, isChopping: true });
  const broker = new ScriptedBroker(world.node("broker-1").network, address);
  broker.script = script;
  world.runFor(1);
  const client = new WireClient(world.node("client"), address, { clientId: "test", requestTimeoutMs: 1000 });
  const told: (Outcome<ResponseOf<3>> | undefined)[] = [];
  const ask = () => {
    const index = told.push(undefined) - 1;
    client.request(3, 12, { topics: [], allowAutoTopicCreation: false }, (outcome) => {
      assert.equal(told[index], undefined, "told once");
      told[index] = outcome;
    });
  };
  return { world, broker, client, told, ask };
}

const metadata = (controllerId: number) => ({ brokers: [], topics: [], controllerId });

describe("the wire client", () => {
  it("sends requests without waiting for one another, and gives each its own answer", () => {
    let count = 0;
    const { world, told, ask } = connect({ 3: () => metadata(++count) });
    for (let index = 0; index < 5; index++) ask();
    assert.deepEqual(told, Array(5).fill(undefined), "nothing is told before the call returns");
    world.runFor(100);
    assert.deepEqual(told.map(controllerOf), [1, 2, 3, 4, 5]);
  });

  it("fails what is in flight when the connection is lost, and every request after that", () => {
    const { world, client, told, ask } = connect({ 3: () => "hang up" });
    ask();
    ask();
    world.runFor(100);
    assert.deepEqual(told.map(controllerOf), ["NETWORK_EXCEPTION", "NETWORK_EXCEPTION"]);
    assert.ok(client.isClosed);
    ask();
    assert.equal(told[2], undefined);
    world.runFor(1);
    assert.equal(controllerOf(told[2]), "NETWORK_EXCEPTION");
  });

  it("says so when nobody listens", () => {
    const { world, broker } = connect({});
    broker.kill();
    world.runFor(10);
    const client = new WireClient(world.node("client"), address, { clientId: "test", requestTimeoutMs: 1000 });
    let outcome: Outcome<ResponseOf<3>> | undefined;
    client.request(3, 12, { topics: [] }, (told) => (outcome = told));
    world.runFor(100);
    assert.ok(outcome?.kind === "failed");
    assert.equal(outcome.failure.sentence, "The broker at broker-1:9092 can't be reached (ECONNREFUSED).");
  });

  it("gives up a connection on which an answer doesn't come in time", () => {
    let count = 0;
    const { world, client, told, ask } = connect({ 3: () => (++count === 1 ? metadata(1) : "silence") });
    ask();
    ask();
    world.runFor(900);
    assert.deepEqual(told.map(controllerOf), [1, undefined]);
    world.runFor(200);
    assert.deepEqual(told.map(controllerOf), [1, "REQUEST_TIMED_OUT"]);
    assert.ok(client.isClosed);
  });

  it("gives up a connection that answers with bytes that are no answer", () => {
    const noAnswers = ["00000002aaaa", "ffffffff", "0000000500000007ff", "00000008000000010001ffff"];
    for (const garbage of noAnswers) {
      const world = new World({ seed: 1, compression: nodeCompression });
      world.node("broker-1").network.listen(address, {
        onListening: () => undefined,
        onFailed: (code) => assert.equal(code, undefined),
        onConnection: (connection) => ({
          onData: () => connection.send([Buffer.from(garbage, "hex")]),
          onClose: () => undefined,
        }),
      });
      world.runFor(1);
      const client = new WireClient(world.node("client"), address, { clientId: "test", requestTimeoutMs: 1000 });
      let outcome: Outcome<ResponseOf<3>> | undefined;
      client.request(3, 12, { topics: [] }, (told) => (outcome = told));
      world.runFor(100);
      assert.equal(controllerOf(outcome), "NETWORK_EXCEPTION", garbage);
      assert.ok(client.isClosed);
    }
  });

  it("tells nobody anything once its owner has closed it", () => {
    const { world, client, told, ask } = connect({ 3: () => metadata(1) });
    ask();
    client.close();
    world.runFor(2000);
    assert.deepEqual(told, [undefined]);
  });
});
