import { assert } from "../base/assert.ts";
import { randomUuid, zeroUuid } from "../base/uuid.ts";
import type { CreatedTopic, TopicToCreate } from "../coordination/administration-requests.ts";
import { withTopics } from "../coordination/cluster-metadata.ts";
import type { ClusterMetadata, ConfigOverrides, TopicMetadata } from "../coordination/cluster-metadata.ts";
import type { BrokerConfigLayers } from "../coordination/configs/config-resolution.ts";
import { inheritedTopicConfig } from "../coordination/configs/config-resolution.ts";
import { topicConfigComplaint } from "../coordination/configs/topic-configs.ts";
import { brokerConfigNumber } from "../coordination/configs/typed-configs.ts";
import { collisionKey, hasCollisionCharacters, isInternalTopic } from "../coordination/topic-names.ts";
import { topicNameComplaint } from "../coordination/topic-names.ts";
import type { Random } from "../runtime/runtime.ts";
import type { Refusal } from "./new-partitions.ts";
import { hasNoAlive, manualAssignmentRefusal, newPartition, refusal } from "./new-partitions.ts";
import { partitionsPerRequestMax, replicationRefusal } from "./new-partitions.ts";
import { placeReplicas } from "./replica-placement.ts";

/** What every decision of the controller is made from, beside the request. */
export interface DecisionBasis {
  readonly metadata: ClusterMetadata;
  /** The configuration of the broker that decides. */
  readonly layers: BrokerConfigLayers;
  readonly random: Random;
  /** Its brokers fetch from one another, so that a partition may have more than one replica. */
  readonly isReplicating?: boolean;
}

/** The cluster after a decision, and what the asker is told. */
export interface Decided<Result> {
  readonly metadata: ClusterMetadata;
  readonly results: Result;
}

/**
 * Create what of `topics` can be created; one answer for each, in their order. The checks come in Kafka's order:
 * names, topics that are there already, configurations, and then partitions and replicas (KAFKA.md S.1).
 */
export function createTopics(
  basis: DecisionBasis,
  topics: readonly TopicToCreate[],
  validateOnly: boolean,
): Decided<readonly CreatedTopic[]> {
  const { metadata } = basis;
  if (partitionCountOf(topics, basis) > partitionsPerRequestMax) {
    const tooMany = refusal("POLICY_VIOLATION", "Excessively large number of partitions per request.");
    return { metadata, results: topics.map(({ name }) => refused(name, tooMany)) };
  }
  const collisions = collisionsIn(metadata);
  const created = new Map<string, TopicMetadata>();
  const results = topics.map((topic) => {
    if (created.has(topic.name)) return refused(topic.name, alreadyExists(topic.name));
    const complaint = nameRefusal(topic.name, metadata, collisions) ?? configRefusal(topic, basis.layers);
    if (complaint !== undefined) return refused(topic.name, complaint);
    const assignments = assignmentsOf(topic, basis);
    if ("errorName" in assignments) return refused(topic.name, assignments);
    const made = newTopic(topic, assignments, basis);
    created.set(made.name, made);
    return answerFor(made);
  });
  return { metadata: validateOnly ? metadata : withTopics(metadata, [...created.values()]), results };
}

function partitionCountOf(topics: readonly TopicToCreate[], { layers }: DecisionBasis): number {
  return topics.reduce((sum, { assignments, partitionCount }) => {
    if (assignments.length > 0) return sum + assignments.length;
    return sum + (partitionCount > 0 ? partitionCount : brokerConfigNumber("num.partitions", layers));
  }, 0);
}

/** Existing names by what they are as a metric's name. */
function collisionsIn(metadata: ClusterMetadata): ReadonlyMap<string, string> {
  const collisions = new Map<string, string>();
  for (const name of metadata.topics.keys()) {
    if (hasCollisionCharacters(name)) collisions.set(collisionKey(name), name);
  }
  return collisions;
}

function nameRefusal(
  name: string,
  metadata: ClusterMetadata,
  collisions: ReadonlyMap<string, string>,
): Refusal | undefined {
  if (metadata.topics.has(name)) return alreadyExists(name);
  const other = collisions.get(collisionKey(name));
  if (other !== undefined && hasCollisionCharacters(name)) {
    return refusal("INVALID_TOPIC_EXCEPTION", `Topic '${name}' collides with existing topic: ${other}`);
  }
  const complaint = topicNameComplaint(name);
  return complaint === undefined ? undefined : refusal("INVALID_TOPIC_EXCEPTION", complaint);
}

function alreadyExists(name: string): Refusal {
  return refusal("TOPIC_ALREADY_EXISTS", `Topic '${name}' already exists.`);
}

function configRefusal(topic: TopicToCreate, layers: BrokerConfigLayers): Refusal | undefined {
  const valueless = topic.configs.filter(({ value }) => value === null).map(({ name }) => name);
  if (valueless.length > 0) {
    return refusal("INVALID_CONFIG", `Null value not supported for topic configs: ${valueless.join(",")}`);
  }
  const complaint = topicConfigComplaint(overridesOf(topic), (name) => inheritedTopicConfig(name, layers));
  return complaint === undefined ? undefined : refusal("INVALID_CONFIG", complaint);
}

/** Where a name is given twice the last one counts. */
function overridesOf({ configs }: TopicToCreate): ConfigOverrides {
  return new Map(configs.map(({ name, value }) => [name, value ?? ""]));
}

type Assignments = readonly (readonly number[])[];

function assignmentsOf(topic: TopicToCreate, basis: DecisionBasis): Assignments | Refusal {
  return topic.assignments.length > 0 ? manualAssignments(topic, basis) : placedAssignments(topic, basis);
}

function manualAssignments(
  topic: TopicToCreate,
  { metadata, isReplicating = false }: DecisionBasis,
): Assignments | Refusal {
  const wrongCount = (what: string): Refusal =>
    refusal("INVALID_REQUEST", `A manual partition assignment was specified, but ${what} was not set to -1.`);
  if (topic.replicationFactor !== -1) return wrongCount("replication factor");
  if (topic.partitionCount !== -1) return wrongCount("numPartitions");
  const byIndex = new Map<number, readonly number[]>();
  let replicaCount: number | undefined;
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    const complaint =
      repeatedPartition(partitionIndex, byIndex) ??
      manualAssignmentRefusal(brokerIds, replicaCount, metadata) ??
      deadPartition(partitionIndex, brokerIds, metadata);
    if (complaint !== undefined) return complaint;
    replicaCount = brokerIds.length;
    byIndex.set(partitionIndex, brokerIds);
  }
  const assignments = Array.from(byIndex.keys(), (_, index) => byIndex.get(index) ?? []);
  if (assignments.some((brokerIds) => brokerIds.length === 0)) {
    return refusal("INVALID_REPLICA_ASSIGNMENT", "partitions should be a consecutive 0-based integer sequence");
  }
  return replicationRefusal(replicaCount ?? 1, isReplicating) ?? assignments;
}

function repeatedPartition(index: number, seen: ReadonlyMap<number, unknown>): Refusal | undefined {
  if (!seen.has(index)) return undefined;
  const text = `Found multiple manual partition assignments for partition ${index}`;
  return refusal("INVALID_REPLICA_ASSIGNMENT", text);
}

export function deadPartition(
  index: number,
  brokerIds: readonly number[],
  metadata: ClusterMetadata,
): Refusal | undefined {
  if (!hasNoAlive(brokerIds, metadata)) return undefined;
  return refusal(
    "INVALID_REPLICA_ASSIGNMENT",
    `All brokers specified in the manual partition assignment for partition ${index} are fenced or in ` +
      "controlled shutdown.",
  );
}

function placedAssignments(topic: TopicToCreate, basis: DecisionBasis): Assignments | Refusal {
  const { metadata, layers, random, isReplicating = false } = basis;
  if (topic.replicationFactor < -1 || topic.replicationFactor === 0) {
    const text = "Replication factor must be larger than 0, or -1 to use the default value.";
    return refusal("INVALID_REPLICATION_FACTOR", text);
  }
  if (topic.partitionCount < -1 || topic.partitionCount === 0) {
    return refusal("INVALID_PARTITIONS", "Number of partitions was set to an invalid non-positive value.");
  }
  const orDefault = (value: number, name: string): number => (value === -1 ? brokerConfigNumber(name, layers) : value);
  const partitionCount = orDefault(topic.partitionCount, "num.partitions");
  const replicationFactor = orDefault(topic.replicationFactor, "default.replication.factor");
  const placement = placeReplicas(metadata.brokers.values(), partitionCount, replicationFactor, random);
  if (placement.isPossible) return replicationRefusal(replicationFactor, isReplicating) ?? placement.assignments;
  const text = `Unable to replicate the partition ${replicationFactor} time(s): ${placement.complaint}`;
  return refusal("INVALID_REPLICATION_FACTOR", text);
}

function newTopic(topic: TopicToCreate, assignments: Assignments, { metadata, random }: DecisionBasis): TopicMetadata {
  const partitions = assignments.map((brokerIds, index) => newPartition(index, brokerIds, metadata));
  assert(partitions.length > 0, "a topic has partitions");
  assert(
    partitions.every(({ leaderId }) => leaderId !== -1),
    "a new partition has a leader",
  );
  return {
    name: topic.name,
    topicId: randomUuid(random),
    isInternal: isInternalTopic(topic.name),
    configs: overridesOf(topic),
    partitions,
  };
}

function answerFor({ name, topicId, partitions }: TopicMetadata): CreatedTopic {
  const replicationFactor = partitions[0]?.assignedReplicas.length ?? -1;
  return {
    name,
    topicId,
    errorName: "NONE",
    errorMessage: null,
    partitionCount: partitions.length,
    replicationFactor,
  };
}

function refused(name: string, { errorName, errorMessage }: Refusal): CreatedTopic {
  return { name, topicId: zeroUuid, errorName, errorMessage, partitionCount: -1, replicationFactor: -1 };
}
