import type { PartitionName } from "../coordination/zookeeper/znode-content.ts";
import { assert } from "../base/assert.ts";
import { RequestBatch, type BrokerRequest } from "./broker-requests.ts";
import type {
  ControlledPartition,
  ControlledTopic,
  ControllerContext,
  Leadership,
  LiveBroker,
} from "./controller-context.ts";
import { nameOf, noLeader, partitionOf } from "./controller-context.ts";
import { setState, type FencedWrite } from "./state-writes.ts";

/** What the controller's decisions depend on beside its context. */
export interface ControllerPolicy {
  isUncleanElectionAllowed(topic: string): boolean;
  /** delete.topic.enable */
  readonly isTopicDeletionEnabled: boolean;
  /** leader.imbalance.per.broker.percentage */
  readonly leaderImbalancePercent: number;
  /** Name of the listener at which brokers reach one another. */
  readonly listenerName: string;
}

/** Writes that are done first, and what brokers are told when they are. */
export interface Round {
  readonly writes: readonly FencedWrite[];
  readonly requests: readonly BrokerRequest[];
}

/** What an event comes to: rounds in their order, and what the controller believes when all are done. */
export interface Decision {
  readonly context: ControllerContext;
  readonly rounds: readonly Round[];
}

/** The same, with what the asker is told. */
export interface AnsweredDecision<Answer> extends Decision {
  readonly answer: Answer;
}

/** What changes about a partition's leadership; its epochs follow from that. */
export type LeadershipChange = Partial<
  Pick<Leadership, "leaderId" | "inSyncReplicas" | "isRecovering" | "leaderEpoch">
>;

/**
 * A decision while it is being made. The context that it starts from is not touched: what changes is copied when it
 * first does. It supposes that its writes will succeed; whoever carries the decision out drops it, context and all,
 * where one does not.
 */
export class DecisionDraft {
  readonly policy: ControllerPolicy;
  private readonly changed: { -readonly [Name in keyof ControllerContext]: ControllerContext[Name] };
  private topics: Map<string, ControlledTopic> | undefined;
  /** Topics whose list of partitions is this draft's own. */
  private readonly partitions = new Map<string, ControlledPartition[]>();
  private readonly rounds: Round[] = [];
  private writes: FencedWrite[] = [];
  private batchInHand = new RequestBatch();

  constructor(context: ControllerContext, policy: ControllerPolicy) {
    this.changed = { ...context };
    this.policy = policy;
  }

  /** As it is with all changes so far. */
  get context(): ControllerContext {
    return this.changed;
  }

  /** What brokers are to be told when the writes of this round are done. */
  get batch(): RequestBatch {
    return this.batchInHand;
  }

  /** The partition as it is now. */
  partition(name: PartitionName): ControlledPartition {
    const partition = partitionOf(this.changed, name);
    assert(partition !== undefined, "a partition that is decided about is known");
    return partition;
  }

  put(partition: ControlledPartition): ControlledPartition {
    const { topic, index } = partition;
    const known = this.changed.topics.get(topic);
    assert(known !== undefined, "a partition belongs to a topic that is known");
    let partitions = this.partitions.get(topic);
    if (partitions === undefined) {
      partitions = [...known.partitions];
      this.partitions.set(topic, partitions);
      this.ownTopics().set(topic, { ...known, partitions });
    }
    partitions[index] = partition;
    return partition;
  }

  putTopic(topic: ControlledTopic): void {
    this.partitions.delete(topic.name);
    this.ownTopics().set(topic.name, topic);
  }

  removeTopic(name: string): void {
    this.partitions.delete(name);
    this.ownTopics().delete(name);
  }

  putBrokers(brokers: Iterable<LiveBroker>): void {
    const next = new Map(this.changed.brokers);
    for (const broker of brokers) next.set(broker.id, broker);
    this.changed.brokers = next;
  }

  removeBrokers(brokerIds: Iterable<number>): void {
    const brokers = new Map(this.changed.brokers);
    const shuttingDown = new Set(this.changed.shuttingDownBrokers);
    for (const brokerId of brokerIds) {
      brokers.delete(brokerId);
      shuttingDown.delete(brokerId);
    }
    this.changed.brokers = brokers;
    this.changed.shuttingDownBrokers = shuttingDown;
  }

  putShuttingDown(brokerId: number): void {
    this.changed.shuttingDownBrokers = new Set(this.changed.shuttingDownBrokers).add(brokerId);
  }

  write(...writes: readonly FencedWrite[]): void {
    this.writes.push(...writes);
  }

  /** Change who leads, and write it down. The leader epoch is one higher, unless `change` says what it is. */
  lead(name: PartitionName, change: LeadershipChange): ControlledPartition {
    const partition = this.partition(name);
    const { leadership } = partition;
    assert(leadership !== undefined, "a partition whose leadership changes has had one");
    const next: Leadership = {
      ...leadership,
      leaderEpoch: leadership.leaderEpoch + 1,
      ...change,
      controllerEpoch: this.changed.controllerEpoch,
      partitionEpoch: leadership.partitionEpoch + 1,
    };
    // What was found in the znodes may be anything; what is decided here may not.
    const isDecided = change.leaderId !== undefined || change.inSyncReplicas !== undefined;
    assert(!isDecided || next.inSyncReplicas.length > 0, "the in-sync replicas never become empty");
    assert(
      !isDecided || next.leaderId === noLeader || next.inSyncReplicas.includes(next.leaderId),
      "a partition's leader is one of its in-sync replicas",
    );
    this.write(setState(partition, next, leadership.partitionEpoch));
    return this.put({ ...partition, leadership: next });
  }

  /** Tell `brokerIds` who leads a partition now. */
  tell(brokerIds: readonly number[], name: PartitionName, isNew = false): void {
    this.batchInHand.tellLeadership(this.changed, brokerIds, this.partition(name), isNew);
  }

  /** Tell `brokerIds` who is alive, and about `partitions`, in a round of its own. */
  tellMetadata(brokerIds: readonly number[], partitions: readonly ControlledPartition[]): void {
    this.batchInHand.tellMetadata(
      this.changed,
      brokerIds,
      partitions.map(nameOf).map((name) => this.partition(name)),
    );
    this.endRound();
  }

  endRound(): void {
    const requests = this.batchInHand.requests(this.changed, this.policy.listenerName);
    if (requests.length > 0 || this.writes.length > 0) this.rounds.push({ writes: this.writes, requests });
    this.writes = [];
    this.batchInHand = new RequestBatch();
  }

  decision(): Decision {
    this.endRound();
    return { context: { ...this.changed }, rounds: this.rounds };
  }

  answered<Answer>(answer: Answer): AnsweredDecision<Answer> {
    return { ...this.decision(), answer };
  }

  private ownTopics(): Map<string, ControlledTopic> {
    this.topics ??= new Map(this.changed.topics);
    this.changed.topics = this.topics;
    return this.topics;
  }
}
