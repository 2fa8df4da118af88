/** Who holds a partition, and what a reassignment changes about that (KIP-455). */
export interface Assignment {
  /** In order: the first is the preferred leader. During a reassignment those that come and those that go too. */
  readonly replicas: readonly number[];
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
}

/** An assignment with no reassignment under way. */
export function settled(replicas: readonly number[]): Assignment {
  return { replicas, addingReplicas: [], removingReplicas: [] };
}

export function isBeingReassigned({ addingReplicas, removingReplicas }: Assignment): boolean {
  return addingReplicas.length > 0 || removingReplicas.length > 0;
}

/** What it was before the reassignment, in the order of the merged list, which may be another than it had then. */
export function originReplicas({ replicas, addingReplicas }: Assignment): readonly number[] {
  return without(replicas, addingReplicas);
}

/** What it will be. */
export function targetReplicas({ replicas, removingReplicas }: Assignment): readonly number[] {
  return without(replicas, removingReplicas);
}

/** On the way from what it was to `target`; a reassignment under way is given up for it. */
export function reassigned(assignment: Assignment, target: readonly number[]): Assignment {
  const origin = originReplicas(assignment);
  const replicas = [...target, ...without(origin, target)];
  return {
    replicas,
    addingReplicas: without(replicas, origin),
    removingReplicas: without(replicas, target),
  };
}

export function isSameAssignment(one: Assignment, other: Assignment): boolean {
  return (
    isSameList(one.replicas, other.replicas) &&
    isSameList(one.addingReplicas, other.addingReplicas) &&
    isSameList(one.removingReplicas, other.removingReplicas)
  );
}

export function withoutReplica(assignment: Assignment, brokerId: number): Assignment {
  return {
    replicas: without(assignment.replicas, [brokerId]),
    addingReplicas: without(assignment.addingReplicas, [brokerId]),
    removingReplicas: without(assignment.removingReplicas, [brokerId]),
  };
}

export function isSameList(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((brokerId, index) => brokerId === other[index]);
}

function without(brokerIds: readonly number[], excluded: readonly number[]): readonly number[] {
  return brokerIds.filter((brokerId) => !excluded.includes(brokerId));
}
