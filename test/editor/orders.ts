import { Kafka, logLevel, Partitioners } from "kafkajs";

const batchCount = 2_000;

/** Orders of a dozen customers, sent by a real client that knows nothing of Tapedeck. */
export async function produceOrders(addresses: readonly string[], topic: string, count: number): Promise<void> {
  const kafka = new Kafka({ clientId: "shop", brokers: [...addresses], logLevel: logLevel.ERROR });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    for (let sent = 0; sent < count; sent += batchCount) {
      const size = Math.min(batchCount, count - sent);
      await producer.send({ topic, messages: Array.from({ length: size }, (_, index) => orderAt(sent + index)) });
    }
  } finally {
    await producer.disconnect();
  }
}

function orderAt(index: number) {
  const order = 1002 + index;
  const headers = { trace: (order * 2_654_435_761).toString(16).slice(-8), source: "shop" };
  if (index % 40 === 13) return { key: `customer-${index % 12}`, value: null, headers };
  if (index % 40 === 27)
    return { key: null, value: Buffer.from([0xca, 0xfe, 0xba, 0xbe, 0x00, index, 0x80, 0xff]), headers };
  const total = ((order * 7919) % 20_000) / 100;
  const value = JSON.stringify({ order, total, paid: index % 3 !== 0, items: items.slice(index % 3, (index % 3) + 2) });
  return { key: `customer-${(index * 5) % 12}`, value, headers };
}

const items = ["tape", "reel", "head cleaner", "splicing block", "leader"];
