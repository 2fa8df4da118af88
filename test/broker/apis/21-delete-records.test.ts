import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { errorNameOf } from "../../../src/protocol/error-code.ts";
import { batchOf, BrokerScene } from "../../builders/broker-scene.ts";

/** "orders" holds one batch [0, 3) and another [3, 5). */
function scene(): BrokerScene {
  const made = new BrokerScene();
  made.createTopic("orders");
  made.createTopic("states", { configs: { "cleanup.policy": "compact" } });
  made.produce("orders", 0, batchOf(["a", "b", "c"]));
  made.produce("orders", 0, batchOf(["d", "e"]));
  return made;
}

function deleteBefore(at: BrokerScene, offset: number, topic = "orders", partitionIndex = 0) {
  const topics = [{ name: topic, partitions: [{ partitionIndex, offset }] }];
  const answer = at.ask(21, 2, { topics, timeoutMs: 1000 }).topics[0]?.partitions[0];
  return [errorNameOf(answer?.errorCode ?? 0), answer?.lowWatermark];
}

describe("DeleteRecords", () => {
  it("moves the start of the log, inside a batch too (M23)", () => {
    const at = scene();
    assert.deepEqual(deleteBefore(at, 1), ["NONE", 1]);
    const topics = [{ topic: "orders", topicId: "AAAAAAAAAAAAAAAAAAAAAA", partitions: [0, 1].map(fetchFrom) }];
    const limits = { maxWaitMs: 0, minBytes: 0, maxBytes: 1000, forgottenTopicsData: [] };
    const read = (fetchOffset: number) => {
      const [topic] = topics.map((one) => ({ ...one, partitions: [fetchFrom(fetchOffset)] }));
      return at.ask(1, 12, { ...limits, topics: topic === undefined ? [] : [topic] }).responses[0]?.partitions[0];
    };
    assert.equal(errorNameOf(read(0)?.errorCode ?? 0), "OFFSET_OUT_OF_RANGE");
    assert.equal(read(1)?.records?.readBigInt64BE(0), 0n);
    assert.equal(read(1)?.logStartOffset, 1);
  });

  it("deletes all that consumers can read for -1", () => {
    const at = scene();
    assert.deepEqual(deleteBefore(at, -1), ["NONE", 5]);
    assert.deepEqual(deleteBefore(at, 2), ["NONE", 5]);
  });

  it("refuses what is not there, not readable or not to be deleted", () => {
    const at = scene();
    assert.deepEqual(deleteBefore(at, 6), ["OFFSET_OUT_OF_RANGE", -1]);
    assert.deepEqual(deleteBefore(at, -2), ["OFFSET_OUT_OF_RANGE", -1]);
    assert.deepEqual(deleteBefore(at, 0, "nowhere"), ["UNKNOWN_TOPIC_OR_PARTITION", -1]);
    assert.deepEqual(deleteBefore(at, 0, "orders", 3), ["UNKNOWN_TOPIC_OR_PARTITION", -1]);
    assert.deepEqual(deleteBefore(at, 0, "states"), ["POLICY_VIOLATION", -1]);
    assert.deepEqual(deleteBefore(at, 0, "__consumer_offsets"), ["INVALID_TOPIC_EXCEPTION", -1]);
  });
});

function fetchFrom(fetchOffset: number) {
  return { partition: 0, fetchOffset, partitionMaxBytes: 1000 };
}
