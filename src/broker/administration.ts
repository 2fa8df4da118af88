import type { ErrorName } from "../protocol/error-code.ts";
import type { Uuid } from "../base/uuid.ts";

/**
 * What a broker asks of whoever decides for the whole cluster: the controller. A broker forwards, and hands on the
 * answer when it comes; it decides none of this by itself. `done` is called exactly once, never before the call
 * returns, and not before the asking broker knows the new state.
 */
export interface Administration {
  createTopics(
    topics: readonly TopicToCreate[],
    validateOnly: boolean,
    done: (made: readonly CreatedTopic[]) => void,
  ): void;
  /** In the order of `topics`. */
  deleteTopics(topics: readonly string[], done: (gone: readonly AdministrationResult[]) => void): void;
  createPartitions(
    topics: readonly TopicToGrow[],
    validateOnly: boolean,
    done: (grown: readonly AdministrationResult[]) => void,
  ): void;
  alterConfigs(
    resources: readonly ConfigAlteration[],
    validateOnly: boolean,
    done: (altered: readonly AdministrationResult[]) => void,
  ): void;
  /** Reserve a block of producer ids that no other broker will be given. */
  allocateProducerIds(count: number, done: (firstProducerId: number) => void): void;
}

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
  /** As on the wire: 2 a topic, 4 a broker (KAFKA.md K). */
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
