import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { errorNameOf } from "../../src/protocol/error-code.ts";
import { RawClient } from "../builders/broker-scene.ts";
import { addressOf, topic } from "../builders/replica-node.ts";
import { ReplicaScene } from "../builders/replica-scene.ts";

function deleteBefore(scene: ReplicaScene, offset: number, timeoutMs: number) {
  const client = new RawClient(scene.world, addressOf(scene.state.leaderId));
  const topics = [{ name: topic, partitions: [{ partitionIndex: 0, offset }] }];
  const startedMs = scene.world.nowMs;
  client.send(21, 2, { topics, timeoutMs });
  scene.world.runUntil(() => client.frames.length > 0);
  const answer = client.read(21, 2, client.frames[0]).topics[0]?.partitions[0];
  assert.ok(answer !== undefined);
  const { errorCode, lowWatermark } = answer;
  return { errorName: errorNameOf(errorCode), lowWatermark, tookMs: scene.world.nowMs - startedMs };
}

describe("DeleteRecords with followers", () => {
  it("is done when their logs start there too", () => {
    const scene = new ReplicaScene();
    scene.commit("a", "b", "c");
    scene.settle();
    const { errorName, lowWatermark } = deleteBefore(scene, 2, 5000);
    assert.deepEqual([errorName, lowWatermark], ["NONE", 2]);
    for (const id of scene.replicaIds) assert.equal(scene.node(id).log.logStartOffset, 2);
  });

  it("doesn't wait for the dead", () => {
    const scene = new ReplicaScene();
    scene.commit("a", "b");
    scene.settle();
    scene.kill(3);
    assert.equal(deleteBefore(scene, 1, 5000).errorName, "NONE");
  });

  it("says with a time-out how far it has come: the leader's log starts there all the same (KAFKA.md S.3)", () => {
    const scene = new ReplicaScene({ replicaCount: 2 });
    scene.commit("a", "b");
    scene.settle();
    scene.elect(1, [2]);
    scene.world.runFor(1000);
    const { errorName, lowWatermark, tookMs } = deleteBefore(scene, 1, 700);
    assert.deepEqual([errorName, lowWatermark], ["REQUEST_TIMED_OUT", 0]);
    assert.ok(tookMs >= 700);
    assert.equal(scene.leader.log.logStartOffset, 1);
  });
});
