import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { SeededRandom } from "../../src/base/seeded-random.ts";
import { encodeRequest } from "../../src/protocol/frame.ts";
import { apiMessages, type ApiKey } from "../../src/protocol/api-messages.ts";
import { buildBatch } from "../../src/protocol/records/batch-builder.ts";
import { Compression } from "../../src/protocol/records/compression.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import type { Connection, Network } from "../../src/runtime/runtime.ts";
import { SimulatedCluster } from "../builders/simulated-cluster.ts";
import { goldenLines } from "../builders/golden-lines.ts";

const seed = process.env["FUZZ_SEED"] ?? "tapedeck";
const mutationCount = Number(process.env["FUZZ_COUNT"] ?? 4000);
/** A name that no golden frame holds: some of them delete topics. */
const topic = "tape-under-test";
const address = { host: "127.0.0.1", port: 9092 };

interface GoldenFrame {
  readonly message: string;
  readonly version: number;
  readonly hex: string;
}

/** Frames that Kafka's own codec wrote, with a header in front: the soil that bad ones grow from. */
function goldenRequests(): Buffer[] {
  const keyOf = new Map(
    Object.entries(apiMessages).map(([key, { request }]) => [request.name, [Number(key) as ApiKey, request] as const]),
  );
  return (goldenLines<GoldenFrame>("frames.jsonl") ?? []).flatMap(({ message, version, hex }) => {
    const found = keyOf.get(message);
    if (found === undefined || version < found[1].minVersion || version > found[1].maxVersion) return [];
    const [apiKey, request] = found;
    const body = request.decode(Buffer.from(hex, "hex"), version);
    return [Buffer.concat(encodeRequest(apiKey, version, { correlationId: 7, clientId: "fuzz" }, body as never))];
  });
}

/** Produce requests that a broker takes, so that mutations reach what is behind the codec. */
function produceRequests(): Buffer[] {
  const compression = new Compression(nodeCompression);
  return (["none", "gzip", "snappy", "lz4", "zstd"] as const).map((codec) => {
    const records = Array.from({ length: 5 }, (_, index) => ({
      timestamp: 1_700_000_000_000,
      key: Buffer.from(`key ${String(index)}`),
      value: Buffer.alloc(20, index),
    }));
    const topicData = [
      {
        name: topic,
        topicId: "",
        partitionData: [{ index: 0, records: buildBatch(records, compression, { codec }) }],
      },
    ];
    const request = { transactionalId: null, acks: -1, timeoutMs: 1000, topicData };
    return Buffer.concat(encodeRequest(0, 9, { correlationId: 7, clientId: "fuzz" }, request as never));
  });
}

/** One to four wounds: flipped bits, overwritten, removed, doubled or random bytes, behind an honest length. */
function mutated(frame: Buffer, random: SeededRandom): Buffer {
  let body = Buffer.from(frame.subarray(4));
  for (let wound = 0; wound <= random.below(4); wound++) {
    const at = random.below(Math.max(1, body.byteLength));
    const kind = random.below(5);
    if (kind === 0) body[at] = (body[at] ?? 0) ^ (1 << random.below(8));
    else if (kind === 1) body[at] = [0, 0xff, 0x7f, 0x80][random.below(4)] ?? 0;
    else if (kind === 2) body = Buffer.concat([body.subarray(0, at), body.subarray(at + 1 + random.below(8))]);
    else if (kind === 3)
      body = Buffer.concat([body.subarray(0, at), random.bytes(1 + random.below(8)), body.subarray(at)]);
    else body.set(random.bytes(Math.min(4, body.byteLength - at)), at);
  }
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.byteLength);
  return Buffer.concat([length, body]);
}

function connect(network: Network): { readonly connection: Connection; readonly isOpen: () => boolean } {
  let isOpen = true;
  const connection = network.connect(address, { onData: () => undefined, onClose: () => (isOpen = false) });
  return { connection, isOpen: () => isOpen };
}

describe("A broker that is sent damaged requests", () => {
  it("answers or closes that connection, never falls, and loses nothing of what others sent", function () {
    this.timeout(120_000);
    const random = new SeededRandom(seed);
    const simulated = new SimulatedCluster({ topics: [{ name: topic, partitionCount: 1, replicationFactor: 1 }] });
    assert.equal(simulated.start(), undefined);
    const soil = [...goldenRequests(), ...Array.from({ length: 40 }, produceRequests).flat()];
    const { network } = simulated.world.node("attacker");
    const acknowledged: (readonly [offset: number, value: string])[] = [];
    let attacker = connect(network);
    for (let count = 0; count < mutationCount; count++) {
      if (!attacker.isOpen()) attacker = connect(network);
      attacker.connection.send([mutated(soil[random.below(soil.length)] ?? Buffer.alloc(0), random)]);
      simulated.world.runFor(3);
      if (count % 50 !== 0) continue;
      // A request that waits (a fetch of many seconds) holds its connection; go on with a new one.
      attacker.connection.close();
      attacker = connect(network);
      const value = `kept ${String(count)}`;
      acknowledged.push([simulated.produce({ topic, value }).offset, value]);
    }
    const read = new Map<number, string>();
    simulated.cluster.openTail({ tailId: 1, topic: topic, from: "earliest", count: 100_000 }, (message) => {
      if (message.kind !== "tailRecords") return;
      for (const { offset, value } of message.records) read.set(offset, Buffer.from(value ?? []).toString());
    });
    simulated.world.runFor(10_000);
    for (const [offset, value] of acknowledged) assert.equal(read.get(offset), value);
  });
});
