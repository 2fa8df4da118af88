import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ClusterPicture } from "../../src/extension/engine/cluster-picture.ts";
import { statusItem } from "../../src/extension/status-item.ts";
import { broker, view } from "./builders.ts";

const cluster = {
  bootstrapServers: "127.0.0.1:9092,127.0.0.1:9093",
  startedInMs: 40,
  options: { brokerCount: 2, host: "127.0.0.1", port: 9092, storage: { kind: "memory" } },
  picture: new ClusterPicture(view([], [broker(1), broker(2)])),
} as const;

describe("The status-bar item", () => {
  it("is short, and says the rest when the pointer rests on it", () => {
    const item = statusItem({ state: "running", cluster });
    assert.equal(item.text, "$(server-process) Tapedeck 2 brokers");
    assert.equal(item.tooltip, "127.0.0.1:9092,127.0.0.1:9093, in memory");
    assert.equal(item.spoken, "Tapedeck 2 brokers: 127.0.0.1:9092,127.0.0.1:9093, in memory");
  });

  it("turns while the cluster starts and stops", () => {
    for (const state of ["starting", "stopping"] as const) {
      assert.match(statusItem({ state, cluster: undefined }).text, /^\$\(loading~spin\)/);
    }
    assert.equal(statusItem({ state: "stopped", cluster: undefined }).tooltip, "No cluster is running");
  });
});
