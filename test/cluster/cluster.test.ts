import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { TailRecord } from "../../src/cluster/engine-messages.ts";
import { TraceHash } from "../../src/runtime/simulated/trace-hash.ts";
import { SimulatedCluster } from "../builders/simulated-cluster.ts";
import { withTraps } from "../builders/traps.ts";

const orders = { name: "orders", partitionCount: 6, replicationFactor: 1 };

describe("A cluster", () => {
  it("starts its brokers on ports that follow each other, and spreads partitions evenly over them", () => {
    const simulated = new SimulatedCluster({ brokerCount: 3, topics: [orders] });
    assert.equal(simulated.start(), undefined);
    assert.equal(simulated.cluster.bootstrapServers(), "127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094");
    const { brokers, topics } = simulated.cluster.view();
    assert.deepEqual(
      brokers.map(({ id, state, leaderCount }) => [id, state, leaderCount]),
      [
        [1, "up", 2],
        [2, "up", 2],
        [3, "up", 2],
      ],
    );
    for (const { leaderId, inSyncReplicas, assignedReplicas } of topics[0]?.partitions ?? []) {
      assert.deepEqual(inSyncReplicas, [leaderId]);
      assert.deepEqual(assignedReplicas, [leaderId]);
    }
  });

  it("passes by a port that is taken", () => {
    const simulated = new SimulatedCluster({ brokerCount: 2 });
    const ignore = {
      onListening: () => undefined,
      onFailed: () => undefined,
      onConnection: () => assert.fail("no one"),
    };
    simulated.world.node("stranger").network.listen({ host: "127.0.0.1", port: 9093 }, ignore);
    simulated.world.runFor(1);
    assert.equal(simulated.start(), undefined);
    assert.equal(simulated.cluster.bootstrapServers(), "127.0.0.1:9092,127.0.0.1:9094");
  });

  it("gives any port to brokers that come behind the last one", () => {
    const simulated = new SimulatedCluster({ brokerCount: 3, address: { host: "127.0.0.1", port: 65_534 } });
    assert.equal(simulated.start(), undefined);
    const ports = simulated.cluster.view().brokers.map(({ port }) => port);
    assert.deepEqual(ports.slice(0, 2), [65_534, 65_535]);
    assert.ok(ports[2] !== undefined && ports[2] > 0 && ports[2] < 65_534);
  });

  it("keeps order within a partition, whichever broker leads it, and shows the log ends", () => {
    const simulated = new SimulatedCluster({ brokerCount: 3, topics: [orders] });
    simulated.start();
    const produced = Array.from({ length: 60 }, (_, index) =>
      simulated.produce({ topic: "orders", key: `key ${String(index % 7)}`, value: String(index) }),
    );
    const next = new Map<number, number>();
    for (const { partition, offset } of produced) {
      assert.equal(offset, next.get(partition) ?? 0);
      next.set(partition, offset + 1);
    }
    const ends = simulated.cluster.view().topics[0]?.partitions.map(({ logEndOffset }) => logEndOffset);
    assert.deepEqual(
      ends,
      [0, 1, 2, 3, 4, 5].map((index) => next.get(index) ?? 0),
    );
  });

  it("finds its topics, records and settings again on the same disks", () => {
    const simulated = new SimulatedCluster({ brokerCount: 2 });
    simulated.start();
    assert.equal(simulated.createTopic("audit", 3, { "cleanup.policy": "compact" }), undefined);
    simulated.produce({ topic: "audit", key: "a", value: "1" });
    const before = simulated.cluster.view();
    assert.equal(simulated.restart(), undefined);
    const after = simulated.cluster.view();
    assert.equal(after.clusterId, before.clusterId);
    const plain = (view: typeof before) =>
      view.topics.map(({ name, topicId, configs, partitions }) => ({
        name,
        topicId,
        configs,
        ends: partitions.map(({ logEndOffset, highWatermark }) => [logEndOffset, highWatermark]),
      }));
    assert.deepEqual(plain(after), plain(before));
    assert.deepEqual(simulated.produce({ topic: "audit", key: "a", value: "2" }).offset, 1);
  });

  it("says which brokers are missing where it is started with fewer than it had", () => {
    const warnings: string[] = [];
    const onEvent = ({ kind, label }: { readonly kind: string; readonly label: string }): void => {
      if (kind === "log" && label.startsWith("warn")) warnings.push(label);
    };
    const simulated = new SimulatedCluster({ brokerCount: 3, topics: [orders] }, { onEvent });
    simulated.start();
    assert.equal(simulated.restart({ brokerCount: 1 }), undefined);
    assert.match(warnings.join(), /can't be reached.*not started \(2, 3\): 4/);
    warnings.length = 0;
    assert.equal(simulated.restart({ brokerCount: 3 }), undefined);
    assert.deepEqual(warnings, []);
  });

  it("says what it can't start with, in a sentence that names it", () => {
    const replicated = new SimulatedCluster({ brokerCount: 3, topics: [{ ...orders, replicationFactor: 3 }] });
    assert.match(replicated.start()?.sentence ?? "", /orders.*Replication factor 3 is not supported/);
    const misspelt = new SimulatedCluster({ configs: { "log.retention.hours": "long" } });
    assert.match(misspelt.start()?.sentence ?? "", /log\.retention\.hours/);
  });

  it("refuses a metadata file that is damaged and leaves it as it is", () => {
    const simulated = new SimulatedCluster();
    simulated.start();
    const { files } = simulated.world.node("cluster");
    const damaged = Buffer.from("{ not json");
    files.writeAtomically("cluster-metadata.json", damaged);
    assert.equal(simulated.restart()?.errorName, "KAFKA_STORAGE_ERROR");
    assert.deepEqual(simulated.world.node("cluster").files.readAll("cluster-metadata.json"), damaged);
  });

  it("takes no decision that the disk refused to keep", () => {
    let isFull = false;
    const faults = { codeFor: () => (isFull ? "ENOSPC" : undefined) };
    const simulated = new SimulatedCluster({}, {}, { cluster: { faults } });
    simulated.start();
    isFull = true;
    assert.equal(simulated.createTopic("orders", 1)?.errorName, "KAFKA_STORAGE_ERROR");
    assert.deepEqual(simulated.cluster.view().topics, []);
    isFull = false;
    assert.equal(simulated.createTopic("orders", 1), undefined);
  });

  it("goes on where a broker's disk is full when it becomes a leader, and leads once there is space", () => {
    let isFull = false;
    const codeFor = (_: string, path: string) =>
      isFull && path.endsWith("leader-epoch-checkpoint") ? "ENOSPC" : undefined;
    const simulated = new SimulatedCluster({}, {}, { "broker-1": { faults: { codeFor } } });
    simulated.start();
    isFull = true;
    assert.equal(simulated.createTopic("orders", 1), undefined);
    isFull = false;
    assert.equal(simulated.produce({ topic: "orders", value: "a" }).offset, 0);
  });

  it("refuses the directory of a single broker, Kafka's own or one of Tapedeck's, and writes nothing to it", () => {
    const simulated = new SimulatedCluster();
    const { files } = simulated.world.node("cluster");
    files.writeAtomically("meta.properties", Buffer.from("version=1\nnode.id=1\ncluster.id=c\n"));
    assert.match(simulated.start()?.sentence ?? "", /meta\.properties.*choose another directory/i);
    assert.deepEqual(
      files.list("").map(({ name }) => name),
      ["meta.properties"],
    );
  });

  it("tells clients the address it is given for them, with brackets around IPv6 where a port follows", () => {
    const simulated = new SimulatedCluster({ brokerCount: 2, advertisedHost: "fe80::1" });
    assert.equal(simulated.start(), undefined);
    assert.equal(simulated.cluster.bootstrapServers(), "[fe80::1]:9092,[fe80::1]:9093");
    const [first] = simulated.cluster.view().brokers;
    assert.deepEqual([first?.host, first?.port], ["fe80::1", 9092]);
  });

  it("does not start on a disk that refuses to keep what it agrees on", () => {
    const faults = { codeFor: () => "EROFS" };
    const simulated = new SimulatedCluster({}, {}, { cluster: { faults } });
    assert.equal(simulated.start()?.errorName, "KAFKA_STORAGE_ERROR");
  });

  it("forces records to the disk by a topic's flush.ms, once the scheduler looks", () => {
    const synced: string[] = [];
    const codeFor = (operation: string, path: string) => {
      if (operation === "sync") synced.push(path);
      return undefined;
    };
    const configs = { "log.flush.scheduler.interval.ms": "1000" };
    const simulated = new SimulatedCluster({ configs }, {}, { "broker-1": { faults: { codeFor } } });
    simulated.start();
    simulated.createTopic("audit", 1, { "flush.ms": "5000" });
    simulated.produce({ topic: "audit", value: "v" });
    const isForced = () => synced.some((path) => path === "audit-0/00000000000000000000.log");
    simulated.world.runFor(4000);
    assert.equal(isForced(), false);
    simulated.world.runFor(30_000);
    assert.equal(isForced(), true);
  });

  it("reports a topic's change once, however many records made it", () => {
    const simulated = new SimulatedCluster({ topics: [orders] });
    simulated.start();
    const deltas: string[] = [];
    using _listening = simulated.cluster.onDelta(({ changedTopics, removedTopics }) => {
      deltas.push([...changedTopics.map(({ name }) => `+${name}`), ...removedTopics.map((name) => `-${name}`)].join());
    });
    for (let index = 0; index < 20; index++) simulated.produce({ topic: "orders", key: "k", value: "v" });
    simulated.world.runFor(400);
    assert.ok(deltas.length <= 3, `${String(deltas.length)} deltas`);
    assert.ok(deltas.every((delta) => delta === "+orders" || delta === ""));
    simulated.settle((told) => simulated.cluster.deleteTopic("orders", told));
    simulated.world.runFor(400);
    assert.equal(deltas.at(-1), "-orders");
  });

  it("hands a follower of a topic no more records than it granted", () => {
    const simulated = new SimulatedCluster({ brokerCount: 2, topics: [orders] });
    simulated.start();
    for (let index = 0; index < 30; index++) simulated.produce({ topic: "orders", value: String(index) });
    const seen: TailRecord[] = [];
    simulated.cluster.openTail({ tailId: 1, topic: "orders", from: "earliest", count: 10 }, (message) => {
      if (message.kind === "tailRecords") seen.push(...message.records);
    });
    simulated.world.runFor(2000);
    assert.equal(seen.length, 10);
    simulated.cluster.grantTail(1, 100);
    simulated.world.runFor(2000);
    const values = seen.map(({ value }) => Number(Buffer.from(value ?? []).toString()));
    assert.deepEqual(
      values.sort((a, b) => a - b),
      Array.from({ length: 30 }, (_, index) => index),
    );
  });
});

describe("The same seed", () => {
  const run = (seed: number): string => {
    const hash = new TraceHash();
    withTraps(() => {
      const simulated = new SimulatedCluster(
        { brokerCount: 3, topics: [orders] },
        { seed, isChopping: true, onEvent: hash.add },
      );
      simulated.start();
      for (let index = 0; index < 40; index++) {
        simulated.produce({ topic: "orders", key: `key ${String(index % 5)}`, value: "v".repeat(index) });
      }
      simulated.createTopic("audit", 4);
      simulated.restart();
      simulated.world.runFor(60_000);
    });
    return hash.hex;
  };

  it("gives the same trace twice, and another seed another one, with every outside world trapped", () => {
    assert.equal(run(42), run(42));
    assert.notEqual(run(42), run(43));
  });
});
