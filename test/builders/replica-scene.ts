import assert from "node:assert/strict";
import type { ClusterMetadata, PartitionMetadata } from "../../src/coordination/cluster-metadata.ts";
import { emptyClusterMetadata, withBroker, withTopics } from "../../src/coordination/cluster-metadata.ts";
import type { RequestOf, ResponseOf } from "../../src/protocol/api-messages.ts";
import { errorNameOf } from "../../src/protocol/error-code.ts";
import { leaderAndIsrRequest } from "../../src/protocol/messages/04-leader-and-isr.ts";
import { batchByteCountOf, baseOffsetOf, partitionLeaderEpochOf } from "../../src/protocol/records/batch.ts";
import { readRecords } from "../../src/protocol/records/record-reader.ts";
import { type FollowerRules, followerRules } from "../../src/replication/follower-rules.ts";
import type { AlterationOutcome, InSyncProposal, PartitionAlterer } from "../../src/replication/partition-alterer.ts";
import type { ReplicaFetchSettings } from "../../src/replication/replica-fetcher.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import { World } from "../../src/runtime/simulated/simulated-runtime.ts";
import { batchOf, RawClient, sceneCompression } from "./broker-scene.ts";
import { addressOf, ReplicaNode, topic, topicId } from "./replica-node.ts";

interface ReplicaSceneOptions {
  readonly seed?: number;
  readonly replicaCount?: number;
  readonly minInSyncReplicas?: number;
  readonly allowsUncleanElection?: boolean;
  readonly rules?: FollowerRules;
  readonly fetchSettings?: Partial<ReplicaFetchSettings>;
}

/** One record as a replica has it. */
export interface HeldRecord {
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly value: string;
}

/** What became of a produced record; undefined until it was answered, or for ever where its leader died. */
interface Produced {
  readonly value: string;
  readonly answer: () => { readonly errorName: string; readonly baseOffset: number } | undefined;
}

/**
 * Replicas of one partition in a simulated world, and a controller that is this object: the test kills, starts, elects;
 * the controller answers AlterPartition by Kafka's rules. Everything between replicas and from producers is real
 * frames.
 */
export class ReplicaScene {
  readonly world: World;
  readonly nodes = new Map<number, ReplicaNode>();
  readonly replicaIds: readonly number[];
  state: PartitionMetadata;
  /** What happens to a proposal instead of the controller's answer; undefined: the controller answers. */
  intercept: ((proposal: InSyncProposal) => AlterationOutcome | "silence" | undefined) | undefined;
  readonly proposals: InSyncProposal[] = [];
  private readonly options: ReplicaSceneOptions;
  private readonly brokerEpochs = new Map<number, number>();
  private readonly clients = new Map<number, RawClient>();
  /** Those whose LeaderAndIsr is lost on the way. */
  private readonly deaf = new Set<number>();

  constructor(options: ReplicaSceneOptions = {}) {
    this.options = options;
    this.world = new World({ seed: options.seed ?? 1, compression: nodeCompression, isChopping: true });
    this.replicaIds = Array.from({ length: options.replicaCount ?? 3 }, (_, index) => index + 1);
    this.state = {
      index: 0,
      assignedReplicas: this.replicaIds,
      inSyncReplicas: this.replicaIds,
      leaderId: 1,
      leaderEpoch: 0,
      partitionEpoch: 0,
    };
    for (const id of this.replicaIds) this.start(id);
    this.world.runFor(5);
  }

  node(id: number): ReplicaNode {
    const node = this.nodes.get(id);
    assert.ok(node !== undefined, `broker ${String(id)} runs`);
    return node;
  }

  get leader(): ReplicaNode {
    return this.node(this.state.leaderId);
  }

  /** Start a broker, on what its disk has; the controller tells it its role. */
  start(id: number): void {
    const brokerEpoch = (this.brokerEpochs.get(id) ?? 0) + 1;
    this.brokerEpochs.set(id, brokerEpoch);
    const node: ReplicaNode = new ReplicaNode({
      brokerId: id,
      brokerEpoch,
      runtime: this.world.node(`b${String(id)}`),
      minInSyncReplicas: this.options.minInSyncReplicas ?? 1,
      rules: this.options.rules ?? followerRules,
      fetchSettings: this.options.fetchSettings ?? {},
      metadata: () => this.metadata(),
      surroundings: {
        alterer: this.altererFor(() => node),
        mayBeInSync: (brokerId, epoch) =>
          this.nodes.has(brokerId) && (epoch === -1 || epoch === this.brokerEpochs.get(brokerId)),
      },
    });
    this.nodes.set(id, node);
    if (this.state.leaderId === -1) this.electForOffline();
    else this.tell([id]);
  }

  /** Kill a process. The controller doesn't know until `expire`. */
  kill(id: number): void {
    this.node(id).kill();
    this.nodes.delete(id);
    this.clients.delete(id);
  }

  /** The session of a dead broker has expired: elect another leader, or go on without a follower (KAFKA.md E.7). */
  expire(id: number): void {
    if (this.state.leaderId === id) {
      this.electForOffline();
    } else if (this.state.inSyncReplicas.includes(id) && this.state.inSyncReplicas.length > 1) {
      const inSyncReplicas = this.state.inSyncReplicas.filter((replica) => replica !== id);
      this.decide({ leaderId: this.state.leaderId, inSyncReplicas });
    }
  }

  /** Make a broker the leader; all who are alive are told, but for `deaf`. */
  elect(leaderId: number, deaf: readonly number[] = []): void {
    for (const id of deaf) this.deaf.add(id);
    this.decide({ leaderId, inSyncReplicas: this.state.inSyncReplicas });
    this.deaf.clear();
  }

  decide(change: Partial<PartitionMetadata>): void {
    this.state = {
      ...this.state,
      ...change,
      leaderEpoch: this.state.leaderEpoch + 1,
      partitionEpoch: this.state.partitionEpoch + 1,
    };
    this.tell([...this.nodes.keys()]);
  }

  /** Produce one record; the answer is there some time later. */
  produce(value: string, acks = -1, to = this.state.leaderId, timeoutMs = 1000): Produced {
    return { value, answer: this.produceBatch(batchOf([value]), acks, to, timeoutMs) };
  }

  /** Produce a batch as it is. */
  produceBatch(records: Buffer, acks = -1, to = this.state.leaderId, timeoutMs = 1000): Produced["answer"] {
    let client = this.clients.get(to);
    if (client === undefined || client.isClosed) {
      client = new RawClient(this.world, addressOf(to));
      this.clients.set(to, client);
    }
    const used = client;
    const topicData = [{ name: topic, topicId, partitionData: [{ index: 0, records }] }];
    const correlationId = used.send(0, 9, { acks, timeoutMs, topicData });
    return () => {
      const index = used.answered.indexOf(correlationId);
      if (index < 0) return undefined;
      const response: ResponseOf<0> = used.read(0, 9, used.frames[index]);
      const told = response.responses[0]?.partitionResponses[0];
      assert.ok(told !== undefined);
      return { errorName: errorNameOf(told.errorCode), baseOffset: told.baseOffset };
    };
  }

  /** Produce, wait for the answer, and expect no error. */
  commit(...values: readonly string[]): void {
    for (const value of values) {
      const produced = this.produce(value);
      this.world.runUntil(() => produced.answer() !== undefined);
      assert.equal(produced.answer()?.errorName, "NONE");
    }
  }

  /** Until every replica that runs has the leader's log and its high watermark, and is in sync. */
  settle(): void {
    this.world.runUntil(() => {
      const { logEndOffset } = this.leader.log;
      const nodes = [...this.nodes.values()];
      return (
        nodes.every(({ log }) => log.logEndOffset === logEndOffset && log.highWatermark === logEndOffset) &&
        nodes.every(({ brokerId }) => this.state.inSyncReplicas.includes(brokerId))
      );
    });
    for (const node of this.nodes.values()) assert.deepEqual(node.crashes, []);
  }

  held(id: number): readonly HeldRecord[] {
    const { log } = this.node(id);
    const { logStartOffset, logEndOffset } = log;
    const slice = log.read(logStartOffset, { byteCountMax: 1e9, atLeastOneBatch: true, limitOffset: logEndOffset });
    if (typeof slice === "string") throw new Error(slice);
    const bytes = Buffer.concat(slice.chunks);
    const held: HeldRecord[] = [];
    for (let position = 0; position < bytes.byteLength; position += batchByteCountOf(bytes, position)) {
      const leaderEpoch = partitionLeaderEpochOf(bytes, position);
      for (const { offset, value } of readRecords(bytes, position, sceneCompression)) {
        assert.ok(offset >= baseOffsetOf(bytes, position));
        held.push({ offset, leaderEpoch, value: value?.toString() ?? "" });
      }
    }
    return held;
  }

  valuesOf(id: number): readonly string[] {
    return this.held(id).map(({ value }) => value);
  }

  /** First alive replica in sync, in the order of assignment; else any alive one, where that is allowed. */
  private electForOffline(): void {
    const alive = this.replicaIds.filter((id) => this.nodes.has(id));
    const inSync = this.state.inSyncReplicas.filter((id) => this.nodes.has(id));
    const clean = alive.find((id) => inSync.includes(id));
    if (clean !== undefined) this.decide({ leaderId: clean, inSyncReplicas: inSync });
    else if (this.options.allowsUncleanElection === true && alive[0] !== undefined) {
      this.decide({ leaderId: alive[0], inSyncReplicas: [alive[0]] });
    } else if (this.state.leaderId !== -1) this.decide({ leaderId: -1 });
  }

  private tell(ids: readonly number[]): void {
    const request = this.leaderAndIsr();
    for (const id of ids.filter((id) => !this.deaf.has(id))) {
      const node = this.node(id);
      this.world.node("controller").timers.schedule(`LeaderAndIsr to ${String(id)}`, 1 + (id % 3), () => {
        if (this.nodes.get(id) === node) node.leaderAndIsr(request);
      });
    }
  }

  /** As it comes out of the codec. */
  private leaderAndIsr(): RequestOf<4> {
    const { leaderId, inSyncReplicas, assignedReplicas, leaderEpoch, partitionEpoch } = this.state;
    const partitionState = {
      partitionIndex: 0,
      controllerEpoch: 1,
      leader: leaderId,
      leaderEpoch,
      isr: inSyncReplicas,
      partitionEpoch,
      replicas: assignedReplicas,
      addingReplicas: [],
      removingReplicas: [],
    };
    const liveLeaders = this.replicaIds.map((id) => ({
      brokerId: id,
      hostName: addressOf(id).host,
      port: addressOf(id).port,
    }));
    const topicStates = [{ topicName: topic, topicId, partitionStates: [partitionState] }];
    const draft = { controllerId: 9, controllerEpoch: 1, type: 1, topicStates, liveLeaders };
    return leaderAndIsrRequest.decode(Buffer.concat(leaderAndIsrRequest.encode(draft, 7)), 7);
  }

  private altererFor(asker: () => ReplicaNode): PartitionAlterer {
    return {
      propose: (proposal, told) => {
        this.proposals.push(proposal);
        const node = asker();
        const { timers } = this.world.node("controller");
        timers.schedule("AlterPartition", 2, () => {
          const outcome = this.intercept?.(proposal) ?? this.judge(proposal);
          if (outcome === "silence") return;
          timers.schedule("AlterPartition answer", 2, () => {
            if (this.nodes.get(node.brokerId) === node) node.run(() => told(outcome));
          });
        });
      },
    };
  }

  /** KAFKA.md D.5 */
  private judge(proposal: InSyncProposal): AlterationOutcome {
    const { leaderEpoch, partitionEpoch } = this.state;
    const inSyncReplicas = proposal.inSyncReplicas.map(({ brokerId }) => brokerId);
    if (proposal.leaderEpoch < leaderEpoch) return { kind: "refused", errorName: "FENCED_LEADER_EPOCH" };
    if (proposal.partitionEpoch < partitionEpoch) return { kind: "refused", errorName: "INVALID_UPDATE_VERSION" };
    const isIneligible = proposal.inSyncReplicas.some(({ brokerId, brokerEpoch }) => {
      return !this.nodes.has(brokerId) || (brokerEpoch !== -1 && brokerEpoch !== this.brokerEpochs.get(brokerId));
    });
    if (isIneligible) return { kind: "refused", errorName: "INELIGIBLE_REPLICA" };
    this.state = { ...this.state, inSyncReplicas, partitionEpoch: partitionEpoch + 1 };
    return { kind: "accepted", leaderEpoch, inSyncReplicas, partitionEpoch: partitionEpoch + 1 };
  }

  private metadata(): ClusterMetadata {
    const partitions = [this.state];
    const known = { name: topic, topicId, isInternal: false, configs: new Map<string, string>(), partitions };
    return this.replicaIds.reduce(
      (metadata, id) => withBroker(metadata, { id, ...addressOf(id), rack: null, isAlive: this.nodes.has(id) }),
      withTopics(emptyClusterMetadata("c2NlbmUtY2x1c3Rlci0xMA"), [known]),
    );
  }
}
