/** How the controller stands with a replica. */
export type ReplicaState =
  "nonExistent" | "new" | "online" | "offline" | "deletionStarted" | "deletionSuccessful" | "deletionIneligible";

/** From which states a replica may come to each (KAFKA.md E.6). */
const validPrevious: Readonly<Record<ReplicaState, readonly ReplicaState[]>> = {
  new: ["nonExistent"],
  online: ["new", "online", "offline", "deletionIneligible"],
  offline: ["new", "online", "offline", "deletionIneligible"],
  deletionStarted: ["offline"],
  deletionSuccessful: ["deletionStarted"],
  deletionIneligible: ["offline", "deletionStarted"],
  nonExistent: ["deletionSuccessful"],
};

export function canReplicaMove(from: ReplicaState, to: ReplicaState): boolean {
  return validPrevious[to].includes(from);
}
