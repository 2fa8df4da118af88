import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ClusterPicture } from "../../../src/extension/engine/cluster-picture.ts";
import { brokerNode, ClusterTree } from "../../../src/extension/views/cluster-tree.ts";
import { broker, delta, view } from "../builders.ts";

describe("The cluster tree", () => {
  it("says how many partitions a broker leads and whether it is up", () => {
    const up = brokerNode(broker(1, { leaderCount: 3 }));
    assert.deepEqual([up.label, up.description, up.icon], ["Broker 1", "leader of 3 · up", "vm-running"]);
    const down = brokerNode(broker(2, { state: "down" }));
    assert.deepEqual([down.label, down.description, down.icon], ["Broker 2", "down", "vm-outline"]);
  });

  it("speaks the broker's address to who can't see the tooltip", () => {
    assert.equal(
      brokerNode(broker(1, { leaderCount: 1 })).spoken,
      "Broker 1, up at 127.0.0.1 port 9092, leads 1 partition",
    );
  });

  it("is empty while no cluster runs", () => {
    const tree = new ClusterTree(() => undefined);
    assert.deepEqual(tree.childIds(undefined), []);
    assert.equal(tree.node("broker/1"), undefined);
  });

  it("refreshes only the broker that changed", () => {
    const picture = new ClusterPicture(view([], [broker(1), broker(2)]));
    const tree = new ClusterTree(() => picture);
    for (const id of tree.childIds(undefined)) tree.node(id);
    const change = delta({ brokers: [broker(1), broker(2, { leaderCount: 4 })] });
    picture.apply(change);
    assert.deepEqual(tree.changedBy([change]), ["broker/2"]);
  });

  it("does not refresh for what only its tooltip shows", () => {
    const picture = new ClusterPicture(view([], [broker(1)]));
    const tree = new ClusterTree(() => picture);
    for (const id of tree.childIds(undefined)) tree.node(id);
    const change = delta({ brokers: [broker(1, { connectionCount: 12 })] });
    picture.apply(change);
    assert.deepEqual(tree.changedBy([change]), []);
    assert.deepEqual(tree.tooltip("broker/1")?.rows.at(-1), ["Clients", "12 connections"]);
  });
});
