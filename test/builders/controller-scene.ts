import assert from "node:assert/strict";
import type { ClusterWatches } from "../../src/controller/cluster-reader.ts";
import { ClusterReader } from "../../src/controller/cluster-reader.ts";
import type { BrokerRequest } from "../../src/controller/broker-requests.ts";
import type { ControllerContext, LiveBroker } from "../../src/controller/controller-context.ts";
import { controllerStarted, type FoundCluster } from "../../src/controller/controller-start.ts";
import type { AnsweredDecision, ControllerPolicy, Decision } from "../../src/controller/decision-draft.ts";
import type { FencedWrite } from "../../src/controller/state-writes.ts";
import { topicFound, topicsChanged } from "../../src/controller/topic-changes.ts";
import {
  controllerEpochPath,
  partitionStatePath,
  persistentPaths,
  brokerPath,
  topicPath,
} from "../../src/coordination/zookeeper/layout.ts";
import type { ControllerTenure } from "../../src/coordination/zookeeper/controller-election.ts";
import { decideWrite } from "../../src/coordination/zookeeper/write-decision.ts";
import {
  readTopic,
  writeBroker,
  writeControllerEpoch,
  writeTopic,
} from "../../src/coordination/zookeeper/znode-content.ts";
import { ZnodeTree } from "../../src/coordination/zookeeper/znode-tree.ts";
import type { Operation } from "../../src/coordination/zookeeper/znode.ts";
import type { Znodes } from "../../src/coordination/zookeeper/znodes.ts";

const silentWatches: ClusterWatches = {
  onBrokers: () => undefined,
  onTopics: () => undefined,
  onTopicDeletions: () => undefined,
  onLogDirEvents: () => undefined,
  ofTopic: () => () => undefined,
};

export interface ControllerSceneOptions {
  readonly brokers?: readonly number[];
  readonly policy?: Partial<ControllerPolicy>;
}

/**
 * A controller's decisions on a tree of znodes, with nothing in between: what is decided is written at once, as the
 * coordination node would, and who was told what is kept as one line a message.
 */
export class ControllerScene {
  readonly tree = new ZnodeTree();
  readonly policy: ControllerPolicy;
  /** Of the last decision that was carried out. */
  told: readonly string[] = [];
  requests: readonly BrokerRequest[] = [];
  private known: ControllerContext | undefined;
  private tenure: ControllerTenure = { controllerEpoch: 0, epochVersion: 0 };

  constructor(options: ControllerSceneOptions = {}) {
    this.policy = {
      isUncleanElectionAllowed: () => false,
      isTopicDeletionEnabled: true,
      leaderImbalancePercent: 10,
      listenerName: "PLAINTEXT",
      ...options.policy,
    };
    for (const path of persistentPaths) this.write({ type: "create", path, data: null, mode: "persistent" });
    const data = writeControllerEpoch(0);
    this.write({ type: "create", path: controllerEpochPath, data, mode: "persistent" });
    for (const brokerId of options.brokers ?? []) this.register(brokerId);
  }

  get context(): ControllerContext {
    assert.ok(this.known !== undefined, "there is a controller");
    return this.known;
  }

  // --- What happens to the znodes without the controller

  write(...operations: readonly Operation[]): void {
    const decision = decideWrite(this.tree, 0, operations);
    assert.ok(decision.isAllowed, `${operations.map(({ path }) => path).join(" ")}: ${JSON.stringify(decision)}`);
    this.tree.apply({ zxid: this.tree.lastZxid + 1, timeMs: 0, changes: decision.changes });
  }

  register(brokerId: number): void {
    const endpoint = { listenerName: "PLAINTEXT", securityProtocol: "PLAINTEXT", host: "b", port: 9092 + brokerId };
    const data = writeBroker({ endpoints: [endpoint], rack: null, timestampMs: 0 });
    this.write({ type: "create", path: brokerPath(brokerId), data, mode: "persistent" });
  }

  unregister(brokerId: number): void {
    this.write({ type: "delete", path: brokerPath(brokerId), version: -1 });
  }

  // --- The controller

  /** A broker becomes the controller, with the next epoch. */
  start(brokerId: number): void {
    const controllerEpoch = this.tenure.controllerEpoch + 1;
    const data = writeControllerEpoch(controllerEpoch);
    this.write({ type: "setData", path: controllerEpochPath, data, version: this.tenure.epochVersion });
    this.tenure = { controllerEpoch, epochVersion: this.tenure.epochVersion + 1 };
    this.carryOut(controllerStarted(this.found(brokerId), this.policy));
  }

  found(brokerId: number): FoundCluster {
    return this.read((reader, told) => reader.cluster(brokerId, this.tenure, told));
  }

  registered(): ReadonlyMap<number, LiveBroker> {
    return this.read((reader, told) => reader.brokers(told));
  }

  createTopic(name: string, assignments: readonly (readonly number[])[], topicId = "AAAAAAAAAAAAAAAAAAAAAQ"): void {
    const partitions = new Map(assignments.map((replicas, index) => [index, replicas]));
    const znode = { topicId, partitions, addingReplicas: new Map(), removingReplicas: new Map() };
    this.write({ type: "create", path: topicPath(name), data: writeTopic(znode), mode: "persistent" });
    const names = new Set(this.tree.children("/brokers/topics"));
    const created = [topicFound(name, readTopic(this.tree.data(topicPath(name)) ?? null))];
    this.carryOut(topicsChanged(this.context, { names, created }, this.policy));
  }

  answer<Answer>(decision: AnsweredDecision<Answer>): Answer {
    this.carryOut(decision);
    return decision.answer;
  }

  /** Write what was decided, each write fenced and for itself, and note who is told. */
  carryOut(decision: Decision): void {
    const told: string[] = [];
    const requests: BrokerRequest[] = [];
    for (const round of decision.rounds) {
      for (const write of round.writes) this.fenced(write);
      told.push(...round.requests.map(lineOf));
      requests.push(...round.requests);
    }
    this.told = told;
    this.requests = requests;
    this.known = decision.context;
  }

  private fenced({ operation, tolerates }: FencedWrite): void {
    const check = { type: "check", path: controllerEpochPath, version: this.tenure.epochVersion } as const;
    const decision = decideWrite(this.tree, 0, [check, operation]);
    if (decision.isAllowed) {
      this.tree.apply({ zxid: this.tree.lastZxid + 1, timeMs: 0, changes: decision.changes });
      return;
    }
    assert.ok(tolerates.includes(decision.error), `${operation.type} ${operation.path} fails with ${decision.error}`);
  }

  // --- What is in the tree

  /** Version and data of a partition's state: "v1 leader 2 epoch 1 isr 2,1 controller 2". */
  state(topic: string, partition: number): string {
    const path = partitionStatePath(topic, partition);
    const data = JSON.parse(this.text(path)) as Record<string, unknown>;
    const recovery = data["leader_recovery_state"] === undefined ? "" : " recovering";
    const isr = (data["isr"] as number[]).join(",");
    const version = this.tree.stat(path)?.version ?? -1;
    return (
      `v${version} leader ${String(data["leader"])} epoch ${String(data["leader_epoch"])} isr ${isr} ` +
      `controller ${String(data["controller_epoch"])}${recovery}`
    );
  }

  text(path: string): string {
    return (this.tree.data(path) ?? Buffer.alloc(0)).toString();
  }

  /** Paths at and below `path`. */
  paths(path: string): readonly string[] {
    const children = this.tree.children(path);
    if (children === undefined) return [];
    return [path, ...children.flatMap((name) => this.paths(`${path}/${name}`))];
  }

  private read<Found>(ask: (reader: ClusterReader, told: (found: Found) => void) => void): Found {
    const reader = new ClusterReader(this.znodes(), silentWatches, { write: () => undefined });
    let found: Found | undefined;
    ask(reader, (answer) => {
      found = answer;
    });
    assert.ok(found !== undefined, "the tree answers at once");
    return found;
  }

  private znodes(): Pick<Znodes, "getData" | "getChildren"> {
    const { tree } = this;
    return {
      getData: (path, told) => {
        const stat = tree.stat(path);
        if (stat === undefined) told({ error: "NONODE" });
        else told({ error: "OK", value: { data: tree.data(path) ?? null, stat } });
      },
      getChildren: (path, told) => {
        const stat = tree.stat(path);
        if (stat === undefined) told({ error: "NONODE" });
        else told({ error: "OK", value: { names: tree.children(path) ?? [], stat } });
      },
    };
  }
}

/** A message as one line: "2 < LeaderAndIsr t/0 leader 1 epoch 3 isr 1,2 of 1,2,3". */
export function lineOf({ brokerId, apiKey, request }: BrokerRequest): string {
  const { topicStates } = request;
  switch (apiKey) {
    case 4: {
      const states = request.topicStates.flatMap(({ topicName, partitionStates }) =>
        partitionStates.map((state) => {
          const { partitionIndex, leader, leaderEpoch, isr, replicas, isNew } = state;
          const about = `${topicName}/${partitionIndex} leader ${leader} epoch ${leaderEpoch}`;
          return `${about} isr ${isr.join(",")} of ${replicas.join(",")}${isNew === true ? " new" : ""}`;
        }),
      );
      return `${brokerId} < LeaderAndIsr ${states.join("; ")}`;
    }
    case 5: {
      const states = request.topicStates.flatMap(({ topicName, partitionStates }) =>
        partitionStates.map(({ partitionIndex, leaderEpoch, deletePartition }) => {
          const epoch = `epoch ${String(leaderEpoch)}`;
          return `${topicName}/${partitionIndex} ${epoch}${deletePartition ? " delete" : ""}`;
        }),
      );
      return `${brokerId} < StopReplica ${states.join("; ")}`;
    }
    case 6: {
      assert.equal(topicStates, request.topicStates);
      const states = request.topicStates.flatMap(({ topicName, partitionStates }) =>
        partitionStates.map(({ partitionIndex, leader, leaderEpoch }) => {
          return `${topicName}/${partitionIndex} leader ${leader} epoch ${leaderEpoch}`;
        }),
      );
      const live = request.liveBrokers.map(({ id }) => id).join(",");
      return `${brokerId} < UpdateMetadata live ${live}${states.map((state) => `; ${state}`).join("")}`;
    }
  }
}
