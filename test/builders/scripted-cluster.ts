import { zeroUuid } from "../../src/base/uuid.ts";
import { ClusterClient } from "../../src/client/cluster-client.ts";
import type { RequestOf, ResponseDraftOf } from "../../src/protocol/api-messages.ts";
import { errorCodeOf, type ErrorName } from "../../src/protocol/error-code.ts";
import { baseOffsetOf, baseSequenceOf, nextOffsetOf, setBaseOffset } from "../../src/protocol/records/batch.ts";
import { Compression } from "../../src/protocol/records/compression.ts";
import { readRecords, type LogRecord } from "../../src/protocol/records/record-reader.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import { World } from "../../src/runtime/simulated/simulated-runtime.ts";
import { ScriptedBroker } from "./scripted-broker.ts";

const compression = new Compression(nodeCompression);

/** One partition of the scripted cluster: a list of batches and who leads it. */
export class ScriptedPartition {
  leaderId: number;
  logStartOffset = 0;
  readonly batches: Buffer[] = [];
  /** Base sequences that were appended, to find a retry. */
  private readonly sequences = new Set<string>();

  constructor(leaderId: number) {
    this.leaderId = leaderId;
  }

  get logEndOffset(): number {
    const last = this.batches.at(-1);
    return last === undefined ? this.logStartOffset : nextOffsetOf(last, 0);
  }

  append(batch: Buffer): number {
    const copy = Buffer.from(batch);
    const baseOffset = this.logEndOffset;
    setBaseOffset(copy, 0, baseOffset);
    this.batches.push(copy);
    return baseOffset;
  }

  /** As a broker that knows the producers of its log. */
  appendOnce(batch: Buffer): number {
    const name = `${batch.readBigInt64BE(43)}/${baseSequenceOf(batch, 0)}`;
    if (this.sequences.has(name)) return this.logEndOffset - 1;
    this.sequences.add(name);
    return this.append(batch);
  }

  read(offset: number): Buffer {
    return Buffer.concat(this.batches.filter((batch) => nextOffsetOf(batch, 0) > offset));
  }

  records(): readonly LogRecord[] {
    return this.batches.flatMap((batch) => readRecords(batch, 0, compression));
  }

  /** Drop what lies below `offset`, in whole batches. */
  deleteBefore(offset: number): void {
    this.logStartOffset = offset;
    while (this.batches[0] !== undefined && baseOffsetOf(this.batches[0], 0) < offset) this.batches.shift();
  }
}

/** Brokers that answer by one table of partitions of the topic "orders", in a simulated world. */
export class ScriptedCluster {
  readonly world = new World({ seed: 3, compression: nodeCompression, isChopping: true });
  readonly brokers: readonly ScriptedBroker[];
  partitions: ScriptedPartition[];
  topicError: ErrorName = "NONE";
  topicId = "AAAAAAAAAAAAAAAAAAAAAQ";
  controllerId = 1;
  /** How many produce requests are appended but not answered, and how many refused with which error. */
  lostAnswers = 0;
  refusals: ErrorName[] = [];
  producerIds = 0;
  fetchError: ErrorName = "NONE";

  constructor(brokerCount: number, leaderIds: readonly number[]) {
    this.partitions = leaderIds.map((leaderId) => new ScriptedPartition(leaderId));
    this.brokers = Array.from({ length: brokerCount }, (_, index) => {
      const name = `broker-${index + 1}`;
      const broker = new ScriptedBroker(this.world.node(name).network, { host: name, port: 9092 });
      broker.script = {
        0: (request) => this.produce(index + 1, request),
        1: (request) => this.fetch(index + 1, request),
        2: (request) => this.listOffsets(index + 1, request),
        3: (request) => this.metadata(request),
        22: () => ({ errorCode: 0, producerId: 1000 + this.producerIds++, producerEpoch: 0 }),
      };
      return broker;
    });
    this.world.runFor(5);
  }

  client(): ClusterClient {
    const bootstrapServers = this.brokers.map((_, index) => ({ host: `broker-${index + 1}`, port: 9092 }));
    return new ClusterClient(this.world.node("client"), { bootstrapServers, clientId: "t", requestTimeoutMs: 2000 });
  }

  private metadata(request: RequestOf<3>): ResponseDraftOf<3> {
    const partitions = this.partitions.map(({ leaderId }, partitionIndex) => {
      const errorCode = errorCodeOf(leaderId < 0 ? "LEADER_NOT_AVAILABLE" : "NONE");
      return {
        errorCode,
        partitionIndex,
        leaderId,
        leaderEpoch: 0,
        replicaNodes: [],
        isrNodes: [],
        offlineReplicas: [],
      };
    });
    const topics = (request.topics ?? []).map(({ name }) => {
      if (this.topicError === "NONE") return { errorCode: 0, name, topicId: this.topicId, partitions };
      return { errorCode: errorCodeOf(this.topicError), name, topicId: zeroUuid, partitions: [] };
    });
    const brokers = this.brokers.map((_, index) => ({ nodeId: index + 1, host: `broker-${index + 1}`, port: 9092 }));
    return { brokers, controllerId: this.controllerId, topics };
  }

  private produce(brokerId: number, request: RequestOf<0>): ResponseDraftOf<0> | "silence" {
    const [topic] = request.topicData;
    const [data] = topic?.partitionData ?? [];
    if (topic === undefined || data?.records == null) throw new Error("one record is produced at a time");
    const partition = this.partitions[data.index];
    let errorName: ErrorName = partition?.leaderId === brokerId ? "NONE" : "NOT_LEADER_OR_FOLLOWER";
    if (errorName === "NONE") errorName = this.refusals.shift() ?? "NONE";
    const baseOffset = errorName === "NONE" ? (partition?.appendOnce(data.records) ?? -1) : -1;
    if (errorName === "NONE" && this.lostAnswers-- > 0) return "silence";
    const answer = { index: data.index, errorCode: errorCodeOf(errorName), baseOffset, recordErrors: [] };
    return { responses: [{ name: topic.name, topicId: zeroUuid, partitionResponses: [answer] }] };
  }

  private fetch(brokerId: number, request: RequestOf<1>): ResponseDraftOf<1> {
    const responses = request.topics.map(({ topicId, partitions }) => {
      const answers = partitions.map(({ partition: partitionIndex, fetchOffset }) => {
        const partition = this.partitions[partitionIndex];
        let errorName: ErrorName = this.fetchError;
        if (topicId !== this.topicId) errorName = "UNKNOWN_TOPIC_ID";
        else if (partition?.leaderId !== brokerId) errorName = "NOT_LEADER_OR_FOLLOWER";
        else if (fetchOffset < partition.logStartOffset || fetchOffset > partition.logEndOffset) {
          errorName = "OFFSET_OUT_OF_RANGE";
        }
        const records = errorName === "NONE" ? (partition?.read(fetchOffset) ?? null) : null;
        const errorCode = errorCodeOf(errorName);
        return { partitionIndex, errorCode, highWatermark: -1, abortedTransactions: [], records };
      });
      return { topic: "", topicId, partitions: answers };
    });
    return { errorCode: 0, responses };
  }

  private listOffsets(brokerId: number, request: RequestOf<2>): ResponseDraftOf<2> {
    const topics = request.topics.map(({ name, partitions }) => {
      const answers = partitions.map(({ partitionIndex, timestamp }) => {
        const partition = this.partitions[partitionIndex];
        const errorName = partition?.leaderId === brokerId ? "NONE" : "NOT_LEADER_OR_FOLLOWER";
        const offset = timestamp === -2 ? partition?.logStartOffset : partition?.logEndOffset;
        return { partitionIndex, errorCode: errorCodeOf(errorName), offset: offset ?? -1 };
      });
      return { name, partitions: answers };
    });
    return { topics };
  }
}
