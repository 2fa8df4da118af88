import { unreachable } from "../base/assert.ts";
import { withoutReplica } from "./assignment.ts";
import { isToBeDeleted, noLeader } from "./controller-context.ts";
import type { ControlledPartition, ReplicaName } from "./controller-context.ts";
import type { DecisionDraft } from "./decision-draft.ts";
import { canReplicaMove, type ReplicaState } from "./replica-states.ts";

/**
 * Move those of `replicas` that may be moved (KAFKA.md E.6), broker by broker. Others stay as they are: a replica whose
 * deletion is done, say, does not come back online with its broker.
 */
export function moveReplicas(draft: DecisionDraft, replicas: readonly ReplicaName[], target: ReplicaState): void {
  const byBroker = [...replicas].sort((one, other) => one.brokerId - other.brokerId);
  for (const replica of byBroker) {
    const partition = draft.partition(replica);
    if (canReplicaMove(stateOf(partition, replica.brokerId), target)) move(draft, replica, target);
  }
  draft.endRound();
}

export function stateOf(partition: ControlledPartition, brokerId: number): ReplicaState {
  return partition.replicaStates.get(brokerId) ?? "nonExistent";
}

function move(draft: DecisionDraft, replica: ReplicaName, target: ReplicaState): void {
  switch (target) {
    case "new":
      startNew(draft, replica);
      return;
    case "online":
      startOnline(draft, replica);
      return;
    case "offline":
      stop(draft, replica);
      return;
    case "deletionStarted":
      mark(draft, replica, target);
      draft.batch.stopReplica(draft.context, replica.brokerId, draft.partition(replica), true);
      return;
    case "deletionSuccessful":
    case "deletionIneligible":
      mark(draft, replica, target);
      return;
    case "nonExistent":
      forget(draft, replica);
      return;
    default:
      unreachable(target);
  }
}

/** A replica that is to be made: it can only be a follower. */
function startNew(draft: DecisionDraft, replica: ReplicaName): void {
  const { leadership } = draft.partition(replica);
  if (leadership?.leaderId === replica.brokerId) return;
  mark(draft, replica, "new");
  if (leadership !== undefined) draft.tell([replica.brokerId], replica, true);
}

function startOnline(draft: DecisionDraft, replica: ReplicaName): void {
  const partition = draft.partition(replica);
  const isNew = stateOf(partition, replica.brokerId) === "new";
  mark(draft, replica, "online");
  // A new one has been told when its partition got its leader, or when it was made.
  if (!isNew && partition.leadership !== undefined) draft.tell([replica.brokerId], replica);
}

/** The replica can't be used: it leads no more and is in sync no more, unless it alone was. */
function stop(draft: DecisionDraft, replica: ReplicaName): void {
  const { brokerId } = replica;
  const partition = draft.partition(replica);
  const { leadership } = partition;
  draft.batch.stopReplica(draft.context, brokerId, partition, false);
  mark(draft, replica, "offline");
  if (leadership === undefined) {
    draft.batch.tellMetadata(draft.context, [...draft.context.brokers.keys()], [partition]);
    return;
  }
  const { leaderId, inSyncReplicas } = leadership;
  if (inSyncReplicas.includes(brokerId)) {
    draft.lead(replica, {
      leaderId: leaderId === brokerId ? noLeader : leaderId,
      inSyncReplicas: inSyncReplicas.length === 1 ? inSyncReplicas : inSyncReplicas.filter((id) => id !== brokerId),
    });
  }
  if (isToBeDeleted(draft.context, replica.topic)) return;
  const recipients = partition.assignment.replicas.filter((id) => id !== brokerId);
  draft.tell(recipients, replica);
}

function mark(draft: DecisionDraft, replica: ReplicaName, state: ReplicaState): void {
  const partition = draft.partition(replica);
  const replicaStates = new Map(partition.replicaStates).set(replica.brokerId, state);
  draft.put({ ...partition, replicaStates });
}

function forget(draft: DecisionDraft, replica: ReplicaName): void {
  const partition = draft.partition(replica);
  const replicaStates = new Map(partition.replicaStates);
  replicaStates.delete(replica.brokerId);
  const assignment = withoutReplica(partition.assignment, replica.brokerId);
  draft.put({ ...partition, replicaStates, assignment });
}
