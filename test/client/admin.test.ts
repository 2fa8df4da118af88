import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createTopic, deleteTopic } from "../../src/client/admin.ts";
import type { Outcome } from "../../src/client/outcome.ts";
import type { RequestOf } from "../../src/protocol/api-messages.ts";
import { errorCodeOf, type ErrorName } from "../../src/protocol/error-code.ts";
import { ScriptedCluster } from "../builders/scripted-cluster.ts";

/** Two brokers, each of which refuses what it is asked as long as it isn't the controller. */
function open(errorName: ErrorName = "NONE") {
  const cluster = new ScriptedCluster(2, []);
  const created: RequestOf<19>[] = [];
  const deleted: RequestOf<20>[] = [];
  cluster.brokers.forEach((broker, index) => {
    const answer = () => {
      const isController = cluster.controllerId === index + 1;
      return { errorCode: errorCodeOf(isController ? errorName : "NOT_CONTROLLER"), errorMessage: "Because." };
    };
    broker.script = {
      ...broker.script,
      19: (request) => {
        created.push(request);
        return { topics: [{ name: "orders", topicId: "AAAAAAAAAAAAAAAAAAAAAA", configs: [], ...answer() }] };
      },
      20: (request) => {
        deleted.push(request);
        return { responses: [{ name: "orders", topicId: "AAAAAAAAAAAAAAAAAAAAAA", ...answer() }] };
      },
    };
  });
  const told: Outcome<void>[] = [];
  const tell = (outcome: Outcome<void>) => told.push(outcome);
  return { cluster, runtime: cluster.world.node("client"), client: cluster.client(), created, deleted, told, tell };
}

const topic = { name: "orders", partitionCount: 3, replicationFactor: -1, configs: { "segment.bytes": "1048576" } };

describe("administration over the wire", () => {
  it("creates a topic at the controller, with its configurations", () => {
    const { cluster, runtime, client, created, told, tell } = open();
    cluster.controllerId = 2;
    createTopic(runtime, client, topic, tell);
    cluster.world.runFor(100);
    assert.deepEqual(told, [{ kind: "done", value: undefined }]);
    assert.equal(cluster.brokers[0]?.countOf("19"), 0);
    const [asked] = created[0]?.topics ?? [];
    assert.deepEqual([asked?.name, asked?.numPartitions, asked?.replicationFactor], ["orders", 3, -1]);
    assert.deepEqual(asked?.configs, [{ name: "segment.bytes", value: "1048576" }]);
  });

  it("deletes a topic by its name", () => {
    const { cluster, runtime, client, deleted, told, tell } = open();
    deleteTopic(runtime, client, "orders", tell);
    cluster.world.runFor(100);
    assert.deepEqual(told, [{ kind: "done", value: undefined }]);
    assert.equal(deleted[0]?.topics[0]?.name, "orders");
  });

  it("waits for a controller where there is none, and follows it where it goes", () => {
    const { cluster, runtime, client, told, tell } = open();
    cluster.controllerId = -1;
    createTopic(runtime, client, topic, tell);
    cluster.world.runFor(500);
    assert.deepEqual(told, []);
    cluster.controllerId = 2;
    cluster.world.runFor(2000);
    assert.deepEqual(told, [{ kind: "done", value: undefined }]);
  });

  it("tells the controller's refusal in its own words, without asking again", () => {
    const { cluster, runtime, client, created, told, tell } = open("TOPIC_ALREADY_EXISTS");
    createTopic(runtime, client, topic, tell);
    cluster.world.runFor(5000);
    assert.deepEqual(told, [{ kind: "failed", failure: { errorName: "TOPIC_ALREADY_EXISTS", sentence: "Because." } }]);
    assert.equal(created.length, 1);
  });

  it("doesn't look for a topic that isn't there to be deleted", () => {
    const { cluster, runtime, client, deleted, told, tell } = open("UNKNOWN_TOPIC_OR_PARTITION");
    deleteTopic(runtime, client, "orders", tell);
    cluster.world.runFor(5000);
    assert.equal(told[0]?.kind, "failed");
    assert.equal(deleted.length, 1);
  });

  it("gives up in time when no controller comes", () => {
    const { cluster, runtime, client, told, tell } = open();
    cluster.controllerId = -1;
    createTopic(runtime, client, topic, tell);
    cluster.world.runFor(40_000);
    assert.ok(told[0]?.kind === "failed");
    assert.equal(told[0].failure.sentence, "The cluster has no controller.");
  });
});
