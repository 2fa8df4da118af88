import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { PartitionMetadata } from "../../src/coordination/cluster-metadata.ts";
import { LeaderReplica } from "../../src/replication/leader-replica.ts";
import type { AlterationOutcome, InSyncProposal } from "../../src/replication/partition-alterer.ts";

const lagTimeMaxMs = 100;

/** Broker 1 leads in epoch 4, with 10 records of which 6 are committed. What it proposes is answered by the test. */
function scene(overrides: Partial<PartitionMetadata> = {}, minInSyncReplicas = 1) {
  const log = {
    logStartOffset: 0,
    logEndOffset: 10,
    highWatermark: 6,
    advanceHighWatermark(offset: number): void {
      this.highWatermark = offset;
    },
  };
  const at = { nowMs: 1000, moved: 0, shunned: new Set<number>() };
  const asked: { readonly proposal: InSyncProposal; readonly answer: (outcome: AlterationOutcome) => void }[] = [];
  const metadata: PartitionMetadata = {
    index: 0,
    assignedReplicas: [1, 2, 3],
    inSyncReplicas: [1, 2],
    leaderId: 1,
    leaderEpoch: 4,
    partitionEpoch: 20,
    ...overrides,
  };
  const leader = new LeaderReplica(
    {
      ...{ topic: "orders", topicId: "dG9waWMtb2Ytb3JkZXJzLTE", index: 0, brokerId: 1, log },
      surroundings: {
        monotonicMs: () => at.nowMs,
        lagTimeMaxMs: () => lagTimeMaxMs,
        alterer: { propose: (proposal, answer) => asked.push({ proposal, answer }) },
        mayBeInSync: (brokerId) => !at.shunned.has(brokerId),
      },
      minInSyncReplicas: () => minInSyncReplicas,
      onMoved: () => (at.moved += 1),
    },
    metadata,
  );
  const fetch = (replicaId: number, fetchOffset: number, brokerEpoch = 70) => {
    return leader.recordFetch(replicaId, { fetchOffset, logStartOffset: 0, brokerEpoch, nowMs: at.nowMs });
  };
  const ask = (index = asked.length - 1) => {
    const entry = asked[index];
    assert.ok(entry !== undefined);
    return entry;
  };
  return { log, at, asked, metadata, leader, fetch, ask };
}

function accepted(inSyncReplicas: readonly number[], partitionEpoch = 21, leaderEpoch = 4): AlterationOutcome {
  return { kind: "accepted", inSyncReplicas, partitionEpoch, leaderEpoch };
}

describe("A leader of several replicas", () => {
  it("commits what the followers in sync have", () => {
    const { log, fetch } = scene();
    assert.equal(log.highWatermark, 6);
    assert.equal(fetch(2, 8), "moved");
    assert.equal(log.highWatermark, 8);
    assert.equal(fetch(2, 8), "recorded");
    assert.equal(fetch(2, 10), "moved");
    assert.equal(log.highWatermark, 10);
  });

  it("never moves the high watermark back", () => {
    const { log, fetch } = scene();
    fetch(2, 8);
    fetch(2, 3);
    assert.equal(log.highWatermark, 8);
  });

  it("commits nothing while fewer are in sync than the minimum (KIP-966)", () => {
    const { log, fetch, leader, metadata } = scene({}, 3);
    fetch(2, 10);
    assert.equal(log.highWatermark, 6);
    fetch(3, 10);
    leader.applyMetadata({ ...metadata, inSyncReplicas: [1, 2, 3], partitionEpoch: 21 });
    assert.equal(log.highWatermark, 10);
  });

  it("refuses the fetch of a broker that is no follower", () => {
    const { fetch } = scene();
    assert.deepEqual([fetch(1, 5), fetch(9, 5)], ["refused", "refused"]);
  });

  it("proposes a follower that has all that is committed and all that the epoch began with", () => {
    const { fetch, asked, ask, log } = scene();
    log.logEndOffset = 12;
    fetch(2, 10);
    fetch(3, 9);
    assert.equal(asked.length, 0, "the epoch began at 10");
    fetch(3, 10);
    assert.deepEqual(ask().proposal, {
      topic: "orders",
      topicId: "dG9waWMtb2Ytb3JkZXJzLTE",
      index: 0,
      leaderEpoch: 4,
      partitionEpoch: 20,
      inSyncReplicas: [
        { brokerId: 1, brokerEpoch: -1 },
        { brokerId: 2, brokerEpoch: 70 },
        { brokerId: 3, brokerEpoch: 70 },
      ],
    });
  });

  it("doesn't propose who is dead or on its way out", () => {
    const { fetch, asked, at } = scene();
    at.shunned.add(3);
    fetch(3, 10);
    assert.equal(asked.length, 0);
  });

  it("counts with a joining follower from the proposal on, and forgets it when that is refused for good", () => {
    const { fetch, log, leader, ask, at } = scene();
    fetch(2, 10);
    fetch(3, 10);
    assert.deepEqual(
      [leader.inSyncReplicas, leader.maximalInSyncReplicas],
      [
        [1, 2],
        [1, 2, 3],
      ],
    );
    log.logEndOffset = 15;
    fetch(2, 15);
    assert.equal(log.highWatermark, 10);
    at.nowMs += 2 * lagTimeMaxMs;
    ask().answer({ kind: "refused", errorName: "INELIGIBLE_REPLICA" });
    assert.deepEqual([leader.maximalInSyncReplicas, log.highWatermark, at.moved], [[1, 2], 15, 1]);
  });

  it("has one proposal on its way at a time", () => {
    const { fetch, asked, ask, leader, at } = scene({ assignedReplicas: [1, 2, 3, 4] });
    fetch(2, 5);
    fetch(3, 10);
    fetch(4, 10);
    at.nowMs += 2 * lagTimeMaxMs;
    leader.shrinkIfDue();
    assert.equal(asked.length, 1);
    ask().answer(accepted([1, 2, 3]));
    leader.shrinkIfDue();
    assert.equal(asked.length, 2);
    assert.equal(ask().proposal.partitionEpoch, 21);
    assert.deepEqual(
      ask().proposal.inSyncReplicas.map(({ brokerId }) => brokerId),
      [1, 3],
    );
  });

  it("goes on without a lagging follower only when the controller has said so", () => {
    const { log, at, leader, ask, fetch } = scene();
    fetch(2, 7);
    at.nowMs += lagTimeMaxMs + 1;
    leader.shrinkIfDue();
    assert.deepEqual([log.highWatermark, leader.maximalInSyncReplicas], [7, [1, 2]]);
    ask().answer(accepted([1]));
    assert.deepEqual([log.highWatermark, leader.inSyncReplicas, leader.partitionEpoch], [10, [1], 21]);
    assert.equal(at.moved, 1);
  });

  it("tries the same proposal again on a passing error", () => {
    const { fetch, asked, ask } = scene();
    fetch(3, 10);
    ask().answer({ kind: "refused", errorName: "UNKNOWN_SERVER_ERROR" });
    assert.deepEqual(asked[1]?.proposal, asked[0]?.proposal);
  });

  it("keeps counting with everybody, and proposes nothing more, when it learns that it is the stale one", () => {
    const { fetch, asked, ask, leader, at } = scene();
    fetch(3, 10);
    ask().answer({ kind: "refused", errorName: "INVALID_UPDATE_VERSION" });
    at.nowMs += 2 * lagTimeMaxMs;
    leader.shrinkIfDue();
    assert.deepEqual([asked.length, leader.maximalInSyncReplicas], [1, [1, 2, 3]]);
  });

  it("lets the controller's own word overtake an answer that is on its way", () => {
    const { fetch, ask, leader, metadata } = scene();
    fetch(3, 10);
    leader.applyMetadata({ ...metadata, inSyncReplicas: [1], leaderEpoch: 5, partitionEpoch: 22 });
    ask().answer(accepted([1, 2, 3]));
    assert.deepEqual([leader.inSyncReplicas, leader.partitionEpoch], [[1], 22]);
  });

  it("ignores answers after its fall", () => {
    const { fetch, ask, leader } = scene();
    fetch(3, 10);
    leader.end();
    ask().answer(accepted([1, 2, 3]));
    assert.deepEqual(leader.inSyncReplicas, [1, 2]);
  });

  it("knows the lowest log start among the living", () => {
    const { leader, log } = scene();
    log.logStartOffset = 5;
    const started = { fetchOffset: 6, brokerEpoch: 1, nowMs: 0 };
    leader.recordFetch(2, { ...started, logStartOffset: 3 });
    assert.equal(
      leader.lowWatermark((id) => id === 2),
      3,
    );
    assert.equal(
      leader.lowWatermark(() => true),
      -1,
      "broker 3 has not said",
    );
    assert.equal(
      leader.lowWatermark(() => false),
      5,
    );
  });
});
