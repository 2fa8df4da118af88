import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { brokersChanged } from "../../src/controller/broker-changes.ts";
import {
  deletionsRequested,
  partitionsChanged,
  replicasDeleted,
  topicFound,
} from "../../src/controller/topic-changes.ts";
import { deleteTopicPath, topicPath } from "../../src/coordination/zookeeper/layout.ts";
import { readTopic, writeTopic } from "../../src/coordination/zookeeper/znode-content.ts";
import { ControllerScene, type ControllerSceneOptions } from "../builders/controller-scene.ts";

function scene(
  assignments: readonly (readonly number[])[] = [],
  options: ControllerSceneOptions = {},
): ControllerScene {
  const made = new ControllerScene({ brokers: [1, 2, 3], ...options });
  made.start(1);
  if (assignments.length > 0) made.createTopic("t", assignments);
  return made;
}

function looksAtBrokers(controller: ControllerScene): void {
  controller.carryOut(brokersChanged(controller.context, controller.registered(), controller.policy));
}

function wantDeleted(controller: ControllerScene, topic: string): void {
  controller.write({ type: "create", path: deleteTopicPath(topic), data: null, mode: "persistent" });
  const topics = controller.tree.children("/admin/delete_topics") ?? [];
  controller.carryOut(deletionsRequested(controller.context, topics, controller.policy));
}

/** The broker says that it has deleted, or could not delete, partition 0 of "t". */
function answers(controller: ControllerScene, brokerId: number, isDeleted = true): void {
  const partition = [{ topic: "t", partition: 0 }];
  const answered = { brokerId, deleted: isDeleted ? partition : [], failed: isDeleted ? [] : partition };
  controller.carryOut(replicasDeleted(controller.context, answered, controller.policy));
}

describe("a topic that was created", () => {
  it("gets a leader and a state for each partition, and its replicas hear that they are new", () => {
    const controller = scene([
      [2, 3],
      [3, 1],
    ]);
    assert.equal(controller.state("t", 0), "v0 leader 2 epoch 0 isr 2,3 controller 1");
    assert.equal(controller.state("t", 1), "v0 leader 3 epoch 0 isr 3,1 controller 1");
    assert.deepEqual(controller.told, [
      "1 < LeaderAndIsr t/1 leader 3 epoch 0 isr 3,1 of 3,1 new",
      "2 < LeaderAndIsr t/0 leader 2 epoch 0 isr 2,3 of 2,3 new",
      "3 < LeaderAndIsr t/0 leader 2 epoch 0 isr 2,3 of 2,3 new; t/1 leader 3 epoch 0 isr 3,1 of 3,1 new",
      "1 < UpdateMetadata live 1,2,3; t/0 leader 2 epoch 0; t/1 leader 3 epoch 0",
      "2 < UpdateMetadata live 1,2,3; t/0 leader 2 epoch 0; t/1 leader 3 epoch 0",
      "3 < UpdateMetadata live 1,2,3; t/0 leader 2 epoch 0; t/1 leader 3 epoch 0",
    ]);
  });

  it("begins with those that are alive in sync, and waits where nobody is", () => {
    const controller = scene([[5, 3, 4], [5]]);
    assert.equal(controller.state("t", 0), "v0 leader 3 epoch 0 isr 3 controller 1");
    assert.equal(controller.tree.has("/brokers/topics/t/partitions/1"), false);
    controller.register(5);
    looksAtBrokers(controller);
    assert.equal(controller.state("t", 1), "v0 leader 5 epoch 0 isr 5 controller 1");
  });

  it("has its new partitions brought online when it grows, and only those", () => {
    const controller = scene([[2, 3]]);
    const grown = topicFound("t", {
      ...readTopic(controller.tree.data(topicPath("t")) ?? null),
      partitions: new Map([
        [0, [2, 3]],
        [1, [3, 1]],
      ]),
    });
    controller.carryOut(partitionsChanged(controller.context, grown, controller.policy));
    assert.equal(controller.state("t", 1), "v0 leader 3 epoch 0 isr 3,1 controller 1");
    assert.ok(controller.told.every((line) => !line.includes("t/0")));
    controller.carryOut(partitionsChanged(controller.context, grown, controller.policy));
    assert.deepEqual(controller.told, []);
  });
});

describe("a topic that is to be deleted", () => {
  it("goes out of service everywhere, is stopped replica by replica, and is forgotten when all are deleted", () => {
    const controller = scene([[1, 2, 3]]);
    wantDeleted(controller, "t");
    assert.equal(controller.state("t", 0), "v3 leader -1 epoch 3 isr 3 controller 1");
    assert.deepEqual(
      controller.told.filter((line) => line.startsWith("2 <")),
      [
        "2 < UpdateMetadata live 1,2,3; t/0 leader -2 epoch 0",
        "2 < StopReplica t/0 epoch -2",
        "2 < StopReplica t/0 epoch -2 delete",
      ],
    );
    answers(controller, 1);
    assert.deepEqual(controller.told, [], "nobody is asked again while answers are awaited");
    answers(controller, 2);
    assert.ok(controller.tree.has("/brokers/topics/t"));
    answers(controller, 3);
    assert.deepEqual(controller.paths("/brokers/topics/t"), []);
    assert.equal(controller.tree.has(deleteTopicPath("t")), false);
    assert.equal(controller.context.topics.has("t"), false);
  });

  it("waits for a broker that is away, and goes on when it is back, also under another controller", () => {
    const controller = scene([[1, 2, 3]]);
    controller.unregister(3);
    looksAtBrokers(controller);
    wantDeleted(controller, "t");
    answers(controller, 1);
    answers(controller, 2);
    assert.ok(controller.tree.has("/brokers/topics/t"));
    controller.start(2);
    assert.ok(controller.told.every((line) => !line.includes("delete")));
    controller.register(3);
    looksAtBrokers(controller);
    // The new controller doesn't know who has deleted its replica: it asks all of them.
    const asked = controller.told.filter((line) => line.endsWith("delete"));
    assert.deepEqual(
      asked,
      [1, 2, 3].map((brokerId) => `${brokerId} < StopReplica t/0 epoch -2 delete`),
    );
    for (const brokerId of [1, 2, 3]) answers(controller, brokerId);
    assert.deepEqual(controller.paths("/brokers/topics/t"), []);
  });

  it("halts when a broker dies before it has answered, and asks that one alone when it is back", () => {
    const controller = scene([[1, 2, 3]]);
    wantDeleted(controller, "t");
    answers(controller, 1);
    controller.unregister(3);
    looksAtBrokers(controller);
    answers(controller, 2);
    controller.register(3);
    looksAtBrokers(controller);
    assert.deepEqual(
      controller.told.filter((line) => line.endsWith("delete")),
      ["3 < StopReplica t/0 epoch -2 delete"],
    );
    answers(controller, 3);
    assert.equal(controller.tree.has("/brokers/topics/t"), false);
  });

  it("halts where a broker could not delete its replica", () => {
    const controller = scene([[1, 2]]);
    wantDeleted(controller, "t");
    answers(controller, 1);
    answers(controller, 2, false);
    assert.equal(controller.context.topics.get("t")?.deletion?.isHalted, true);
    assert.ok(controller.tree.has("/brokers/topics/t"));
  });

  it("is not brought back by unclean or other elections, and does not grow", () => {
    const controller = scene([[1, 2]]);
    wantDeleted(controller, "t");
    const state = controller.state("t", 0);
    controller.register(4);
    looksAtBrokers(controller);
    assert.equal(controller.state("t", 0), state);
    const znode = readTopic(controller.tree.data(topicPath("t")) ?? null);
    const partitions = new Map([...znode.partitions, [1, [2]] as const]);
    const data = writeTopic({ ...znode, partitions });
    controller.write({ type: "setData", path: topicPath("t"), data, version: -1 });
    const grown = topicFound("t", { ...znode, partitions });
    controller.carryOut(partitionsChanged(controller.context, grown, controller.policy));
    assert.deepEqual(readTopic(controller.tree.data(topicPath("t")) ?? null), znode);
  });

  it("is forgotten as a wish where there is no such topic, or where deletion is switched off", () => {
    const controller = scene([[1]], { policy: { isTopicDeletionEnabled: false } });
    wantDeleted(controller, "t");
    wantDeleted(controller, "unknown");
    assert.deepEqual(controller.tree.children("/admin/delete_topics"), []);
    assert.equal(controller.state("t", 0), "v0 leader 1 epoch 0 isr 1 controller 1");
  });
});
