import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { brokersChanged } from "../../src/controller/broker-changes.ts";
import { controlledShutdown } from "../../src/controller/controlled-shutdown.ts";
import { alterPartition } from "../../src/controller/partition-alteration.ts";
import { ControllerScene } from "../builders/controller-scene.ts";
import { goldenZnodes, type GoldenZnode } from "../builders/golden-znodes.ts";

/** Everything below /brokers/topics: what the controller alone writes. */
function controllersNodes(rest: ReadonlyMap<string, GoldenZnode>): Readonly<Record<string, string>> {
  const nodes = [...rest].filter(([path]) => path.startsWith("/brokers/topics/"));
  return Object.fromEntries(nodes.map(([path, { version, data }]) => [path, `v${version} ${data}`]));
}

function nodesOf(scene: ControllerScene): Readonly<Record<string, string>> {
  const paths = scene.paths("/brokers/topics").slice(1);
  return Object.fromEntries(
    paths.map((path) => [path, `v${scene.tree.stat(path)?.version ?? -1} ${scene.text(path)}`]),
  );
}

describe("the controller's decisions beside what Apache Kafka 3.9.1 wrote", () => {
  it("leave the same states through a controller's death, its return and a controlled shutdown", function () {
    const stages = new Map(["A", "B", "C", "D"].map((stage) => [stage, goldenZnodes(stage)] as const));
    if ([...stages.values()].includes(undefined)) this.skip();
    const expectStage = (stage: string): void => {
      const znodes = stages.get(stage);
      assert.ok(znodes !== undefined && znodes.size > 20);
      assert.deepEqual(nodesOf(scene), controllersNodes(znodes), `at stage ${stage}`);
      // At C only what had changed was noted down.
      const epoch = znodes.get("/controller_epoch")?.data;
      if (epoch !== undefined) assert.equal(scene.text("/controller_epoch"), epoch);
    };

    const scene = new ControllerScene({ brokers: [0, 1, 2] });
    scene.start(0);
    for (const [path, { data }] of stages.get("A") ?? []) {
      const topic = /^\/brokers\/topics\/([^/]+)$/.exec(path)?.[1];
      if (topic === undefined) continue;
      const { partitions, topic_id } = JSON.parse(data) as { partitions: Record<number, number[]>; topic_id: string };
      scene.createTopic(topic, Object.values(partitions), topic_id);
    }
    expectStage("A");

    scene.unregister(0);
    scene.start(2);
    expectStage("B");

    scene.register(0);
    scene.carryOut(brokersChanged(scene.context, scene.registered(), scene.policy));
    joinInSync(scene, 0);
    expectStage("C");

    const brokerEpoch = scene.context.brokers.get(1)?.brokerEpoch ?? -1;
    const asker = { brokerId: 1, brokerEpoch };
    const answer = scene.answer(controlledShutdown(scene.context, asker, scene.policy));
    assert.deepEqual(answer, { errorName: "NONE", remaining: [] });
    scene.unregister(1);
    scene.carryOut(brokersChanged(scene.context, scene.registered(), scene.policy));
    expectStage("D");
  });
});

/** Every leader finds that `brokerId` has caught up, and asks for it to be in sync. */
function joinInSync(scene: ControllerScene, brokerId: number): void {
  for (const topic of scene.context.topics.values()) {
    for (const { index, leadership } of topic.partitions) {
      assert.ok(leadership !== undefined);
      const isr = [...leadership.inSyncReplicas, brokerId];
      const request = {
        brokerId: leadership.leaderId,
        brokerEpoch: scene.context.brokers.get(leadership.leaderId)?.brokerEpoch ?? -1,
        topics: [
          {
            topicId: topic.topicId,
            partitions: [
              {
                partitionIndex: index,
                leaderEpoch: leadership.leaderEpoch,
                newIsrWithEpochs: isr.map((id) => ({ brokerId: id, brokerEpoch: -1 })),
                leaderRecoveryState: 0,
                partitionEpoch: leadership.partitionEpoch,
              },
            ],
          },
        ],
      };
      const response = scene.answer(alterPartition(scene.context, request, scene.policy));
      assert.equal(response.topics[0]?.partitions[0]?.errorCode, 0);
    }
  }
}
