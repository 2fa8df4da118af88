import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { brokerCame, brokerWent } from "../../src/controller/broker-membership.ts";
import { withTopics } from "../../src/coordination/cluster-metadata.ts";
import type { PartitionMetadata } from "../../src/coordination/cluster-metadata.ts";
import type { Partition } from "../../src/replication/partition.ts";
import { batchOf, BrokerScene } from "../builders/broker-scene.ts";

function scene(configs: Readonly<Record<string, string>> = {}) {
  const at = new BrokerScene();
  at.createTopic("orders", { configs });
  const partition = at.broker().partitions.find("orders", 0);
  assert.ok(partition !== undefined);
  const decide = (change: Partial<PartitionMetadata>): void => {
    at.change((metadata) => {
      const topic = metadata.topics.get("orders");
      assert.ok(topic !== undefined);
      const partitions = topic.partitions.map((known) => ({ ...known, ...change }));
      return withTopics(metadata, [{ ...topic, partitions }]);
    });
  };
  return { at, partition, decide };
}

function append(partition: Partition, value: string): number {
  return partition.append(batchOf([value]), 9).baseOffset;
}

describe("A partition", () => {
  it("commits at once what it appends, while its leader is alone in sync", () => {
    const { partition } = scene();
    assert.equal(append(partition, "a"), 0);
    assert.deepEqual([partition.highWatermark, partition.lastStableOffset, partition.logEndOffset], [1, 1, 1]);
  });

  it("commits nothing more while others are in sync that don't fetch", () => {
    const { partition, decide } = scene();
    append(partition, "a");
    decide({ assignedReplicas: [1, 2], inSyncReplicas: [1, 2], leaderEpoch: 1 });
    append(partition, "b");
    assert.deepEqual([partition.highWatermark, partition.logEndOffset], [1, 2]);
    decide({ assignedReplicas: [1, 2], inSyncReplicas: [1], leaderEpoch: 1 });
    assert.equal(partition.highWatermark, 2);
  });

  it("fences who believes in another leader epoch", () => {
    const { at, partition } = scene();
    at.change((metadata) => brokerWent(metadata, 1));
    assert.equal(partition.isLeader, false);
    at.change((metadata) => brokerCame(metadata, { id: 1, ...at.address(), rack: null }));
    assert.deepEqual([partition.isLeader, partition.leaderEpoch], [true, 2]);
    const fences = [-1, 0, 1, 2, 3].map((epoch) => partition.fence(epoch));
    const behind = "FENCED_LEADER_EPOCH";
    assert.deepEqual(fences, ["NONE", behind, behind, "NONE", "UNKNOWN_LEADER_EPOCH"]);
  });

  it("counts a min.insync.replicas above the number of replicas as that number", () => {
    const { partition, decide } = scene({ "min.insync.replicas": "3" });
    assert.equal(partition.hasEnoughInSyncReplicas, true);
    decide({ assignedReplicas: [1, 2], inSyncReplicas: [1] });
    assert.equal(partition.hasEnoughInSyncReplicas, false);
    decide({ assignedReplicas: [1, 2], inSyncReplicas: [1, 2] });
    assert.equal(partition.hasEnoughInSyncReplicas, true);
  });

  it("asks for enough replicas before it appends with acks=all, and only then", () => {
    const { at, decide } = scene({ "min.insync.replicas": "2" });
    decide({ assignedReplicas: [1, 2], inSyncReplicas: [1] });
    const refused = at.produce("orders", 0, batchOf(["a"]), { acks: -1 });
    assert.deepEqual([refused.errorCode, refused.baseOffset, refused.logStartOffset], [19, -1, 0]);
    assert.equal(at.produce("orders", 0, batchOf(["a"]), { acks: 1 }).baseOffset, 0);
  });
});
