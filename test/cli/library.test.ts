import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import type * as library from "../../src/cli/engine.ts";
import { projectRoot } from "../interop/cluster-process.ts";

/** As a project that depends on the package gets it: the built bundle, by the package's name. */
const load = (): typeof library => createRequire(`${projectRoot}/package.json`)("tapedeck") as typeof library;

const kafka = (bootstrapServers: string) =>
  new Kafka({ brokers: bootstrapServers.split(","), logLevel: logLevel.NOTHING });

describe("startCluster", () => {
  it("starts brokers with topics inside this process, and stops them", async () => {
    const topics = [{ name: "orders", partitions: 4, configs: { "retention.ms": "1000" } }];
    const cluster = await load().startCluster({ brokers: 2, topics });
    const admin = kafka(cluster.bootstrapServers).admin();
    await admin.connect();
    const described = await admin.describeCluster();
    assert.deepEqual(described.brokers.map(({ nodeId }) => nodeId).sort(), [1, 2]);
    assert.deepEqual(await admin.listTopics(), ["orders"]);
    await admin.disconnect();
    assert.equal(cluster.view().topics[0]?.partitions.length, 4);
    await cluster.stop();
    await cluster.stop();
  });

  it("keeps topics and records in a directory, and finds them there again", async () => {
    const directory = mkdtempSync(join(tmpdir(), "tapedeck-library-"));
    const first = await load().startCluster({
      brokers: 2,
      data: directory,
      topics: [{ name: "orders", partitions: 2 }],
    });
    const producer = kafka(first.bootstrapServers).producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const messages = [0, 1].map((partition) => ({ partition, value: `in ${String(partition)}` }));
    await producer.send({ topic: "orders", messages: [...messages, ...messages] });
    await producer.disconnect();
    const topicId = first.view().topics[0]?.topicId;
    await first.stop();
    const second = await load().startCluster({ brokers: 2, data: directory });
    const topic = second.view().topics[0];
    assert.equal(topic?.topicId, topicId);
    assert.deepEqual(
      topic?.partitions.map(({ logEndOffset }) => logEndOffset),
      [2, 2],
    );
    await second.stop();
    rmSync(directory, { recursive: true });
  });

  it("tells clients an address that they can connect to where it listens on all of them", async () => {
    await using cluster = await load().startCluster({ brokers: 2, host: "0.0.0.0" });
    assert.ok(cluster.brokers.every(({ host }) => isIPv4(host) && host !== "0.0.0.0"));
    const admin = kafka(cluster.bootstrapServers).admin();
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    assert.deepEqual(
      brokers.map(({ host }) => host),
      cluster.brokers.map(({ host }) => host),
    );
    await admin.disconnect();
  });

  it("leaves nothing locked where a later broker can't have its directory", async () => {
    const directory = mkdtempSync(join(tmpdir(), "tapedeck-library-"));
    writeFileSync(join(directory, "broker-2"), "");
    await assert.rejects(
      load().startCluster({ brokers: 2, data: directory }),
      /data directory can't be used.*broker-2/,
    );
    rmSync(join(directory, "broker-2"));
    const cluster = await load().startCluster({ brokers: 2, data: directory });
    await cluster.stop();
    rmSync(directory, { recursive: true });
  });

  it("rejects with a sentence what can't be started", async () => {
    const refused = (options: library.StartClusterOptions, sentence: RegExp) =>
      assert.rejects(load().startCluster(options), sentence);
    await refused({ configs: { "num.partitions": "none" } }, /num\.partitions/);
    await refused({ topics: [{ name: "no spaces" }] }, /no spaces/);
    await refused({ host: "203.0.113.1" }, /can't listen on 203\.0\.113\.1/);
  });
});
