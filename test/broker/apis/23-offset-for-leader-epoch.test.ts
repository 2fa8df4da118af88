import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { brokerCame, brokerWent } from "../../../src/controller/broker-membership.ts";
import { errorNameOf } from "../../../src/protocol/error-code.ts";
import { batchOf, BrokerScene } from "../../builders/broker-scene.ts";

/** Epoch 0 wrote [0, 2); epoch 2, after the broker was away, wrote [2, 3). */
function scene(): BrokerScene {
  const made = new BrokerScene();
  made.createTopic("orders");
  made.produce("orders", 0, batchOf(["a", "b"]));
  made.change((metadata) => brokerWent(metadata, 1));
  made.change((metadata) => brokerCame(metadata, { id: 1, ...made.address(), rack: null }));
  made.produce("orders", 0, batchOf(["c"]));
  return made;
}

function endOf(at: BrokerScene, leaderEpoch: number, currentLeaderEpoch = -1, partition = 0) {
  const topics = [{ topic: "orders", partitions: [{ partition, currentLeaderEpoch, leaderEpoch }] }];
  const answer = at.ask(23, 4, { topics }).topics[0]?.partitions[0];
  return [errorNameOf(answer?.errorCode ?? 0), answer?.leaderEpoch, answer?.endOffset];
}

describe("OffsetForLeaderEpoch", () => {
  it("answers with the start of the next epoch when an older epoch is asked for", () => {
    assert.deepEqual(endOf(scene(), 0), ["NONE", 0, 2]);
  });

  it("answers with the log's end for the epoch that goes on", () => {
    assert.deepEqual(endOf(scene(), 2), ["NONE", 2, 3]);
  });

  it("answers with the epoch before one that wrote nothing, and with nothing for one to come", () => {
    assert.deepEqual(endOf(scene(), 1), ["NONE", 0, 2]);
    assert.deepEqual(endOf(scene(), 9), ["NONE", -1, -1]);
  });

  it("fences an asker whose epoch is behind the leader's, and tells it no offset", () => {
    const at = scene();
    assert.deepEqual(endOf(at, 0, 1), ["FENCED_LEADER_EPOCH", -1, -1]);
    assert.deepEqual(endOf(at, 0, 3), ["UNKNOWN_LEADER_EPOCH", -1, -1]);
    assert.deepEqual(endOf(at, 0, 2, 9), ["UNKNOWN_TOPIC_OR_PARTITION", -1, -1]);
  });
});
