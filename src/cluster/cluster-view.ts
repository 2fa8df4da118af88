/**
 * One immutable, JSON-serialisable picture of a cluster. Every screen speaks it (sidebar, Deck, CLI) and none reaches
 * into the engine. Optional parts come with the parts of the engine that fill them; what is absent is not known.
 */
export interface ClusterView {
  readonly clusterId: string;
  /** Ascending by id. */
  readonly brokers: readonly BrokerView[];
  /** Ascending by name, by code unit. */
  readonly topics: readonly TopicView[];
}

export interface BrokerView {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly state: "up" | "down";
  /** How many partitions this broker leads. */
  readonly leaderCount: number;
  /** Open connections of clients. */
  readonly connectionCount: number;
}

export interface TopicView {
  readonly name: string;
  readonly topicId: string;
  readonly isInternal: boolean;
  readonly replicationFactor: number;
  readonly minInSyncReplicas: number;
  /** Only what was set on the topic itself, by Kafka's configuration names. */
  readonly configs: Readonly<Record<string, string>>;
  /** Index in the array is the partition's index. */
  readonly partitions: readonly PartitionView[];
}

export interface PartitionView {
  readonly index: number;
  /** -1 while no broker leads. */
  readonly leaderId: number;
  readonly leaderEpoch: number;
  /** In order of assignment: the first is the preferred leader. */
  readonly assignedReplicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
  readonly logStartOffset: number;
  /** First offset that consumers can't read yet. */
  readonly highWatermark: number;
  /** Offset that the next record gets. */
  readonly logEndOffset: number;
  /** Size of the leader's log. */
  readonly byteCount: number;
}

/** What changed since the last picture. Applying all deltas in order to a snapshot gives the current picture. */
export interface ClusterDelta {
  readonly brokers: readonly BrokerView[];
  readonly changedTopics: readonly TopicView[];
  readonly removedTopics: readonly string[];
}
