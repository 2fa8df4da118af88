import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { RequestOf } from "../../src/protocol/api-messages.ts";
import { errorNameOf } from "../../src/protocol/error-code.ts";
import { topic, topicId } from "../builders/replica-node.ts";
import { ReplicaScene } from "../builders/replica-scene.ts";

type State = RequestOf<4>["topicStates"][number]["partitionStates"][number];

function leaderAndIsr(state: Partial<State> = {}, request: Partial<RequestOf<4>> = {}, id = topicId): RequestOf<4> {
  const partitionState = {
    partitionIndex: 0,
    controllerEpoch: 1,
    leader: 2,
    leaderEpoch: 1,
    isr: [1, 2],
    partitionEpoch: 1,
    replicas: [1, 2],
    addingReplicas: [],
    removingReplicas: [],
    isNew: false,
    leaderRecoveryState: 0,
    ...state,
  };
  return {
    controllerId: 9,
    isKRaftController: false,
    controllerEpoch: 1,
    brokerEpoch: -1,
    type: 1,
    topicStates: [{ topicName: topic, topicId: id, partitionStates: [partitionState] }],
    liveLeaders: [{ brokerId: 2, hostName: "b2", port: 9092 }],
    ...request,
  };
}

function stopReplica(leaderEpoch: number, deletePartition = true, request: Partial<RequestOf<5>> = {}): RequestOf<5> {
  const partitionStates = [{ partitionIndex: 0, leaderEpoch, deletePartition }];
  return {
    ...{ controllerId: 9, isKRaftController: false, controllerEpoch: 1, brokerEpoch: -1 },
    topicStates: [{ topicName: topic, partitionStates }],
    ...request,
  };
}

/** Two brokers; broker 1 leads in epoch 0, by the word of controller 1. */
function scene() {
  const at = new ReplicaScene({ replicaCount: 2 });
  const node = at.node(1);
  const tell = (request: RequestOf<4>): readonly string[] => {
    const response = node.leaderAndIsr(request);
    assert.ok(response !== undefined);
    const errors = response.topics.flatMap(({ partitionErrors }) => partitionErrors);
    return [response, ...errors].map(({ errorCode }) => errorNameOf(errorCode));
  };
  const stop = (request: RequestOf<5>): readonly string[] => {
    const response = node.stopReplica(request);
    assert.ok(response !== undefined);
    return [response, ...response.partitionErrors].map(({ errorCode }) => errorNameOf(errorCode));
  };
  return { at, node, tell, stop };
}

describe("A broker's replicas", () => {
  it("change their role only by a higher leader epoch", () => {
    const { node, tell } = scene();
    assert.equal(node.partition.isLeader, true);
    assert.deepEqual(tell(leaderAndIsr({ leaderEpoch: 0 })), ["NONE", "STALE_CONTROLLER_EPOCH"]);
    assert.equal(node.partition.isLeader, true);
    assert.deepEqual(tell(leaderAndIsr()), ["NONE", "NONE"]);
    assert.deepEqual([node.partition.isLeader, node.partition.leaderEpoch], [false, 1]);
    assert.deepEqual(tell(leaderAndIsr()), ["NONE", "STALE_CONTROLLER_EPOCH"]);
  });

  it("don't listen to a controller that was replaced, nor to words for an earlier life of the broker", () => {
    const { node, tell, stop } = scene();
    assert.deepEqual(tell(leaderAndIsr({ leaderEpoch: 5 }, { controllerEpoch: 7 })), ["NONE", "NONE"]);
    assert.deepEqual(tell(leaderAndIsr({ leaderEpoch: 6 }, { controllerEpoch: 6 })), ["STALE_CONTROLLER_EPOCH"]);
    assert.deepEqual(stop(stopReplica(-1, true, { controllerEpoch: 6 })), ["STALE_CONTROLLER_EPOCH"]);
    const ofEarlierLife = { controllerEpoch: 7, brokerEpoch: node.brokerEpoch - 1 };
    assert.deepEqual(tell(leaderAndIsr({ leaderEpoch: 6 }, ofEarlierLife)), ["STALE_BROKER_EPOCH"]);
    const ofLaterLife = { controllerEpoch: 7, brokerEpoch: node.brokerEpoch + 1 };
    assert.deepEqual(tell(leaderAndIsr({ leaderEpoch: 6 }, ofLaterLife)), ["NONE", "NONE"]);
    assert.deepEqual([node.partition.leaderEpoch, node.control.controllerEpoch], [6, 7]);
  });

  it("refuse another topic of the same name, and a partition that this broker is no replica of", () => {
    const { tell } = scene();
    const other = "YW5vdGhlci10b3BpYy0wMQ";
    assert.deepEqual(tell(leaderAndIsr({}, {}, other)), ["NONE", "INCONSISTENT_TOPIC_ID"]);
    const elsewhere = leaderAndIsr({ replicas: [2, 3] });
    assert.deepEqual(tell(elsewhere), ["NONE", "UNKNOWN_TOPIC_OR_PARTITION"]);
  });

  it("take an epoch without a leader, and follow nobody", () => {
    const { node, tell, at } = scene();
    assert.deepEqual(tell(leaderAndIsr({ leader: -1 })), ["NONE", "NONE"]);
    at.world.runFor(2000);
    assert.deepEqual([node.partition.isLeader, node.partition.leaderEpoch, node.crashes], [false, 1, []]);
  });

  it("begin a new epoch in the epoch cache where the log ends, also for a leader that stays (KAFKA.md S.3)", () => {
    const { at, node } = scene();
    at.commit("a", "b");
    const term = node.partition.leaderTerm;
    at.decide({});
    at.world.runFor(10);
    assert.deepEqual(node.log.leaderEpochs.all(), [
      { epoch: 0, startOffset: 0 },
      { epoch: 1, startOffset: 2 },
    ]);
    assert.equal(node.partition.leaderTerm, term);
  });

  it("know nothing of their followers any more when an epoch was skipped: another may have led", () => {
    const { node, tell } = scene();
    const term = node.partition.leaderTerm;
    tell(leaderAndIsr({ leader: 1, leaderEpoch: 2 }));
    assert.equal(node.partition.leaderTerm, term + 1);
  });

  it("stop by their epoch or a later one, and at once where the topic is deleted", () => {
    const { node, tell, stop } = scene();
    tell(leaderAndIsr({ leaderEpoch: 5 }));
    assert.deepEqual(stop(stopReplica(4)), ["NONE", "FENCED_LEADER_EPOCH"]);
    assert.ok(node.find(topic, 0) !== undefined);
    assert.deepEqual(stop(stopReplica(5, false)), ["NONE", "NONE"]);
    assert.ok(node.find(topic, 0) === undefined);
    assert.equal(node.log.logEndOffset, 0, "the log is kept");
    tell(leaderAndIsr({ leaderEpoch: 6 }));
    assert.deepEqual(stop(stopReplica(-2)), ["NONE", "NONE"]);
    assert.throws(() => node.log);
  });

  it("can't say what the latest offset is before their leader knows what consumers have seen", () => {
    const { at } = scene();
    at.commit("a");
    assert.equal(at.node(2).log.highWatermark, 0);
    at.kill(1);
    at.expire(1);
    // Broker 1 is out of sync with the election, so that the new leader alone commits at once.
    at.world.runFor(10);
    assert.equal(at.node(2).partition.knowsLatestOffset, true);
    const two = scene();
    two.at.commit("a");
    two.at.kill(1);
    two.at.elect(2);
    two.at.world.runFor(10);
    assert.deepEqual([two.at.leader.log.highWatermark, two.at.leader.partition.knowsLatestOffset], [0, false]);
  });
});
