import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { zeroUuid } from "../../../src/base/uuid.ts";
import { errorCodeOf } from "../../../src/protocol/error-code.ts";
import { attributeBits, setAttributes, updateCrc } from "../../../src/protocol/records/batch.ts";
import { batchOf, BrokerScene, type RawClient } from "../../builders/broker-scene.ts";

function scene(): BrokerScene {
  const made = new BrokerScene();
  made.createTopic("orders", { partitionCount: 2 });
  return made;
}

function request(acks: number, records: Buffer | null, overrides: { name?: string; topicId?: string } = {}) {
  const partitionData = [{ index: 0, records }];
  return {
    acks,
    timeoutMs: 1000,
    topicData: [{ name: "orders", topicId: zeroUuid, ...overrides, partitionData }],
  };
}

function settle({ world }: BrokerScene, client: RawClient, frameCount: number): void {
  world.runUntil(() => client.isClosed || client.frames.length >= frameCount);
}

describe("Produce", () => {
  it("gives batches their offsets one after another, and says where the log starts", () => {
    const { produce, broker } = bound(scene());
    const first = produce("orders", 0, batchOf(["a", "b"]));
    const second = produce("orders", 0, batchOf(["c"]));
    assert.deepEqual([first.errorCode, first.baseOffset, first.logStartOffset], [0, 0, 0]);
    assert.deepEqual([second.baseOffset, second.logAppendTimeMs], [2, -1]);
    assert.equal(broker().partitions.find("orders", 0)?.highWatermark, 3);
  });

  it("lets the last win where a partition is listed twice, and answers it once", () => {
    const at = scene();
    const twice = { index: 0, records: batchOf(["x"]) };
    const last = { index: 0, records: batchOf(["y", "z"]) };
    const topic = { name: "orders", topicId: zeroUuid };
    const topicData = [
      { ...topic, partitionData: [twice] },
      { ...topic, partitionData: [last] },
    ];
    const { responses } = at.ask(0, 9, { acks: 1, timeoutMs: 0, topicData });
    assert.equal(responses.length, 1);
    assert.equal(responses[0]?.partitionResponses.length, 1);
    assert.equal(at.broker().partitions.find("orders", 0)?.logEndOffset, 2);
  });

  it("answers a request without topics with an empty response", () => {
    assert.deepEqual(scene().ask(0, 9, { acks: 1, timeoutMs: 0, topicData: [] }).responses, []);
  });

  it("takes topics by id from version 13 on, and knows no other name", () => {
    const at = new BrokerScene();
    const topicId = at.createTopic("orders");
    const known = at.ask(0, 13, request(1, batchOf(["a"]), { topicId }));
    assert.equal(known.responses[0]?.topicId, topicId);
    assert.equal(known.responses[0].partitionResponses[0]?.errorCode, 0);
    const zero = at.ask(0, 13, request(1, batchOf(["a"])));
    assert.equal(zero.responses[0]?.partitionResponses[0]?.errorCode, errorCodeOf("UNKNOWN_TOPIC_ID"));
  });

  it("names what is wrong, in Kafka's order", () => {
    const { produce } = bound(scene());
    const cases: [string, number, Buffer | null, number, string, number][] = [
      ["nowhere", 0, batchOf(["a"]), 1, "UNKNOWN_TOPIC_OR_PARTITION", -1],
      ["orders", 7, null, 5, "UNKNOWN_TOPIC_OR_PARTITION", -1],
      ["orders", 0, null, 1, "INVALID_RECORD", -1],
      ["orders", 0, Buffer.alloc(0), 5, "INVALID_RECORD", -1],
      ["orders", 0, batchOf(["a"]), 5, "INVALID_REQUIRED_ACKS", -1],
      ["orders", 0, batchOf(["a"], { baseOffset: 5 }), 1, "INVALID_RECORD", 0],
    ];
    for (const [topic, index, records, acks, errorName, logStartOffset] of cases) {
      const answer = produce(topic, index, records, { acks });
      assert.equal(answer.errorCode, errorCodeOf(errorName as "NONE"), errorName);
      assert.deepEqual([answer.baseOffset, answer.logAppendTimeMs], [-1, -1]);
      assert.equal(answer.logStartOffset, logStartOffset, `log start with ${errorName}`);
    }
  });

  it("keeps ordinary clients out of internal topics", () => {
    const at = new BrokerScene();
    at.createTopic("__consumer_offsets");
    const answer = at.produce("__consumer_offsets", 0, batchOf(["a"]));
    assert.equal(answer.errorCode, errorCodeOf("INVALID_TOPIC_EXCEPTION"));
  });

  it("says which records of a batch can't be taken", () => {
    const at = new BrokerScene();
    at.createTopic("states", { configs: { "cleanup.policy": "compact" } });
    const answer = at.produce("states", 0, batchOf([{ key: Buffer.from("k") }, "keyless"]));
    const message = "Compacted topic cannot accept message without key in topic partition states-0";
    assert.equal(answer.errorCode, errorCodeOf("INVALID_RECORD"));
    assert.deepEqual(answer.recordErrors, [{ batchIndex: 1, batchIndexErrorMessage: message }]);
    assert.equal(
      answer.errorMessage,
      "One or more records have been rejected due to 1 record errors in total, and only showing the first three " +
        `errors at most: [RecordError(batchIndex=1, message='${message}')]`,
    );
  });

  it("recognises the retry of an idempotent producer, and refuses a gap", () => {
    const { produce } = bound(scene());
    const batch = (baseSequence: number) => batchOf(["a"], { producerId: 7, producerEpoch: 0, baseSequence });
    assert.equal(produce("orders", 0, batch(0)).baseOffset, 0);
    assert.deepEqual([produce("orders", 0, batch(0)).baseOffset, produce("orders", 0, batch(0)).errorCode], [0, 0]);
    assert.equal(produce("orders", 0, batch(5)).errorCode, errorCodeOf("OUT_OF_ORDER_SEQUENCE_NUMBER"));
    assert.equal(produce("orders", 0, batch(1)).baseOffset, 1);
  });

  it("sends whoever asks the wrong broker to the leader, from version 10 on", () => {
    const at = new BrokerScene({ brokerCount: 2 });
    at.createTopic("orders", { partitionCount: 1 });
    const leaderId = at.store.metadata.topics.get("orders")?.partitions[0]?.leaderId ?? 0;
    const response = at.ask(0, 10, request(1, batchOf(["a"])), 3 - leaderId);
    const answer = response.responses[0]?.partitionResponses[0];
    assert.equal(answer?.errorCode, errorCodeOf("NOT_LEADER_OR_FOLLOWER"));
    assert.deepEqual(answer.currentLeader, { leaderId, leaderEpoch: 0 });
    assert.deepEqual(response.nodeEndpoints, [{ nodeId: leaderId, ...at.address(leaderId), rack: null }]);
    const older = at.ask(0, 9, request(1, batchOf(["a"])), 3 - leaderId);
    assert.equal(older.responses[0]?.partitionResponses[0]?.currentLeader.leaderId, -1);
  });

  it("refuses transactional batches, as there are no transactions", () => {
    const at = scene();
    const batch = () => batchOf(["a"], { isTransactional: true, producerId: 1, producerEpoch: 0, baseSequence: 0 });
    const codeOf = (version: number, transactionalId: string | null) => {
      const asked = { ...request(-1, batch()), transactionalId };
      return at.ask(0, version, asked).responses[0]?.partitionResponses[0]?.errorCode;
    };
    assert.equal(codeOf(9, null), errorCodeOf("TRANSACTIONAL_ID_AUTHORIZATION_FAILED"));
    assert.equal(codeOf(10, "t"), errorCodeOf("INVALID_PRODUCER_ID_MAPPING"));
    assert.equal(codeOf(11, "t"), errorCodeOf("INVALID_PRODUCER_ID_MAPPING"));
    const plain = at.ask(0, 9, { ...request(-1, batchOf(["a"])), transactionalId: "t" });
    assert.equal(plain.responses[0]?.partitionResponses[0]?.errorCode, 0);
  });

  it("answers acks=0 with nothing, and takes the next request", () => {
    const at = scene();
    const client = at.connect();
    client.send(0, 9, request(0, batchOf(["a"])));
    const second = client.send(0, 9, request(1, batchOf(["b"])));
    settle(at, client, 1);
    assert.deepEqual(client.answered, [second]);
    assert.equal(at.broker().partitions.find("orders", 0)?.logEndOffset, 2);
  });

  it("closes the connection where acks=0 fails, and no other", () => {
    const at = scene();
    const other = at.connect();
    const client = at.connect();
    client.send(0, 9, request(0, batchOf(["a"]), { name: "nowhere" }));
    settle(at, client, 1);
    assert.equal(client.isClosed, true);
    assert.equal(at.logLines.filter((line) => line.includes("UNKNOWN_TOPIC_OR_PARTITION")).length, 1);
    other.send(0, 9, request(1, batchOf(["b"])));
    settle(at, other, 1);
    assert.equal(other.answered.length, 1);
  });

  it("takes zstd from version 7 on", () => {
    const { produce } = bound(scene());
    const records = () => batchOf(["a".repeat(100)], { codec: "zstd" });
    const refused = produce("orders", 0, records(), { version: 6 });
    assert.equal(refused.errorCode, errorCodeOf("UNSUPPORTED_COMPRESSION_TYPE"));
    assert.equal(produce("orders", 0, records(), { version: 7 }).errorCode, 0);
  });

  it("answers KAFKA_STORAGE_ERROR while the disk is full, and goes on when there is room", () => {
    const at = new BrokerScene({ disk: { capacityBytes: 6000 } });
    at.createTopic("orders");
    const full = at.produce("orders", 0, batchOf(["a".repeat(7000)]));
    assert.equal(full.errorCode, errorCodeOf("KAFKA_STORAGE_ERROR"));
    assert.equal(at.produce("orders", 0, batchOf(["a"])).baseOffset, 0);
  });

  it("puts its own epoch and offset into a batch, whatever the client says there", () => {
    const at = scene();
    const records = batchOf(["a"], { partitionLeaderEpoch: 99 });
    setAttributes(records, 0, attributeBits.logAppendTime);
    updateCrc(records, 0);
    assert.equal(at.produce("orders", 0, records).errorCode, errorCodeOf("INVALID_TIMESTAMP"));
    assert.equal(at.produce("orders", 0, batchOf(["a"], { partitionLeaderEpoch: 99 })).errorCode, 0);
    assert.equal(at.broker().partitions.find("orders", 0)?.logStartEpoch, 0);
  });
});

/** The scene's functions, to be called by themselves. */
function bound(at: BrokerScene) {
  return { produce: at.produce.bind(at), broker: at.broker.bind(at) };
}
