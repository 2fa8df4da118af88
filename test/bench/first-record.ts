import { setTimeout as sleep } from "node:timers/promises";
import { zeroUuid } from "../../src/base/uuid.ts";
import { buildBatch } from "../../src/protocol/records/batch-builder.ts";
import { Compression } from "../../src/protocol/records/compression.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import { LoadClient } from "./load-client.ts";
import type { BrokerAddress } from "./tapedeck-process.ts";

const metadataVersion = 12;
const produceVersion = 12;
const retryMs = 1;
const attemptsMax = 60_000;

/**
 * Ends when a record was acknowledged by all in-sync replicas, by whichever broker leads the topic, which is made by
 * asking for it, as a client with its defaults does. What is not there yet is asked for again at once.
 */
export async function acknowledgeFirstRecord(bootstrap: BrokerAddress, topic: string): Promise<void> {
  const leader = await findLeader(bootstrap, topic);
  const record = { timestamp: Date.now(), key: null, value: Buffer.from("first") };
  const batch = buildBatch([record], new Compression(nodeCompression));
  const client = await LoadClient.connect(leader.host, leader.port);
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const { responses } = await client.request(0, produceVersion, {
        transactionalId: null,
        acks: -1,
        timeoutMs: 10_000,
        topicData: [{ name: topic, topicId: zeroUuid, partitionData: [{ index: 0, records: [batch] }] }],
      });
      if (responses[0]?.partitionResponses[0]?.errorCode === 0) return;
      await sleep(retryMs);
    }
  } finally {
    client.close();
  }
  throw new Error(`no record of ${topic} was acknowledged`);
}

async function findLeader({ host, port }: BrokerAddress, topic: string): Promise<BrokerAddress> {
  const client = await LoadClient.connect(host, port);
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const { brokers, topics } = await client.request(3, metadataVersion, {
        topics: [{ name: topic, topicId: zeroUuid }],
        allowAutoTopicCreation: true,
      });
      const leaderId = topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === 0)?.leaderId;
      const leader = brokers.find(({ nodeId }) => nodeId === leaderId);
      if (leader !== undefined) return leader;
      await sleep(retryMs);
    }
  } finally {
    client.close();
  }
  throw new Error(`${topic} has no leader`);
}
