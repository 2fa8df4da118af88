import { assert } from "../base/assert.ts";
import { zeroUuid } from "../base/uuid.ts";
import type { ResponseOf } from "../protocol/api-messages.ts";
import { errorCodes, errorNameOf, type ErrorName } from "../protocol/error-code.ts";
import { addToSequence } from "../protocol/records/batch.ts";
import { buildBatch, type NewRecordHeader } from "../protocol/records/batch-builder.ts";
import { Compression } from "../protocol/records/compression.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Backoff } from "./backoff.ts";
import type { ClusterClient, TopicMetadata } from "./cluster-client.ts";
import { done, failed, type Outcome } from "./outcome.ts";
import { partitionOfKey, StickyPartitioner } from "./partitioner.ts";

export interface RecordToSend {
  readonly topic: string;
  /** Undefined: by the key's hash, or any partition with a leader where there is no key. */
  readonly partition?: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly NewRecordHeader[];
  /** Wall ms; undefined takes the clock's. */
  readonly timestamp?: number;
}

export interface SentRecord {
  readonly partition: number;
  /** -1 where the broker knew the record already and no longer knows its offset. */
  readonly offset: number;
}

export interface RecordSenderOptions {
  /** How long to try, all retries together. */
  readonly deliveryTimeoutMs?: number;
}

const deliveryTimeoutMsDefault = 30_000;
const produceKey = 0;
const initProducerIdKey = 22;
const acksOfAll = -1;
const unknownOffset = -1;

interface Sending {
  readonly record: RecordToSend;
  readonly told: (outcome: Outcome<SentRecord>) => void;
  readonly deadlineMs: number;
  readonly backoff: Backoff;
  /** Chosen once: a retry goes where the first attempt went, or the broker could not know it for one. */
  partition: number | undefined;
  /** The batch with its sequence, the same bytes at every attempt. */
  batch: Buffer | undefined;
}

interface ProducerIdentity {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Next sequence by "topic/partition". */
  readonly sequences: Map<string, number>;
}

/**
 * Sends single records, one after the other, each acknowledged by all in-sync replicas. It is idempotent, as Kafka's
 * producer is: whatever gets lost on the way, a retried record is in the log once.
 *
 * For what a person sends by hand. It makes a batch of every record and is slow on purpose.
 */
export class RecordSender implements Disposable {
  private readonly runtime: Runtime;
  private readonly cluster: ClusterClient;
  private readonly compression: Compression;
  private readonly partitioner: StickyPartitioner;
  private readonly deliveryTimeoutMs: number;
  private readonly queue: Sending[] = [];
  private current: Sending | undefined;
  private identity: ProducerIdentity | undefined;
  private timer: Disposable | undefined;
  private disposed = false;

  /** Disposing the sender leaves `cluster` alone. */
  constructor(runtime: Runtime, cluster: ClusterClient, options: RecordSenderOptions = {}) {
    this.runtime = runtime;
    this.cluster = cluster;
    this.compression = new Compression(runtime.compression);
    this.partitioner = new StickyPartitioner(runtime.random, 0);
    this.deliveryTimeoutMs = options.deliveryTimeoutMs ?? deliveryTimeoutMsDefault;
  }

  send(record: RecordToSend, told: (outcome: Outcome<SentRecord>) => void): void {
    assert(!this.disposed, "a sender that is disposed sends nothing");
    this.queue.push({
      record,
      told,
      deadlineMs: this.runtime.clock.monotonicMs() + this.deliveryTimeoutMs,
      backoff: new Backoff(this.runtime.random),
      partition: undefined,
      batch: undefined,
    });
    if (this.current === undefined) this.sendNext();
  }

  /** Records under way are forgotten; nobody is told. */
  [Symbol.dispose](): void {
    this.disposed = true;
    this.queue.length = 0;
    this.current = undefined;
    this.timer?.[Symbol.dispose]();
  }

  private sendNext(): void {
    this.current = this.queue.shift();
    if (this.current !== undefined) this.attempt(this.current);
  }

  private attempt(sending: Sending): void {
    this.cluster.metadata(sending.record.topic, (outcome) => {
      if (this.current !== sending) return;
      if (outcome.kind === "failed") this.retryOrFail(sending, outcome.failure.errorName, outcome.failure.sentence);
      else this.toLeader(sending, outcome.value);
    });
  }

  private toLeader(sending: Sending, topic: TopicMetadata): void {
    const name = sending.record.topic;
    // LEADER_NOT_AVAILABLE comes with the partitions, of which others may have a leader.
    if (topic.errorName !== "NONE" && topic.errorName !== "LEADER_NOT_AVAILABLE") {
      this.retryOrFail(sending, topic.errorName, `The cluster can't tell about topic "${name}".`);
      return;
    }
    sending.partition ??= this.choosePartition(sending.record, topic);
    const { partition } = sending;
    const metadata = topic.partitions.find((candidate) => candidate.partition === partition);
    if (partition === undefined || metadata === undefined) {
      this.retryOrFail(sending, "UNKNOWN_TOPIC_OR_PARTITION", `Topic "${name}" has no partition ${partition ?? 0}.`);
    } else if (metadata.leaderId < 0) {
      this.retryOrFail(sending, "LEADER_NOT_AVAILABLE", `Partition ${partition} of topic "${name}" has no leader.`);
    } else {
      this.identified(sending, metadata.leaderId, (identity) => {
        this.produce(sending, partition, metadata.leaderId, identity);
      });
    }
  }

  private choosePartition(record: RecordToSend, topic: TopicMetadata): number | undefined {
    if (record.partition !== undefined) return record.partition;
    if (topic.partitions.length === 0) return undefined;
    if (record.key !== null) return partitionOfKey(record.key, topic.partitions.length);
    const choices = topic.partitions.map(({ partition, leaderId }) => ({ partition, isLed: leaderId >= 0 }));
    return this.partitioner.choose(choices, 1);
  }

  /** Go on with a producer id; any broker gives one. */
  private identified(sending: Sending, brokerId: number, then: (identity: ProducerIdentity) => void): void {
    if (this.identity !== undefined) {
      then(this.identity);
      return;
    }
    const request = { transactionalId: null, transactionTimeoutMs: 0 };
    this.cluster.request(brokerId, initProducerIdKey, request, (outcome) => {
      if (this.current !== sending) return;
      const errorName = outcome.kind === "failed" ? outcome.failure.errorName : errorNameOf(outcome.value.errorCode);
      if (outcome.kind === "failed" || errorName !== "NONE") {
        const sentence = outcome.kind === "failed" ? outcome.failure.sentence : "The broker gave no producer id.";
        this.retryOrFail(sending, errorName, sentence);
        return;
      }
      const { producerId, producerEpoch } = outcome.value;
      this.identity = { producerId, producerEpoch, sequences: new Map() };
      then(this.identity);
    });
  }

  private produce(sending: Sending, partition: number, leaderId: number, identity: ProducerIdentity): void {
    const { topic, key, value, headers, timestamp } = sending.record;
    const sequenceName = `${topic}/${partition}`;
    const sequence = identity.sequences.get(sequenceName) ?? 0;
    const record = { timestamp: timestamp ?? this.runtime.clock.wallMs(), key, value, headers };
    sending.batch ??= buildBatch([record], this.compression, {
      producerId: identity.producerId,
      producerEpoch: identity.producerEpoch,
      baseSequence: sequence,
    });
    const partitionData = [{ index: partition, records: sending.batch }];
    const request = {
      acks: acksOfAll,
      timeoutMs: Math.max(1, Math.ceil(sending.deadlineMs - this.runtime.clock.monotonicMs())),
      topicData: [{ name: topic, topicId: zeroUuid, partitionData }],
    };
    this.cluster.request(leaderId, produceKey, request, (outcome) => {
      if (this.current !== sending) return;
      if (outcome.kind === "failed") {
        this.retryOrFail(sending, outcome.failure.errorName, outcome.failure.sentence);
        return;
      }
      const answer = answerOf(outcome.value, topic, partition);
      if (answer.errorName === "NONE" || answer.errorName === "DUPLICATE_SEQUENCE_NUMBER") {
        identity.sequences.set(sequenceName, addToSequence(sequence, 1));
        const offset = answer.errorName === "NONE" ? answer.baseOffset : unknownOffset;
        this.finish(sending, done({ partition, offset }));
      } else {
        this.retryOrFail(sending, answer.errorName, answer.sentence);
      }
    });
  }

  private retryOrFail(sending: Sending, errorName: ErrorName, sentence: string): void {
    const { retriable, invalidMetadata } = errorCodes[errorName];
    const delayMs = sending.backoff.nextMs();
    const isLate = this.runtime.clock.monotonicMs() + delayMs >= sending.deadlineMs;
    const isWorthIt = retriable || invalidMetadata || errorName === "BROKER_NOT_AVAILABLE";
    if (!isWorthIt || isLate) {
      // The record may be in the log or not; the next one starts over with an identity to which that doesn't matter.
      if (sending.batch !== undefined) this.identity = undefined;
      this.finish(sending, failed(errorName, sentence));
      return;
    }
    this.timer = this.runtime.timers.schedule("retry of a record", delayMs, () => this.attempt(sending));
  }

  private finish(sending: Sending, outcome: Outcome<SentRecord>): void {
    // Whoever is told may dispose the sender or send again: both find it at rest or at the next record.
    this.sendNext();
    sending.told(outcome);
  }
}

interface ProduceAnswer {
  readonly errorName: ErrorName;
  readonly sentence: string;
  readonly baseOffset: number;
}

function answerOf(response: ResponseOf<typeof produceKey>, topic: string, partition: number): ProduceAnswer {
  for (const { name, partitionResponses } of response.responses) {
    if (name !== topic) continue;
    const found = partitionResponses.find(({ index }) => index === partition);
    if (found === undefined) continue;
    const errorName = errorNameOf(found.errorCode);
    const sentence = found.errorMessage ?? `The broker refused the record (${errorName}).`;
    return { errorName, sentence, baseOffset: found.baseOffset };
  }
  return { errorName: "UNKNOWN_SERVER_ERROR", sentence: "The broker's answer leaves the record out.", baseOffset: -1 };
}
