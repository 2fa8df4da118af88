import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Controller } from "../../src/controller/controller.ts";
import { registerBroker } from "../../src/coordination/zookeeper/broker-registration.ts";
import { ensureRoots } from "../../src/coordination/zookeeper/cluster-roots.ts";
import { ControllerElection } from "../../src/coordination/zookeeper/controller-election.ts";
import { deleteTopicPath, partitionStatePath, topicPath } from "../../src/coordination/zookeeper/layout.ts";
import {
  readPartitionState,
  readTopic,
  writeLogDirEvent,
  writeTopic,
} from "../../src/coordination/zookeeper/znode-content.ts";
import type { RequestOf } from "../../src/protocol/api-messages.ts";
import { errorCodeOf } from "../../src/protocol/error-code.ts";
import { CoordinationScene, type SceneClient } from "../coordination/zookeeper/coordination-scene.ts";
import { ScriptedBroker } from "../builders/scripted-broker.ts";

const topicId = "AAAAAAAAAAAAAAAAAAAAAQ";

/** A broker as far as a controller knows one: it registers, stands for controller, and says yes to what it is told. */
class SceneBroker {
  readonly heard: string[] = [];
  readonly client: SceneClient;
  readonly broker: ScriptedBroker;
  readonly election: ControllerElection;
  readonly controller: Controller;
  readonly id: number;
  brokerEpoch = -1;
  badDisk = false;

  constructor(scene: CoordinationScene, id: number) {
    this.id = id;
    this.client = scene.client(`broker${id}`, 2000);
    const { node } = this.client;
    this.broker = new ScriptedBroker(node.network, { host: "127.0.0.1", port: 9092 + id });
    this.broker.script = {
      4: (request) => this.onLeaderAndIsr(request),
      5: (request) => this.onStopReplica(request),
      6: () => ({ errorCode: 0 }),
    };
    this.controller = new Controller({
      runtime: node,
      brokerId: id,
      znodes: this.client.client.patient,
      write: (tenure, operations, told) => this.election.write(tenure, operations, told),
      policy: {
        isUncleanElectionAllowed: () => false,
        isTopicDeletionEnabled: true,
        leaderImbalancePercent: 10,
        listenerName: "PLAINTEXT",
      },
      balanceIntervalMs: 300_000,
    });
    this.election = new ControllerElection({
      client: this.client.client,
      clock: node.clock,
      brokerId: id,
      listener: {
        onElected: (tenure) => this.controller.start(tenure),
        onResigned: () => this.controller.resign(),
        onControllerKnown: () => undefined,
        onFailed: (reason) => assert.fail(reason),
      },
    });
    this.client.onSession = (event) => {
      if (event !== "expired") return;
      this.election.stop();
      this.client.client.renew();
      this.join();
    };
    this.join();
  }

  /** As Kafka does in every new session. */
  private join(): void {
    const endpoint = {
      listenerName: "PLAINTEXT",
      securityProtocol: "PLAINTEXT",
      host: "127.0.0.1",
      port: 9092 + this.id,
    };
    ensureRoots(this.client.client.patient, topicId, () => undefined);
    const znode = { endpoints: [endpoint], rack: null, timestampMs: 0 };
    registerBroker(this.client.client, this.id, znode, (outcome) => {
      assert.equal(outcome.kind, "registered");
      this.brokerEpoch = outcome.brokerEpoch;
      this.election.start();
    });
  }

  get isController(): boolean {
    return this.controller.context !== undefined;
  }

  kill(): void {
    this.controller.resign();
    this.client.kill();
  }

  private onLeaderAndIsr(request: RequestOf<4>): {
    errorCode: number;
    topics: { topicId: string; partitionErrors: { partitionIndex: number; errorCode: number }[] }[];
  } {
    const errorCode = this.badDisk ? errorCodeOf("KAFKA_STORAGE_ERROR") : 0;
    const topics = request.topicStates.map(({ topicId: id, topicName, partitionStates }) => {
      for (const { partitionIndex, leader, leaderEpoch } of partitionStates) {
        this.heard.push(
          `${request.controllerEpoch}: ${topicName}/${partitionIndex} led by ${leader} in ${leaderEpoch}`,
        );
      }
      const partitionErrors = partitionStates.map(({ partitionIndex }) => ({ partitionIndex, errorCode }));
      return { topicId: id, partitionErrors };
    });
    return { errorCode: 0, topics };
  }

  private onStopReplica(request: RequestOf<5>): {
    errorCode: number;
    partitionErrors: { topicName: string; partitionIndex: number; errorCode: number }[];
  } {
    const partitionErrors = request.topicStates.flatMap(({ topicName, partitionStates }) =>
      partitionStates.map(({ partitionIndex, deletePartition }) => {
        this.heard.push(
          `${request.controllerEpoch}: ${topicName}/${partitionIndex} ${deletePartition ? "deleted" : "stopped"}`,
        );
        return { topicName, partitionIndex, errorCode: 0 };
      }),
    );
    return { errorCode: 0, partitionErrors };
  }
}

class ControllerWorld {
  readonly scene: CoordinationScene;
  readonly brokers: SceneBroker[];

  constructor(seed = 1) {
    this.scene = new CoordinationScene({ seed, isChopping: true });
    this.brokers = [1, 2, 3].map((id) => new SceneBroker(this.scene, id));
    this.until(() => this.brokers.every(({ brokerEpoch }) => brokerEpoch !== -1) && this.hasController);
  }

  get hasController(): boolean {
    return this.brokers.some(({ isController }) => isController);
  }

  get controller(): SceneBroker {
    const [found, ...others] = this.brokers.filter(({ isController }) => isController);
    assert.ok(found !== undefined && others.length === 0, "one broker is the controller");
    return found;
  }

  broker(id: number): SceneBroker {
    const broker = this.brokers.find((one) => one.id === id);
    assert.ok(broker !== undefined);
    return broker;
  }

  until(predicate: () => boolean): void {
    this.scene.world.runUntil(predicate);
  }

  createTopic(name: string, replicas: readonly number[]): void {
    const partitions = new Map([[0, replicas]]);
    const data = writeTopic({ topicId, partitions, addingReplicas: new Map(), removingReplicas: new Map() });
    this.write(topicPath(name), data);
    this.until(() => this.tree.has(partitionStatePath(name, 0)));
  }

  /** As somebody else than the controller would. */
  write(path: string, data: Buffer | null): void {
    const { znodes } = this.controller.client.client;
    const answer = this.scene.settle((told: (answer: { error: string }) => void) =>
      znodes.create({ path, data, mode: "persistent" }, told),
    );
    assert.equal(answer.error, "OK");
  }

  kill(id: number): void {
    this.broker(id).kill();
    this.brokers.splice(this.brokers.indexOf(this.broker(id)), 1);
  }

  get tree(): CoordinationScene["server"]["tree"] {
    return this.scene.server.tree;
  }

  state(): string {
    const path = partitionStatePath("t", 0);
    const state = readPartitionState(this.tree.data(path) ?? null);
    const version = this.tree.stat(path)?.version ?? -1;
    return `v${version} leader ${state.leaderId} epoch ${state.leaderEpoch} isr ${state.inSyncReplicas.join(",")}`;
  }
}

describe("the controller on the network", () => {
  it("sees a topic come, gives it a leader, and tells its replicas, itself among them", () => {
    const world = new ControllerWorld();
    world.createTopic("t", [1, 2, 3]);
    world.until(() => world.brokers.every(({ heard }) => heard.length > 0));
    assert.equal(world.state(), "v0 leader 1 epoch 0 isr 1,2,3");
    for (const { heard } of world.brokers) assert.deepEqual(heard, ["1: t/0 led by 1 in 0"]);
  });

  it("moves leadership when a session expires, and no other write comes of it", () => {
    const world = new ControllerWorld();
    const [leader = 0, ...followers] = [1, 2, 3].filter((id) => id !== world.controller.id);
    const replicas = [leader, ...followers, world.controller.id];
    world.createTopic("t", replicas);
    world.kill(leader);
    world.until(() => world.state().startsWith("v1"));
    const alive = replicas.slice(1);
    assert.equal(world.state(), `v1 leader ${alive[0] ?? -1} epoch 1 isr ${alive.join(",")}`);
    world.scene.world.runFor(1000);
    assert.ok(world.state().startsWith("v1 "));
  });

  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`is followed by another with the next epoch, which finds what was not seen to (M25, seed ${seed})`, () => {
      const world = new ControllerWorld(seed);
      const first = world.controller.id;
      const others = [1, 2, 3].filter((id) => id !== first);
      world.createTopic("t", [first, ...others]);
      world.kill(first);
      world.until(() => world.hasController && world.state().startsWith("v2"));
      assert.equal(world.state(), `v2 leader ${others[0] ?? -1} epoch 2 isr ${others.join(",")}`);
      world.until(() => world.brokers.every(({ heard }) => heard.some((line) => line.startsWith("2: "))));
      assert.equal(world.tree.data("/controller_epoch")?.toString(), "2");
      // Whoever lost the race stays what it was.
      world.scene.world.runFor(1000);
      assert.equal(world.brokers.filter(({ isController }) => isController).length, 1);
    });
  }

  it("drops what it was doing when its session is over, and writes nothing more", () => {
    const world = new ControllerWorld();
    world.createTopic("t", [1, 2, 3]);
    const old = world.controller;
    // Cut off for longer than its session: it goes on believing that it is the controller.
    old.client.link.cut();
    world.until(() => world.brokers.some((broker) => broker !== old && broker.isController));
    assert.ok(old.isController);
    let answered: string | undefined;
    old.controller.controlledShutdown(2, -1, ({ errorName }) => {
      answered = errorName;
    });
    const other = world.brokers.find((broker) => broker !== old && broker.isController);
    const before = world.state();
    old.client.link.heal();
    world.until(() => !old.isController && answered !== undefined);
    assert.equal(answered, "NOT_CONTROLLER");
    assert.equal(other?.controller.context?.controllerEpoch, 2);
    world.scene.world.runFor(500);
    assert.equal(world.state(), before);
    // Back in a new session it is a broker like the others: it came back, and is told what is so.
    world.until(() => old.heard.some((line) => line.startsWith("2: t/0")));
    assert.equal(world.controller, other);
  });

  it("learns by a refused write that it was deposed: nothing of it is done", () => {
    const world = new ControllerWorld();
    world.createTopic("t", [1, 2, 3]);
    const old = world.controller;
    const { znodes } = old.client.client;
    const asked = { path: "/controller_epoch", data: Buffer.from("7"), version: -1 };
    world.scene.settle((told: (answer: object) => void) => znodes.setData(asked, told));
    const answer = world.scene.settle((told: (answer: object) => void) =>
      old.controller.controlledShutdown(1, -1, told),
    );
    assert.deepEqual(answer, { errorName: "NOT_CONTROLLER", remaining: [] });
    assert.equal(world.hasController, false);
    assert.equal(world.state(), "v0 leader 1 epoch 0 isr 1,2,3");
  });

  it("repeats what a broker did not answer until the broker has heard it", () => {
    const world = new ControllerWorld();
    const deaf = world.brokers.find((broker) => broker !== world.controller);
    assert.ok(deaf !== undefined);
    deaf.broker.kill();
    world.createTopic("t", [deaf.id, world.controller.id]);
    world.scene.world.runFor(1000);
    assert.deepEqual(deaf.heard, []);
    deaf.broker.revive();
    world.until(() => deaf.heard.length > 0);
    assert.deepEqual(deaf.heard, [`1: t/0 led by ${deaf.id} in 0`]);
  });

  it("reads the znodes again when one is not as it was believed to be, and then does what it was asked", () => {
    const world = new ControllerWorld();
    world.createTopic("t", [1, 2, 3]);
    const path = partitionStatePath("t", 0);
    const { znodes } = world.controller.client.client;
    const data = world.tree.data(path) ?? null;
    world.scene.settle((told: (answer: object) => void) => znodes.setData({ path, data, version: -1 }, told));
    const answer = world.scene.settle((told: (answer: object) => void) =>
      world.controller.controller.controlledShutdown(1, -1, told),
    );
    assert.deepEqual(answer, { errorName: "NONE", remaining: [] });
    assert.equal(world.state(), "v2 leader 2 epoch 1 isr 2,3");
  });

  it("deletes a topic when its replicas are deleted", () => {
    const world = new ControllerWorld();
    world.createTopic("t", [1, 2, 3]);
    world.write(deleteTopicPath("t"), null);
    world.until(() => !world.tree.has(deleteTopicPath("t")));
    assert.equal(world.tree.has(topicPath("t")), false);
    for (const { heard } of world.brokers) assert.deepEqual(heard.slice(-2), ["1: t/0 stopped", "1: t/0 deleted"]);
    world.createTopic("t", [2, 3, 1]);
    assert.equal(world.state(), "v0 leader 2 epoch 0 isr 2,3,1");
  });

  it("asks a broker whose disk has failed what it can use, and takes the notice down", () => {
    const world = new ControllerWorld();
    world.createTopic("t", [1, 2, 3]);
    world.broker(1).badDisk = true;
    world.write("/log_dir_event_notification/log_dir_event_0000000000", writeLogDirEvent(1));
    world.until(() => world.state().startsWith("v1"));
    assert.equal(world.state(), "v1 leader 2 epoch 1 isr 2,3");
    assert.deepEqual(world.tree.children("/log_dir_event_notification"), []);
  });

  it("moves a partition when its leader reports the new replicas in sync", () => {
    const world = new ControllerWorld();
    world.createTopic("t", [1, 2]);
    const { controller } = world.controller;
    const verdicts = world.scene.settle((told: (verdicts: readonly object[] | undefined) => void) =>
      controller.reassign([{ topic: "t", partition: 0, replicas: [3, 2] }], told),
    );
    assert.deepEqual(verdicts, [{ topic: "t", partition: 0, errorName: "NONE", errorMessage: null }]);
    const listed = world.scene.settle((told: (partitions: readonly object[] | undefined) => void) =>
      controller.listReassignments(null, told),
    );
    assert.equal(listed?.length, 1);
    const newIsrWithEpochs = [1, 2, 3].map((brokerId) => ({ brokerId, brokerEpoch: -1 }));
    const asked = { partitionIndex: 0, leaderEpoch: 1, newIsrWithEpochs, leaderRecoveryState: 0, partitionEpoch: 1 };
    const { brokerEpoch } = world.broker(1);
    controller.alterPartition({ brokerId: 1, brokerEpoch, topics: [{ topicId, partitions: [asked] }] }, (response) =>
      assert.equal(response.topics[0]?.partitions[0]?.errorCode, 0),
    );
    world.until(() => readTopic(world.tree.data(topicPath("t")) ?? null).removingReplicas.size === 0);
    assert.equal(world.state(), "v4 leader 3 epoch 3 isr 2,3");
    world.until(() => world.broker(1).heard.includes("1: t/0 deleted"));
  });

  it("gives the preferred leader its partition back by itself (M26)", () => {
    const world = new ControllerWorld();
    world.createTopic("t", [1, 2, 3]);
    const { controller } = world.controller;
    const elect = (): unknown =>
      world.scene.settle((told: (verdicts: readonly { errorName: string }[] | undefined) => void) =>
        controller.electLeaders([{ topic: "t", partition: 0 }], "preferred", told),
      );
    assert.deepEqual((elect() as { errorName: string }[])[0]?.errorName, "ELECTION_NOT_NEEDED");
    world.scene.settle((told: (verdicts: readonly object[] | undefined) => void) =>
      controller.reassign([{ topic: "t", partition: 0, replicas: [3, 2, 1] }], told),
    );
    // The leader stays where it may stay; 3 is preferred now.
    assert.equal(world.state(), "v1 leader 1 epoch 1 isr 1,2,3");
    world.until(() => world.state().startsWith("v2"));
    assert.equal(world.state(), "v2 leader 3 epoch 2 isr 1,2,3");
    assert.ok(world.scene.world.nowMs >= 5000 && world.scene.world.nowMs < 6000);
  });

  it("says that it is not the controller where it is not", () => {
    const world = new ControllerWorld();
    const other = world.brokers.find((broker) => broker !== world.controller);
    const response = world.scene.settle((told: (response: { errorCode: number }) => void) =>
      other?.controller.alterPartition({ brokerId: 1, brokerEpoch: 1, topics: [] }, told),
    );
    assert.equal(response.errorCode, errorCodeOf("NOT_CONTROLLER"));
  });
});
