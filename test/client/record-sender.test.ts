import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Outcome } from "../../src/client/outcome.ts";
import { partitionOfKey } from "../../src/client/partitioner.ts";
import { RecordSender, type RecordToSend, type SentRecord } from "../../src/client/record-sender.ts";
import { ScriptedCluster } from "../builders/scripted-cluster.ts";

function open(cluster: ScriptedCluster) {
  const sender = new RecordSender(cluster.world.node("client"), cluster.client(), { deliveryTimeoutMs: 10_000 });
  const told: (Outcome<SentRecord> | undefined)[] = [];
  const send = (record: Partial<RecordToSend>) => {
    const index = told.push(undefined) - 1;
    sender.send({ topic: "orders", key: null, value: null, headers: [], ...record }, (outcome) => {
      assert.equal(told[index], undefined, "told once");
      told[index] = outcome;
    });
  };
  const results = () =>
    told.map((outcome) => (outcome?.kind === "failed" ? outcome.failure.errorName : outcome?.value));
  return { sender, send, results };
}

describe("the record sender", () => {
  it("puts a record into the partition of its key and tells where it is", () => {
    const cluster = new ScriptedCluster(3, [1, 2, 3]);
    const { send, results } = open(cluster);
    const key = Buffer.from("customer-7");
    const partition = partitionOfKey(key, 3);
    const headers = [{ key: "trace", value: Buffer.from("x") }];
    send({ key, value: Buffer.from("one"), headers });
    send({ key, value: Buffer.from("two"), timestamp: 5 });
    cluster.world.runFor(100);
    assert.deepEqual(results(), [
      { partition, offset: 0 },
      { partition, offset: 1 },
    ]);
    const [one, two] = cluster.partitions[partition]?.records() ?? [];
    assert.deepEqual([one?.key, one?.value?.toString(), one?.headers], [key, "one", headers]);
    const ageMs = cluster.world.node("client").clock.wallMs() - (one?.timestamp ?? 0);
    assert.ok(ageMs > 50 && ageMs <= 100, `${ageMs}`);
    assert.equal(two?.timestamp, 5);
  });

  it("takes the partition that is asked for, and fails in time where there is none", () => {
    const cluster = new ScriptedCluster(1, [1, 1]);
    const { send, results } = open(cluster);
    send({ partition: 1 });
    send({ partition: 2 });
    cluster.world.runFor(12_000);
    assert.deepEqual(results(), [{ partition: 1, offset: 0 }, "UNKNOWN_TOPIC_OR_PARTITION"]);
  });

  it("puts a record without a key where there is a leader", () => {
    const cluster = new ScriptedCluster(2, [-1, 2]);
    const { send, results } = open(cluster);
    for (let index = 0; index < 5; index++) send({});
    cluster.world.runFor(500);
    assert.deepEqual(
      results(),
      [0, 1, 2, 3, 4].map((offset) => ({ partition: 1, offset })),
    );
  });

  it("follows a leader that moves while it tries", () => {
    const cluster = new ScriptedCluster(2, [1]);
    const { send, results } = open(cluster);
    cluster.refusals = ["NOT_LEADER_OR_FOLLOWER", "NOT_ENOUGH_REPLICAS"];
    send({});
    cluster.world.runFor(50);
    assert.deepEqual(results(), [undefined]);
    cluster.partitions.forEach((partition) => (partition.leaderId = 2));
    cluster.world.runFor(1000);
    assert.deepEqual(results(), [{ partition: 0, offset: 0 }]);
  });

  it("leaves one record in the log when the answer to the first attempt is lost", () => {
    const cluster = new ScriptedCluster(1, [1]);
    const { send, results } = open(cluster);
    cluster.lostAnswers = 1;
    send({ value: Buffer.from("once") });
    send({ value: Buffer.from("next") });
    cluster.world.runFor(5000);
    assert.deepEqual(
      results(),
      [0, 1].map((offset) => ({ partition: 0, offset })),
    );
    const values = cluster.partitions[0]?.records().map(({ value }) => value?.toString());
    assert.deepEqual(values, ["once", "next"]);
  });

  it("gives up at once on what no retry mends, and goes on with a new producer id", () => {
    const cluster = new ScriptedCluster(1, [1]);
    const { send, results } = open(cluster);
    cluster.refusals = ["MESSAGE_TOO_LARGE"];
    send({});
    send({});
    cluster.world.runFor(90);
    assert.deepEqual(results(), ["MESSAGE_TOO_LARGE", { partition: 0, offset: 0 }]);
    assert.equal(cluster.producerIds, 2);
  });

  it("finds the cluster by a broker that is alive, and fails in time where none is", () => {
    const cluster = new ScriptedCluster(2, [2]);
    const { send, results } = open(cluster);
    cluster.brokers[0]?.kill();
    send({});
    cluster.world.runFor(1000);
    assert.deepEqual(results(), [{ partition: 0, offset: 0 }]);
    cluster.brokers[1]?.kill();
    send({});
    cluster.world.runFor(15_000);
    assert.equal(results()[1], "NETWORK_EXCEPTION");
  });

  it("tells nobody anything once it is disposed", () => {
    const cluster = new ScriptedCluster(1, [1]);
    const { sender, send, results } = open(cluster);
    send({});
    send({});
    sender[Symbol.dispose]();
    cluster.world.runFor(20_000);
    assert.deepEqual(results(), [undefined, undefined]);
  });
});
