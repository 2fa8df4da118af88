import assert from "node:assert/strict";
import { createRequire } from "node:module";
import kafkajs, { CompressionTypes, Kafka, logLevel, Partitioners } from "kafkajs";
import { after, before, describe, it } from "mocha";
import { type ClusterProcess, startClusterProcess } from "./cluster-process.ts";
import { difference, goldenKeys, keyedRecords, type KeyedRecord } from "./records.ts";

/* KafkaJS consumes in groups only; its own broker class, which its consumer is made of, reads without one. */
interface BrokerOfKafkaJs {
  fetch(request: unknown): Promise<{
    responses: { partitions: { partition: number; messages: { offset: string; key: Buffer; value: Buffer }[] }[] }[];
  }>;
}
interface ClusterOfKafkaJs {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
  findBroker(wanted: { nodeId: string }): Promise<BrokerOfKafkaJs>;
}
const load = createRequire(import.meta.url);
const ClusterClass = load("kafkajs/src/cluster") as new (options: unknown) => ClusterOfKafkaJs;
const socketFactory = load("kafkajs/src/network/socketFactory") as () => unknown;

describe("KafkaJS", function () {
  let cluster: ClusterProcess;
  let kafka: Kafka;

  before(async () => {
    cluster = await startClusterProcess("--brokers", "3");
    kafka = new Kafka({ brokers: cluster.bootstrapServers.split(","), logLevel: logLevel.NOTHING });
  });

  after(async () => {
    assert.equal(await cluster.stop(), 0);
  });

  async function readAll(topic: string, count: number): Promise<readonly (KeyedRecord & { partition: number })[]> {
    const reader = new ClusterClass({
      brokers: cluster.bootstrapServers.split(","),
      logger: kafka.logger(),
      socketFactory: socketFactory(),
      clientId: "reader",
      connectionTimeout: 5000,
      requestTimeout: 30_000,
      enforceRequestTimeout: true,
      metadataMaxAge: 300_000,
      retry: {},
      offsets: new Map(),
    });
    await reader.connect();
    await reader.addTargetTopic(topic);
    const records: (KeyedRecord & { partition: number })[] = [];
    for (const { partitionId, leader } of reader.findTopicPartitionMetadata(topic)) {
      const broker = await reader.findBroker({ nodeId: String(leader) });
      for (let fetchOffset = 0; ;) {
        const partitions = [{ partition: partitionId, fetchOffset: String(fetchOffset), maxBytes: 4_000_000 }];
        const request = { maxWaitTime: 0, minBytes: 0, maxBytes: 8_000_000, topics: [{ topic, partitions }] };
        const { responses } = await broker.fetch({ isolationLevel: 1, rackId: "", ...request });
        const messages = (responses[0]?.partitions[0]?.messages ?? []).filter(
          ({ offset }) => Number(offset) >= fetchOffset,
        );
        if (messages.length === 0) break;
        for (const { key, value } of messages) {
          records.push({ key: key.toString("latin1"), value: value.toString(), partition: partitionId });
        }
        fetchOffset = Number(messages.at(-1)?.offset) + 1;
      }
    }
    await reader.disconnect();
    assert.equal(records.length, count);
    return records;
  }

  for (const [name, compression] of [
    ["none", CompressionTypes.None],
    ["gzip", CompressionTypes.GZIP],
  ] as const) {
    it(`sends 100,000 keyed records with ${name} and reads them back`, async () => {
      const topic = `round-trip-${name}`;
      const admin = kafka.admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic, numPartitions: 6 }] });
      await admin.disconnect();
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      const sent = keyedRecords();
      for (let start = 0; start < sent.length; start += 5000) {
        await producer.send({ topic, compression, messages: sent.slice(start, start + 5000) });
      }
      await producer.disconnect();
      assert.equal(difference(sent, await readAll(topic, sent.length)), undefined);
    });
  }

  it("sends keys to the partitions that the Java client's murmur2 gives them", async function () {
    const keys = goldenKeys();
    if (keys === undefined) {
      console.log("      skipped: ../shared/golden is not there");
      return this.skip();
    }
    const topic = "murmur2";
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 12 }] });
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic, messages: keys.map(({ key }, index) => ({ key, value: String(index) })) });
    await producer.disconnect();
    await admin.disconnect();
    for (const { value, partition } of await readAll(topic, keys.length)) {
      assert.equal(partition, keys[Number(value)]?.partition);
    }
  });

  it("creates, grows, configures and deletes topics, and finds offsets by timestamp", async () => {
    const admin = kafka.admin();
    await admin.connect();
    const configEntries = [{ name: "retention.ms", value: "1000000" }];
    assert.equal(await admin.createTopics({ topics: [{ topic: "orders", numPartitions: 2, configEntries }] }), true);
    await admin.createPartitions({ topicPartitions: [{ topic: "orders", count: 3 }] });
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: "orders",
          configEntries: [{ name: "cleanup.policy", value: "compact" }],
        },
      ],
    });
    const described = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: "orders" }],
    });
    const entries = new Map(
      described.resources[0]?.configEntries.map((entry) => [entry.configName, entry.configValue]),
    );
    assert.equal(entries.get("cleanup.policy"), "compact");
    assert.equal(entries.get("retention.ms"), "604800000");
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const messages = [1000, 2000, 3000].map((ms) => ({
      key: "k",
      value: "v",
      partition: 0,
      timestamp: String(1_700_000_000_000 + ms),
    }));
    await producer.send({ topic: "orders", messages });
    await producer.disconnect();
    const found = await admin.fetchTopicOffsetsByTimestamp("orders", 1_700_000_000_000 + 1500);
    assert.equal(found.find(({ partition }) => partition === 0)?.offset, "1");
    await admin.deleteTopics({ topics: ["orders"] });
    assert.ok(!(await admin.listTopics()).includes("orders"));
    await admin.disconnect();
  });
});
