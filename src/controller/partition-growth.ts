import type { AdministrationResult, TopicToGrow } from "../coordination/administration-requests.ts";
import { withTopics } from "../coordination/cluster-metadata.ts";
import type { ClusterMetadata, PartitionMetadata, TopicMetadata } from "../coordination/cluster-metadata.ts";
import type { Refusal } from "./new-partitions.ts";
import { hasNoAlive, manualAssignmentRefusal, newPartition, refusal } from "./new-partitions.ts";
import { partitionsPerRequestMax } from "./new-partitions.ts";
import { placeReplicas } from "./replica-placement.ts";
import { deadPartition } from "./topic-creation.ts";
import type { Decided, DecisionBasis } from "./topic-creation.ts";

const ok: AdministrationResult = { errorName: "NONE", errorMessage: null };

/** Give each topic the wanted count of partitions; one answer for each, in their order. Topics never shrink. */
export function growTopics(
  basis: DecisionBasis,
  topics: readonly TopicToGrow[],
  validateOnly: boolean,
): Decided<readonly AdministrationResult[]> {
  const { metadata } = basis;
  if (additionalCountOf(topics, metadata) > partitionsPerRequestMax) {
    const tooMany = refusal("POLICY_VIOLATION", "Unable to perform excessively large batch operation.");
    return { metadata, results: topics.map(() => tooMany) };
  }
  const grown: TopicMetadata[] = [];
  const results = topics.map((topic) => {
    const existing = metadata.topics.get(topic.name);
    if (existing === undefined) {
      return refusal("UNKNOWN_TOPIC_OR_PARTITION", null);
    }
    const additional = additionalPartitions(topic, existing, basis);
    if ("errorName" in additional) return additional;
    grown.push({ ...existing, partitions: [...existing.partitions, ...additional] });
    return ok;
  });
  return { metadata: validateOnly ? metadata : withTopics(metadata, grown), results };
}

function additionalCountOf(topics: readonly TopicToGrow[], metadata: ClusterMetadata): number {
  return topics.reduce((sum, { name, partitionCount }) => {
    const currentCount = metadata.topics.get(name)?.partitions.length ?? partitionCount;
    return sum + Math.max(0, partitionCount - currentCount);
  }, 0);
}

function additionalPartitions(
  topic: TopicToGrow,
  existing: TopicMetadata,
  basis: DecisionBasis,
): readonly PartitionMetadata[] | Refusal {
  const currentCount = existing.partitions.length;
  const additionalCount = topic.partitionCount - currentCount;
  const complaint = countRefusal(topic, currentCount);
  if (complaint !== undefined) return complaint;
  const replicationFactor = existing.partitions[0]?.assignedReplicas.length ?? 1;
  const assignments =
    topic.assignments === null
      ? placed(additionalCount, replicationFactor, basis)
      : chosen(topic.assignments, { currentCount, additionalCount, replicationFactor }, basis);
  if ("errorName" in assignments) return assignments;
  return assignments.map((brokerIds, index) => newPartition(currentCount + index, brokerIds, basis.metadata));
}

function countRefusal({ name, partitionCount }: TopicToGrow, currentCount: number): Refusal | undefined {
  if (partitionCount === currentCount) {
    return refusal("INVALID_PARTITIONS", `Topic already has ${currentCount} partition(s).`);
  }
  if (partitionCount > currentCount) return undefined;
  return refusal(
    "INVALID_PARTITIONS",
    `The topic ${name} currently has ${currentCount} partition(s); ${partitionCount} would not be an increase.`,
  );
}

interface Growth {
  readonly currentCount: number;
  readonly additionalCount: number;
  readonly replicationFactor: number;
}

type Assignments = readonly (readonly number[])[];

function chosen(assignments: Assignments, growth: Growth, { metadata }: DecisionBasis): Assignments | Refusal {
  const { currentCount, additionalCount, replicationFactor } = growth;
  if (assignments.length !== additionalCount) {
    return refusal(
      "INVALID_REPLICA_ASSIGNMENT",
      `Attempted to add ${additionalCount} additional partition(s), but only ${assignments.length} assignment(s) ` +
        "were specified.",
    );
  }
  for (const [index, brokerIds] of assignments.entries()) {
    const complaint =
      manualAssignmentRefusal(brokerIds, replicationFactor, metadata) ??
      deadPartition(currentCount + index, brokerIds, metadata);
    if (complaint !== undefined) return complaint;
  }
  return assignments;
}

function placed(count: number, replicationFactor: number, { metadata, random }: DecisionBasis): Assignments | Refusal {
  const placement = placeReplicas(metadata.brokers.values(), count, replicationFactor, random);
  if (!placement.isPossible) return refusal("INVALID_REPLICATION_FACTOR", placement.complaint);
  if (!placement.assignments.some((brokerIds) => hasNoAlive(brokerIds, metadata))) return placement.assignments;
  const text = `Unable to replicate the partition ${replicationFactor} time(s): All brokers are currently fenced.`;
  return refusal("INVALID_REPLICATION_FACTOR", text);
}
