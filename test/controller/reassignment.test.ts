import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { reassigned, settled } from "../../src/controller/assignment.ts";
import { reassign, reassignmentsUnderWay } from "../../src/controller/reassignment.ts";
import { alterPartition } from "../../src/controller/partition-alteration.ts";
import { replicasInSync } from "../../src/controller/topic-changes.ts";
import { topicPath } from "../../src/coordination/zookeeper/layout.ts";
import { ControllerScene } from "../builders/controller-scene.ts";

const name = { topic: "t", partition: 0 };

function scene(replicas: readonly number[]): ControllerScene {
  const made = new ControllerScene({ brokers: [0, 1, 2, 3] });
  made.start(0);
  made.createTopic("t", [replicas]);
  return made;
}

function wants(controller: ControllerScene, replicas: readonly number[] | null): string {
  const [verdict] = controller.answer(reassign(controller.context, [{ ...name, replicas }], controller.policy));
  return `${verdict?.errorName ?? ""} ${verdict?.errorMessage ?? ""}`.trim();
}

/** The leader asks for these to be in sync, and gets it. */
function leaderAsks(controller: ControllerScene, inSync: readonly number[]): void {
  const leadership = controller.context.topics.get("t")?.partitions[0]?.leadership;
  assert.ok(leadership !== undefined);
  const { leaderId, leaderEpoch, partitionEpoch } = leadership;
  const newIsrWithEpochs = inSync.map((brokerId) => ({ brokerId, brokerEpoch: -1 }));
  const asked = { partitionIndex: 0, leaderEpoch, newIsrWithEpochs, leaderRecoveryState: 0, partitionEpoch };
  const topics = [{ topicId: controller.context.topics.get("t")?.topicId ?? "", partitions: [asked] }];
  const brokerEpoch = controller.context.brokers.get(leaderId)?.brokerEpoch ?? -1;
  const request = { brokerId: leaderId, brokerEpoch, topics };
  const answer = controller.answer(alterPartition(controller.context, request, controller.policy));
  assert.equal(answer.topics[0]?.partitions[0]?.errorCode, 0);
  controller.carryOut(replicasInSync(controller.context, [name], controller.policy));
}

/** "[2,1,0] adding [2] removing [0] v1" as the topic's znode has it. */
function assignment(controller: ControllerScene): string {
  const path = topicPath("t");
  const znode = JSON.parse(controller.text(path)) as Record<string, Record<string, number[]>>;
  const list = (field: string): string => JSON.stringify(znode[field]?.["0"] ?? []);
  const version = controller.tree.stat(path)?.version ?? -1;
  return `${list("partitions")} adding ${list("adding_replicas")} removing ${list("removing_replicas")} v${version}`;
}

describe("an assignment on its way", () => {
  it("has the wanted replicas first and those that go behind them", () => {
    assert.deepEqual(reassigned(settled([0, 1]), [2, 1]), {
      replicas: [2, 1, 0],
      addingReplicas: [2],
      removingReplicas: [0],
    });
  });

  it("forgets what an earlier reassignment was adding", () => {
    assert.deepEqual(reassigned(reassigned(settled([0, 1]), [2, 1]), [3, 1]), {
      replicas: [3, 1, 0],
      addingReplicas: [3],
      removingReplicas: [0],
    });
  });
});

describe("moving a partition", () => {
  it("costs three leader epochs and four writes of its state", () => {
    const controller = scene([0, 1]);
    assert.equal(wants(controller, [2, 1]), "NONE");
    assert.equal(assignment(controller), "[2,1,0] adding [2] removing [0] v1");
    assert.equal(controller.state("t", 0), "v1 leader 0 epoch 1 isr 0,1 controller 1");
    assert.deepEqual(
      controller.told.filter((line) => line.startsWith("2 < LeaderAndIsr")),
      [
        "2 < LeaderAndIsr t/0 leader 0 epoch 1 isr 0,1 of 2,1,0",
        "2 < LeaderAndIsr t/0 leader 0 epoch 1 isr 0,1 of 2,1,0 new",
      ],
    );
    assert.equal(reassignmentsUnderWay(controller.context, null).length, 1);

    leaderAsks(controller, [0, 1, 2]);
    assert.equal(controller.state("t", 0), "v4 leader 2 epoch 3 isr 1,2 controller 1");
    assert.equal(assignment(controller), "[2,1] adding [] removing [] v2");
    assert.deepEqual(
      controller.told.filter((line) => line.startsWith("0 < StopReplica")),
      ["0 < StopReplica t/0 epoch 2", "0 < StopReplica t/0 epoch 3 delete"],
    );
    assert.deepEqual(reassignmentsUnderWay(controller.context, [name]), []);
  });

  it("keeps a leader that stays, in a new epoch", () => {
    const controller = scene([0, 1]);
    wants(controller, [0, 2]);
    leaderAsks(controller, [0, 1, 2]);
    assert.equal(controller.state("t", 0), "v4 leader 0 epoch 3 isr 0,2 controller 1");
  });

  it("waits until all that it should have are in sync", () => {
    const controller = scene([0, 1]);
    wants(controller, [2, 3]);
    leaderAsks(controller, [0, 1, 2]);
    assert.equal(controller.state("t", 0), "v2 leader 0 epoch 1 isr 0,1,2 controller 1");
    leaderAsks(controller, [0, 1, 2, 3]);
    // Leadership moves, and the two that go are taken out of the ISR one by one.
    assert.equal(controller.state("t", 0), "v6 leader 2 epoch 4 isr 2,3 controller 1");
  });

  it("goes back to the same brokers when it is given up, in the order of the merged list", () => {
    const controller = scene([0, 1]);
    wants(controller, [2, 1]);
    assert.equal(wants(controller, null), "NONE");
    assert.equal(assignment(controller), "[1,0] adding [] removing [] v3");
    assert.equal(controller.state("t", 0), "v2 leader 0 epoch 2 isr 0,1 controller 1");
    const told = controller.told.filter((line) => line.startsWith("2 < StopReplica"));
    assert.deepEqual(told, ["2 < StopReplica t/0 epoch 1", "2 < StopReplica t/0 epoch 1 delete"]);
  });

  it("is gone on with by the next controller", () => {
    const controller = scene([0, 1]);
    wants(controller, [2, 1]);
    controller.start(1);
    assert.equal(controller.state("t", 0), "v2 leader 0 epoch 2 isr 0,1 controller 2");
    leaderAsks(controller, [0, 1, 2]);
    assert.equal(assignment(controller), "[2,1] adding [] removing [] v2");
  });

  it("is refused for what can't be", () => {
    const controller = scene([0, 1]);
    assert.equal(wants(controller, null), "NO_REASSIGNMENT_IN_PROGRESS No partition reassignment is in progress.");
    assert.match(wants(controller, []), /^INVALID_REPLICA_ASSIGNMENT Empty replica list/);
    assert.match(wants(controller, [1, 1]), /^INVALID_REPLICA_ASSIGNMENT Duplicate replica ids/);
    assert.match(wants(controller, [-1, 1]), /^INVALID_REPLICA_ASSIGNMENT Invalid broker id/);
    assert.match(wants(controller, [9, 1]), /^INVALID_REPLICA_ASSIGNMENT .*not alive.*: 9, live broker list: 0,1,2,3$/);
    const unknown = [{ topic: "t", partition: 1, replicas: [1] }];
    const [verdict] = controller.answer(reassign(controller.context, unknown, controller.policy));
    assert.equal(verdict?.errorName, "UNKNOWN_TOPIC_OR_PARTITION");
    assert.equal(controller.state("t", 0), "v0 leader 0 epoch 0 isr 0,1 controller 1");
  });
});
