import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createTopic, deleteTopic } from "../../src/client/admin.ts";
import { ClusterClient } from "../../src/client/cluster-client.ts";
import { partitionOfKey } from "../../src/client/partitioner.ts";
import { RecordSender } from "../../src/client/record-sender.ts";
import type { TailedRecord } from "../../src/client/tail-partition.ts";
import { Tail } from "../../src/client/tail.ts";
import { Cluster } from "../../src/cluster/cluster.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import { World } from "../../src/runtime/simulated/simulated-runtime.ts";

describe("sender, tail and administration against Tapedeck's own broker", () => {
  it("create a topic, put records into it, read them back, and delete it", () => {
    const world = new World({ seed: 9, compression: nodeCompression });
    const cluster = new Cluster(
      { brokerCount: 1, address: { host: "127.0.0.1", port: 9092 }, configs: {}, topics: [] },
      {
        runtimeOf: (node) => world.node(node),
        directoryOf: () => null,
        onCrash: (error) => assert.fail(String(error)),
      },
    );
    const told: string[] = [];
    cluster.start(() => told.push("started"));
    world.runUntil(() => told.includes("started"));

    const runtime = world.node("client");
    const bootstrapServers = [{ host: "127.0.0.1", port: 9092 }];
    const connect = () => new ClusterClient(runtime, { bootstrapServers, clientId: "test" });
    const client = connect();
    const topic = { name: "orders", partitionCount: 3, replicationFactor: 1, configs: { "compression.type": "lz4" } };
    createTopic(runtime, client, topic, ({ kind }) => told.push(`created: ${kind}`));
    world.runUntil(() => told.includes("created: done"));

    const seen: TailedRecord[] = [];
    const options = { topic: "orders", from: "latest", count: 1000 } as const;
    const tail = new Tail(runtime, connect(), options, {
      onRecords: (records) => seen.push(...records),
      onFailed: ({ errorName }) => told.push(errorName),
    });
    world.runFor(100);

    const sender = new RecordSender(runtime, client);
    const sent: (readonly [partition: number, offset: number])[] = [];
    const keys = Array.from({ length: 50 }, (_, index) => Buffer.from(`key ${index}`));
    for (const key of keys) {
      sender.send({ topic: "orders", key, value: Buffer.from("v"), headers: [] }, (outcome) => {
        assert.ok(outcome.kind === "done");
        sent.push([outcome.value.partition, outcome.value.offset]);
      });
    }
    world.runUntil(() => seen.length === keys.length);
    assert.deepEqual(
      sent.map(([partition]) => partition),
      keys.map((key) => partitionOfKey(key, 3)),
    );
    const place = ({ partition, offset }: TailedRecord) => `${partition}/${offset}`;
    assert.deepEqual(seen.map(place).sort(), sent.map(([partition, offset]) => `${partition}/${offset}`).sort());

    deleteTopic(runtime, client, "orders", ({ kind }) => told.push(`deleted: ${kind}`));
    world.runFor(30_000);
    assert.deepEqual(told, ["started", "created: done", "deleted: done", "UNKNOWN_TOPIC_OR_PARTITION"]);
    tail[Symbol.dispose]();
  });
});
