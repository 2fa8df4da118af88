import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { zeroUuid } from "../../src/base/uuid.ts";
import { batchOf, BrokerScene } from "../builders/broker-scene.ts";

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function closedLines(at: BrokerScene): readonly string[] {
  return at.logLines.filter((line) => line.includes("closed the connection"));
}

const longPoll = {
  maxWaitMs: 500,
  minBytes: 1,
  maxBytes: 1000,
  topics: [
    { topic: "orders", topicId: zeroUuid, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 100 }] },
  ],
  forgottenTopicsData: [],
};

describe("A client's connection", () => {
  it("answers pipelined requests in their order, however they are cut", () => {
    const at = new BrokerScene({ seed: 7 });
    const client = at.connect();
    const sent = Array.from({ length: 50 }, () => client.send(3, 9, { topics: null }));
    at.world.runUntil(() => client.frames.length === sent.length);
    assert.deepEqual(client.answered, sent);
  });

  it("is closed by what can't be read, with one line in the log, and no other is", () => {
    const broken = {
      "a length below 1": int32(0),
      "a length above socket.request.max.bytes": int32(104_857_601),
      "a header that is cut": Buffer.concat([int32(3), Buffer.from([0, 3, 0])]),
      "an unknown API": Buffer.concat([int32(10), Buffer.from("03e80000000000010000", "hex")]),
      "an unsupported version": Buffer.concat([int32(10), Buffer.from("000000020000000100000000", "hex")]),
      "a body that is cut": Buffer.concat([int32(12), Buffer.from("000300010000000100000000", "hex")]),
    };
    for (const [what, bytes] of Object.entries(broken)) {
      const at = new BrokerScene();
      const other = at.connect();
      const client = at.connect();
      client.sendBytes(bytes);
      at.world.runUntil(() => client.isClosed, { eventCountMax: 1000 });
      assert.equal(closedLines(at).length, 1, what);
      assert.deepEqual([client.frames.length, at.crashes], [0, []], what);
      other.send(3, 9, { topics: null });
      at.world.runUntil(() => other.frames.length === 1);
    }
  });

  it("answers what came before the broken bytes", () => {
    const at = new BrokerScene();
    const client = at.connect();
    client.send(3, 9, { topics: null });
    client.sendBytes(int32(-1));
    at.world.runUntil(() => client.isClosed);
    assert.equal(client.frames.length, 1);
  });

  it("puts no content of records into the log", () => {
    const at = new BrokerScene();
    at.createTopic("orders");
    const client = at.connect();
    const partitionData = [{ index: 0, records: batchOf(["secret"], { baseOffset: 1 }) }];
    client.send(0, 9, { acks: 0, timeoutMs: 0, topicData: [{ name: "orders", topicId: zeroUuid, partitionData }] });
    at.world.runUntil(() => client.isClosed);
    assert.equal(closedLines(at).length, 1);
    assert.doesNotMatch(at.logLines.join("\n"), /secret/);
  });

  it("is closed after connections.max.idle.ms, but not while a request waits", () => {
    const at = new BrokerScene({ configs: { "connections.max.idle.ms": "1000" } });
    at.createTopic("orders");
    const waiting = at.connect();
    waiting.send(1, 12, { ...longPoll, maxWaitMs: 5000 });
    const idle = at.connect();
    at.world.runFor(1100);
    assert.deepEqual([idle.isClosed, waiting.isClosed], [true, false]);
    at.world.runFor(4500);
    assert.deepEqual([waiting.frames.length, waiting.isClosed], [1, false]);
    at.world.runFor(2000);
    assert.equal(waiting.isClosed, true);
  });

  it("is counted while it is open", () => {
    const at = new BrokerScene();
    const client = at.connect();
    at.world.runFor(10);
    assert.equal(at.broker().connectionCount, 1);
    client.connection.close();
    at.world.runFor(10);
    assert.equal(at.broker().connectionCount, 0);
    assert.ok(at.changes.includes(undefined));
  });

  it("has the next request looked at only after the response, though both came together", () => {
    const at = new BrokerScene({ isChopping: false });
    at.createTopic("orders");
    const client = at.connect();
    const sent = client.sendTogether([
      [1, 12, longPoll],
      [3, 9, { topics: null }],
    ]);
    at.world.runFor(400);
    assert.deepEqual(client.answered, []);
    at.world.runFor(400);
    assert.deepEqual(client.answered, sent);
  });

  it("isn't served any further while its client doesn't read", () => {
    const at = new BrokerScene({ isChopping: false });
    at.createTopic("orders");
    for (let count = 0; count < 40; count++) at.produce("orders", 0, batchOf(["x".repeat(100_000)]));
    const client = at.connect();
    at.world.runFor(10);
    client.connection.pause();
    const whole = { ...longPoll, maxBytes: 10_000_000 };
    const topics = whole.topics.map((topic) => ({
      ...topic,
      partitions: topic.partitions.map((partition) => ({ ...partition, partitionMaxBytes: 10_000_000 })),
    }));
    const fetch = { ...whole, topics };
    const partitionData = [{ index: 0, records: batchOf(["last"]) }];
    const topicData = [{ name: "orders", topicId: zeroUuid, partitionData }];
    const produce = { acks: 1, timeoutMs: 0, topicData };
    const sent = client.sendTogether([
      [1, 12, fetch],
      [0, 9, produce],
    ]);
    at.world.runFor(1000);
    assert.equal(client.frames.length, 0);
    assert.equal(at.broker().partitions.find("orders", 0)?.logEndOffset, 40);
    client.connection.resume();
    at.world.runUntil(() => client.frames.length === sent.length);
    assert.deepEqual(client.answered, sent);
    assert.equal(at.broker().partitions.find("orders", 0)?.logEndOffset, 41);
  });
});
