import { allPartitions, isOnline, replicasOf } from "./controller-context.ts";
import type { ControllerContext, ReplicaName } from "./controller-context.ts";
import { DecisionDraft, type ControllerPolicy, type Decision } from "./decision-draft.ts";
import { resumeDeletions, topicsThatWait } from "./deletion-progress.ts";
import { bringAllOnline, stateFound } from "./partition-moves.ts";
import { resumeReassignments } from "./reassignment.ts";
import { moveReplicas } from "./replica-moves.ts";
import type { ReplicaState } from "./replica-states.ts";
import { deleteMarker } from "./state-writes.ts";

/** What a new controller finds in the znodes. */
export interface FoundCluster {
  /** Brokers, topics with their assignments and leaderships. States are not looked at: they are not in the znodes. */
  readonly context: ControllerContext;
  readonly topicsToDelete: readonly string[];
}

/**
 * A broker has become the controller: what was decided before it and was not finished is gone on with, what happened
 * while nobody was looking is seen to, and every broker hears who leads what (KAFKA.md E.4).
 *
 * A broker that died together with the last controller is found dead here. Its replicas go offline first, so that a
 * partition which it led is written twice: with no leader, and then with the next one.
 */
export function controllerStarted(found: FoundCluster, policy: ControllerPolicy): Decision {
  const draft = new DecisionDraft(found.context, policy);
  queueDeletionsFound(draft, found.topicsToDelete);
  draft.tellMetadata([...draft.context.brokers.keys()], []);
  startReplicas(draft);
  for (const partition of allPartitions(draft.context)) {
    draft.put({ ...partition, state: stateFound(draft.context, partition) });
  }
  bringAllOnline(draft);
  resumeReassignments(draft, () => true);
  resumeDeletions(draft);
  return draft.decision();
}

function startReplicas(draft: DecisionDraft): void {
  const { context } = draft;
  for (const partition of allPartitions(context)) {
    const replicaStates = new Map<number, ReplicaState>();
    for (const brokerId of partition.assignment.replicas) {
      // One that is not there may have to be deleted: whether it was is not known.
      replicaStates.set(brokerId, isOnline(context, partition, brokerId) ? "online" : "deletionIneligible");
    }
    draft.put({ ...partition, replicaStates });
  }
  const replicas = replicasOf(allPartitions(draft.context));
  const isThere = (replica: ReplicaName): boolean => isOnline(context, draft.partition(replica), replica.brokerId);
  moveReplicas(draft, replicas.filter(isThere), "online");
  moveReplicas(
    draft,
    replicas.filter((replica) => !isThere(replica)),
    "offline",
  );
}

/** Topics that were to be deleted still are; some have to wait. */
function queueDeletionsFound(draft: DecisionDraft, topics: readonly string[]): void {
  const waiting = topicsThatWait(draft);
  for (const name of topics) {
    const topic = draft.context.topics.get(name);
    if (topic === undefined || !draft.policy.isTopicDeletionEnabled) draft.write(deleteMarker(name));
    else draft.putTopic({ ...topic, deletion: { isStarted: false, isHalted: waiting.has(name) } });
  }
}
