import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { zeroUuid } from "../../../src/base/uuid.ts";
import { brokerWent } from "../../../src/controller/broker-membership.ts";
import { errorCodeOf, errorNameOf } from "../../../src/protocol/error-code.ts";
import { BrokerScene } from "../../builders/broker-scene.ts";

const all = { topics: null };

function named(...names: (string | null)[]) {
  return { topics: names.map((name) => ({ topicId: zeroUuid, name })) };
}

function scene(brokerCount = 1): BrokerScene {
  const made = new BrokerScene({ brokerCount });
  made.createTopic("orders", { partitionCount: 4 });
  made.createTopic("payments");
  return made;
}

/** Partition 0 of "orders" on a broker that is dead. */
function withDeadLeader(): { at: BrokerScene; deadId: number; aliveId: number } {
  const at = scene(2);
  const deadId = at.store.metadata.topics.get("orders")?.partitions[0]?.leaderId ?? 0;
  at.change((metadata) => brokerWent(metadata, deadId));
  return { at, deadId, aliveId: 3 - deadId };
}

describe("Metadata", () => {
  it("tells brokers, controller and all topics", () => {
    const at = scene(2);
    const response = at.ask(3, 12, all);
    assert.deepEqual(
      response.brokers.map(({ nodeId, host, port }) => ({ nodeId, host, port })),
      [1, 2].map((nodeId) => ({ nodeId, ...at.address(nodeId) })),
    );
    assert.equal(response.clusterId, at.store.metadata.clusterId);
    assert.ok([1, 2].includes(response.controllerId));
    assert.deepEqual(response.topics.map(({ name }) => name).sort(), ["orders", "payments"]);
    const orders = response.topics.find(({ name }) => name === "orders");
    assert.equal(orders?.topicId, at.store.metadata.topics.get("orders")?.topicId);
    assert.deepEqual(
      orders?.partitions.map(({ partitionIndex }) => partitionIndex),
      [0, 1, 2, 3],
    );
  });

  it("means all by an empty list in version 0, and none from version 1 on", () => {
    const at = scene();
    assert.equal(at.ask(3, 0, { topics: [] }).topics.length, 2);
    assert.equal(at.ask(3, 1, { topics: [] }).topics.length, 0);
    assert.equal(at.ask(3, 1, all).topics.length, 2);
  });

  it("answers a name that is asked for twice once", () => {
    assert.deepEqual(scene().ask(3, 9, named("orders", "orders")).topics.length, 1);
  });

  it("creates a missing topic, and says that it is unknown meanwhile", () => {
    const at = scene();
    const first = at.ask(3, 3, named("new"));
    assert.equal(first.topics[0]?.errorCode, errorCodeOf("UNKNOWN_TOPIC_OR_PARTITION"));
    at.world.runFor(100);
    assert.equal(at.ask(3, 3, named("new")).topics[0]?.partitions.length, 1);
  });

  it("creates nothing where the client, the configuration or the name forbids it", () => {
    const at = scene();
    at.ask(3, 4, { ...named("a"), allowAutoTopicCreation: false });
    const illegal = at.ask(3, 4, named("a b", ".."));
    assert.deepEqual(
      illegal.topics.map(({ errorCode }) => errorNameOf(errorCode)),
      ["INVALID_TOPIC_EXCEPTION", "INVALID_TOPIC_EXCEPTION"],
    );
    const strict = new BrokerScene({ configs: { "auto.create.topics.enable": "false" } });
    strict.ask(3, 4, named("a"));
    for (const scene of [at, strict]) {
      scene.world.runFor(100);
      assert.equal(scene.store.metadata.topics.has("a"), false);
    }
  });

  it("gives internal topics the shape that groups need", () => {
    const at = scene();
    at.ask(3, 4, named("__consumer_offsets"));
    at.world.runFor(100);
    const topic = at.ask(3, 4, named("__consumer_offsets")).topics[0];
    assert.deepEqual([topic?.isInternal, topic?.partitions.length], [true, 50]);
    assert.equal(at.store.metadata.topics.get("__consumer_offsets")?.configs.get("cleanup.policy"), "compact");
  });

  it("looks topics up by id from version 12 on, and then by nothing else", () => {
    const at = scene();
    const topicId = at.store.metadata.topics.get("orders")?.topicId ?? "";
    const unknownId = "P86Pnt-UaU4-HUfIByaKrQ";
    const topics = [
      { topicId, name: null },
      { topicId: unknownId, name: null },
      { topicId: zeroUuid, name: "payments" },
    ];
    const answers = at.ask(3, 12, { topics }).topics;
    assert.deepEqual(
      answers.map(({ name, errorCode }) => [name, errorNameOf(errorCode)]),
      [
        ["orders", "NONE"],
        [null, "UNKNOWN_TOPIC_ID"],
      ],
    );
    const tooOld = at.ask(3, 10, { topics: [{ topicId, name: "orders" }] });
    assert.deepEqual([tooOld.brokers, tooOld.controllerId], [[], -1]);
    assert.equal(tooOld.topics[0]?.errorCode, errorCodeOf("INVALID_REQUEST"));
    assert.equal(at.ask(3, 12, named(null)).topics[0]?.errorCode, errorCodeOf("UNKNOWN_SERVER_ERROR"));
  });

  it("has no leader to name while the broker is dead, but its epoch", () => {
    const { at, deadId, aliveId } = withDeadLeader();
    const response = at.ask(3, 9, named("orders"), aliveId);
    const partition = response.topics[0]?.partitions[0];
    assert.equal(partition?.errorCode, errorCodeOf("LEADER_NOT_AVAILABLE"));
    assert.deepEqual([partition.leaderId, partition.leaderEpoch], [-1, 1]);
    assert.deepEqual([partition.replicaNodes, partition.offlineReplicas], [[deadId], [deadId]]);
    assert.deepEqual(
      response.brokers.map(({ nodeId }) => nodeId),
      [aliveId],
    );
    assert.equal(response.controllerId, aliveId);
    const oldest = at.ask(3, 0, { topics: [{ topicId: zeroUuid, name: "orders" }] }, aliveId);
    assert.deepEqual(oldest.topics[0]?.partitions[0]?.replicaNodes, []);
  });

  it("says what the client may do, where it asks", () => {
    const at = scene();
    const wishes = { includeClusterAuthorizedOperations: true, includeTopicAuthorizedOperations: true };
    const told = at.ask(3, 8, { ...named("orders", "nowhere"), ...wishes });
    assert.equal(told.clusterAuthorizedOperations, 8096);
    assert.deepEqual(
      told.topics.map(({ topicAuthorizedOperations }) => topicAuthorizedOperations),
      [3576, 3576],
    );
    const untold = at.ask(3, 8, named("orders"));
    assert.equal(untold.clusterAuthorizedOperations, -2147483648);
    assert.equal(untold.topics[0]?.topicAuthorizedOperations, -2147483648);
  });
});
