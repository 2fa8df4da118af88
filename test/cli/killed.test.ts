import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "mocha";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { type HostedCluster, hostCluster } from "../../src/cli/cluster-host.ts";
import type { TailRecord } from "../../src/cluster/engine-messages.ts";
import { startClusterProcess } from "../interop/cluster-process.ts";

const producedMs = 400;
const roundCount = 3;

/** Produces without a pause until the cluster is gone; what was acknowledged, as "partition/offset" and value. */
async function produceUntilKilled(
  bootstrapServers: string,
  round: number,
  kill: () => void,
): Promise<ReadonlyMap<string, string>> {
  const kafka = new Kafka({ brokers: bootstrapServers.split(","), logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const acknowledged = new Map<string, string>();
  const killed = sleep(producedMs).then(kill);
  try {
    for (let index = 0; ; index++) {
      const partition = index % 4;
      const values = [0, 1, 2].map((place) => `${round}.${index}.${place}.${"x".repeat((index * 37) % 3000)}`);
      const sent = await producer.send({
        topic: "orders",
        messages: values.map((value) => ({ partition, key: "k", value })),
      });
      const baseOffset = Number(sent[0]?.baseOffset);
      for (const [place, value] of values.entries()) {
        acknowledged.set(`${String(partition)}/${String(baseOffset + place)}`, value);
      }
    }
  } catch {
    // The cluster is gone, as it should be.
  }
  await killed;
  await producer.disconnect();
  return acknowledged;
}

/** Every record, as "partition/offset" and value. */
async function readAll(cluster: HostedCluster): Promise<ReadonlyMap<string, string>> {
  const records: TailRecord[] = [];
  cluster.openTail({ tailId: 1, topic: "orders", from: "earliest", count: 1_000_000 }, (message) => {
    if (message.kind === "tailRecords") records.push(...message.records);
  });
  const topic = cluster.view().topics.find(({ name }) => name === "orders");
  const recordCount = (topic?.partitions ?? []).reduce((sum, { logEndOffset }) => sum + logEndOffset, 0);
  while (records.length < recordCount) await sleep(10);
  return new Map(
    records.map((record) => [`${record.partition}/${record.offset}`, Buffer.from(record.value ?? "").toString()]),
  );
}

describe("A cluster whose process is killed", () => {
  it("has every acknowledged record at its offset when it is started again on its directory", async function () {
    this.timeout(60_000);
    const directory = mkdtempSync(join(tmpdir(), "tapedeck-killed-"));
    const options = ["--brokers", "2", "--data", directory, "--topic", "orders:4"];
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < roundCount; round++) {
      const cluster = await startClusterProcess(...options, "--config", "log.segment.bytes=1048576");
      const kill = (): void => void process.kill(cluster.pid, "SIGKILL");
      for (const [place, value] of await produceUntilKilled(cluster.bootstrapServers, round, kill)) {
        assert.ok(!acknowledged.has(place), `${place} was given away twice`);
        acknowledged.set(place, value);
      }
    }
    const hooks = { onLog: () => undefined, onCrash: (error: Error) => assert.fail(error) };
    const storage = { kind: "disk", directory } as const;
    const cluster = await hostCluster({ brokerCount: 2, host: "127.0.0.1", port: 0, storage }, hooks);
    const kept = await readAll(cluster);
    await cluster.stop();
    rmSync(directory, { recursive: true });
    assert.ok(acknowledged.size > 100 * roundCount, `${acknowledged.size} records are few`);
    for (const [place, value] of acknowledged) assert.equal(kept.get(place), value);
    // What was under way at a kill may be there or not.
    assert.ok(kept.size - acknowledged.size <= 3 * roundCount);
  });
});
