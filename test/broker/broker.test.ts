import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Broker, type BrokerStart } from "../../src/broker/broker.ts";
import { emptyClusterMetadata, withConfigs, withoutTopics } from "../../src/coordination/cluster-metadata.ts";
import { errorNameOf } from "../../src/protocol/error-code.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { World } from "../../src/runtime/simulated/simulated-runtime.ts";
import { batchOf, BrokerScene } from "../builders/broker-scene.ts";

const hourMs = 3_600_000;

function refuse(): never {
  throw new Error("nobody asks the controller here");
}

/** A broker that is not started yet, on a port that it may have to search. */
function loneBroker(runtime: Runtime, port: number): Broker {
  return new Broker({
    brokerId: 1,
    runtime,
    address: { host: "127.0.0.1", port },
    rack: null,
    logDirectory: null,
    configs: new Map(),
    metadata: emptyClusterMetadata("c2NlbmUtY2x1c3Rlci0xMA"),
    administration: {
      createTopics: refuse,
      deleteTopics: refuse,
      createPartitions: refuse,
      alterConfigs: refuse,
      allocateProducerIds: refuse,
    },
    onChange: () => undefined,
    onCrash: () => undefined,
  });
}

function start(world: World, broker: Broker): BrokerStart {
  let started: BrokerStart | undefined;
  broker.start((result) => (started = result));
  world.runUntil(() => started !== undefined);
  assert.ok(started !== undefined);
  return started;
}

describe("A broker", () => {
  it("listens on the wanted port, or on the next one that is free", () => {
    const world = new World({ seed: 1, compression: nodeCompression });
    for (const port of [9092, 9093]) {
      const listener = { onListening: () => undefined, onFailed: () => undefined, onConnection: refuse };
      world.node("other").network.listen({ host: "127.0.0.1", port }, listener);
    }
    world.runFor(10);
    const result = start(world, loneBroker(world.node("b"), 9092));
    assert.deepEqual(result, { kind: "started", address: { host: "127.0.0.1", port: 9094 } });
  });

  it("refuses to start on another broker's directory, and says so in a sentence", () => {
    const world = new World({ seed: 1, compression: nodeCompression });
    const runtime = world.node("b");
    runtime.files.writeAtomically("meta.properties", Buffer.from("version=0\nbroker.id=7\ncluster.id=another\n"));
    const result = start(world, loneBroker(runtime, 9092));
    assert.equal(result.kind, "failed");
    assert.match(result.sentence, /7|another/);
  });

  it("has its records, offsets and leader epochs again after a stop", () => {
    const at = new BrokerScene();
    at.createTopic("orders", { partitionCount: 3 });
    at.produce("orders", 2, batchOf(["a", "b"]));
    at.stopBroker();
    at.startBroker(1);
    const partition = at.broker().partitions.find("orders", 2);
    assert.deepEqual([partition?.highWatermark, partition?.logStartOffset], [2, 0]);
    assert.equal(at.produce("orders", 2, batchOf(["c"])).baseOffset, 2);
  });

  it("keeps what was acknowledged when it is killed", () => {
    const at = new BrokerScene();
    at.createTopic("orders");
    at.produce("orders", 0, batchOf(["a", "b"]));
    at.killBroker();
    at.startBroker(1);
    assert.equal(at.broker().partitions.find("orders", 0)?.highWatermark, 2);
  });

  it("deletes a topic's logs, and makes new ones for a topic of the same name", () => {
    const at = new BrokerScene();
    const firstId = at.createTopic("orders");
    at.produce("orders", 0, batchOf(["a"]));
    at.change((metadata) => withoutTopics(metadata, ["orders"]));
    assert.equal(at.broker().partitions.find("orders", 0), undefined);
    assert.equal(errorNameOf(at.produce("orders", 0, batchOf(["a"])).errorCode), "UNKNOWN_TOPIC_OR_PARTITION");
    assert.notEqual(at.createTopic("orders"), firstId);
    assert.equal(at.produce("orders", 0, batchOf(["a"])).baseOffset, 0);
  });

  it("leaves logs alone that belong to no topic, and says so", () => {
    const at = new BrokerScene();
    at.createTopic("orders");
    at.produce("orders", 0, batchOf(["a"]));
    at.stopBroker();
    at.change((metadata) => withoutTopics(metadata, ["orders"]));
    at.startBroker(1);
    assert.ok(at.logLines.some((line) => line.includes("orders-0")));
    at.createTopic("orders");
    assert.equal(at.produce("orders", 0, batchOf(["a"])).baseOffset, 0);
  });

  it("follows configurations while it runs, a topic's own before the broker's", () => {
    const at = new BrokerScene();
    at.createTopic("small", { configs: { "max.message.bytes": "100" } });
    at.createTopic("plain");
    const codes = (byteCount: number) =>
      ["small", "plain"].map((topic) => errorNameOf(at.produce(topic, 0, batchOf(["x".repeat(byteCount)])).errorCode));
    assert.deepEqual(codes(200), ["MESSAGE_TOO_LARGE", "NONE"]);
    at.change((metadata) => withConfigs(metadata, "brokerConfigs", "", new Map([["message.max.bytes", "150"]])));
    assert.deepEqual(codes(200), ["MESSAGE_TOO_LARGE", "MESSAGE_TOO_LARGE"]);
    at.change((metadata) => withConfigs(metadata, "brokerConfigs", "1", new Map([["message.max.bytes", "1000"]])));
    assert.deepEqual(codes(200), ["MESSAGE_TOO_LARGE", "NONE"]);
  });

  it("drops old segments by itself, and wakes nobody with data that is gone", () => {
    const at = new BrokerScene();
    at.createTopic("orders", { configs: { "retention.ms": String(hourMs) } });
    at.produce(
      "orders",
      0,
      batchOf([{ timestamp: at.world.node("broker-1").clock.wallMs(), value: Buffer.from("a") }]),
    );
    at.world.runFor(hourMs / 2);
    assert.equal(at.broker().partitions.find("orders", 0)?.logStartOffset, 0);
    at.world.runFor(hourMs);
    assert.equal(at.broker().partitions.find("orders", 0)?.logStartOffset, 1);
  });

  it("names the topics that a picture of the cluster must be drawn anew for", () => {
    const at = new BrokerScene();
    at.createTopic("orders");
    at.createTopic("payments");
    at.changes.length = 0;
    at.produce("payments", 0, batchOf(["a"]));
    assert.deepEqual(
      [...new Set(at.changes)].filter((topic) => topic !== undefined),
      ["payments"],
    );
  });

  it("stops serving when it broke its own rule, and tells its host once", () => {
    const at = new BrokerScene();
    const partition = at.createTopic("orders") === "" ? undefined : at.broker().partitions.find("orders", 0);
    assert.ok(partition !== undefined);
    Object.defineProperty(partition, "highWatermark", { get: refuse });
    const client = at.connect();
    client.send(2, 5, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name: "orders", partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
      timeoutMs: 0,
    });
    at.world.runUntil(() => client.isClosed);
    assert.equal(at.crashes.length, 1);
    assert.ok(at.logLines.some((line) => line.includes("broke one of its own rules")));
  });
});
