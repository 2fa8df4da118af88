/** How the controller stands with a partition: whether it is there, has had a leader yet, and has one now. */
export type PartitionState = "nonExistent" | "new" | "online" | "offline";

/** From which states a partition may come to each (KAFKA.md E.5). */
const validPrevious: Readonly<Record<PartitionState, readonly PartitionState[]>> = {
  nonExistent: ["offline"],
  new: ["nonExistent"],
  online: ["new", "online", "offline"],
  offline: ["new", "online", "offline"],
};

export function canPartitionMove(from: PartitionState, to: PartitionState): boolean {
  return validPrevious[to].includes(from);
}
