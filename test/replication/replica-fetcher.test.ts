import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { batchOf, RawClient } from "../builders/broker-scene.ts";
import { addressOf, lagTimeMaxMs, topic, topicId } from "../builders/replica-node.ts";
import { ReplicaScene } from "../builders/replica-scene.ts";
import { recordsOf } from "../log/log-fixture.ts";

const twoReplicas = { replicaCount: 2 };

/** All replicas hold the same records in the same epochs. */
function expectOneLog(scene: ReplicaScene, values: readonly string[]): void {
  const [first] = scene.replicaIds;
  assert.ok(first !== undefined);
  assert.deepEqual(scene.valuesOf(first), values);
  for (const id of scene.replicaIds) assert.deepEqual(scene.held(id), scene.held(first));
}

describe("Followers", () => {
  it("copy what their leader appends, and learn a fetch later what is committed", () => {
    const scene = new ReplicaScene();
    const produced = scene.produce("a");
    scene.world.runUntil(() => produced.answer() !== undefined);
    assert.equal(scene.node(1).log.highWatermark, 1);
    assert.deepEqual(
      [2, 3].map((id) => [scene.node(id).log.logEndOffset, scene.node(id).log.highWatermark]),
      [
        [1, 0],
        [1, 0],
      ],
    );
    scene.settle();
    expectOneLog(scene, ["a"]);
  });

  it("hear of a high watermark alone only when their fetch has waited its time (KAFKA.md D.2)", () => {
    const scene = new ReplicaScene(twoReplicas);
    scene.commit("a");
    const committedMs = scene.world.nowMs;
    scene.world.runUntil(() => scene.node(2).log.highWatermark === 1);
    const waitedMs = scene.world.nowMs - committedMs;
    assert.ok(waitedMs > 480 && waitedMs < 520, String(waitedMs));
  });

  it("keep what is above their high watermark when their leader dies (M4)", () => {
    const scene = new ReplicaScene(twoReplicas);
    scene.commit("a");
    scene.settle();
    scene.commit("b");
    const follower = scene.node(2);
    assert.deepEqual([follower.log.logEndOffset, follower.log.highWatermark], [2, 1]);
    follower.checkpoint();
    scene.kill(2);
    scene.start(2);
    scene.kill(1);
    scene.expire(1);
    scene.world.runFor(10);
    assert.deepEqual(scene.valuesOf(2), ["a", "b"]);
    assert.equal(scene.node(2).log.leaderEpochs.latestEpoch, scene.state.leaderEpoch);
  });

  it("cut what only they have where the new leader's epoch begins (M5)", () => {
    const scene = new ReplicaScene(twoReplicas);
    scene.commit("a", "b");
    scene.settle();
    scene.kill(2);
    scene.produce("lost", 1);
    scene.world.runUntil(() => scene.node(1).log.logEndOffset === 3);
    scene.kill(1);
    scene.start(2);
    scene.expire(1);
    scene.world.runFor(10);
    scene.commit("kept");
    scene.start(1);
    scene.settle();
    expectOneLog(scene, ["a", "b", "kept"]);
  });

  it("find the last epoch that both logs have, in as many rounds as it takes (M6, KIP-279)", () => {
    const scene = new ReplicaScene(twoReplicas);
    scene.commit("a");
    scene.settle();
    scene.kill(2);
    // Broker 1 leads twice, alone, and writes what nobody else has.
    for (const value of ["x", "y"]) {
      scene.decide({});
      scene.world.runFor(10);
      scene.produce(value, 1);
      scene.world.runFor(50);
    }
    assert.deepEqual(
      scene.held(1).map(({ leaderEpoch }) => leaderEpoch),
      [0, 1, 2],
    );
    scene.kill(1);
    scene.start(2);
    scene.expire(1);
    scene.world.runFor(10);
    scene.commit("b", "c", "d");
    assert.deepEqual(
      scene.held(2).map(({ leaderEpoch }) => leaderEpoch),
      [0, 3, 3, 3],
    );
    scene.start(1);
    scene.settle();
    expectOneLog(scene, ["a", "b", "c", "d"]);
  });

  it("know the producers of what they copied, so that a retry at the next leader is no duplicate (M12)", () => {
    const scene = new ReplicaScene(twoReplicas);
    const batch = (baseSequence: number) => batchOf(["a", "b"], { producerId: 7, producerEpoch: 0, baseSequence });
    for (const baseSequence of [0, 2]) {
      const answer = scene.produceBatch(batch(baseSequence));
      scene.world.runUntil(() => answer() !== undefined);
    }
    scene.settle();
    scene.kill(1);
    scene.expire(1);
    scene.world.runFor(10);
    const answers = [2, 4, 9].map((baseSequence) => scene.produceBatch(batch(baseSequence)));
    scene.world.runFor(100);
    assert.deepEqual(
      answers.map((answer) => answer()),
      [
        { errorName: "NONE", baseOffset: 2 },
        { errorName: "NONE", baseOffset: 4 },
        { errorName: "OUT_OF_ORDER_SEQUENCE_NUMBER", baseOffset: -1 },
      ],
    );
    assert.equal(scene.leader.log.logEndOffset, 6);
  });

  it("serve consumers what they know to be committed, from version 11 on (KIP-392)", () => {
    const scene = new ReplicaScene(twoReplicas);
    scene.commit("a");
    scene.settle();
    scene.commit("b");
    assert.deepEqual([scene.node(2).log.logEndOffset, scene.node(2).log.highWatermark], [2, 1]);
    const fetchAt = (version: number) => {
      const client = new RawClient(scene.world, addressOf(2));
      const asked = { partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 };
      const topics = [{ topic, topicId, partitions: [asked] }];
      client.send(1, version, { maxWaitMs: 0, minBytes: 1, topics, forgottenTopicsData: [] });
      scene.world.runUntil(() => client.frames.length > 0);
      const answer = client.read(1, version, client.frames[0]).responses[0]?.partitions[0];
      assert.ok(answer !== undefined);
      return answer;
    };
    assert.deepEqual([fetchAt(10).errorCode, fetchAt(11).errorCode, fetchAt(11).highWatermark], [6, 0, 1]);
    assert.equal(recordsOf(fetchAt(11).records ?? Buffer.alloc(0)).length, 1);
  });

  it("follow a leader that was elected uncleanly, and lose what it didn't have (M7)", () => {
    const scene = new ReplicaScene({ ...twoReplicas, allowsUncleanElection: true });
    scene.commit("a");
    scene.settle();
    scene.kill(2);
    scene.expire(2);
    scene.world.runFor(10);
    scene.commit("b", "c");
    scene.kill(1);
    scene.start(2);
    scene.expire(1);
    scene.world.runFor(10);
    assert.deepEqual(scene.state.inSyncReplicas, [2]);
    scene.start(1);
    scene.settle();
    expectOneLog(scene, ["a"]);
  });

  it("go on from their leader's start when what they need is deleted there", () => {
    const scene = new ReplicaScene(twoReplicas);
    scene.commit("a");
    scene.settle();
    scene.kill(2);
    scene.expire(2);
    scene.world.runFor(10);
    scene.commit("b", "c", "d");
    assert.equal(scene.node(1).log.deleteRecordsBefore(3), "NONE");
    scene.start(2);
    scene.settle();
    assert.deepEqual([scene.node(2).log.logStartOffset, scene.held(2)], [3, scene.held(1)]);
  });

  it("move their log's start with their leader's", () => {
    const scene = new ReplicaScene(twoReplicas);
    scene.commit("a", "b");
    scene.settle();
    scene.node(1).log.deleteRecordsBefore(1);
    scene.world.runUntil(() => scene.node(2).log.logStartOffset === 1);
  });

  it("are told by a leader that they believe in an old epoch, and wait for the controller's word", () => {
    const scene = new ReplicaScene(twoReplicas);
    scene.commit("a");
    scene.settle();
    scene.elect(1, [2]);
    scene.world.runFor(3000);
    scene.produce("b", 1);
    scene.world.runFor(3000);
    assert.equal(scene.node(2).log.logEndOffset, 1);
    scene.elect(1);
    scene.settle();
    expectOneLog(scene, ["a", "b"]);
  });

  it("wait and ask again while the leader doesn't know that it leads", () => {
    const scene = new ReplicaScene(twoReplicas);
    scene.commit("a");
    scene.settle();
    scene.elect(2, [2]);
    scene.world.runFor(3000);
    assert.equal(scene.node(2).partition.isLeader, false);
    scene.elect(2);
    scene.world.runFor(10);
    scene.commit("b");
    scene.settle();
    expectOneLog(scene, ["a", "b"]);
  });

  it("come back to a leader that was away for a while, under a new fetch session (M28)", () => {
    const scene = new ReplicaScene(twoReplicas);
    scene.commit("a");
    scene.settle();
    scene.kill(1);
    scene.world.runFor(2500);
    scene.start(1);
    scene.decide({});
    scene.settle();
    scene.commit("b");
    scene.settle();
    expectOneLog(scene, ["a", "b"]);
  });

  it("answer a zombie's acknowledged records with the new leader's log (M8)", () => {
    const scene = new ReplicaScene();
    scene.commit("a");
    scene.settle();
    scene.elect(2, [1]);
    scene.world.runFor(20);
    const zombie = [scene.produce("zombie, acks=1", 1, 1), scene.produce("zombie, acks=all", -1, 1, 800)];
    scene.world.runFor(1000);
    assert.deepEqual(
      zombie.map(({ answer }) => answer()?.errorName),
      ["NONE", "REQUEST_TIMED_OUT"],
    );
    // Its followers have gone, so that it wants to go on without them: the controller knows better.
    scene.world.runFor(2 * lagTimeMaxMs);
    assert.ok(
      scene.proposals.some(({ leaderEpoch, inSyncReplicas }) => leaderEpoch === 0 && inSyncReplicas.length < 3),
    );
    assert.deepEqual(scene.state.inSyncReplicas, [2, 3]);
    assert.equal(scene.node(1).log.highWatermark, 1);
    scene.decide({});
    scene.settle();
    expectOneLog(scene, ["a"]);
  });
});

describe("The replicas in sync", () => {
  it("lose a follower that stopped fetching when something new comes, and not before (M27)", () => {
    const scene = new ReplicaScene(twoReplicas);
    scene.commit("a");
    scene.settle();
    scene.kill(2);
    scene.world.runFor(20 * lagTimeMaxMs);
    assert.deepEqual(scene.state.inSyncReplicas, [1, 2]);
    const produced = scene.produce("b", -1, 1, 60_000);
    scene.world.runFor(lagTimeMaxMs / 2 + 100);
    assert.deepEqual(scene.state.inSyncReplicas, [1]);
    assert.deepEqual(produced.answer(), { errorName: "NONE", baseOffset: 1 });
    assert.equal(scene.state.leaderEpoch, 0);
  });

  it("take a follower back at the end of the list when it has all that is committed", () => {
    const scene = new ReplicaScene();
    scene.commit("a");
    scene.kill(1);
    scene.expire(1);
    scene.world.runFor(10);
    scene.commit("b");
    scene.start(1);
    scene.settle();
    assert.deepEqual(scene.state.inSyncReplicas, [2, 3, 1]);
    expectOneLog(scene, ["a", "b"]);
  });

  it("stop acks=all below the minimum, and what acks=1 writes stays uncommitted (M9)", () => {
    const scene = new ReplicaScene({ minInSyncReplicas: 2 });
    scene.commit("a");
    scene.kill(3);
    scene.expire(3);
    scene.world.runFor(10);
    scene.commit("b");
    scene.kill(2);
    scene.expire(2);
    scene.world.runFor(10);
    const refused = scene.produce("c");
    const taken = scene.produce("d", 1);
    scene.world.runFor(100);
    assert.equal(refused.answer()?.errorName, "NOT_ENOUGH_REPLICAS");
    assert.deepEqual(taken.answer(), { errorName: "NONE", baseOffset: 2 });
    assert.deepEqual([scene.leader.log.highWatermark, scene.leader.log.logEndOffset], [2, 3]);
    scene.start(2);
    scene.world.runUntil(() => scene.leader.log.highWatermark === 3);
  });

  it("hold an acks=all that is under way when they become too few, until its time is up (M10)", () => {
    const scene = new ReplicaScene({ minInSyncReplicas: 2, replicaCount: 2 });
    scene.commit("a");
    scene.kill(2);
    const produced = scene.produce("b", -1, 1, 1500);
    scene.world.runFor(20);
    scene.expire(2);
    scene.world.runFor(1400);
    assert.equal(produced.answer(), undefined);
    scene.world.runFor(100);
    assert.deepEqual(produced.answer(), { errorName: "REQUEST_TIMED_OUT", baseOffset: 1 });
    assert.deepEqual(scene.valuesOf(1), ["a", "b"]);
  });

  it("answer what waits with NOT_LEADER_OR_FOLLOWER when the leader falls", () => {
    const scene = new ReplicaScene(twoReplicas);
    scene.commit("a");
    scene.kill(2);
    const produced = scene.produce("b", -1, 1, 60_000);
    scene.world.runFor(20);
    scene.start(2);
    scene.elect(2);
    scene.world.runUntil(() => produced.answer() !== undefined);
    assert.equal(produced.answer()?.errorName, "NOT_LEADER_OR_FOLLOWER");
  });
});
