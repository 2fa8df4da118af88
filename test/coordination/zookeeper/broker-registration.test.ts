import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  registerBroker,
  whenReleased,
  type RegistrationOutcome,
} from "../../../src/coordination/zookeeper/broker-registration.ts";
import type { BrokerZnode } from "../../../src/coordination/zookeeper/znode-content.ts";
import { CoordinationScene, type SceneClient } from "./coordination-scene.ts";

function broker(port: number): BrokerZnode {
  const endpoint = { listenerName: "PLAINTEXT", securityProtocol: "PLAINTEXT", host: "127.0.0.1", port };
  return { endpoints: [endpoint], rack: null, timestampMs: 1 };
}

/** A cluster that has the nodes that registrations lie below. */
function newScene(): CoordinationScene {
  const scene = new CoordinationScene();
  const operator = scene.connected("operator");
  operator.create("/brokers");
  operator.create("/brokers/ids");
  return scene;
}

function register(scene: CoordinationScene, { client }: SceneClient): RegistrationOutcome {
  return scene.settle((told: (outcome: RegistrationOutcome) => void) => registerBroker(client, 1, broker(9092), told));
}

describe("a broker's registration", () => {
  it("is an ephemeral node, created and set in one transaction whose number is the broker epoch", () => {
    const scene = newScene();
    const client = scene.connected("broker");
    const outcome = register(scene, client);
    const stat = scene.server.tree.stat("/brokers/ids/1");
    assert.ok(stat);
    assert.deepEqual(outcome, { kind: "registered", brokerEpoch: stat.czxid });
    assert.equal(stat.version, 1);
    assert.equal(stat.mzxid, stat.czxid);
    assert.equal(stat.ephemeralOwner, client.sessionId);
  });

  it("of a restarted broker waits for its old session to expire, and says so", () => {
    const scene = newScene();
    const old = scene.connected("broker", 4000);
    const first = register(scene, old);
    old.kill();
    const restarted = scene.connected("broker", 4000);
    assert.deepEqual(register(scene, restarted), { kind: "held", ownerSessionId: old.sessionId });
    const toldMs: number[] = [];
    const askedMs = scene.world.nowMs;
    whenReleased(restarted.client, 1, () => toldMs.push(scene.world.nowMs - askedMs));
    scene.world.runFor(10_000);
    assert.equal(toldMs.length, 1, "told once");
    assert.ok(toldMs[0]! > 3000 && toldMs[0]! < 4000, `${String(toldMs[0])} ms`);
    const second = register(scene, restarted);
    assert.ok(first.kind === "registered" && second.kind === "registered");
    assert.ok(second.brokerEpoch > first.brokerEpoch);
  });

  it("is waited for through changes of its data, and not at all where nobody holds it", () => {
    const scene = newScene();
    const holder = scene.connected("holder");
    register(scene, holder);
    const waiting = scene.connected("waiting");
    let toldCount = 0;
    whenReleased(waiting.client, 1, () => (toldCount += 1));
    scene.world.runFor(100);
    holder.set("/brokers/ids/1", "{}");
    scene.world.runFor(100);
    holder.set("/brokers/ids/1", "[]");
    scene.world.runFor(100);
    assert.equal(toldCount, 0);
    holder.close();
    scene.world.runFor(100);
    assert.equal(toldCount, 1);
    whenReleased(waiting.client, 1, () => (toldCount += 1));
    scene.world.runFor(100);
    assert.equal(toldCount, 2);
  });

  it("is its own also where the answer was lost with the connection", () => {
    const scene = newScene();
    const client = scene.connected("broker");
    const outcomes: RegistrationOutcome[] = [];
    registerBroker(client.client, 1, broker(9092), (outcome) => outcomes.push(outcome));
    scene.world.runUntil(() => scene.server.tree.has("/brokers/ids/1"));
    client.link.cut();
    client.runUntil("disconnected");
    client.link.heal();
    scene.world.runUntil(() => outcomes.length > 0);
    const epoch = scene.server.tree.stat("/brokers/ids/1")?.czxid;
    assert.deepEqual(outcomes, [{ kind: "registered", brokerEpoch: epoch }]);
  });

  it("fails with the session, and where there is nothing to register below", () => {
    const scene = new CoordinationScene();
    assert.deepEqual(register(scene, scene.connected("early")), { kind: "failed", error: "NONODE" });
    const client = scene.connected("late", 2000);
    client.link.cut();
    const outcomes: RegistrationOutcome[] = [];
    registerBroker(client.client, 1, broker(9092), (outcome) => outcomes.push(outcome));
    scene.world.runFor(10_000);
    client.link.heal();
    client.runUntil("expired");
    assert.deepEqual(outcomes, [{ kind: "failed", error: "SESSIONEXPIRED" }]);
  });
});
