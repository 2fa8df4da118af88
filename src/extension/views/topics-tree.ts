import type { ClusterDelta, PartitionView, TopicView } from "../../cluster/cluster-view.ts";
import { byteText, counted, withThousands } from "../counted.ts";
import type { ClusterPicture } from "../engine/cluster-picture.ts";
import { ShownNodes, type Tooltip, type TreeModel, type TreeNode } from "./tree-node.ts";

/** Above so many changed lines one refresh of the whole view is cheaper than each for itself. */
const changedLinesMax = 200;

export function topicNode(topic: TopicView): TreeNode {
  const { partitions, replicationFactor, minInSyncReplicas } = topic;
  const worst = worstHealth(partitions.map((partition) => healthOf(partition, topic)));
  const minimum = minInSyncReplicas > 1 ? ` · min ${minInSyncReplicas}` : "";
  return {
    id: topic.name,
    label: topic.name,
    description: `${partitions.length} p · rf ${replicationFactor}${minimum}`,
    icon: topic.isInternal ? "lock" : "database",
    ...colored(worst),
    contextValue: topic.isInternal ? "topic.internal" : "topic",
    hasChildren: true,
    spoken: `Topic ${topic.name}, ${counted(partitions.length, "partition")}, replication factor ${replicationFactor}`,
  };
}

export function partitionNode(topic: TopicView, partition: PartitionView): TreeNode {
  const { index, leaderId, inSyncReplicas, assignedReplicas, highWatermark, logEndOffset } = partition;
  const health = healthOf(partition, topic);
  const out = assignedReplicas.filter((id) => !inSyncReplicas.includes(id));
  // With one replica the ISR is the leader and says nothing.
  const isr =
    assignedReplicas.length > 1 ? ` · ISR ${inSyncReplicas.join(",")}${out.length ? ` / ${out.join()}` : ""}` : "";
  const leader = leaderId === -1 ? "offline" : `L${leaderId}`;
  return {
    id: `${topic.name}/${index}`,
    label: String(index),
    description: `${leader}${isr} · HW ${withThousands(highWatermark)} · LEO ${withThousands(logEndOffset)}`,
    icon: health === "offline" ? "error" : health === "healthy" ? "symbol-array" : "warning",
    ...colored(health),
    contextValue: "partition",
    hasChildren: false,
    spoken:
      `Partition ${index} of ${topic.name}, ${leaderId === -1 ? "offline" : `led by broker ${leaderId}`}, ` +
      `high watermark ${highWatermark}, log end offset ${logEndOffset}`,
  };
}

/** The topic that a node's id is about: ids are `topic` and `topic/partition`, and no topic's name has a slash. */
export function topicOfNode(id: string): string {
  return id.split("/")[0] ?? id;
}

/** The view Topics: topics, and under each its partitions. */
export class TopicsTree implements TreeModel {
  readonly hasLevels = true;
  private readonly pictureNow: () => ClusterPicture | undefined;
  private readonly shown = new ShownNodes();
  private shownNames: readonly string[] = [];
  private readonly partitionCounts = new Map<string, number>();

  constructor(pictureNow: () => ClusterPicture | undefined) {
    this.pictureNow = pictureNow;
  }

  childIds(parentId: string | undefined): readonly string[] {
    const picture = this.pictureNow();
    if (parentId === undefined) {
      this.shownNames = picture?.topicNames ?? [];
      return this.shownNames;
    }
    const ids = this.partitionIds(parentId);
    this.partitionCounts.set(parentId, ids.length);
    return ids;
  }

  node(id: string): TreeNode | undefined {
    const node = this.peek(id);
    return node === undefined ? undefined : this.shown.shown(node);
  }

  tooltip(id: string): Tooltip | undefined {
    const topic = this.pictureNow()?.topic(topicOfNode(id));
    if (topic === undefined) return undefined;
    const partition = partitionOf(topic, id);
    return partition === undefined ? topicTooltip(topic) : partitionTooltip(topic, partition);
  }

  changedBy(deltas: readonly ClusterDelta[]): readonly string[] | "all" {
    const names = this.pictureNow()?.topicNames ?? [];
    for (const name of deltas.flatMap((delta) => delta.removedTopics)) this.forget(name);
    // The picture keeps the very same array until a name comes or goes.
    if (names !== this.shownNames) return "all";
    const changed: string[] = [];
    for (const name of new Set(deltas.flatMap((delta) => delta.changedTopics.map((topic) => topic.name)))) {
      changed.push(...this.changedLines(name));
    }
    return changed.length > changedLinesMax ? "all" : changed;
  }

  private changedLines(name: string): readonly string[] {
    const ids = this.partitionIds(name);
    const countShown = this.partitionCounts.get(name);
    const hasNewLines = countShown !== undefined && countShown !== ids.length;
    // A refreshed topic asks for its partitions again, so they need no refresh of their own.
    if (hasNewLines || this.shown.looksDifferent(name, this.peek(name))) return [name];
    return ids.filter((id) => this.shown.looksDifferent(id, this.peek(id)));
  }

  private forget(name: string): void {
    for (let index = 0; index < (this.partitionCounts.get(name) ?? 0); index += 1)
      this.shown.forget(`${name}/${index}`);
    this.partitionCounts.delete(name);
    this.shown.forget(name);
  }

  private partitionIds(name: string): readonly string[] {
    return (
      this.pictureNow()
        ?.topic(name)
        ?.partitions.map((partition) => `${name}/${partition.index}`) ?? []
    );
  }

  private peek(id: string): TreeNode | undefined {
    const topic = this.pictureNow()?.topic(topicOfNode(id));
    if (topic === undefined) return undefined;
    const partition = partitionOf(topic, id);
    if (partition !== undefined) return partitionNode(topic, partition);
    return id === topic.name ? topicNode(topic) : undefined;
  }
}

type Health = "healthy" | "under-replicated" | "under-minimum" | "offline";

const fromBestToWorst: readonly Health[] = ["healthy", "under-replicated", "under-minimum", "offline"];

function healthOf(partition: PartitionView, topic: TopicView): Health {
  if (partition.leaderId === -1) return "offline";
  if (partition.inSyncReplicas.length < topic.minInSyncReplicas) return "under-minimum";
  if (partition.inSyncReplicas.length < partition.assignedReplicas.length) return "under-replicated";
  return "healthy";
}

function worstHealth(all: readonly Health[]): Health {
  return all.reduce(
    (worst, one) => (fromBestToWorst.indexOf(one) > fromBestToWorst.indexOf(worst) ? one : worst),
    "healthy",
  );
}

function colored(health: Health): { readonly iconColor?: string } {
  switch (health) {
    case "healthy":
      return {};
    case "under-replicated":
      return { iconColor: "charts.yellow" };
    case "under-minimum":
    case "offline":
      return { iconColor: "charts.red" };
  }
}

function partitionOf(topic: TopicView, id: string): PartitionView | undefined {
  const slash = id.indexOf("/");
  return slash === -1 ? undefined : topic.partitions[Number(id.slice(slash + 1))];
}

function topicTooltip(topic: TopicView): Tooltip {
  const records = topic.partitions.reduce(
    (sum, { logStartOffset, logEndOffset }) => sum + logEndOffset - logStartOffset,
    0,
  );
  const bytes = topic.partitions.reduce((sum, { byteCount }) => sum + byteCount, 0);
  return {
    title: topic.name,
    rows: [
      ["Partitions", withThousands(topic.partitions.length)],
      ["Replication factor", String(topic.replicationFactor)],
      ["min.insync.replicas", String(topic.minInSyncReplicas)],
      ["Offsets in the logs", withThousands(records)],
      ["Size of the leaders' logs", byteText(bytes)],
      ["Topic id", topic.topicId],
      ...Object.entries(topic.configs),
    ],
  };
}

function partitionTooltip(topic: TopicView, partition: PartitionView): Tooltip {
  return {
    title: `${topic.name}-${partition.index}`,
    rows: [
      [
        "Leader",
        partition.leaderId === -1 ? "none: offline" : `broker ${partition.leaderId}, epoch ${partition.leaderEpoch}`,
      ],
      ["Replicas", partition.assignedReplicas.join(", ")],
      ["In sync", partition.inSyncReplicas.join(", ")],
      ["Log start offset", withThousands(partition.logStartOffset)],
      ["High watermark (HW)", withThousands(partition.highWatermark)],
      ["Log end offset (LEO)", withThousands(partition.logEndOffset)],
      ["Size", byteText(partition.byteCount)],
    ],
  };
}
