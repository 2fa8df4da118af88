import type { TopicZnode } from "../coordination/zookeeper/znode-content.ts";
import { zeroUuid } from "../base/uuid.ts";
import type { Assignment } from "./assignment.ts";
import { nameOf, replicasOf, unknownPartition } from "./controller-context.ts";
import type { ControlledPartition, ControlledTopic, ControllerContext } from "./controller-context.ts";
import { DecisionDraft, type ControllerPolicy, type Decision } from "./decision-draft.ts";
import { deletionFailed, deletionSucceeded, queueDeletions } from "./deletion-progress.ts";
import { bringOnline, movePartitions } from "./partition-moves.ts";
import { finishReassignments } from "./reassignment.ts";
import { moveReplicas } from "./replica-moves.ts";
import { setAssignments } from "./state-writes.ts";
import type { PartitionName } from "../coordination/zookeeper/znode-content.ts";

/** What the znode of a topic says, as the controller sees it first: nothing has a leader or a state. */
export function topicFound(name: string, znode: TopicZnode): ControlledTopic {
  // Partitions are numbered from 0 without a gap; behind one nothing could be told apart from what is missing.
  const partitions: ControlledPartition[] = [];
  for (let partition = 0; znode.partitions.has(partition); partition++) {
    partitions.push(unknownPartition({ topic: name, partition }, assignmentIn(znode, partition)));
  }
  return { name, topicId: znode.topicId ?? zeroUuid, partitions, deletion: undefined };
}

/**
 * The children of /brokers/topics are others: `created` are those that the controller did not know, `names` all that
 * there are. Whoever creates a topic writes its znode and no more; its partitions get their states here (KAFKA.md E.7).
 */
export function topicsChanged(
  context: ControllerContext,
  found: { readonly names: ReadonlySet<string>; readonly created: readonly ControlledTopic[] },
  policy: ControllerPolicy,
): Decision {
  const draft = new DecisionDraft(context, policy);
  for (const name of context.topics.keys()) {
    if (!found.names.has(name)) draft.removeTopic(name);
  }
  const created = found.created.filter(({ name }) => !context.topics.has(name));
  for (const topic of created) draft.putTopic(topic);
  bringNewOnline(
    draft,
    created.flatMap(({ partitions }) => partitions),
  );
  return draft.decision();
}

/** The assignment in a topic's znode is another: it has grown, unless the controller wrote that itself. */
export function partitionsChanged(
  context: ControllerContext,
  found: ControlledTopic,
  policy: ControllerPolicy,
): Decision {
  const draft = new DecisionDraft(context, policy);
  const known = context.topics.get(found.name);
  const added = found.partitions.slice(known?.partitions.length ?? 0);
  if (known === undefined || added.length === 0) return draft.decision();
  if (known.deletion !== undefined) {
    // Too late: what is being deleted doesn't grow any more.
    draft.write(setAssignments(known));
    return draft.decision();
  }
  draft.putTopic({ ...known, partitions: [...known.partitions, ...added] });
  bringNewOnline(draft, added);
  return draft.decision();
}

/** Somebody has asked through /admin/delete_topics for these to be deleted. */
export function deletionsRequested(
  context: ControllerContext,
  topics: readonly string[],
  policy: ControllerPolicy,
): Decision {
  const draft = new DecisionDraft(context, policy);
  queueDeletions(draft, topics);
  return draft.decision();
}

/** A broker answered StopReplica: these it has deleted, and those not. */
export function replicasDeleted(
  context: ControllerContext,
  answered: {
    readonly brokerId: number;
    readonly deleted: readonly PartitionName[];
    readonly failed: readonly PartitionName[];
  },
  policy: ControllerPolicy,
): Decision {
  const draft = new DecisionDraft(context, policy);
  const { brokerId } = answered;
  deletionFailed(
    draft,
    answered.failed.map((name) => ({ ...name, brokerId })),
  );
  deletionSucceeded(
    draft,
    answered.deleted.map((name) => ({ ...name, brokerId })),
  );
  return draft.decision();
}

/** The in-sync replicas of `names` have grown: a reassignment may have waited for that. */
export function replicasInSync(
  context: ControllerContext,
  names: readonly PartitionName[],
  policy: ControllerPolicy,
): Decision {
  const draft = new DecisionDraft(context, policy);
  finishReassignments(draft, names);
  return draft.decision();
}

function bringNewOnline(draft: DecisionDraft, partitions: readonly ControlledPartition[]): void {
  const names = partitions.map(nameOf);
  const replicas = replicasOf(partitions);
  movePartitions(draft, names, "new");
  moveReplicas(draft, replicas, "new");
  bringOnline(draft, names, { kind: "offline", isUncleanForced: false });
  moveReplicas(draft, replicas, "online");
}

function assignmentIn(znode: TopicZnode, partition: number): Assignment {
  return {
    replicas: znode.partitions.get(partition) ?? [],
    addingReplicas: znode.addingReplicas.get(partition) ?? [],
    removingReplicas: znode.removingReplicas.get(partition) ?? [],
  };
}
