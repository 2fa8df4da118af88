import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { brokersChanged } from "../../src/controller/broker-changes.ts";
import {
  electLeaders,
  leadersBalanced,
  uncleanElectionAllowed,
  type ElectionType,
} from "../../src/controller/requested-elections.ts";
import type { ControllerPolicy } from "../../src/controller/decision-draft.ts";
import { alterPartition } from "../../src/controller/partition-alteration.ts";
import { ControllerScene } from "../builders/controller-scene.ts";

/** Broker 1 was away and is back: 2 leads what 1 is preferred for; 1 is not in sync yet. */
function scene(policy: Partial<ControllerPolicy> = {}): ControllerScene {
  const made = new ControllerScene({ brokers: [1, 2, 3], policy });
  made.start(3);
  made.createTopic("t", [[1, 2, 3]]);
  made.unregister(1);
  looks(made);
  made.register(1);
  looks(made);
  assert.equal(made.state("t", 0), "v1 leader 2 epoch 1 isr 2,3 controller 1");
  return made;
}

function looks(controller: ControllerScene): void {
  controller.carryOut(brokersChanged(controller.context, controller.registered(), controller.policy));
}

function joins(controller: ControllerScene, inSync: readonly number[]): void {
  const topic = controller.context.topics.get("t");
  const leadership = topic?.partitions[0]?.leadership;
  assert.ok(leadership !== undefined);
  const { leaderId, leaderEpoch, partitionEpoch } = leadership;
  const newIsrWithEpochs = inSync.map((brokerId) => ({ brokerId, brokerEpoch: -1 }));
  const asked = { partitionIndex: 0, leaderEpoch, newIsrWithEpochs, leaderRecoveryState: 0, partitionEpoch };
  const brokerEpoch = controller.context.brokers.get(leaderId)?.brokerEpoch ?? -1;
  const request = { brokerId: leaderId, brokerEpoch, topics: [{ topicId: topic?.topicId ?? "", partitions: [asked] }] };
  controller.answer(alterPartition(controller.context, request, controller.policy));
}

function asks(controller: ControllerScene, type: ElectionType, partition: number | null = 0): readonly string[] {
  const names = partition === null ? null : [{ topic: "t", partition }];
  const verdicts = controller.answer(electLeaders(controller.context, names, type, controller.policy));
  return verdicts.map(({ errorName }) => errorName);
}

describe("electing the preferred leader", () => {
  it("waits until that one is in sync, then happens by the timer (M26)", () => {
    const controller = scene();
    controller.carryOut(leadersBalanced(controller.context, controller.policy));
    assert.equal(controller.state("t", 0), "v1 leader 2 epoch 1 isr 2,3 controller 1");
    joins(controller, [2, 3, 1]);
    controller.carryOut(leadersBalanced(controller.context, controller.policy));
    assert.equal(controller.state("t", 0), "v3 leader 1 epoch 2 isr 2,3,1 controller 1");
    controller.carryOut(leadersBalanced(controller.context, controller.policy));
    assert.deepEqual(controller.told, []);
  });

  it("does not happen by the timer while no more is out of place than is allowed", () => {
    const controller = scene({ leaderImbalancePercent: 100 });
    joins(controller, [2, 3, 1]);
    controller.carryOut(leadersBalanced(controller.context, controller.policy));
    assert.equal(controller.state("t", 0), "v2 leader 2 epoch 1 isr 2,3,1 controller 1");
  });

  it("on request is refused with Kafka's errors", () => {
    const controller = scene();
    assert.deepEqual(asks(controller, "preferred"), ["PREFERRED_LEADER_NOT_AVAILABLE"]);
    assert.deepEqual(asks(controller, "preferred", 7), ["UNKNOWN_TOPIC_OR_PARTITION"]);
    joins(controller, [2, 3, 1]);
    assert.deepEqual(asks(controller, "preferred"), ["NONE"]);
    assert.deepEqual(asks(controller, "preferred"), ["ELECTION_NOT_NEEDED"]);
    assert.deepEqual(asks(controller, "preferred", null), []);
    assert.equal(controller.state("t", 0), "v3 leader 1 epoch 2 isr 2,3,1 controller 1");
  });
});

describe("an unclean election", () => {
  /** Only 2 was in sync, and it is gone. */
  function leaderless(policy: Partial<ControllerPolicy> = {}): ControllerScene {
    const controller = scene(policy);
    controller.unregister(3);
    looks(controller);
    controller.unregister(2);
    looks(controller);
    assert.equal(controller.state("t", 0), "v3 leader -1 epoch 3 isr 2 controller 1");
    return controller;
  }

  it("on request takes who is there, and is not needed where somebody leads", () => {
    assert.deepEqual(asks(scene(), "unclean"), ["ELECTION_NOT_NEEDED"]);
    const controller = leaderless();
    assert.deepEqual(asks(controller, "unclean"), ["NONE"]);
    assert.equal(controller.state("t", 0), "v4 leader 1 epoch 4 isr 1 controller 1 recovering");
  });

  it("on request is refused where nobody is there", () => {
    const controller = leaderless();
    controller.unregister(1);
    looks(controller);
    assert.deepEqual(asks(controller, "unclean"), ["ELIGIBLE_LEADERS_NOT_AVAILABLE"]);
  });

  it("happens as soon as it is allowed", () => {
    let isAllowed = false;
    const controller = leaderless({ isUncleanElectionAllowed: () => isAllowed });
    isAllowed = true;
    controller.carryOut(uncleanElectionAllowed(controller.context, "other", controller.policy));
    assert.equal(controller.state("t", 0), "v3 leader -1 epoch 3 isr 2 controller 1");
    controller.carryOut(uncleanElectionAllowed(controller.context, undefined, controller.policy));
    assert.equal(controller.state("t", 0), "v4 leader 1 epoch 4 isr 1 controller 1 recovering");
  });
});
