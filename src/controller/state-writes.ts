import {
  configEntityPath,
  configPath,
  deleteTopicPath,
  partitionPath,
  partitionsPath,
  partitionStatePath,
  topicPath,
} from "../coordination/zookeeper/layout.ts";
import { writePartitionState, writeTopic } from "../coordination/zookeeper/znode-content.ts";
import { anyVersion, type Operation } from "../coordination/zookeeper/znode.ts";
import type { ZookeeperFailure } from "../coordination/zookeeper/zookeeper-error.ts";
import type { ControlledPartition, ControlledTopic, Leadership } from "./controller-context.ts";
import { nameOf } from "./controller-context.ts";

/** One step of a decision on the znodes: a transaction of its own, fenced by the controller's epoch (KAFKA.md S.3). */
export interface FencedWrite {
  readonly operation: Operation;
  /** With these the node is as it was wanted, so they count as done. */
  readonly tolerates: readonly ZookeeperFailure[];
}

/** The first state of a partition, with the nodes above it. Parents of all come first, as Kafka has it. */
export function createStates(partitions: readonly ControlledPartition[]): readonly FencedWrite[] {
  const topics = new Set(partitions.map(({ topic }) => topic));
  return [
    ...[...topics].map((topic) => createEmpty(partitionsPath(topic))),
    ...partitions.map(({ topic, index }) => createEmpty(partitionPath(topic, index))),
    ...partitions.flatMap(({ topic, index, leadership }) =>
      leadership === undefined ? [] : [createState(partitionStatePath(topic, index), leadership)],
    ),
  ];
}

/** `version` is the partition epoch that the change starts from. */
export function setState(partition: ControlledPartition, next: Leadership, version: number): FencedWrite {
  const { topic, partition: index } = nameOf(partition);
  const data = writePartitionState(next);
  return { operation: { type: "setData", path: partitionStatePath(topic, index), data, version }, tolerates: [] };
}

/** Write the assignment of all partitions of a topic, as Kafka does for a change of one. */
export function setAssignments({ name, topicId, partitions }: ControlledTopic): FencedWrite {
  const pick = (list: "replicas" | "addingReplicas" | "removingReplicas"): ReadonlyMap<number, readonly number[]> =>
    new Map(
      partitions
        .filter(({ assignment }) => list === "replicas" || assignment[list].length > 0)
        .map(({ index, assignment }) => [index, assignment[list]]),
    );
  const data = writeTopic({
    topicId,
    partitions: pick("replicas"),
    addingReplicas: pick("addingReplicas"),
    removingReplicas: pick("removingReplicas"),
  });
  return { operation: { type: "setData", path: topicPath(name), data, version: anyVersion }, tolerates: [] };
}

/** All that there is of a topic, children before their parents, the request to delete it last (KAFKA.md E.7). */
export function deleteTopicNodes(topic: string, partitionCount: number): readonly FencedWrite[] {
  const indexes = Array.from({ length: partitionCount }, (_, index) => index);
  return [
    ...indexes.flatMap((index) => [
      deleteNode(partitionStatePath(topic, index)),
      deleteNode(partitionPath(topic, index)),
    ]),
    deleteNode(partitionsPath(topic)),
    deleteNode(topicPath(topic)),
    deleteNode(configPath(configEntityPath("topics", topic))),
    deleteMarker(topic),
  ];
}

/** Forget that somebody wanted the topic deleted. */
export function deleteMarker(topic: string): FencedWrite {
  return deleteNode(deleteTopicPath(topic));
}

export function deleteNode(path: string): FencedWrite {
  return { operation: { type: "delete", path, version: anyVersion }, tolerates: ["NONODE"] };
}

function createEmpty(path: string): FencedWrite {
  return { operation: { type: "create", path, data: null, mode: "persistent" }, tolerates: ["NODEEXISTS"] };
}

function createState(path: string, leadership: Leadership): FencedWrite {
  const data = writePartitionState(leadership);
  return { operation: { type: "create", path, data, mode: "persistent" }, tolerates: [] };
}
