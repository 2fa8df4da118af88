import type { Uuid } from "../base/uuid.ts";
import type { ErrorName } from "../protocol/error-code.ts";

/*
 * What a broker asks of the controller and what it is told: the words that both sides share, and neither owns.
 */

export interface AdministrationResult {
  readonly errorName: ErrorName;
  readonly errorMessage: string | null;
}

export interface TopicToCreate {
  readonly name: string;
  /** -1: the broker's `num.partitions`, or as many as `assignments` names. */
  readonly partitionCount: number;
  /** -1: the broker's `default.replication.factor`, or as `assignments` says. */
  readonly replicationFactor: number;
  /** Empty: the controller places the replicas. */
  readonly assignments: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[];
  readonly configs: readonly { readonly name: string; readonly value: string | null }[];
}

export interface CreatedTopic extends AdministrationResult {
  readonly name: string;
  readonly topicId: Uuid;
  /** -1 on error. */
  readonly partitionCount: number;
  readonly replicationFactor: number;
}

export interface TopicToGrow {
  readonly name: string;
  /** The wanted count of all partitions. */
  readonly partitionCount: number;
  /** Null: the controller places the replicas; else one list per new partition. */
  readonly assignments: readonly (readonly number[])[] | null;
}

export interface ConfigAlteration {
  /** As on the wire: 2 a topic, 4 a broker, 16 a subscription to client metrics, 32 a group (KAFKA.md K). */
  readonly resourceType: number;
  readonly resourceName: string;
  /** "replace": what is not named goes back to its default (AlterConfigs). "change": only what is named changes. */
  readonly kind: "replace" | "change";
  readonly operations: readonly ConfigOperation[];
}

export interface ConfigOperation {
  readonly name: string;
  /** As on the wire: 0 set, 1 delete, 2 append, 3 subtract. */
  readonly operation: number;
  readonly value: string | null;
}
