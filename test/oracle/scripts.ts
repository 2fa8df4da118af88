import {
  request,
  type Fields,
  type FieldsSource,
  type RequestOptions,
  type RequestStep,
  type StepTree,
  type Value,
} from "./conversation.ts";

/** What most conversations begin with, and the requests that many of them make. */

const noSettling: ReadonlySet<Value> = new Set([3, 5, 6, 14, 15, 100]);

export interface TopicSpec {
  readonly partitions?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

/**
 * Creates a topic and waits until its leaders answer: for some ms after CreateTopics returned, Kafka may still say that
 * it doesn't know the partitions (KAFKA.md S.1).
 */
export function createTopic(name: string, { partitions = 1, configs = {} }: TopicSpec = {}): StepTree {
  const fields: Fields = {
    topics: [
      {
        name,
        numPartitions: partitions,
        replicationFactor: 1,
        assignments: [],
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
    timeoutMs: 10_000,
    validateOnly: false,
  };
  const succeeded = (answer: Fields) => errorsIn(answer).every((code) => code === 0);
  return [
    request("CreateTopics", 7, fields, { isSilent: true, label: `created ${name}`, until: succeeded }),
    settle(name, partitions),
  ];
}

/** Waits until every partition of a topic answers. */
export function settle(name: string, partitionCount = 1): RequestStep {
  const fields = listOffsets(
    name,
    Array.from({ length: partitionCount }, (_, index) => [index, -1] as const),
  );
  const options = { isSilent: true, until: isSettled };
  return request("ListOffsets", 7, fields, options);
}

/** No error that passes by itself. */
export function isSettled(answer: Fields): boolean {
  return errorsIn(answer).every((code) => !noSettling.has(code));
}

function errorsIn(value: Value): readonly Value[] {
  if (value === null || typeof value !== "object" || Buffer.isBuffer(value)) return [];
  return Object.entries(value as Fields).flatMap(([name, inner]) => (name === "errorCode" ? [inner] : errorsIn(inner)));
}

export interface ProduceSpec {
  readonly version?: number;
  readonly acks?: number;
  readonly partition?: number;
  readonly timeoutMs?: number;
  readonly transactionalId?: string | null;
}

const topicIdsSinceProduce = 13;
const topicIdsSinceFetch = 13;

/** One batch (or whatever bytes) to one partition. */
export function produce(topic: string, records: Buffer | null, spec: ProduceSpec & RequestOptions = {}): RequestStep {
  const { version = 12, acks = -1, partition = 0, timeoutMs = 5_000, transactionalId = null, ...options } = spec;
  return request(
    "Produce",
    version,
    produceTo([[topic, partition, records]], { version, acks, timeoutMs, transactionalId }),
    options,
  );
}

/** Several partitions of several topics, each in its own entry. */
export function produceTo(
  entries: readonly (readonly [topic: string, partition: number, records: Buffer | null])[],
  spec: ProduceSpec = {},
): FieldsSource {
  const { version = 12, acks = -1, timeoutMs = 5_000, transactionalId = null } = spec;
  return (seen) => ({
    transactionalId,
    acks,
    timeoutMs,
    topicData: entries.map(([topic, index, records]) => ({
      ...(version >= topicIdsSinceProduce ? { topicId: seen.topicId(topic) } : { name: topic }),
      partitionData: [{ index, records }],
    })),
  });
}

export interface FetchSpec {
  readonly version?: number;
  readonly partition?: number;
  readonly offset?: number;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly isolationLevel?: number;
  readonly currentLeaderEpoch?: number;
  readonly lastFetchedEpoch?: number;
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
}

/** One partition from an offset, without waiting. */
export function fetch(topic: string, spec: FetchSpec & RequestOptions = {}): RequestStep {
  const { label, on, until, paceMs, isSilent, isOneWay, ...fetchSpec } = spec;
  const options = Object.fromEntries(
    Object.entries({ label, on, until, paceMs, isSilent, isOneWay }).filter(([, value]) => value !== undefined),
  ) as RequestOptions;
  return request("Fetch", spec.version ?? 12, fetchFrom([[topic, fetchSpec]], fetchSpec), options);
}

/** Several partitions of several topics, each in its own entry. */
export function fetchFrom(
  entries: readonly (readonly [topic: string, spec: FetchSpec])[],
  spec: FetchSpec = {},
): FieldsSource {
  const version = spec.version ?? 12;
  return (seen) => ({
    ...(version >= 15 ? {} : { replicaId: -1 }),
    maxWaitMs: spec.maxWaitMs ?? 0,
    minBytes: spec.minBytes ?? 0,
    maxBytes: spec.maxBytes ?? 1_048_576,
    isolationLevel: spec.isolationLevel ?? 0,
    ...(version >= 7 ? { sessionId: spec.sessionId ?? 0, sessionEpoch: spec.sessionEpoch ?? -1 } : {}),
    topics: entries.map(([topic, one]) => ({
      ...(version >= topicIdsSinceFetch ? { topicId: seen.topicId(topic) } : { topic }),
      partitions: [fetchPartition(version, one)],
    })),
    forgottenTopicsData: [],
    ...(version >= 11 ? { rackId: "" } : {}),
  });
}

export function fetchPartition(version: number, spec: FetchSpec): Fields {
  return {
    partition: spec.partition ?? 0,
    ...(version >= 9 ? { currentLeaderEpoch: spec.currentLeaderEpoch ?? -1 } : {}),
    fetchOffset: spec.offset ?? 0,
    ...(version >= 12 ? { lastFetchedEpoch: spec.lastFetchedEpoch ?? -1 } : {}),
    ...(version >= 5 ? { logStartOffset: -1 } : {}),
    partitionMaxBytes: spec.partitionMaxBytes ?? 1_048_576,
  };
}

/** ListOffsets of one topic: pairs of partition and timestamp. */
export function listOffsets(
  topic: string,
  asked: readonly (readonly [partition: number, timestamp: number])[],
  more: Fields = {},
): Fields {
  return {
    replicaId: -1,
    topics: [{ name: topic, partitions: asked.map(([partitionIndex, timestamp]) => ({ partitionIndex, timestamp })) }],
    ...more,
  };
}

export interface NewTopicSpec extends TopicSpec {
  readonly replicationFactor?: number;
  readonly assignments?: readonly (readonly [partitionIndex: number, brokerIds: readonly number[]])[];
  readonly nullConfigs?: readonly string[];
}

/** A CreateTopics entry, with nothing waited for. */
export function newTopic(name: string, spec: NewTopicSpec = {}): Fields {
  const { partitions = 1, replicationFactor = 1, assignments = [], configs = {}, nullConfigs = [] } = spec;
  return {
    name,
    numPartitions: partitions,
    replicationFactor,
    assignments: assignments.map(([partitionIndex, brokerIds]) => ({ partitionIndex, brokerIds })),
    configs: [
      ...Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      ...nullConfigs.map((key) => ({ name: key, value: null })),
    ],
  };
}

export function createTopics(version: number, topics: readonly Fields[], more: Fields = {}): RequestStep {
  return request("CreateTopics", version, { topics, timeoutMs: 10_000, validateOnly: false, ...more });
}

export const resource = { unknown: 0, any: 1, topic: 2, group: 32, broker: 4, brokerLogger: 8, clientMetrics: 16 };
export const operation = { set: 0, delete: 1, append: 2, subtract: 3 };

/** DescribeConfigs of one resource; null keys are all. */
export function describeConfigs(
  resourceType: number,
  resourceName: string,
  configurationKeys: readonly string[] | null,
  { version = 4, includeSynonyms = true, includeDocumentation = false } = {},
): RequestStep {
  const resources = [{ resourceType, resourceName, configurationKeys }];
  const documentation = version >= 3 ? { includeDocumentation } : {};
  return request("DescribeConfigs", version, { resources, includeSynonyms, ...documentation });
}

export type ConfigChange = readonly [name: string, operation: number, value: string | null];

export function incrementalAlter(
  resourceType: number,
  resourceName: string,
  changes: readonly ConfigChange[],
  { version = 1, validateOnly = false } = {},
): RequestStep {
  const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }));
  return request("IncrementalAlterConfigs", version, {
    resources: [{ resourceType, resourceName, configs }],
    validateOnly,
  });
}

export function alterConfigs(
  resourceType: number,
  resourceName: string,
  configs: Readonly<Record<string, string | null>>,
  { version = 2, validateOnly = false } = {},
): RequestStep {
  const entries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  return request("AlterConfigs", version, {
    resources: [{ resourceType, resourceName, configs: entries }],
    validateOnly,
  });
}
