/*
 * Moving a partition to other brokers (KIP-455, KAFKA.md D.12).
 *
 * A partition moves by first having more replicas than it should: the new ones are added, and only when all that it
 * should have are in sync are the others taken away. What is under way is in the topic's znode, so that a new
 * controller goes on with it. The leader epoch rises with each step, because brokers take no notice of a state whose
 * epoch they know, and the replicas that a leader counts on have changed.
 */

import type { PartitionName } from "../coordination/zookeeper/znode-content.ts";
import {
  isBeingReassigned,
  isSameAssignment,
  originReplicas,
  reassigned,
  settled,
  targetReplicas,
  type Assignment,
} from "./assignment.ts";
import { allPartitions, isLive, isOnline, isToBeDeleted, nameOf, partitionOf } from "./controller-context.ts";
import type { ControlledPartition, ControllerContext } from "./controller-context.ts";
import type { AnsweredDecision, ControllerPolicy } from "./decision-draft.ts";
import { DecisionDraft } from "./decision-draft.ts";
import { haltDeletion, resumeDeletionsOf } from "./deletion-progress.ts";
import { refusal, type Refusal } from "./new-partitions.ts";
import { bringOnline } from "./partition-moves.ts";
import { moveReplicas } from "./replica-moves.ts";
import { setAssignments } from "./state-writes.ts";

export interface WantedReassignment extends PartitionName {
  /** Null to go back to what was before the reassignment that is under way. */
  readonly replicas: readonly number[] | null;
}

export interface PartitionVerdict extends PartitionName, Refusal {}

/** Begin what is asked for (AlterPartitionReassignments); one verdict for each, in their order. */
export function reassign(
  context: ControllerContext,
  wanted: readonly WantedReassignment[],
  policy: ControllerPolicy,
): AnsweredDecision<readonly PartitionVerdict[]> {
  const draft = new DecisionDraft(context, policy);
  const verdicts = wanted.map(({ topic, partition, replicas }): PartitionVerdict => {
    const name = { topic, partition };
    const known = partitionOf(draft.context, name);
    if (known === undefined || isToBeDeleted(draft.context, topic)) {
      return { ...name, ...refusal("UNKNOWN_TOPIC_OR_PARTITION", "The partition does not exist.") };
    }
    const complaint = replicas === null ? nothingToCancel(known) : replicasRefusal(draft.context, known, replicas);
    if (complaint !== undefined) return { ...name, ...complaint };
    proceed(draft, name, reassigned(known.assignment, replicas ?? originReplicas(known.assignment)));
    return { ...name, errorName: "NONE", errorMessage: null };
  });
  return draft.answered(verdicts);
}

/** Partitions whose reassignment is under way (ListPartitionReassignments); of all topics, or of those asked for. */
export function reassignmentsUnderWay(
  context: Pick<ControllerContext, "topics">,
  asked: readonly PartitionName[] | null,
): readonly ControlledPartition[] {
  const partitions =
    asked === null ? allPartitions(context) : asked.flatMap((name) => partitionOf(context, name) ?? []);
  return partitions.filter(({ assignment }) => isBeingReassigned(assignment));
}

/** Finish what can be finished of `names`: replicas may have come in sync. */
export function finishReassignments(draft: DecisionDraft, names: readonly PartitionName[]): void {
  for (const name of names) {
    const partition = partitionOf(draft.context, name);
    if (partition === undefined || !isBeingReassigned(partition.assignment)) continue;
    if (isComplete(partition)) proceed(draft, name, partition.assignment);
  }
}

/** Go on with what is under way and satisfies `isMeant`: brokers have come, or the controller is a new one. */
export function resumeReassignments(draft: DecisionDraft, isMeant: (assignment: Assignment) => boolean): void {
  for (const partition of reassignmentsUnderWay(draft.context, null)) {
    if (isMeant(partition.assignment)) proceed(draft, nameOf(partition), partition.assignment);
  }
}

function nothingToCancel({ assignment }: ControlledPartition): Refusal | undefined {
  if (isBeingReassigned(assignment)) return undefined;
  return refusal("NO_REASSIGNMENT_IN_PROGRESS", "No partition reassignment is in progress.");
}

function replicasRefusal(
  context: ControllerContext,
  { assignment }: ControlledPartition,
  replicas: readonly number[],
): Refusal | undefined {
  const refuse = (text: string): Refusal => refusal("INVALID_REPLICA_ASSIGNMENT", text);
  const list = replicas.join(",");
  if (replicas.length === 0) return refuse("Empty replica list specified in partition reassignment.");
  if (new Set(replicas).size < replicas.length) {
    return refuse(`Duplicate replica ids in partition reassignment replica list: ${list}`);
  }
  if (replicas.some((brokerId) => brokerId < 0)) return refuse(`Invalid broker id in replica list: ${list}`);
  const { addingReplicas } = reassigned(assignment, replicas);
  if (addingReplicas.every((brokerId) => isLive(context, brokerId))) return undefined;
  const live = [...context.brokers.keys()].filter((brokerId) => isLive(context, brokerId)).sort((a, b) => a - b);
  return refuse(
    `Replica assignment has brokers that are not alive. Replica list: ${addingReplicas.join(",")}, live broker list: ` +
      live.join(","),
  );
}

/** One step towards `assignment`, or all that are left. */
function proceed(draft: DecisionDraft, name: PartitionName, assignment: Assignment): void {
  haltDeletion(draft, name.topic);
  adopt(draft, name, assignment);
  if (!isComplete(draft.partition(name))) {
    raiseEpoch(draft, name);
    moveReplicas(
      draft,
      assignment.addingReplicas.map((brokerId) => ({ ...name, brokerId })),
      "new",
    );
    return;
  }
  moveReplicas(
    draft,
    assignment.addingReplicas.map((brokerId) => ({ ...name, brokerId })),
    "online",
  );
  const done = settled(targetReplicas(assignment));
  draft.put({ ...draft.partition(name), assignment: done });
  moveLeader(draft, name, done);
  removeReplicas(draft, name, assignment.removingReplicas);
  // Taking the removed replicas away touches only lists that they were in, and so leaves this one as it is.
  writeAssignment(draft, name);
  draft.tellMetadata([...draft.context.brokers.keys()], [draft.partition(name)]);
  resumeDeletionsOf(draft, [name.topic]);
}

/** Write down where the partition is going. What an older reassignment was adding in vain goes away at once. */
function adopt(draft: DecisionDraft, name: PartitionName, assignment: Assignment): void {
  const partition = draft.partition(name);
  if (isSameAssignment(partition.assignment, assignment)) return;
  draft.put({ ...partition, assignment });
  writeAssignment(draft, name);
  const unneeded = partition.assignment.replicas.filter((brokerId) => !assignment.replicas.includes(brokerId));
  removeReplicas(draft, name, unneeded);
}

function isComplete({ assignment, leadership }: ControlledPartition): boolean {
  if (!isBeingReassigned(assignment)) return true;
  const inSync = leadership?.inSyncReplicas ?? [];
  return targetReplicas(assignment).every((brokerId) => inSync.includes(brokerId));
}

function moveLeader(draft: DecisionDraft, name: PartitionName, { replicas }: Assignment): void {
  const partition = draft.partition(name);
  const leaderId = partition.leadership?.leaderId;
  const stays = leaderId !== undefined && replicas.includes(leaderId) && isOnline(draft.context, partition, leaderId);
  if (stays) raiseEpoch(draft, name);
  else bringOnline(draft, [name], { kind: "reassignment" });
}

/** The same leader in a new epoch, so that brokers take notice of the replicas. */
function raiseEpoch(draft: DecisionDraft, name: PartitionName): void {
  const { leadership, assignment } = draft.partition(name);
  if (leadership === undefined) return;
  draft.lead(name, {});
  draft.tell(assignment.replicas, name);
  draft.endRound();
}

function removeReplicas(draft: DecisionDraft, name: PartitionName, brokerIds: readonly number[]): void {
  if (brokerIds.length === 0) return;
  const replicas = brokerIds.map((brokerId) => ({ ...name, brokerId }));
  for (const state of ["offline", "deletionStarted", "deletionSuccessful", "nonExistent"] as const) {
    moveReplicas(draft, replicas, state);
  }
}

function writeAssignment(draft: DecisionDraft, { topic: topicName }: PartitionName): void {
  const topic = draft.context.topics.get(topicName);
  if (topic !== undefined) draft.write(setAssignments(topic));
  draft.endRound();
}
