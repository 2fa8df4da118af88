import { unreachable } from "../base/assert.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import type { PartitionName } from "../coordination/zookeeper/znode-content.ts";
import { isBeingReassigned } from "./assignment.ts";
import { allPartitions, isLive, isOnline, isToBeDeleted, nameOf, noLeader, partitionOf } from "./controller-context.ts";
import type { ControlledPartition, ControllerContext } from "./controller-context.ts";
import { DecisionDraft, type AnsweredDecision, type ControllerPolicy, type Decision } from "./decision-draft.ts";
import { forPreferredReplica } from "./leader-election.ts";
import { refusal, type Refusal } from "./new-partitions.ts";
import { bringAllOnline, bringOnline, type ElectionReason } from "./partition-moves.ts";
import type { PartitionVerdict } from "./reassignment.ts";

/** As on the wire of ElectLeaders: 0 and 1. */
export type ElectionType = "preferred" | "unclean";

/** Elect on request (ElectLeaders): a verdict for each of `names`, each once, in their order. Null is all of them. */
export function electLeaders(
  context: ControllerContext,
  names: readonly PartitionName[] | null,
  type: ElectionType,
  policy: ControllerPolicy,
): AnsweredDecision<readonly PartitionVerdict[]> {
  const draft = new DecisionDraft(context, policy);
  const asked = [...new Map((names ?? allPartitions(context).map(nameOf)).map((name) => [keyOf(name), name])).values()];
  const refusals = asked.map((name) => electionRefusal(context, name, type));
  const electable = asked.filter((_, index) => refusals[index] === undefined);
  const elected = new Set(bringOnline(draft, electable, reasonOf(type)).map(keyOf));
  const verdicts = asked.map((name, index): PartitionVerdict => {
    const { topic, partition } = name;
    const refused = refusals[index] ?? (elected.has(keyOf(name)) ? undefined : failure(name, type));
    return { topic, partition, ...(refused ?? refusal("NONE", null)) };
  });
  // Who asked for all of them doesn't want to hear of those that are as they should be (KAFKA.md S.1).
  return draft.answered(
    names === null ? verdicts.filter(({ errorName }) => errorName !== "ELECTION_NOT_NEEDED") : verdicts,
  );
}

/**
 * The timer of leader.imbalance.check.interval.seconds: a broker that doesn't lead too much of what it is preferred for
 * gets it back, where it can lead (KAFKA.md D.8).
 */
export function leadersBalanced(context: ControllerContext, policy: ControllerPolicy): Decision {
  const draft = new DecisionDraft(context, policy);
  const isReassigning = allPartitions(context).some(({ assignment }) => isBeingReassigned(assignment));
  const byBroker = new Map<number, ControlledPartition[]>();
  for (const partition of allPartitions(context)) {
    const [preferred] = partition.assignment.replicas;
    if (preferred === undefined || isToBeDeleted(context, partition.topic)) continue;
    const partitions = byBroker.get(preferred);
    if (partitions === undefined) byBroker.set(preferred, [partition]);
    else partitions.push(partition);
  }
  for (const [brokerId, partitions] of byBroker) {
    const elsewhere = partitions.filter(
      ({ leadership }) => leadership !== undefined && leadership.leaderId !== brokerId,
    );
    if (elsewhere.length / partitions.length <= policy.leaderImbalancePercent / 100 || isReassigning) continue;
    const electable = elsewhere.filter((partition) => canPreferredLead(context, partition));
    bringOnline(draft, electable.map(nameOf), { kind: "preferredReplica" });
  }
  return draft.decision();
}

/** Unclean elections are allowed from now on, for `topic` or for all that did not say otherwise. */
export function uncleanElectionAllowed(
  context: ControllerContext,
  topic: string | undefined,
  policy: ControllerPolicy,
): Decision {
  const draft = new DecisionDraft(context, policy);
  bringAllOnline(draft, topic);
  return draft.decision();
}

function electionRefusal(context: ControllerContext, name: PartitionName, type: ElectionType): Refusal | undefined {
  const partition = partitionOf(context, name);
  if (partition === undefined) return refusal("UNKNOWN_TOPIC_OR_PARTITION", "The partition does not exist.");
  if (isToBeDeleted(context, name.topic)) return refusal("INVALID_TOPIC_EXCEPTION", "The topic is being deleted");
  if (partition.leadership === undefined) return failure(name, type);
  const { leaderId } = partition.leadership;
  const isSatisfied =
    type === "preferred"
      ? leaderId === partition.assignment.replicas[0]
      : leaderId !== noLeader && isLive(context, leaderId);
  return isSatisfied ? refusal("ELECTION_NOT_NEEDED", "Leader election not needed for topic partition.") : undefined;
}

function failure({ topic, partition }: PartitionName, type: ElectionType): Refusal {
  const errorName: ErrorName =
    type === "preferred" ? "PREFERRED_LEADER_NOT_AVAILABLE" : "ELIGIBLE_LEADERS_NOT_AVAILABLE";
  return refusal(errorName, `Failed to elect leader for partition ${topic}-${partition}.`);
}

function reasonOf(type: ElectionType): ElectionReason {
  switch (type) {
    case "preferred":
      return { kind: "preferredReplica" };
    case "unclean":
      return { kind: "offline", isUncleanForced: true };
    default:
      return unreachable(type);
  }
}

function canPreferredLead(context: ControllerContext, partition: ControlledPartition): boolean {
  const election = forPreferredReplica({
    replicas: partition.assignment.replicas,
    inSyncReplicas: partition.leadership?.inSyncReplicas ?? [],
    isOnline: (brokerId) => isOnline(context, partition, brokerId),
  });
  return election !== undefined;
}

function keyOf({ topic, partition }: PartitionName): string {
  return `${topic}/${partition}`;
}
