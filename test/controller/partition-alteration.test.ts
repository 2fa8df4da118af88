import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { brokersChanged } from "../../src/controller/broker-changes.ts";
import { controlledShutdown } from "../../src/controller/controlled-shutdown.ts";
import { alterPartition } from "../../src/controller/partition-alteration.ts";
import { errorNameOf, type ErrorName } from "../../src/protocol/error-code.ts";
import { ControllerScene } from "../builders/controller-scene.ts";

const topicId = "AAAAAAAAAAAAAAAAAAAAAQ";

/** Broker 1 leads t/0 with 2 and 3 in sync; 3 has died and is back, so the state is v1 leader 1 epoch 1 isr 1,2. */
function scene(): ControllerScene {
  const made = new ControllerScene({ brokers: [1, 2, 3] });
  made.start(2);
  made.createTopic("t", [[1, 2, 3]]);
  for (const change of ["unregister", "register"] as const) {
    made[change](3);
    made.carryOut(brokersChanged(made.context, made.registered(), made.policy));
  }
  assert.equal(made.state("t", 0), "v1 leader 1 epoch 1 isr 1,2 controller 1");
  return made;
}

interface Proposal {
  readonly asker?: number;
  readonly brokerEpoch?: number;
  readonly topicId?: string;
  readonly partition?: number;
  readonly leaderEpoch?: number;
  readonly partitionEpoch?: number;
  readonly isr?: readonly number[];
  /** Of the last one in `isr`. */
  readonly memberEpoch?: number;
  readonly recovery?: number;
}

function ask(controller: ControllerScene, proposal: Proposal = {}): string {
  const { asker = 1, isr = [1, 2, 3] } = proposal;
  const request = {
    brokerId: asker,
    brokerEpoch: proposal.brokerEpoch ?? controller.context.brokers.get(asker)?.brokerEpoch ?? -1,
    topics: [
      {
        topicId: proposal.topicId ?? topicId,
        partitions: [
          {
            partitionIndex: proposal.partition ?? 0,
            leaderEpoch: proposal.leaderEpoch ?? 1,
            newIsrWithEpochs: isr.map((brokerId) => ({
              brokerId,
              brokerEpoch: brokerId === isr.at(-1) ? (proposal.memberEpoch ?? -1) : -1,
            })),
            leaderRecoveryState: proposal.recovery ?? 0,
            partitionEpoch: proposal.partitionEpoch ?? 1,
          },
        ],
      },
    ],
  };
  const response = controller.answer(alterPartition(controller.context, request, controller.policy));
  if (response.errorCode !== 0) return `whole request: ${errorNameOf(response.errorCode)}`;
  const [partition] = response.topics[0]?.partitions ?? [];
  assert.ok(partition !== undefined);
  if (partition.errorCode !== 0) return errorNameOf(partition.errorCode);
  const { leaderId, leaderEpoch, isr: inSync, partitionEpoch } = partition;
  return `leader ${leaderId} epoch ${leaderEpoch} isr ${inSync.join(",")} v${partitionEpoch}`;
}

describe("AlterPartition at the controller", () => {
  it("changes who is in sync and no leader epoch, and everybody hears of it", () => {
    const controller = scene();
    assert.equal(ask(controller), "leader 1 epoch 1 isr 1,2,3 v2");
    assert.equal(controller.state("t", 0), "v2 leader 1 epoch 1 isr 1,2,3 controller 1");
    assert.deepEqual(
      controller.told,
      [1, 2, 3].map((brokerId) => `${brokerId} < UpdateMetadata live 1,2,3; t/0 leader 1 epoch 1`),
    );
  });

  it("answers a proposal that holds already with what holds, also to one who has missed its answer", () => {
    const controller = scene();
    ask(controller);
    assert.equal(ask(controller), "leader 1 epoch 1 isr 1,2,3 v2");
    assert.equal(controller.state("t", 0), "v2 leader 1 epoch 1 isr 1,2,3 controller 1");
  });

  it("compares and sets: a proposal from an older state is refused", () => {
    const controller = scene();
    ask(controller);
    assert.equal(ask(controller, { isr: [1], partitionEpoch: 1 }), "INVALID_UPDATE_VERSION");
    assert.equal(ask(controller, { isr: [1], partitionEpoch: 2 }), "leader 1 epoch 1 isr 1 v3");
  });

  const refusals: readonly (readonly [string, Proposal, ErrorName | `whole request: ${ErrorName}`])[] = [
    ["a broker that registered anew since", { brokerEpoch: 1 }, "whole request: STALE_BROKER_EPOCH"],
    ["a broker that is not registered", { asker: 9 }, "whole request: STALE_BROKER_EPOCH"],
    ["an unknown topic", { topicId: "BBBBBBBBBBBBBBBBBBBBBQ" }, "UNKNOWN_TOPIC_ID"],
    ["an unknown partition", { partition: 4 }, "UNKNOWN_TOPIC_OR_PARTITION"],
    ["a leader epoch to come", { leaderEpoch: 2 }, "NOT_CONTROLLER"],
    ["a partition epoch to come", { partitionEpoch: 2 }, "NOT_CONTROLLER"],
    ["a leader that was deposed", { leaderEpoch: 0 }, "FENCED_LEADER_EPOCH"],
    ["who does not lead", { asker: 2 }, "INVALID_REQUEST"],
    ["in-sync replicas without the leader", { isr: [2] }, "INVALID_REQUEST"],
    ["in-sync replicas that are no replicas", { isr: [1, 2, 4] }, "INVALID_REQUEST"],
    ["a replica twice", { isr: [1, 2, 2] }, "INVALID_REQUEST"],
    ["a recovery with more than one in sync", { recovery: 1 }, "INVALID_REQUEST"],
    ["a recovery that was none", { isr: [1], recovery: 1 }, "INVALID_REQUEST"],
    ["a member that registered anew since it fetched", { memberEpoch: 1 }, "INELIGIBLE_REPLICA"],
  ];
  for (const [what, proposal, errorName] of refusals) {
    it(`refuses ${what} with ${errorName}`, () => {
      const controller = scene();
      assert.equal(ask(controller, proposal), errorName);
      assert.equal(controller.state("t", 0), "v1 leader 1 epoch 1 isr 1,2 controller 1");
    });
  }

  it("refuses a member that is shutting down", () => {
    const controller = scene();
    const brokerEpoch = controller.context.brokers.get(3)?.brokerEpoch ?? -1;
    const asker = { brokerId: 3, brokerEpoch };
    controller.answer(controlledShutdown(controller.context, asker, controller.policy));
    assert.equal(ask(controller), "INELIGIBLE_REPLICA");
  });
});

describe("a controlled shutdown", () => {
  it("moves what the broker leads, takes it out of what it follows, and tells it to stop fetching", () => {
    const controller = scene();
    ask(controller);
    controller.createTopic("u", [[2, 1]], "BBBBBBBBBBBBBBBBBBBBBQ");
    controller.createTopic("alone", [[1]], "CCCCCCCCCCCCCCCCCCCCCQ");
    const brokerEpoch = controller.context.brokers.get(1)?.brokerEpoch ?? -1;
    const asker = { brokerId: 1, brokerEpoch };
    const answer = controller.answer(controlledShutdown(controller.context, asker, controller.policy));
    assert.deepEqual(answer, { errorName: "NONE", remaining: [] });
    assert.equal(controller.state("t", 0), "v3 leader 2 epoch 2 isr 2,3 controller 1");
    assert.equal(controller.state("u", 0), "v1 leader 2 epoch 1 isr 2 controller 1");
    assert.equal(controller.state("alone", 0), "v0 leader 1 epoch 0 isr 1 controller 1");
    assert.ok(controller.told.includes("1 < LeaderAndIsr t/0 leader 2 epoch 2 isr 2,3 of 1,2,3"));
    assert.ok(controller.told.includes("1 < StopReplica u/0 epoch 0"));
  });

  it("says what nobody else can lead", () => {
    const controller = scene();
    assert.equal(ask(controller, { isr: [1] }), "leader 1 epoch 1 isr 1 v2");
    const asker = { brokerId: 1, brokerEpoch: -1 };
    const answer = controller.answer(controlledShutdown(controller.context, asker, controller.policy));
    assert.deepEqual(answer, { errorName: "NONE", remaining: [{ topic: "t", partition: 0 }] });
  });

  it("is refused to a registration that is over and to a broker that is unknown", () => {
    const controller = scene();
    const stale = controlledShutdown(controller.context, { brokerId: 1, brokerEpoch: 1 }, controller.policy);
    assert.equal(stale.answer.errorName, "STALE_BROKER_EPOCH");
    const unknown = controlledShutdown(controller.context, { brokerId: 9, brokerEpoch: 1 }, controller.policy);
    assert.equal(unknown.answer.errorName, "BROKER_NOT_AVAILABLE");
  });
});
