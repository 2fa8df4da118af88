import { targetReplicas } from "./assignment.ts";
import { allPartitions, isOnline, isToBeDeleted, nameOf, replicasOn } from "./controller-context.ts";
import type { ControllerContext, LiveBroker, ReplicaName } from "./controller-context.ts";
import { DecisionDraft, type ControllerPolicy, type Decision } from "./decision-draft.ts";
import { deletionFailed, resumeDeletionsOf } from "./deletion-progress.ts";
import { bringAllOnline, movePartitions } from "./partition-moves.ts";
import { resumeReassignments } from "./reassignment.ts";
import { moveReplicas } from "./replica-moves.ts";

/** How the brokers that are registered differ from those that the controller knew. Ids are sorted. */
export interface BrokerChanges {
  readonly came: readonly number[];
  /** Gone and back between two looks: registered anew. */
  readonly bounced: readonly number[];
  readonly died: readonly number[];
}

export function brokerChanges(context: ControllerContext, registered: ReadonlyMap<number, LiveBroker>): BrokerChanges {
  const ids = [...registered.keys()].sort((one, other) => one - other);
  const known = [...context.brokers.keys()].sort((one, other) => one - other);
  return {
    came: ids.filter((id) => !context.brokers.has(id)),
    bounced: ids.filter((id) => {
      const before = context.brokers.get(id)?.brokerEpoch;
      return before !== undefined && (registered.get(id)?.brokerEpoch ?? before) > before;
    }),
    died: known.filter((id) => !registered.has(id)),
  };
}

/** /brokers/ids has changed: brokers came, died, or did both unseen (KAFKA.md E.7). */
export function brokersChanged(
  context: ControllerContext,
  registered: ReadonlyMap<number, LiveBroker>,
  policy: ControllerPolicy,
): Decision {
  const { came, bounced, died } = brokerChanges(context, registered);
  const draft = new DecisionDraft(context, policy);
  const brokersOf = (ids: readonly number[]): readonly LiveBroker[] => ids.flatMap((id) => registered.get(id) ?? []);
  if (came.length > 0) {
    draft.putBrokers(brokersOf(came));
    brokersCame(draft, came);
  }
  if (bounced.length > 0) {
    draft.removeBrokers(bounced);
    brokersDied(draft, bounced);
    draft.putBrokers(brokersOf(bounced));
    brokersCame(draft, bounced);
  }
  if (died.length > 0) {
    draft.removeBrokers(died);
    brokersDied(draft, died);
  }
  return draft.decision();
}

/** These brokers have said that a log directory of theirs has failed: they are asked what they can still use. */
export function logDirectoriesFailed(
  context: ControllerContext,
  brokerIds: readonly number[],
  policy: ControllerPolicy,
): Decision {
  const draft = new DecisionDraft(context, policy);
  moveReplicas(draft, replicasOn(context, new Set(brokerIds)), "online");
  return draft.decision();
}

function brokersCame(draft: DecisionDraft, brokerIds: readonly number[]): void {
  const ids = new Set(brokerIds);
  for (const partition of allPartitions(draft.context)) {
    const failedReplicas = new Set([...partition.failedReplicas].filter((brokerId) => !ids.has(brokerId)));
    if (failedReplicas.size < partition.failedReplicas.size) draft.put({ ...partition, failedReplicas });
  }
  const others = [...draft.context.brokers.keys()].filter((brokerId) => !ids.has(brokerId));
  draft.tellMetadata(others, []);
  const led = allPartitions(draft.context).filter(({ leadership }) => leadership !== undefined);
  draft.tellMetadata(brokerIds, led);
  const replicas = replicasOn(draft.context, ids);
  moveReplicas(draft, replicas, "online");
  bringAllOnline(draft);
  resumeReassignments(draft, (assignment) => targetReplicas(assignment).some((brokerId) => ids.has(brokerId)));
  const topics = replicas.filter(({ topic }) => isToBeDeleted(draft.context, topic)).map(({ topic }) => topic);
  resumeDeletionsOf(draft, topics);
}

function brokersDied(draft: DecisionDraft, brokerIds: readonly number[]): void {
  replicasWentOffline(draft, replicasOn(draft.context, new Set(brokerIds)));
}

/** Their broker has died, or the disk that they are on. */
export function replicasWentOffline(draft: DecisionDraft, replicas: readonly ReplicaName[]): void {
  const isDeleted = ({ topic }: ReplicaName): boolean => isToBeDeleted(draft.context, topic);
  const toDelete = replicas.filter(isDeleted);
  const toKeep = replicas.filter((replica) => !isDeleted(replica));
  const { context } = draft;
  const leaderless = allPartitions(context).filter(
    (partition) =>
      partition.leadership !== undefined &&
      !isToBeDeleted(context, partition.topic) &&
      !isOnline(context, partition, partition.leadership.leaderId),
  );
  movePartitions(draft, leaderless.map(nameOf), "offline");
  const elected = bringAllOnline(draft);
  moveReplicas(draft, toKeep, "offline");
  deletionFailed(draft, toDelete);
  // Where nothing else has told them, brokers learn here who is alive.
  if (toKeep.length === 0 && elected.length === 0) draft.tellMetadata([...draft.context.brokers.keys()], []);
}

/** A broker answered LeaderAndIsr: these replicas it can't use, because their disk is bad; those it can. */
export function replicasAnswered(
  context: ControllerContext,
  answered: { readonly failed: readonly ReplicaName[]; readonly usable: readonly ReplicaName[] },
  policy: ControllerPolicy,
): Decision {
  const draft = new DecisionDraft(context, policy);
  const isKnown = ({ topic, partition }: ReplicaName): boolean =>
    draft.context.topics.get(topic)?.partitions[partition] !== undefined;
  for (const replica of answered.usable.filter(isKnown)) setFailed(draft, replica, false);
  const newlyFailed = answered.failed.filter(isKnown).filter((replica) => setFailed(draft, replica, true));
  if (newlyFailed.length > 0) replicasWentOffline(draft, newlyFailed);
  return draft.decision();
}

/** False where nothing has changed. */
function setFailed(draft: DecisionDraft, replica: ReplicaName, hasFailed: boolean): boolean {
  const partition = draft.partition(replica);
  if (partition.failedReplicas.has(replica.brokerId) === hasFailed) return false;
  const failedReplicas = new Set(partition.failedReplicas);
  if (hasFailed) failedReplicas.add(replica.brokerId);
  else failedReplicas.delete(replica.brokerId);
  draft.put({ ...partition, failedReplicas });
  return true;
}
