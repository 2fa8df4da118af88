import { unreachable } from "../base/assert.ts";
import type { PartitionName } from "../coordination/zookeeper/znode-content.ts";
import { targetReplicas } from "./assignment.ts";
import { allPartitions, isOnline, isToBeDeleted, nameOf } from "./controller-context.ts";
import type { ControlledPartition, ControllerContext } from "./controller-context.ts";
import type { DecisionDraft } from "./decision-draft.ts";
import {
  forControlledShutdown,
  forOffline,
  forPreferredReplica,
  forReassignment,
  type Candidates,
  type Election,
} from "./leader-election.ts";
import { canPartitionMove, type PartitionState } from "./partition-states.ts";
import { createStates } from "./state-writes.ts";

export type ElectionReason =
  | { readonly kind: "offline"; readonly isUncleanForced: boolean }
  | { readonly kind: "reassignment" }
  | { readonly kind: "preferredReplica" }
  | { readonly kind: "controlledShutdown" };

/** Move those that may be moved. Nobody is told and nothing is written: of these states only the controller knows. */
export function movePartitions(
  draft: DecisionDraft,
  names: readonly PartitionName[],
  target: Exclude<PartitionState, "online">,
): void {
  for (const partition of movable(draft, names, target)) draft.put({ ...partition, state: target });
}

/**
 * Give each of `names` a leader: new partitions their first one, the others one by an election. Answers which of the
 * others were given one.
 */
export function bringOnline(
  draft: DecisionDraft,
  names: readonly PartitionName[],
  reason: ElectionReason,
): readonly PartitionName[] {
  const partitions = movable(draft, names, "online");
  initialise(
    draft,
    partitions.filter(({ state }) => state === "new"),
  );
  const elected: PartitionName[] = [];
  for (const partition of partitions) {
    if (partition.state !== "new" && elect(draft, partition, reason)) elected.push(nameOf(partition));
  }
  draft.endRound();
  return elected;
}

/** Try to give a leader to all partitions without one, or to those of `topic`; what is to be deleted stays as it is. */
export function bringAllOnline(draft: DecisionDraft, topic?: string): readonly PartitionName[] {
  const { context } = draft;
  const waiting = allPartitions(context).filter(
    (partition) =>
      (partition.state === "new" || partition.state === "offline") &&
      (topic === undefined || partition.topic === topic) &&
      !isToBeDeleted(context, partition.topic),
  );
  return bringOnline(draft, waiting.map(nameOf), { kind: "offline", isUncleanForced: false });
}

/** The state of a partition that a new controller finds. */
export function stateFound(context: ControllerContext, partition: ControlledPartition): PartitionState {
  const { leadership } = partition;
  if (leadership === undefined) return "new";
  return isOnline(context, partition, leadership.leaderId) ? "online" : "offline";
}

function movable(
  draft: DecisionDraft,
  names: readonly PartitionName[],
  target: PartitionState,
): readonly ControlledPartition[] {
  return names.map((name) => draft.partition(name)).filter(({ state }) => canPartitionMove(state, target));
}

/** The first leader is the first replica that is there, and all that are there are in sync (KAFKA.md E.5). */
function initialise(draft: DecisionDraft, partitions: readonly ControlledPartition[]): void {
  const made: ControlledPartition[] = [];
  for (const partition of partitions) {
    const { controllerEpoch } = draft.context;
    const live = partition.assignment.replicas.filter((brokerId) => isOnline(draft.context, partition, brokerId));
    const [leaderId] = live;
    // It stays new until one of its brokers comes.
    if (leaderId === undefined) continue;
    const leadership = {
      leaderId,
      leaderEpoch: 0,
      inSyncReplicas: live,
      isRecovering: false,
      controllerEpoch,
      partitionEpoch: 0,
    };
    made.push(draft.put({ ...partition, state: "online", leadership }));
    draft.tell(live, nameOf(partition), true);
  }
  draft.write(...createStates(made));
}

function elect(draft: DecisionDraft, partition: ControlledPartition, reason: ElectionReason): boolean {
  const { leadership } = partition;
  const result = electionFor(draft, partition, reason);
  if (result === undefined || leadership === undefined) return false;
  const { leaderId, inSyncReplicas, isUnclean } = result.election;
  const isRecovering = isUnclean || leadership.isRecovering;
  const next = draft.lead(nameOf(partition), { leaderId, inSyncReplicas, isRecovering });
  draft.put({ ...next, state: "online" });
  draft.tell(result.recipients, nameOf(partition));
  return true;
}

interface ElectionResult {
  readonly election: Election;
  /** Who is told of it directly. */
  readonly recipients: readonly number[];
}

function electionFor(
  draft: DecisionDraft,
  partition: ControlledPartition,
  reason: ElectionReason,
): ElectionResult | undefined {
  const { context, policy } = draft;
  const { assignment, leadership } = partition;
  if (leadership === undefined) return undefined;
  const { inSyncReplicas } = leadership;
  const isThere = (brokerId: number): boolean => isOnline(context, partition, brokerId);
  const candidates: Candidates = { replicas: assignment.replicas, inSyncReplicas, isOnline: isThere };
  const live = assignment.replicas.filter(isThere);
  switch (reason.kind) {
    case "offline": {
      const isUncleanAllowed = reason.isUncleanForced || policy.isUncleanElectionAllowed(partition.topic);
      return resultOf(forOffline(candidates, isUncleanAllowed), live);
    }
    case "reassignment": {
      const replicas = targetReplicas(assignment);
      return resultOf(forReassignment({ ...candidates, replicas }), replicas);
    }
    case "preferredReplica":
      return resultOf(forPreferredReplica(candidates), assignment.replicas);
    case "controlledShutdown": {
      // Whoever is shutting down must hear that it leads no more.
      const recipients = assignment.replicas.filter(
        (brokerId) => context.brokers.has(brokerId) && !partition.failedReplicas.has(brokerId),
      );
      return resultOf(forControlledShutdown(candidates, context.shuttingDownBrokers), recipients);
    }
    default:
      return unreachable(reason);
  }
}

function resultOf(election: Election | undefined, recipients: readonly number[]): ElectionResult | undefined {
  return election === undefined ? undefined : { election, recipients };
}
