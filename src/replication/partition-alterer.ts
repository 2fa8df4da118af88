import type { Uuid } from "../base/uuid.ts";
import type { ErrorName } from "../protocol/error-code.ts";

/** A leader's wish to have other replicas in sync, as AlterPartition says it (KAFKA.md D.5). */
export interface InSyncProposal {
  readonly topic: string;
  readonly topicId: Uuid;
  readonly index: number;
  readonly leaderEpoch: number;
  /** Version of the state that this starts from: the controller writes by compare-and-set. */
  readonly partitionEpoch: number;
  readonly inSyncReplicas: readonly ProposedReplica[];
}

export interface ProposedReplica {
  readonly brokerId: number;
  /** Registration with which the replica fetched; -1 leaves it unchecked (KIP-903). */
  readonly brokerEpoch: number;
}

/** What the controller made of a proposal. */
export type AlterationOutcome =
  | {
      readonly kind: "accepted";
      readonly leaderEpoch: number;
      readonly inSyncReplicas: readonly number[];
      readonly partitionEpoch: number;
    }
  | { readonly kind: "refused"; readonly errorName: ErrorName };

/**
 * Takes proposals to the controller. It has one request in flight at a time, finds the controller, and goes on trying
 * while none can be reached or the whole request was refused; a partition's own error is told. `told` is called once at
 * most, and never before `propose` has returned.
 */
export interface PartitionAlterer {
  propose(proposal: InSyncProposal, told: (outcome: AlterationOutcome) => void): void;
}

const neverApplied: readonly ErrorName[] = ["OPERATION_NOT_ATTEMPTED", "INELIGIBLE_REPLICA"];
const leaderIsStale: readonly ErrorName[] = [
  "UNKNOWN_TOPIC_OR_PARTITION",
  "UNKNOWN_TOPIC_ID",
  "FENCED_LEADER_EPOCH",
  "INVALID_UPDATE_VERSION",
  "INVALID_REQUEST",
  "NEW_LEADER_ELECTED",
];

/**
 * What a leader does about a refusal. "revert": the controller says that the proposal was not and never will be
 * applied.
 * "awaitMetadata": the leader is the stale one; nobody knows what became of the proposal, so it keeps counting until
 * the controller's next word. "retry": everything else.
 */
export function reactionTo(errorName: ErrorName): "revert" | "awaitMetadata" | "retry" {
  if (neverApplied.includes(errorName)) return "revert";
  return leaderIsStale.includes(errorName) ? "awaitMetadata" : "retry";
}
