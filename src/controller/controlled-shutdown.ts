import type { PartitionName } from "../coordination/zookeeper/znode-content.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import { allPartitions, isToBeDeleted, nameOf } from "./controller-context.ts";
import type { ControlledPartition, ControllerContext } from "./controller-context.ts";
import { DecisionDraft, type AnsweredDecision, type ControllerPolicy } from "./decision-draft.ts";
import { bringOnline } from "./partition-moves.ts";
import { moveReplicas } from "./replica-moves.ts";

export interface ShutdownAnswer {
  readonly errorName: ErrorName;
  /** What the broker still leads, because nobody else could. */
  readonly remaining: readonly PartitionName[];
}

/** Its epoch in a request that doesn't say it. */
const unknownBrokerEpoch = -1;

/**
 * A broker wants to stop: what it leads is led by others first, so that nobody waits for its session to expire
 * (KAFKA.md E.7). Partitions with one replica are left alone: there is nobody to lead them.
 */
export function controlledShutdown(
  context: ControllerContext,
  asker: { readonly brokerId: number; readonly brokerEpoch: number },
  policy: ControllerPolicy,
): AnsweredDecision<ShutdownAnswer> {
  const draft = new DecisionDraft(context, policy);
  const { brokerId, brokerEpoch } = asker;
  const known = context.brokers.get(brokerId);
  if (known === undefined) return draft.answered({ errorName: "BROKER_NOT_AVAILABLE", remaining: [] });
  if (brokerEpoch !== unknownBrokerEpoch && brokerEpoch < known.brokerEpoch) {
    return draft.answered({ errorName: "STALE_BROKER_EPOCH", remaining: [] });
  }
  draft.putShuttingDown(brokerId);
  const hosted = allPartitions(context).filter((partition) => isAffected(context, partition, brokerId));
  const led = hosted.filter(({ leadership }) => leadership?.leaderId === brokerId).map(nameOf);
  const followed = hosted.filter(({ leadership }) => leadership?.leaderId !== brokerId);
  bringOnline(draft, led, { kind: "controlledShutdown" });
  for (const partition of followed) draft.batch.stopReplica(draft.context, brokerId, partition, false);
  draft.endRound();
  const replicas = followed.map((partition) => ({ ...nameOf(partition), brokerId }));
  moveReplicas(draft, replicas, "offline");
  const remaining = led.filter((name) => draft.partition(name).leadership?.leaderId === brokerId);
  return draft.answered({ errorName: "NONE", remaining });
}

function isAffected(context: ControllerContext, partition: ControlledPartition, brokerId: number): boolean {
  const { assignment, leadership, topic } = partition;
  return (
    assignment.replicas.includes(brokerId) &&
    assignment.replicas.length > 1 &&
    leadership !== undefined &&
    !isToBeDeleted(context, topic)
  );
}
