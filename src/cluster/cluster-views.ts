import type { Broker } from "../broker/broker.ts";
import type { ClusterMetadata, TopicMetadata } from "../coordination/cluster-metadata.ts";
import type { BrokerView, ClusterDelta, ClusterView, PartitionView, TopicView } from "./cluster-view.ts";

/** A topic is drawn at most this often, however many records arrive: 6 to 7 times a second. */
export const coalesceMs = 150;

/** What a picture of the cluster is drawn from. */
export interface ViewSource {
  readonly metadata: ClusterMetadata;
  readonly brokers: ReadonlyMap<number, Broker>;
}

export function clusterView(source: ViewSource): ClusterView {
  const names = [...source.metadata.topics.keys()].sort();
  return {
    clusterId: source.metadata.clusterId,
    brokers: brokerViews(source),
    topics: names.flatMap((name) => topicViewOf(source, name)),
  };
}

/** The picture's change: brokers in full, and the topics named, which may be gone by now. */
export function clusterDelta(source: ViewSource, topicNames: Iterable<string>): ClusterDelta {
  const changedTopics: TopicView[] = [];
  const removedTopics: string[] = [];
  for (const name of topicNames) {
    const [view] = topicViewOf(source, name);
    if (view === undefined) removedTopics.push(name);
    else changedTopics.push(view);
  }
  return { brokers: brokerViews(source), changedTopics, removedTopics };
}

function brokerViews({ metadata, brokers }: ViewSource): readonly BrokerView[] {
  const leaderCounts = new Map<number, number>();
  for (const topic of metadata.topics.values()) {
    for (const { leaderId } of topic.partitions) leaderCounts.set(leaderId, (leaderCounts.get(leaderId) ?? 0) + 1);
  }
  return [...metadata.brokers.values()]
    .sort((a, b) => a.id - b.id)
    .map(({ id, host, port, isAlive }) => ({
      id,
      host,
      port,
      state: isAlive ? "up" : "down",
      leaderCount: leaderCounts.get(id) ?? 0,
      connectionCount: brokers.get(id)?.connectionCount ?? 0,
    }));
}

function topicViewOf(source: ViewSource, name: string): TopicView[] {
  const topic = source.metadata.topics.get(name);
  if (topic === undefined) return [];
  const minInSyncReplicas = Number(topic.configs.get("min.insync.replicas") ?? 1);
  return [
    {
      name,
      topicId: topic.topicId,
      isInternal: topic.isInternal,
      replicationFactor: topic.partitions[0]?.assignedReplicas.length ?? 0,
      minInSyncReplicas,
      configs: Object.fromEntries(topic.configs),
      partitions: partitionViews(source, topic),
    },
  ];
}

function partitionViews({ brokers }: ViewSource, topic: TopicMetadata): readonly PartitionView[] {
  return topic.partitions.map((partition) => {
    const { index, leaderId, leaderEpoch, assignedReplicas, inSyncReplicas } = partition;
    const hosted = brokers.get(leaderId)?.partitions.find(topic.name, index);
    return {
      index,
      leaderId,
      leaderEpoch,
      assignedReplicas,
      inSyncReplicas,
      logStartOffset: hosted?.logStartOffset ?? 0,
      highWatermark: hosted?.highWatermark ?? 0,
      logEndOffset: hosted?.logEndOffset ?? 0,
      byteCount: hosted?.byteCount ?? 0,
    };
  });
}
