import { brokerCame } from "../../src/controller/broker-membership.ts";
import type { DecisionBasis } from "../../src/controller/topic-creation.ts";
import type { TopicToCreate } from "../../src/coordination/administration-requests.ts";
import { emptyClusterMetadata } from "../../src/coordination/cluster-metadata.ts";
import type { ClusterMetadata } from "../../src/coordination/cluster-metadata.ts";
import type { BrokerConfigLayers } from "../../src/coordination/configs/config-resolution.ts";
import { noLayers } from "../../src/coordination/configs/config-resolution.ts";
import { SeededRandom } from "../../src/base/seeded-random.ts";

/** A cluster of these brokers, all alive, each in the rack that is named after its id where one is given. */
export function clusterOf(brokerIds: readonly number[], racks: Readonly<Record<number, string>> = {}): ClusterMetadata {
  return brokerIds.reduce(
    (metadata, id) => brokerCame(metadata, { id, host: "127.0.0.1", port: 9091 + id, rack: racks[id] ?? null }),
    emptyClusterMetadata("test-cluster"),
  );
}

export function basisOf(metadata: ClusterMetadata, configs: Readonly<Record<string, string>> = {}): DecisionBasis {
  return { metadata, layers: staticLayers(configs), random: new SeededRandom(7) };
}

/** The layers of a broker that was started with `configs`. */
export function staticLayers(configs: Readonly<Record<string, string>>): BrokerConfigLayers {
  return { ...noLayers, static: new Map(Object.entries(configs)) };
}

export interface NewTopicOptions {
  readonly partitionCount?: number;
  readonly replicationFactor?: number;
  readonly assignments?: readonly (readonly [partitionIndex: number, brokerIds: readonly number[]])[];
  readonly configs?: Readonly<Record<string, string | null>>;
}

/** One partition with one replica where nothing else is said; -1 for both where replicas are assigned. */
export function newTopic(name: string, options: NewTopicOptions = {}): TopicToCreate {
  const count = options.assignments === undefined ? 1 : -1;
  return {
    name,
    partitionCount: options.partitionCount ?? count,
    replicationFactor: options.replicationFactor ?? count,
    assignments: (options.assignments ?? []).map(([partitionIndex, brokerIds]) => ({ partitionIndex, brokerIds })),
    configs: Object.entries(options.configs ?? {}).map(([key, value]) => ({ name: key, value })),
  };
}
