/*
 * The controller of a cluster: the broker that decides who leads what (KAFKA.md section E).
 *
 * Many things happen at once to a cluster: brokers die while a topic is being created, a reassignment completes while a
 * leader asks for other in-sync replicas. Kafka's answer is to let one thread see all of it as events in one queue, and
 * so does this: one task at a time, from its first question to the last of its writes. What an event comes to is
 * decided by pure functions of what the controller believes (`controller-context`), on the supposition that the writes
 * will succeed; the writes are then done, and when they are, brokers are told and the belief is replaced.
 *
 * A write can fail for three reasons. Another controller has been elected: then this one is none any more, and all that
 * it was doing is dropped. The session is over: likewise. Or the znodes are not as they were believed to be (somebody
 * edited them by hand; an answer was lost with a connection): then everything is read again, as after an election, and
 * the task is begun anew.
 *
 * Brokers hear of decisions by messages alone, the one that the controller runs in included, each through one ordered
 * channel that repeats what was not answered.
 */

import { assert } from "../base/assert.ts";
import type { Watch } from "../coordination/zookeeper/client-watches.ts";
import type { ControllerTenure, FencedAnswer } from "../coordination/zookeeper/controller-election.ts";
import type { PartitionName } from "../coordination/zookeeper/znode-content.ts";
import type { Operation } from "../coordination/zookeeper/znode.ts";
import type { Znodes } from "../coordination/zookeeper/znodes.ts";
import type { RequestOf, ResponseDraftOf } from "../protocol/api-messages.ts";
import { errorCodeOf, type ErrorName } from "../protocol/error-code.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { BrokerChannel, type BrokerAnswer } from "./broker-channel.ts";
import { brokersChanged, logDirectoriesFailed, replicasAnswered } from "./broker-changes.ts";
import { endpointFor, type BrokerRequest } from "./broker-requests.ts";
import { ClusterReader } from "./cluster-reader.ts";
import { controlledShutdown, type ShutdownAnswer } from "./controlled-shutdown.ts";
import type { ControlledPartition, ControllerContext, ReplicaName } from "./controller-context.ts";
import { controllerStarted } from "./controller-start.ts";
import type { AnsweredDecision, ControllerPolicy, Decision, Round } from "./decision-draft.ts";
import { alterPartition, alterPartitionRefusal } from "./partition-alteration.ts";
import { reassign, reassignmentsUnderWay, type PartitionVerdict, type WantedReassignment } from "./reassignment.ts";
import { electLeaders, leadersBalanced, uncleanElectionAllowed, type ElectionType } from "./requested-elections.ts";
import { deleteNode, type FencedWrite } from "./state-writes.ts";
import {
  deletionsRequested,
  partitionsChanged,
  replicasDeleted,
  replicasInSync,
  topicsChanged,
} from "./topic-changes.ts";

export interface ControllerOptions {
  readonly runtime: Pick<Runtime, "network" | "timers" | "log">;
  readonly brokerId: number;
  /** The patient ones of this broker's session. */
  readonly znodes: Pick<Znodes, "getData" | "getChildren">;
  /** `ControllerElection.write`. */
  readonly write: (
    tenure: ControllerTenure,
    operations: readonly Operation[],
    told: (answer: FencedAnswer) => void,
  ) => void;
  readonly policy: ControllerPolicy;
  /** leader.imbalance.check.interval.seconds in ms; undefined where auto.leader.rebalance.enable is false. */
  readonly balanceIntervalMs: number | undefined;
  /** What the controller believes has changed. */
  readonly onContext?: (context: ControllerContext) => void;
}

/** Every request to a controller has this answer where there is none. */
const notController: ErrorName = "NOT_CONTROLLER";
const firstBalanceMs = 5000;
/** Before everything is read again, so that what goes wrong for good doesn't go wrong all the time. */
const reloadBackoffMs = 100;

interface Task {
  readonly label: string;
  /** Ends with `finish`, now or later. */
  readonly run: () => void;
  /** There is no controller here any more. */
  readonly refuse?: () => void;
}

/** The controller, while this broker is it: idle until `start`, and again after `resign`. */
export class Controller {
  private readonly options: ControllerOptions;
  private readonly reader: ClusterReader;
  private readonly topicWatches = new Map<string, Watch>();
  private readonly channels = new Map<number, { readonly brokerEpoch: number; readonly channel: BrokerChannel }>();
  private tenure: ControllerTenure | undefined;
  /** Undefined until the znodes have been read. */
  private believed: ControllerContext | undefined;
  private tasks: Task[] = [];
  private current: Task | undefined;
  private timer: Disposable | undefined;
  private reloadTimer: Disposable | undefined;

  constructor(options: ControllerOptions) {
    this.options = options;
    this.reader = new ClusterReader(options.znodes, this.watches(), options.runtime.log);
  }

  /** What the controller believes; undefined while this broker is not the controller, or has just become it. */
  get context(): ControllerContext | undefined {
    return this.believed;
  }

  /** This broker was elected. */
  start(tenure: ControllerTenure): void {
    assert(this.tenure === undefined, "a controller is started when it is none");
    this.tenure = tenure;
    this.enqueue({ label: "controller starts", run: () => this.load(() => this.finish()) });
    this.enqueue({ label: "log directory events", run: () => this.readLogDirEvents() });
    this.balanceAfter(firstBalanceMs);
  }

  /** This broker is the controller no more, or can't know that it still is. */
  resign(): void {
    this.tenure = undefined;
    this.believed = undefined;
    this.timer?.[Symbol.dispose]();
    this.reloadTimer?.[Symbol.dispose]();
    for (const { channel } of this.channels.values()) channel[Symbol.dispose]();
    this.channels.clear();
    const dropped = [...(this.current === undefined ? [] : [this.current]), ...this.tasks];
    this.current = undefined;
    this.tasks = [];
    for (const task of dropped) task.refuse?.();
  }

  // --- What brokers and clients ask

  alterPartition(request: RequestOf<56>, told: (response: ResponseDraftOf<56>) => void): void {
    this.ask(
      "AlterPartition",
      (context, policy) => alterPartition(context, request, policy),
      (response) => {
        told(response ?? alterPartitionRefusal(notController));
        if (response !== undefined) this.afterAlteration(response);
      },
    );
  }

  controlledShutdown(brokerId: number, brokerEpoch: number, told: (answer: ShutdownAnswer) => void): void {
    this.ask(
      "ControlledShutdown",
      (context, policy) => controlledShutdown(context, { brokerId, brokerEpoch }, policy),
      (answer) => told(answer ?? { errorName: notController, remaining: [] }),
    );
  }

  /** Undefined where this is not the controller. */
  reassign(
    wanted: readonly WantedReassignment[],
    told: (verdicts: readonly PartitionVerdict[] | undefined) => void,
  ): void {
    this.ask("AlterPartitionReassignments", (context, policy) => reassign(context, wanted, policy), told);
  }

  /** Undefined where this is not the controller. */
  listReassignments(
    asked: readonly PartitionName[] | null,
    told: (partitions: readonly ControlledPartition[] | undefined) => void,
  ): void {
    this.ask(
      "ListPartitionReassignments",
      (context) => ({ context, rounds: [], answer: reassignmentsUnderWay(context, asked) }),
      told,
    );
  }

  /** Undefined where this is not the controller. */
  electLeaders(
    names: readonly PartitionName[] | null,
    type: ElectionType,
    told: (verdicts: readonly PartitionVerdict[] | undefined) => void,
  ): void {
    this.ask("ElectLeaders", (context, policy) => electLeaders(context, names, type, policy), told);
  }

  /** The policy allows unclean elections from now on, for `topic`, or for all topics that do not say otherwise. */
  onUncleanElectionAllowed(topic?: string): void {
    this.decide("unclean election allowed", (context, policy) => uncleanElectionAllowed(context, topic, policy));
  }

  // --- The queue

  private enqueue(task: Task): void {
    this.tasks.push(task);
    this.next();
  }

  private next(): void {
    if (this.current !== undefined) return;
    this.current = this.tasks.shift();
    this.current?.run();
  }

  private finish(): void {
    this.current = undefined;
    this.next();
  }

  /** A request: `told` gets undefined where this broker is not the controller, or ceases to be it. */
  private ask<Answer>(
    label: string,
    decide: (context: ControllerContext, policy: ControllerPolicy) => AnsweredDecision<Answer>,
    told: (answer: Answer | undefined) => void,
  ): void {
    if (this.tenure === undefined) {
      this.options.runtime.timers.schedule(`${label} refused`, 0, () => told(undefined));
      return;
    }
    const run = (): void =>
      this.settle(decide, ({ answer }) => {
        told(answer);
        this.finish();
      });
    this.enqueue({ label, run, refuse: () => told(undefined) });
  }

  /** An event that nobody waits for. */
  private decide(label: string, decide: (context: ControllerContext, policy: ControllerPolicy) => Decision): void {
    if (this.tenure === undefined) return;
    this.enqueue({ label, run: () => this.settle(decide, () => this.finish()) });
  }

  /** Decide and carry out, again from the start where the znodes turn out to be others than was believed. */
  private settle<Made extends Decision>(
    decide: (context: ControllerContext, policy: ControllerPolicy) => Made,
    done: (decision: Made) => void,
  ): void {
    const { believed } = this;
    assert(believed !== undefined, "a controller has read the znodes before it decides");
    const decision = decide(believed, this.options.policy);
    this.carryOut(
      decision,
      () => done(decision),
      () => this.reload(() => this.settle(decide, done)),
    );
  }

  // --- Carrying out

  private carryOut(decision: Decision, done: () => void, failed: () => void): void {
    this.connect(decision.context);
    const nextRound = (index: number): void => {
      const round = decision.rounds[index];
      if (round !== undefined) {
        this.carryOutRound(round, () => nextRound(index + 1), failed);
        return;
      }
      const isNews = this.believed !== decision.context;
      this.believed = decision.context;
      if (isNews) this.options.onContext?.(decision.context);
      done();
    };
    nextRound(0);
  }

  /** The writes are asked for together, as they are done in order; brokers are told when all are done. */
  private carryOutRound({ writes, requests }: Round, done: () => void, failed: () => void): void {
    const { tenure } = this;
    assert(tenure !== undefined, "only a controller carries a decision out");
    let missing = writes.length;
    let conflict: string | undefined;
    let hasMoved = false;
    const settled = (): void => {
      if (conflict === undefined) {
        for (const request of requests) this.send(request);
        done();
        return;
      }
      this.options.runtime.log.write("warn", `The controller reads the znodes again: ${conflict}.`);
      failed();
    };
    if (missing === 0) settled();
    for (const write of writes) {
      this.options.write(tenure, [write.operation], (answer) => {
        // A later tenure of this broker has nothing to do with it.
        if (this.tenure !== tenure) return;
        missing -= 1;
        // Whoever learns here that it was deposed is told so by the election, and resigns.
        if (answer.kind === "moved") hasMoved = true;
        else if (answer.kind === "refused") conflict ??= conflictOf(write, answer.error);
        if (missing === 0 && !hasMoved) settled();
      });
    }
  }

  private send(request: BrokerRequest): void {
    this.channels.get(request.brokerId)?.channel.send(request);
  }

  /** Channels to the brokers that are registered, new ones to those that have registered anew. */
  private connect({ brokers }: ControllerContext): void {
    const { runtime, brokerId: ownId, policy } = this.options;
    for (const [brokerId, { brokerEpoch, channel }] of this.channels) {
      if (brokers.get(brokerId)?.brokerEpoch === brokerEpoch) continue;
      channel[Symbol.dispose]();
      this.channels.delete(brokerId);
    }
    for (const broker of brokers.values()) {
      const address = endpointFor(broker, policy.listenerName);
      if (this.channels.has(broker.id) || address === undefined) continue;
      const channel = new BrokerChannel(runtime, {
        address: { host: address.host, port: address.port },
        clientId: String(ownId),
        onAnswer: (answer) => this.onAnswer(broker.id, answer),
      });
      this.channels.set(broker.id, { brokerEpoch: broker.brokerEpoch, channel });
    }
  }

  // --- Reading

  private load(done: () => void): void {
    const { tenure } = this;
    assert(tenure !== undefined, "only a controller reads the cluster");
    this.reader.cluster(this.options.brokerId, tenure, (found) => {
      if (this.tenure !== tenure) return;
      this.carryOut(controllerStarted(found, this.options.policy), done, () => this.reload(done));
    });
  }

  private reload(done: () => void): void {
    this.reloadTimer = this.options.runtime.timers.schedule("controller reads again", reloadBackoffMs, () =>
      this.load(done),
    );
  }

  /** Read, and decide on what was read. */
  private look(
    label: string,
    read: (decide: (decision: (context: ControllerContext) => Decision) => void) => void,
  ): void {
    const { tenure } = this;
    if (tenure === undefined) return;
    const run = (): void =>
      read((decide) => {
        if (this.tenure === tenure) this.settle(decide, () => this.finish());
      });
    this.enqueue({ label, run });
  }

  private watches(): ConstructorParameters<typeof ClusterReader>[1] {
    const { policy } = this.options;
    return {
      onBrokers: () =>
        this.look("brokers changed", (decide) =>
          this.reader.brokers((brokers) => decide((context) => brokersChanged(context, brokers, policy))),
        ),
      onTopics: () => this.look("topics changed", (decide) => this.readTopics(decide)),
      onTopicDeletions: () =>
        this.look("topic deletions", (decide) =>
          this.reader.topicsToDelete((topics) => decide((context) => deletionsRequested(context, topics, policy))),
        ),
      onLogDirEvents: () => {
        if (this.tenure !== undefined) this.enqueue({ label: "log dirs", run: () => this.readLogDirEvents() });
      },
      ofTopic: (name) => this.watchOf(name),
    };
  }

  private watchOf(name: string): Watch {
    const known = this.topicWatches.get(name);
    if (known !== undefined) return known;
    const watch: Watch = (event) => {
      if (event.type === "deleted") {
        this.topicWatches.delete(name);
        return;
      }
      this.look("partitions changed", (decide) =>
        this.reader.topics([name], ([found]) =>
          decide((context) =>
            found === undefined ? { context, rounds: [] } : partitionsChanged(context, found, this.options.policy),
          ),
        ),
      );
    };
    this.topicWatches.set(name, watch);
    return watch;
  }

  private readTopics(decide: (decision: (context: ControllerContext) => Decision) => void): void {
    this.reader.topicNames((names) => {
      const created = [...names].filter((name) => this.believed?.topics.has(name) !== true);
      this.reader.topics(created, (found) =>
        decide((context) => topicsChanged(context, { names, created: found }, this.options.policy)),
      );
    });
  }

  /** Notices are taken down when they were read: what they say is asked of the brokers themselves. */
  private readLogDirEvents(): void {
    const { tenure } = this;
    this.reader.logDirEvents((brokerIds, paths) => {
      if (this.tenure !== tenure) return;
      this.settle(
        (context, policy) => {
          const decision = logDirectoriesFailed(context, brokerIds, policy);
          const cleared = { writes: paths.map(deleteNode), requests: [] };
          return { ...decision, rounds: [...decision.rounds, cleared] };
        },
        () => this.finish(),
      );
    });
  }

  // --- What brokers answered

  private onAnswer(brokerId: number, answer: BrokerAnswer): void {
    if (answer.apiKey === 4) this.onLeadershipAnswer(brokerId, answer);
    else if (answer.apiKey === 5) this.onStopAnswer(brokerId, answer);
  }

  private onLeadershipAnswer(brokerId: number, { request, response }: Extract<BrokerAnswer, { apiKey: 4 }>): void {
    if (response.errorCode !== 0) return;
    const failed: ReplicaName[] = [];
    const usable: ReplicaName[] = [];
    const storageError = errorCodeOf("KAFKA_STORAGE_ERROR");
    const names = new Map(request.topicStates.map(({ topicId, topicName }) => [topicId, topicName]));
    for (const { topicId, partitionErrors } of response.topics) {
      const topic = names.get(topicId) ?? "";
      const known = this.believed?.topics.get(topic);
      for (const { partitionIndex: partition, errorCode } of partitionErrors) {
        const replica = { topic, partition, brokerId };
        if (errorCode === storageError) failed.push(replica);
        else if (errorCode === 0 && known?.partitions[partition]?.failedReplicas.has(brokerId) === true) {
          usable.push(replica);
        }
      }
    }
    if (failed.length + usable.length === 0) return;
    this.decide("replicas answered", (context, policy) => replicasAnswered(context, { failed, usable }, policy));
  }

  private onStopAnswer(brokerId: number, { request, response }: Extract<BrokerAnswer, { apiKey: 5 }>): void {
    const refusals = response.partitionErrors.filter(({ errorCode }) => errorCode !== 0);
    const isRefused = (topic: string, partition: number): boolean =>
      response.errorCode !== 0 ||
      refusals.some(({ topicName, partitionIndex }) => topicName === topic && partitionIndex === partition);
    const deleted: PartitionName[] = [];
    const failed: PartitionName[] = [];
    for (const { topicName: topic, partitionStates } of request.topicStates) {
      for (const { partitionIndex: partition, deletePartition } of partitionStates) {
        if (deletePartition) (isRefused(topic, partition) ? failed : deleted).push({ topic, partition });
      }
    }
    if (deleted.length + failed.length === 0) return;
    this.decide("replicas deleted", (context, policy) =>
      replicasDeleted(context, { brokerId, deleted, failed }, policy),
    );
  }

  private afterAlteration({ topics }: ResponseDraftOf<56>): void {
    const names = this.accepted(topics);
    const isAwaited = reassignmentsUnderWay(this.believed ?? { topics: new Map() }, names).length > 0;
    if (isAwaited) {
      this.decide("replicas in sync", (context, policy) => replicasInSync(context, names, policy));
    }
  }

  private accepted(topics: ResponseDraftOf<56>["topics"]): readonly PartitionName[] {
    const byId = new Map([...(this.believed?.topics.values() ?? [])].map(({ topicId, name }) => [topicId, name]));
    return topics.flatMap(({ topicId, partitions }) => {
      const topic = byId.get(topicId);
      if (topic === undefined) return [];
      return partitions
        .filter(({ errorCode }) => errorCode === 0)
        .map(({ partitionIndex }) => ({ topic, partition: partitionIndex }));
    });
  }

  // --- The timer

  private balanceAfter(delayMs: number): void {
    const { balanceIntervalMs, runtime } = this.options;
    if (balanceIntervalMs === undefined) return;
    this.timer = runtime.timers.schedule("preferred leaders", delayMs, () => {
      this.decide("preferred leaders", leadersBalanced);
      this.balanceAfter(balanceIntervalMs);
    });
  }
}

function conflictOf(
  { operation, tolerates }: FencedWrite,
  error: Extract<FencedAnswer, { kind: "refused" }>["error"],
): string | undefined {
  return tolerates.includes(error) ? undefined : `${operation.path} was refused with ${error}`;
}
