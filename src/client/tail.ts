/**
 * Reads all partitions of a topic, from an end of the logs on, for as long as someone looks.
 *
 * The reader says how many records it can take (`grant`), and no record is made beyond that: fetched bytes, a bounded
 * amount for each leader, stay bytes until there is credit, and nothing is fetched without credit. There is at most one
 * fetch under way to a leader, and it is made for those of its partitions that are drained.
 *
 * `pump` is the one place that decides what to do next; every answer changes the state of some partitions and pumps.
 */
import { assert } from "../base/assert.ts";
import { zeroUuid } from "../base/uuid.ts";
import type { ResponseOf } from "../protocol/api-messages.ts";
import { errorCodes, errorNameOf, type ErrorName } from "../protocol/error-code.ts";
import { Compression } from "../protocol/records/compression.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Backoff } from "./backoff.ts";
import type { ClusterClient, TopicMetadata } from "./cluster-client.ts";
import type { ClientFailure } from "./outcome.ts";
import { isCorruption, TailPartition, type StartPoint, type TailedRecord } from "./tail-partition.ts";

export interface TailOptions {
  readonly topic: string;
  readonly from: StartPoint;
  /** How many records may be handed over before a grant. */
  readonly count: number;
  /** fetch.max.wait.ms */
  readonly fetchMaxWaitMs?: number;
  /** fetch.max.bytes: what bounds the bytes held for each leader. */
  readonly fetchMaxBytes?: number;
  /** max.partition.fetch.bytes */
  readonly partitionFetchBytesMax?: number;
  /** How soon a partition that was added is found. */
  readonly metadataMaxAgeMs?: number;
  /** How long the topic may be unknown before the tail gives up; it may be on its way, or moving. */
  readonly missingTopicTimeoutMs?: number;
}

export interface TailHandler {
  /** At most as many as are granted; in order within a partition. */
  onRecords(records: readonly TailedRecord[]): void;
  /** The tail has ended. */
  onFailed(failure: ClientFailure): void;
}

const optionDefaults = {
  fetchMaxWaitMs: 500,
  fetchMaxBytes: 4 * 1024 * 1024,
  partitionFetchBytesMax: 1024 * 1024,
  metadataMaxAgeMs: 10_000,
  missingTopicTimeoutMs: 10_000,
};

const fetchKey = 1;
const listOffsetsKey = 2;
const timestampOf = { latest: -1, earliest: -2 } as const;
const noReplicaId = -1;

interface FoundOffset {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly offset: number;
}

/** Follows a topic; see the top of this file. Uses `cluster` alone: its fetches wait, and would delay other calls. */
export class Tail implements Disposable {
  private readonly runtime: Runtime;
  private readonly cluster: ClusterClient;
  private readonly options: TailOptions & typeof optionDefaults;
  private readonly handler: TailHandler;
  private readonly compression: Compression;
  private readonly backoff: Backoff;
  private readonly partitions = new Map<number, TailPartition>();
  /** Leaders that were asked for offsets or records and have not answered. */
  private readonly busyLeaders = new Set<number>();
  private credit: number;
  private fetchTurn = 0;
  private deliveryTurn = 0;
  private isPumping = false;
  private isPumpWanted = false;
  private isRefreshing = false;
  /** What the next partitions found are: the topic's first, or ones that were added since. */
  private isDiscovered = false;
  private topicId = zeroUuid;
  private missingSinceMs: number | undefined;
  private timer: Disposable | undefined;
  private disposed = false;

  constructor(runtime: Runtime, cluster: ClusterClient, options: TailOptions, handler: TailHandler) {
    this.runtime = runtime;
    this.cluster = cluster;
    this.options = { ...optionDefaults, ...options };
    this.handler = handler;
    this.compression = new Compression(runtime.compression);
    this.backoff = new Backoff(runtime.random);
    this.credit = options.count;
    this.refresh();
  }

  /** The reader can take `count` records more. */
  grant(count: number): void {
    assert(count >= 0, "a grant gives");
    if (this.disposed) return;
    this.credit += count;
    this.pump();
  }

  [Symbol.dispose](): void {
    this.disposed = true;
    this.partitions.clear();
    this.timer?.[Symbol.dispose]();
  }

  // --- Metadata: now, after an error, and every so often.

  private refresh(): void {
    if (this.isRefreshing || this.disposed) return;
    this.isRefreshing = true;
    this.timer?.[Symbol.dispose]();
    this.cluster.metadata(this.options.topic, (outcome) => {
      if (this.disposed) return;
      this.isRefreshing = false;
      const topic = outcome.kind === "failed" ? undefined : outcome.value;
      if (topic === undefined) this.refreshIn(this.backoff.nextMs());
      else this.learn(topic);
    });
  }

  private refreshIn(delayMs: number): void {
    if (this.disposed || this.isRefreshing) return;
    this.timer?.[Symbol.dispose]();
    this.timer = this.runtime.timers.schedule("metadata of a tail", delayMs, () => this.refresh());
  }

  private learn(topic: TopicMetadata): void {
    if (topic.errorName !== "NONE" && topic.errorName !== "LEADER_NOT_AVAILABLE") {
      this.missing(topic.errorName);
      return;
    }
    this.missingSinceMs = undefined;
    // The topic was deleted and created again: all of the new one is newer than the tail.
    if (topic.topicId !== this.topicId) this.partitions.clear();
    this.topicId = topic.topicId;
    for (const { partition, leaderId } of topic.partitions) {
      let known = this.partitions.get(partition);
      if (known === undefined) {
        // All records of a partition that was added are newer than the tail, whichever end it began at.
        known = new TailPartition(partition, this.isDiscovered ? "earliest" : this.options.from, this.compression);
        this.partitions.set(partition, known);
      }
      known.leaderId = leaderId;
    }
    if (topic.partitions.length > 0) this.isDiscovered = true;
    const isLed = this.isDiscovered && topic.partitions.every(({ leaderId }) => leaderId >= 0);
    this.refreshIn(isLed ? this.options.metadataMaxAgeMs : this.backoff.nextMs());
    this.pump();
  }

  private missing(errorName: ErrorName): void {
    const nowMs = this.runtime.clock.monotonicMs();
    this.missingSinceMs ??= nowMs;
    const isPatient = nowMs - this.missingSinceMs < this.options.missingTopicTimeoutMs;
    if (errorCodes[errorName].retriable && isPatient) this.refreshIn(this.backoff.nextMs());
    else this.fail({ errorName, sentence: `The cluster can't tell about topic "${this.options.topic}".` });
  }

  // --- What to do next.

  /** Called again from within, by a reader that grants what it was just handed, it only asks for another round. */
  private pump(): void {
    this.isPumpWanted = true;
    if (this.isPumping) return;
    this.isPumping = true;
    while (this.isPumpWanted && !this.disposed) {
      this.isPumpWanted = false;
      this.deliver();
      this.askLeaders();
    }
    this.isPumping = false;
  }

  private askLeaders(): void {
    if (this.disposed || this.credit === 0) return;
    const byLeader = new Map<number, TailPartition[]>();
    for (const partition of this.startingAt(this.fetchTurn++)) {
      if (partition.leaderId < 0 || this.busyLeaders.has(partition.leaderId) || !partition.isDrained) continue;
      const those = byLeader.get(partition.leaderId);
      if (those === undefined) byLeader.set(partition.leaderId, [partition]);
      else those.push(partition);
    }
    for (const [leaderId, partitions] of byLeader) {
      const lost = partitions.filter((partition) => partition.startPoint !== undefined);
      this.busyLeaders.add(leaderId);
      if (lost.length > 0) this.listOffsets(leaderId, lost);
      else this.fetch(leaderId, partitions);
    }
  }

  /** All partitions, beginning with another one each turn, so that a busy one doesn't starve the others. */
  private startingAt(turn: number): readonly TailPartition[] {
    const partitions = [...this.partitions.values()];
    if (partitions.length === 0) return partitions;
    const first = turn % partitions.length;
    return [...partitions.slice(first), ...partitions.slice(0, first)];
  }

  /** Hand over what was fetched, as far as the credit goes. */
  private deliver(): void {
    const records: TailedRecord[] = [];
    let corruption: Error | undefined;
    try {
      for (const partition of this.startingAt(this.deliveryTurn++)) this.takeFrom(partition, records);
    } catch (error) {
      if (!isCorruption(error)) throw error;
      corruption = error;
    }
    this.hand(records);
    if (corruption === undefined) return;
    this.fail({ errorName: "CORRUPT_MESSAGE", sentence: `A record batch can't be read: ${corruption.message}.` });
  }

  private takeFrom(partition: TailPartition, records: TailedRecord[]): void {
    while (records.length < this.credit) {
      const record = partition.take();
      if (record === undefined) return;
      records.push(record);
    }
  }

  private hand(records: readonly TailedRecord[]): void {
    if (records.length === 0) return;
    this.credit -= records.length;
    this.handler.onRecords(records);
  }

  // --- Asking leaders.

  private listOffsets(leaderId: number, partitions: readonly TailPartition[]): void {
    const asked = partitions.map(({ partition, startPoint = "latest" }) => {
      return { partitionIndex: partition, timestamp: timestampOf[startPoint] };
    });
    const topics = [{ name: this.options.topic, partitions: asked }];
    const request = { replicaId: noReplicaId, isolationLevel: 0, topics, timeoutMs: 0 };
    this.cluster.request(leaderId, listOffsetsKey, request, (outcome) => {
      if (!this.isAnswered(leaderId)) return;
      if (outcome.kind === "failed") {
        this.retryAll(partitions);
        return;
      }
      for (const topic of outcome.value.topics) {
        for (const answer of topic.partitions) this.offsetFound(partitions, answer);
      }
      this.pump();
    });
  }

  private offsetFound(asked: readonly TailPartition[], answer: FoundOffset): void {
    const partition = asked.find((candidate) => candidate.partition === answer.partitionIndex);
    if (partition === undefined) return;
    const errorName = errorNameOf(answer.errorCode);
    if (errorName !== "NONE") {
      this.partitionFailed(partition, errorName);
      return;
    }
    partition.startAt(answer.offset);
  }

  private fetch(leaderId: number, partitions: readonly TailPartition[]): void {
    const asked = partitions.map(({ partition, position }) => ({
      partition,
      fetchOffset: position,
      partitionMaxBytes: this.options.partitionFetchBytesMax,
    }));
    const request = {
      maxWaitMs: this.options.fetchMaxWaitMs,
      minBytes: 1,
      maxBytes: this.options.fetchMaxBytes,
      topics: [{ topic: this.options.topic, topicId: this.topicId, partitions: asked }],
      forgottenTopicsData: [],
    };
    this.cluster.request(leaderId, fetchKey, request, (outcome) => {
      if (!this.isAnswered(leaderId)) return;
      if (outcome.kind === "failed") this.retryAll(partitions);
      else this.fetched(outcome.value, partitions);
    });
  }

  private fetched(response: ResponseOf<typeof fetchKey>, partitions: readonly TailPartition[]): void {
    if (errorNameOf(response.errorCode) !== "NONE") {
      this.retryAll(partitions);
      return;
    }
    for (const answer of response.responses.flatMap((topic) => topic.partitions)) {
      const partition = partitions.find((candidate) => candidate.partition === answer.partitionIndex);
      if (partition === undefined || this.disposed) continue;
      const errorName = errorNameOf(answer.errorCode);
      if (errorName !== "NONE") this.partitionFailed(partition, errorName);
      else if (answer.records !== null) {
        partition.receive(answer.records);
        this.backoff.reset();
      }
    }
    this.pump();
  }

  /** Leaders answer one at a time; false where nobody listens any more. */
  private isAnswered(leaderId: number): boolean {
    this.busyLeaders.delete(leaderId);
    return !this.disposed;
  }

  private partitionFailed(partition: TailPartition, errorName: ErrorName): void {
    if (errorName === "OFFSET_OUT_OF_RANGE") {
      partition.startPoint = "earliest";
      return;
    }
    const { retriable, invalidMetadata } = errorCodes[errorName];
    const isPassing = retriable || invalidMetadata || errorName === "UNKNOWN_SERVER_ERROR";
    if (errorName === "CORRUPT_MESSAGE" || !isPassing) {
      this.fail({ errorName, sentence: `Partition ${partition.partition} can't be read (${errorName}).` });
      return;
    }
    // Not asked again before metadata says where to.
    partition.leaderId = -1;
    this.refreshIn(this.backoff.nextMs());
  }

  private retryAll(partitions: readonly TailPartition[]): void {
    for (const partition of partitions) partition.leaderId = -1;
    this.refreshIn(this.backoff.nextMs());
    this.pump();
  }

  private fail(failure: ClientFailure): void {
    if (this.disposed) return;
    this[Symbol.dispose]();
    this.handler.onFailed(failure);
  }
}
