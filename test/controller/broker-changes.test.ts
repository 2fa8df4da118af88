import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  brokerChanges,
  brokersChanged,
  logDirectoriesFailed,
  replicasAnswered,
} from "../../src/controller/broker-changes.ts";
import { ControllerScene, type ControllerSceneOptions } from "../builders/controller-scene.ts";

/** Brokers 1 to 3, controller 1, and a topic "t" with one replica of its partition on each. */
function scene(options: ControllerSceneOptions = {}): ControllerScene {
  const made = new ControllerScene({ brokers: [1, 2, 3], ...options });
  made.start(1);
  made.createTopic("t", [[2, 3, 1]]);
  return made;
}

function looks(controller: ControllerScene): void {
  controller.carryOut(brokersChanged(controller.context, controller.registered(), controller.policy));
}

describe("brokers that come and go", () => {
  it("are told apart by their registrations", () => {
    const controller = scene();
    controller.unregister(2);
    controller.unregister(3);
    controller.register(3);
    controller.register(4);
    const changes = brokerChanges(controller.context, controller.registered());
    assert.deepEqual(changes, { came: [4], bounced: [3], died: [2] });
  });

  it("cost one write where the dead one led, with the ISR shrunk by the election itself", () => {
    const controller = scene();
    controller.unregister(2);
    looks(controller);
    assert.equal(controller.state("t", 0), "v1 leader 3 epoch 1 isr 3,1 controller 1");
    assert.deepEqual(controller.told, [
      "1 < LeaderAndIsr t/0 leader 3 epoch 1 isr 3,1 of 2,3,1",
      "3 < LeaderAndIsr t/0 leader 3 epoch 1 isr 3,1 of 2,3,1",
      "1 < UpdateMetadata live 1,3; t/0 leader 3 epoch 1",
      "3 < UpdateMetadata live 1,3; t/0 leader 3 epoch 1",
      // It is in the ISR no more, so nothing is written; that it is offline is told all the same.
      "1 < LeaderAndIsr t/0 leader 3 epoch 1 isr 3,1 of 2,3,1",
      "3 < LeaderAndIsr t/0 leader 3 epoch 1 isr 3,1 of 2,3,1",
      "1 < UpdateMetadata live 1,3; t/0 leader 3 epoch 1",
      "3 < UpdateMetadata live 1,3; t/0 leader 3 epoch 1",
    ]);
  });

  it("raise the epoch by one also where the dead one followed (M9)", () => {
    const controller = scene();
    controller.unregister(3);
    looks(controller);
    assert.equal(controller.state("t", 0), "v1 leader 2 epoch 1 isr 2,1 controller 1");
    controller.unregister(1);
    looks(controller);
    assert.equal(controller.state("t", 0), "v2 leader 2 epoch 2 isr 2 controller 1");
  });

  it("leave the last in-sync replica in the ISR, without a leader, and it leads again when it is back", () => {
    const controller = scene();
    for (const brokerId of [1, 3]) {
      controller.unregister(brokerId);
      looks(controller);
    }
    controller.unregister(2);
    looks(controller);
    assert.equal(controller.state("t", 0), "v3 leader -1 epoch 3 isr 2 controller 1");
    controller.register(3);
    looks(controller);
    assert.equal(controller.state("t", 0), "v3 leader -1 epoch 3 isr 2 controller 1");
    controller.register(2);
    looks(controller);
    assert.equal(controller.state("t", 0), "v4 leader 2 epoch 4 isr 2 controller 1");
    // First it hears that nobody leads, and then of the election (KAFKA.md S.3).
    const heard = controller.told.filter((line) => line.startsWith("2 < LeaderAndIsr"));
    assert.deepEqual(heard, [
      "2 < LeaderAndIsr t/0 leader -1 epoch 3 isr 2 of 2,3,1",
      "2 < LeaderAndIsr t/0 leader 2 epoch 4 isr 2 of 2,3,1",
    ]);
  });

  it("let one that is not in sync lead where the topic allows it, and mark that it has to recover (M7)", () => {
    const controller = scene({ policy: { isUncleanElectionAllowed: (topic) => topic === "t" } });
    for (const brokerId of [1, 3]) controller.unregister(brokerId);
    looks(controller);
    controller.register(3);
    looks(controller);
    controller.unregister(2);
    looks(controller);
    assert.equal(controller.state("t", 0), "v3 leader 3 epoch 3 isr 3 controller 1 recovering");
  });

  it("are a death and a coming where one is back before it was missed", () => {
    const controller = scene();
    controller.unregister(2);
    controller.register(2);
    looks(controller);
    assert.equal(controller.state("t", 0), "v1 leader 3 epoch 1 isr 3,1 controller 1");
    const heard = controller.told.filter((line) => line.startsWith("2 < LeaderAndIsr"));
    assert.deepEqual(heard, ["2 < LeaderAndIsr t/0 leader 3 epoch 1 isr 3,1 of 2,3,1"]);
    const epochs = controller.requests
      .filter(({ brokerId }) => brokerId === 2)
      .map(({ request }) => request.brokerEpoch);
    assert.deepEqual([...new Set(epochs)], [controller.registered().get(2)?.brokerEpoch]);
  });

  it("hear who is alive, the new ones also who leads what", () => {
    const controller = scene();
    controller.register(4);
    looks(controller);
    assert.deepEqual(controller.told, [
      "1 < UpdateMetadata live 1,2,3,4",
      "2 < UpdateMetadata live 1,2,3,4",
      "3 < UpdateMetadata live 1,2,3,4",
      "4 < UpdateMetadata live 1,2,3,4; t/0 leader 2 epoch 0",
    ]);
    controller.unregister(4);
    looks(controller);
    assert.deepEqual(controller.told, [
      "1 < UpdateMetadata live 1,2,3",
      "2 < UpdateMetadata live 1,2,3",
      "3 < UpdateMetadata live 1,2,3",
    ]);
  });
});

describe("a broker with a bad disk", () => {
  const onTwo = { topic: "t", partition: 0, brokerId: 2 };

  it("is asked what it can use, and loses the leadership of what it can't", () => {
    const controller = scene();
    controller.carryOut(logDirectoriesFailed(controller.context, [2], controller.policy));
    assert.equal(controller.told[0], "2 < LeaderAndIsr t/0 leader 2 epoch 0 isr 2,3,1 of 2,3,1");
    const answered = { failed: [onTwo], usable: [] };
    controller.carryOut(replicasAnswered(controller.context, answered, controller.policy));
    assert.equal(controller.state("t", 0), "v1 leader 3 epoch 1 isr 3,1 controller 1");
    // Said twice it is no news.
    controller.carryOut(replicasAnswered(controller.context, answered, controller.policy));
    assert.deepEqual(controller.told, []);
  });

  it("can lead again when it says that it can use the replica", () => {
    const controller = scene();
    controller.carryOut(replicasAnswered(controller.context, { failed: [onTwo], usable: [] }, controller.policy));
    controller.carryOut(replicasAnswered(controller.context, { failed: [], usable: [onTwo] }, controller.policy));
    const [partition] = controller.context.topics.get("t")?.partitions ?? [];
    assert.equal(partition?.failedReplicas.size, 0);
  });
});
