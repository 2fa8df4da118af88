import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { brokerCame, brokerWent, forOffline } from "../../src/controller/broker-membership.ts";
import { createTopics } from "../../src/controller/topic-creation.ts";
import type { ClusterMetadata, PartitionMetadata } from "../../src/coordination/cluster-metadata.ts";
import { basisOf, clusterOf, newTopic } from "../builders/metadata.ts";

/** Topic "t" with partition 0 on broker 1 and partition 1 on broker 2. */
function twoBrokers(): ClusterMetadata {
  const assignments = [
    [0, [1]],
    [1, [2]],
  ] as const;
  return createTopics(basisOf(clusterOf([1, 2])), [newTopic("t", { assignments })], false).metadata;
}

function partition(metadata: ClusterMetadata, index: number): PartitionMetadata {
  const found = metadata.topics.get("t")?.partitions[index];
  assert.ok(found !== undefined);
  return found;
}

function replicated(overrides: Partial<PartitionMetadata> = {}): PartitionMetadata {
  return {
    index: 0,
    assignedReplicas: [3, 1, 2],
    inSyncReplicas: [1, 2, 3],
    leaderId: 3,
    leaderEpoch: 5,
    partitionEpoch: 8,
    ...overrides,
  };
}

describe("brokers that come and go", () => {
  it("leave what only they had without a leader, and everything else alone", () => {
    const before = twoBrokers();
    const after = brokerWent(before, 1);
    const { leaderId, leaderEpoch, partitionEpoch, inSyncReplicas } = partition(after, 0);
    assert.deepEqual([leaderId, leaderEpoch, partitionEpoch, inSyncReplicas], [-1, 1, 1, [1]]);
    assert.equal(partition(after, 1), partition(before, 1));
    assert.equal(after.brokers.get(1)?.isAlive, false);
  });

  it("lead again when they are back: a restart costs two leader epochs, as in Kafka", () => {
    const back = brokerCame(brokerWent(twoBrokers(), 1), { id: 1, host: "127.0.0.1", port: 9999, rack: null });
    assert.deepEqual([partition(back, 0).leaderId, partition(back, 0).leaderEpoch], [1, 2]);
    assert.deepEqual([back.brokers.get(1)?.port, back.brokers.get(1)?.isAlive], [9999, true]);
    assert.equal(back.topicsById.get(back.topics.get("t")?.topicId ?? ""), back.topics.get("t"));
  });

  it("change nothing when they go twice or were never there", () => {
    const gone = brokerWent(twoBrokers(), 1);
    assert.equal(brokerWent(gone, 1), gone);
    assert.equal(brokerWent(gone, 7), gone);
  });

  it("hand over to the first replica in order of assignment that is alive and in sync", () => {
    const metadata = brokerWent(clusterOf([1, 2, 3]), 3);
    const elected = forOffline(replicated(), metadata);
    assert.deepEqual([elected.leaderId, elected.leaderEpoch, elected.partitionEpoch], [1, 6, 9]);
    assert.deepEqual(elected.inSyncReplicas, [1, 2]);
    assert.equal(forOffline(replicated({ inSyncReplicas: [2, 3] }), metadata).leaderId, 2);
  });

  it("shrink the in-sync replicas without a new leader epoch when a follower goes", () => {
    const shrunk = forOffline(replicated(), brokerWent(clusterOf([1, 2, 3]), 2));
    assert.deepEqual([shrunk.leaderId, shrunk.leaderEpoch, shrunk.partitionEpoch], [3, 5, 9]);
    assert.deepEqual(shrunk.inSyncReplicas, [1, 3]);
  });

  it("never make a replica lead that is not in sync", () => {
    const metadata = brokerWent(clusterOf([1, 2, 3]), 3);
    const stuck = forOffline(replicated({ inSyncReplicas: [3] }), metadata);
    assert.deepEqual([stuck.leaderId, stuck.inSyncReplicas], [-1, [3]]);
  });
});
