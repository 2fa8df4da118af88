import type { Uuid } from "../base/uuid.ts";
import type { ClusterMetadata, PartitionMetadata, TopicMetadata } from "../coordination/cluster-metadata.ts";
import type { LogDirectory } from "../log/log-directory.ts";
import type { PartitionLog } from "../log/partition-log.ts";
import { Partition } from "../replication/partition.ts";
import { FileError } from "../runtime/runtime.ts";
import type { LogSink } from "../runtime/runtime.ts";
import type { HostedPartitions } from "./serving-broker.ts";
import type { TopicLogConfig, TopicLogConfigs } from "./topic-log-configs.ts";

export interface PartitionHostOptions {
  readonly brokerId: number;
  readonly directory: LogDirectory;
  readonly log: LogSink;
  /** A partition came, went, or plays another role. */
  readonly onChange: (partition: Partition) => void;
}

/** The partitions that the cluster has given to this broker, and their logs: made and deleted as the metadata says. */
export class PartitionHost implements HostedPartitions {
  private readonly options: PartitionHostOptions;
  /** By topic; the index in the array is the partition's, with holes where another broker hosts. */
  private readonly topics = new Map<string, (Partition | undefined)[]>();
  private applied: ClusterMetadata | undefined;

  constructor(options: PartitionHostOptions) {
    this.options = options;
  }

  find(topic: string, index: number): Partition | undefined {
    return this.topics.get(topic)?.[index];
  }

  *all(): Iterable<Partition> {
    for (const partitions of this.topics.values()) {
      for (const partition of partitions) if (partition !== undefined) yield partition;
    }
  }

  /** Become what `next` says. Topics that are the same object as before are not looked at, unless `configsChanged`. */
  apply(next: ClusterMetadata, configs: TopicLogConfigs, configsChanged: boolean): void {
    const before = this.applied;
    this.applied = next;
    for (const [name, partitions] of this.topics) {
      const topic = next.topics.get(name);
      for (const partition of partitions) {
        if (partition !== undefined && !this.isStillHosted(partition, topic)) this.drop(partition);
      }
    }
    for (const topic of next.topics.values()) {
      if (configsChanged || before?.topics.get(topic.name) !== topic) this.applyTopic(topic, configs);
    }
  }

  /** Logs that no topic of the cluster accounts for. They are left alone: deleting what is not understood is final. */
  strays(): readonly PartitionLog[] {
    return this.options.directory.logs.filter(({ topic, partition }) => this.find(topic, partition) === undefined);
  }

  /** Nobody is to use any of them any more: the broker stops. */
  retireAll(): void {
    for (const partition of this.all()) partition.retire();
    this.topics.clear();
  }

  private isStillHosted(partition: Partition, topic: TopicMetadata | undefined): boolean {
    if (topic?.topicId !== partition.topicId) return false;
    return topic.partitions[partition.index]?.assignedReplicas.includes(this.options.brokerId) === true;
  }

  private drop(partition: Partition): void {
    const { topic, index } = partition;
    partition.retire();
    this.remove(topic, index);
    const errorName = this.options.directory.deleteLog(topic, index);
    if (errorName !== "NONE")
      this.options.log.write("error", `the log of ${topic}-${index} is not deleted: ${errorName}`);
    this.options.onChange(partition);
  }

  private remove(topic: string, index: number): void {
    const partitions = this.topics.get(topic) ?? [];
    partitions[index] = undefined;
    if (partitions.every((partition) => partition === undefined)) this.topics.delete(topic);
  }

  private applyTopic(topic: TopicMetadata, configs: TopicLogConfigs): void {
    const config = configs.of(topic.configs);
    for (const metadata of topic.partitions) {
      if (!metadata.assignedReplicas.includes(this.options.brokerId)) continue;
      const known = this.find(topic.name, metadata.index);
      if (known === undefined) this.host(topic, metadata, config);
      else this.update(known, metadata, config);
    }
  }

  private update(partition: Partition, metadata: PartitionMetadata, config: TopicLogConfig): void {
    partition.applyConfig(config.logConfig, config.minInSyncReplicas);
    partition.applyMetadata(metadata);
    this.options.onChange(partition);
  }

  private host(topic: TopicMetadata, metadata: PartitionMetadata, config: TopicLogConfig): void {
    const log = this.openLog(topic, metadata.index, config);
    if (log === undefined) return;
    const { brokerId } = this.options;
    const { minInSyncReplicas } = config;
    const partition = new Partition({ brokerId, topicId: topic.topicId, log, minInSyncReplicas, metadata });
    let partitions = this.topics.get(topic.name);
    if (partitions === undefined) {
      partitions = [];
      this.topics.set(topic.name, partitions);
    }
    partitions[metadata.index] = partition;
    this.options.onChange(partition);
  }

  /** Undefined where the disk refuses: the partition is then not served here, and the log of the host says why. */
  private openLog(topic: TopicMetadata, index: number, config: TopicLogConfig): PartitionLog | undefined {
    const { directory, log } = this.options;
    const existing = directory.logFor(topic.name, index);
    try {
      if (existing === undefined) return this.createLog(topic.name, topic.topicId, index, config);
      const topicId = directory.topicIdOf(topic.name, index);
      if (topicId === undefined || topicId === topic.topicId) {
        existing.applyConfig(config.logConfig);
        return existing;
      }
      // Left by a topic of the same name that was deleted while this broker was away.
      directory.deleteLog(topic.name, index);
      return this.createLog(topic.name, topic.topicId, index, config);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      log.write("error", `the log of ${topic.name}-${index} can't be made: ${error.message}`);
      return undefined;
    }
  }

  private createLog(topic: string, topicId: Uuid, index: number, config: TopicLogConfig): PartitionLog {
    return this.options.directory.createLog({ topic, partition: index, topicId, config: config.logConfig });
  }
}
