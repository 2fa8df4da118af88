import type { ClusterMetadata } from "../coordination/cluster-metadata.ts";
import type { BrokerConfigLayers } from "../coordination/configs/config-resolution.ts";
import type { Partition } from "../replication/partition.ts";
import type { Purgatory } from "../replication/purgatory.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Administration } from "./administration.ts";
import type { ApiClaim } from "./api-claims.ts";
import type { BrokerSettings } from "./broker-settings.ts";
import type { FetchSessionCache } from "./fetch-sessions.ts";
import type { ProducerIds } from "./producer-ids.ts";

/** What request handlers see of the broker that they run in. */
export interface ServingBroker {
  readonly brokerId: number;
  /** The directory of this broker's logs, as people see it. */
  readonly logDirectory: string;
  readonly runtime: Runtime;
  readonly settings: BrokerSettings;
  /** The broker's whole configuration, by where each value comes from. */
  readonly layers: BrokerConfigLayers;
  /** The newest picture of the cluster that this broker was handed. */
  readonly metadata: ClusterMetadata;
  readonly administration: Administration;
  readonly apiClaims: readonly ApiClaim[];
  readonly partitions: HostedPartitions;
  readonly fetchSessions: FetchSessionCache;
  readonly producerIds: ProducerIds;
  readonly fetchPurgatory: Purgatory<Partition>;
  /** Produce requests with acks=all that wait for followers. */
  readonly producePurgatory: Purgatory<Partition>;
  /** DeleteRecords requests that wait for followers. */
  readonly deletePurgatory: Purgatory<Partition>;
  /** Something about `partition` that others wait for has changed; they are woken at the end of this turn. */
  touch(partition: Partition): void;
}

/** The partitions whose logs this broker keeps. */
export interface HostedPartitions {
  find(topic: string, index: number): Partition | undefined;
  all(): Iterable<Partition>;
}
