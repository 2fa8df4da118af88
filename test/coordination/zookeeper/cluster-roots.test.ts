import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { registerBroker } from "../../../src/coordination/zookeeper/broker-registration.ts";
import { ensureRoots } from "../../../src/coordination/zookeeper/cluster-roots.ts";
import { ControllerElection } from "../../../src/coordination/zookeeper/controller-election.ts";
import {
  clusterIdPath,
  configChangePrefix,
  configEntityPath,
  configPath,
  deleteTopicPath,
  featurePath,
  isrChangePrefix,
  logDirEventPrefix,
  partitionPath,
  partitionsPath,
  partitionStatePath,
  persistentPaths,
  preferredElectionPath,
  reassignPartitionsPath,
  topicPath,
} from "../../../src/coordination/zookeeper/layout.ts";
import {
  readBroker,
  readClusterId,
  readConfigs,
  readPartitionState,
  readTopic,
  writeConfigs,
  writeFeatures,
  writePartitionState,
  writeTopic,
} from "../../../src/coordination/zookeeper/znode-content.ts";
import { pathsFrom } from "../../../src/coordination/zookeeper/znode-tree.ts";
import type { Answer } from "../../../src/coordination/zookeeper/znodes.ts";
import { goldenZnodes, type GoldenZnode } from "../../builders/golden-znodes.ts";
import { CoordinationScene, type SceneClient } from "./coordination-scene.ts";

const clusterId = "cM3S77prQx6VnhAjc9zQ7A";

function ensure(scene: CoordinationScene, { client }: SceneClient, freshId = clusterId): Answer<string> {
  return scene.settle((told: (answer: Answer<string>) => void) => ensureRoots(client.patient, freshId, told));
}

describe("the roots of a cluster", () => {
  it("are created once, in Kafka's order, and the id is the first one's", () => {
    const scene = new CoordinationScene();
    assert.deepEqual(ensure(scene, scene.connected("first")), { error: "OK", value: clusterId });
    assert.deepEqual(ensure(scene, scene.connected("second"), "another"), { error: "OK", value: clusterId });
    const { tree } = scene.server;
    const leaves = [...persistentPaths, clusterIdPath];
    const byCreation = [...leaves].sort((left, right) => tree.stat(left)!.czxid - tree.stat(right)!.czxid);
    assert.deepEqual(byCreation, leaves);
    assert.equal(tree.data("/consumers"), null);
  });

  it("fail with the session", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client", 2000);
    const answers: Answer<string>[] = [];
    client.link.cut();
    ensureRoots(client.client.patient, clusterId, (answer) => answers.push(answer));
    scene.world.runFor(10_000);
    client.link.heal();
    client.runUntil("expired");
    assert.deepEqual(answers, [{ error: "SESSIONEXPIRED" }]);
  });

  it("are refused where the id is not readable", () => {
    const scene = new CoordinationScene();
    const client = scene.connected("client");
    client.create("/cluster");
    client.create("/cluster/id", "?");
    assert.deepEqual(ensure(scene, client), { error: "MARSHALLINGERROR" });
  });
});

describe("Kafka's paths", () => {
  it("are those of KAFKA.md E.2", () => {
    assert.equal(deleteTopicPath("orders"), "/admin/delete_topics/orders");
    assert.equal(reassignPartitionsPath, "/admin/reassign_partitions");
    assert.equal(preferredElectionPath, "/admin/preferred_replica_election");
    const prefixes = [configChangePrefix, isrChangePrefix, logDirEventPrefix];
    assert.deepEqual(prefixes, [
      "/config/changes/config_change_",
      "/isr_change_notification/isr_change_",
      "/log_dir_event_notification/log_dir_event_",
    ]);
    for (const prefix of prefixes) assert.ok(persistentPaths.some((path) => prefix.startsWith(`${path}/`)));
  });

  it("write names of users and clients as in a URL", () => {
    assert.equal(configPath(configEntityPath("topics", "orders")), "/config/topics/orders");
    assert.equal(configPath(configEntityPath("brokers", "<default>")), "/config/brokers/<default>");
    assert.equal(configEntityPath("users", "<default>"), "users/<default>");
    assert.equal(configEntityPath("users", "CN=a b*/ü~"), "users/CN%3Da%20b%2A%2F%C3%BC%7E");
  });
});

/** What a cluster does that comes to stage A of golden/znodes-3.9.txt, with the values that are in it. */
function buildStageA(scene: CoordinationScene, golden: ReadonlyMap<string, GoldenZnode>): void {
  const dataOf = (path: string): Buffer => Buffer.from(golden.get(path)!.data);
  const brokers = [0, 1, 2].map((id) => scene.connected(`broker${String(id)}`));
  for (const [id, broker] of brokers.entries()) {
    ensure(scene, broker, readClusterId(dataOf(clusterIdPath)));
    const znode = readBroker(dataOf(`/brokers/ids/${String(id)}`));
    scene.settle((told: (outcome: unknown) => void) => registerBroker(broker.client, id, znode, told));
  }
  const controller = brokers[0]!;
  const wallMs = (): number => 1795361307997;
  let isElected = false;
  new ControllerElection({
    client: controller.client,
    clock: { wallMs, monotonicMs: () => 0 },
    brokerId: 0,
    listener: {
      onElected: () => (isElected = true),
      onResigned: () => assert.fail("nobody else stands"),
      onControllerKnown: () => assert.fail("nobody else stands"),
      onFailed: (reason) => assert.fail(reason),
    },
  }).start();
  scene.world.runUntil(() => isElected);
  controller.create(featurePath, writeFeatures(new Map()).toString());
  for (const topic of ["orders", "__consumer_offsets"]) {
    const znode = readTopic(dataOf(topicPath(topic)));
    const configs = configPath(configEntityPath("topics", topic));
    controller.create(configs, writeConfigs(readConfigs(dataOf(configs))).toString());
    controller.create(topicPath(topic), writeTopic(znode).toString());
    controller.create(partitionsPath(topic));
    for (const partition of znode.partitions.keys()) {
      const path = partitionStatePath(topic, partition);
      controller.create(partitionPath(topic, partition));
      controller.create(path, writePartitionState(readPartitionState(dataOf(path))).toString());
    }
  }
}

describe("a cluster's whole tree", () => {
  it("is that of a running Kafka: paths, data, versions, versions of children, owners", function () {
    const golden = goldenZnodes("A");
    if (golden === undefined) return this.skip();
    const scene = new CoordinationScene();
    buildStageA(scene, golden);
    const { tree } = scene.server;
    const lines = pathsFrom(tree)
      .filter((path) => !path.startsWith("/zookeeper"))
      .map((path): GoldenZnode => {
        const stat = tree.stat(path)!;
        return {
          path,
          version: stat.version,
          cversion: stat.cversion === 0 ? undefined : stat.cversion,
          isEphemeral: stat.ephemeralOwner !== 0,
          data: tree.data(path)?.toString() ?? "",
        };
      });
    assert.deepEqual(
      lines.sort((left, right) => (left.path < right.path ? -1 : 1)),
      [...golden.values()].sort((left, right) => (left.path < right.path ? -1 : 1)),
    );
  });
});
