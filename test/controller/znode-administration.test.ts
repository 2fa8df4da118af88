import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ControllerContext } from "../../src/controller/controller-context.ts";
import { ZnodeAdministration } from "../../src/controller/znode-administration.ts";
import type { AdministrationResult, ConfigAlteration } from "../../src/coordination/administration-requests.ts";
import { ensureRoots } from "../../src/coordination/zookeeper/cluster-roots.ts";
import { readProducerIdBlock } from "../../src/coordination/zookeeper/znode-content.ts";
import { ControllerScene } from "../builders/controller-scene.ts";
import { basisOf, clusterOf, newTopic } from "../builders/metadata.ts";
import { CoordinationScene, type SceneClient } from "../coordination/zookeeper/coordination-scene.ts";

/** Brokers 1 to 3 in an empty cluster, asked through the controller's. */
class AdministrationScene {
  readonly coordination = new CoordinationScene();
  readonly client: SceneClient;
  readonly administration: ZnodeAdministration;
  context: ControllerContext | undefined;

  constructor() {
    this.client = this.coordination.connected("broker1");
    const { patient } = this.client.client;
    this.coordination.settle((told: (answer: object) => void) => ensureRoots(patient, "c2NlbmUtY2x1c3Rlci0xMA", told));
    this.client.create("/controller", "{}", "ephemeral");
    const scene = new ControllerScene({ brokers: [1, 2, 3] });
    scene.start(1);
    this.context = scene.context;
    this.administration = new ZnodeAdministration({
      runtime: this.client.node,
      brokerId: 1,
      znodes: patient,
      basis: () => ({ ...basisOf(clusterOf([1, 2, 3])), isReplicating: true }),
      context: () => this.context,
    });
  }

  ask(act: (done: (results: readonly AdministrationResult[]) => void) => void): readonly string[] {
    return this.coordination.settle(act).map(({ errorName }) => errorName);
  }

  create(name: string, replicationFactor = 3): readonly string[] {
    const topics = [newTopic(name, { partitionCount: 2, replicationFactor, configs: { "retention.ms": "5" } })];
    return this.ask((done) => this.administration.createTopics(topics, false, done));
  }

  set(resourceType: number, resourceName: string, name: string, value: string): readonly string[] {
    const operations = [{ name, operation: 0, value }];
    const alteration: ConfigAlteration = { resourceType, resourceName, kind: "change", operations };
    return this.ask((done) => this.administration.alterConfigs([alteration], false, done));
  }

  text(path: string): string {
    return this.coordination.server.tree.data(path)?.toString() ?? "nothing";
  }

  /** The transaction that created a node. */
  czxid(path: string): number {
    return this.coordination.server.tree.stat(path)?.czxid ?? -1;
  }
}

describe("administration through the znodes", () => {
  it("writes a new topic's configurations first, then its assignment, with as many replicas as were asked for", () => {
    const scene = new AdministrationScene();
    assert.deepEqual(scene.create("t"), ["NONE"]);
    assert.equal(scene.text("/config/topics/t"), '{"version":1,"config":{"retention.ms":"5"}}');
    assert.ok(scene.czxid("/config/topics/t") < scene.czxid("/brokers/topics/t"));
    const znode = JSON.parse(scene.text("/brokers/topics/t")) as { partitions: Record<string, number[]> };
    assert.deepEqual(Object.keys(znode.partitions), ["0", "1"]);
    assert.deepEqual([...(znode.partitions["0"] ?? [])].sort(), [1, 2, 3]);
    assert.deepEqual(scene.create("t"), ["TOPIC_ALREADY_EXISTS"]);
  });

  it("is the controller's alone, but for configurations", () => {
    const scene = new AdministrationScene();
    scene.create("t");
    scene.context = undefined;
    assert.deepEqual(scene.create("u"), ["NOT_CONTROLLER"]);
    const deleted = scene.ask((done) => scene.administration.deleteTopics(["t"], done));
    assert.deepEqual(deleted, ["NOT_CONTROLLER"]);
    assert.deepEqual(scene.set(4, "", "min.insync.replicas", "2"), ["NONE"]);
  });

  it("adds to what a configuration is by the znodes, and says so in a notice behind it", () => {
    const scene = new AdministrationScene();
    assert.deepEqual(scene.set(4, "", "min.insync.replicas", "2"), ["NONE"]);
    assert.deepEqual(scene.set(4, "", "log.retention.ms", "7000"), ["NONE"]);
    const { config } = JSON.parse(scene.text("/config/brokers/<default>")) as { config: object };
    assert.deepEqual(config, { "min.insync.replicas": "2", "log.retention.ms": "7000" });
    const notice = "/config/changes/config_change_0000000001";
    assert.equal(scene.text(notice), '{"version":2,"entity_path":"brokers/<default>"}');
    assert.deepEqual(scene.set(4, "", "min.insync.replicas", "none"), ["INVALID_REQUEST"]);
    assert.equal(scene.text("/config/changes/config_change_0000000002"), "nothing");
  });

  it("refuses configurations that have no place in ZooKeeper", () => {
    assert.deepEqual(new AdministrationScene().set(32, "group", "consumer.session.timeout.ms", "50000"), [
      "INVALID_REQUEST",
    ]);
  });

  it("grows a topic from what its znode says, and leaves the partitions alone that are there", () => {
    const scene = new AdministrationScene();
    scene.create("t");
    // The controller has seen it.
    assert.ok(scene.context !== undefined);
    const topic = { name: "t", topicId: "AAAAAAAAAAAAAAAAAAAAAQ", partitions: [], deletion: undefined };
    scene.context = { ...scene.context, topics: new Map([["t", topic]]) };
    const before = (JSON.parse(scene.text("/brokers/topics/t")) as { partitions: object }).partitions;
    const grow = (name: string, partitionCount: number): readonly string[] =>
      scene.ask((done) =>
        scene.administration.createPartitions([{ name, partitionCount, assignments: null }], false, done),
      );
    assert.deepEqual(grow("t", 3), ["NONE"]);
    const after = (JSON.parse(scene.text("/brokers/topics/t")) as { partitions: Record<string, number[]> }).partitions;
    const { "2": added, ...rest } = after;
    assert.deepEqual(rest, before);
    assert.equal(added?.length, 3);
    assert.deepEqual(grow("t", 3), ["INVALID_PARTITIONS"]);
    assert.deepEqual(grow("u", 3), ["UNKNOWN_TOPIC_OR_PARTITION"]);
  });

  it("claims blocks of producer ids, each once", () => {
    const scene = new AdministrationScene();
    const claim = (): number =>
      scene.coordination.settle((told: (first: number) => void) =>
        scene.administration.allocateProducerIds(1000, told),
      );
    assert.deepEqual([claim(), claim()], [0, 1000]);
    const data = scene.coordination.server.tree.data("/latest_producer_id_block") ?? null;
    assert.deepEqual(readProducerIdBlock(data), { brokerId: 1, firstProducerId: 1000, limitExclusive: 2000 });
  });
});
