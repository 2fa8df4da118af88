/*
 * The deletion of topics (KAFKA.md E.7).
 *
 * A topic can only be forgotten when every broker has deleted its replica: one that was away would come back with it,
 * and the topic with old records in it. So a deletion goes as far as it can and then waits, maybe for days, for the
 * brokers that are not there. What a topic is waiting for is in the states of its replicas; `resumeDeletions` looks at
 * those and does what can be done next, after each event that may have changed them.
 */

import { allPartitions, isOnline, nameOf, replicasOf } from "./controller-context.ts";
import type { ControlledTopic, ReplicaName } from "./controller-context.ts";
import { isBeingReassigned } from "./assignment.ts";
import type { DecisionDraft } from "./decision-draft.ts";
import { movePartitions } from "./partition-moves.ts";
import { moveReplicas, stateOf } from "./replica-moves.ts";
import type { ReplicaState } from "./replica-states.ts";
import { deleteMarker, deleteTopicNodes } from "./state-writes.ts";

/** Somebody wants these topics deleted. */
export function queueDeletions(draft: DecisionDraft, topics: readonly string[]): void {
  const { policy } = draft;
  for (const name of topics) {
    const topic = draft.context.topics.get(name);
    if (topic === undefined || !policy.isTopicDeletionEnabled) {
      draft.write(deleteMarker(name));
      continue;
    }
    const isReassigning = topic.partitions.some(({ assignment }) => isBeingReassigned(assignment));
    const { isStarted, isHalted } = topic.deletion ?? { isStarted: false, isHalted: false };
    draft.putTopic({ ...topic, deletion: { isStarted, isHalted: isHalted || isReassigning } });
  }
  draft.endRound();
  resumeDeletions(draft);
}

/** The deletion of `name`, if there is one, waits until it is resumed. */
export function haltDeletion(draft: DecisionDraft, name: string): void {
  setHalted(draft, name, true);
}

/** What the deletions of `names` waited for may have come. */
export function resumeDeletionsOf(draft: DecisionDraft, names: readonly string[]): void {
  const waiting = new Set(names.filter((name) => draft.context.topics.get(name)?.deletion !== undefined));
  if (waiting.size === 0) return;
  for (const name of waiting) setHalted(draft, name, false);
  resumeDeletions(draft);
}

/** These could not be deleted now. */
export function deletionFailed(draft: DecisionDraft, replicas: readonly ReplicaName[]): void {
  const failed = queuedOnly(draft, replicas);
  if (failed.length === 0) return;
  moveReplicas(draft, failed, "deletionIneligible");
  for (const { topic } of failed) haltDeletion(draft, topic);
  resumeDeletions(draft);
}

/** Their broker has deleted these. */
export function deletionSucceeded(draft: DecisionDraft, replicas: readonly ReplicaName[]): void {
  const deleted = queuedOnly(draft, replicas);
  if (deleted.length === 0) return;
  moveReplicas(draft, deleted, "deletionSuccessful");
  resumeDeletions(draft);
}

/** Do what can be done next for every topic that is to be deleted. */
export function resumeDeletions(draft: DecisionDraft): void {
  const retried: ReplicaName[] = [];
  const ready: string[] = [];
  const queued = [...draft.context.topics.values()].filter(({ deletion }) => deletion !== undefined);
  for (const topic of queued) {
    const states = statesOf(topic);
    if (states.every((state) => state === "deletionSuccessful")) {
      complete(draft, topic);
      continue;
    }
    if (states.includes("deletionStarted")) continue;
    retried.push(...replicasIn(topic, "deletionIneligible"));
    if (topic.deletion?.isHalted === false) ready.push(topic.name);
  }
  if (retried.length > 0) moveReplicas(draft, retried, "offline");
  if (ready.length > 0) start(draft, ready);
}

/** Take the topics out of service everywhere, then delete the replicas that are there. */
function start(draft: DecisionDraft, names: readonly string[]): void {
  for (const name of names) {
    const topic = draft.context.topics.get(name);
    if (topic?.deletion?.isStarted !== false) continue;
    const partitions = topic.partitions.map(nameOf);
    movePartitions(draft, partitions, "offline");
    movePartitions(draft, partitions, "nonExistent");
    const moved = draft.context.topics.get(name) ?? topic;
    draft.putTopic({ ...moved, deletion: { ...topic.deletion, isStarted: true } });
  }
  const topics = names.flatMap((name) => draft.context.topics.get(name) ?? []);
  const partitions = topics.flatMap((topic) => topic.partitions);
  draft.tellMetadata([...draft.context.brokers.keys()], partitions);
  const isThere = (replica: ReplicaName): boolean =>
    isOnline(draft.context, draft.partition(replica), replica.brokerId);
  const remaining = replicasOf(partitions).filter(
    (replica) => stateOf(draft.partition(replica), replica.brokerId) !== "deletionSuccessful",
  );
  const dead = replicasOf(partitions).filter((replica) => !isThere(replica));
  const alive = remaining.filter(isThere);
  moveReplicas(draft, dead, "deletionIneligible");
  moveReplicas(draft, alive, "offline");
  moveReplicas(draft, alive, "deletionStarted");
  for (const { topic } of dead) haltDeletion(draft, topic);
}

function complete(draft: DecisionDraft, topic: ControlledTopic): void {
  moveReplicas(draft, replicasIn(topic, "deletionSuccessful"), "nonExistent");
  draft.write(...deleteTopicNodes(topic.name, topic.partitions.length));
  draft.removeTopic(topic.name);
  draft.endRound();
}

function setHalted(draft: DecisionDraft, name: string, isHalted: boolean): void {
  const topic = draft.context.topics.get(name);
  if (topic?.deletion === undefined || topic.deletion.isHalted === isHalted) return;
  draft.putTopic({ ...topic, deletion: { ...topic.deletion, isHalted } });
}

function queuedOnly({ context }: DecisionDraft, replicas: readonly ReplicaName[]): readonly ReplicaName[] {
  return replicas.filter(({ topic }) => context.topics.get(topic)?.deletion !== undefined);
}

function statesOf(topic: ControlledTopic): readonly ReplicaState[] {
  return topic.partitions.flatMap(({ replicaStates }) => [...replicaStates.values()]);
}

function replicasIn(topic: ControlledTopic, state: ReplicaState): readonly ReplicaName[] {
  return topic.partitions.flatMap((partition) =>
    Array.from(partition.replicaStates)
      .filter(([, replicaState]) => replicaState === state)
      .map(([brokerId]) => ({ ...nameOf(partition), brokerId })),
  );
}

/** Topics with a replica that is not there, or with a reassignment under way: a new controller lets these wait. */
export function topicsThatWait(draft: DecisionDraft): ReadonlySet<string> {
  const { context } = draft;
  const waiting = allPartitions(context).filter(
    (partition) =>
      isBeingReassigned(partition.assignment) ||
      partition.assignment.replicas.some((brokerId) => !isOnline(context, partition, brokerId)),
  );
  return new Set(waiting.map(({ topic }) => topic));
}
