import { unreachable } from "../base/assert.ts";
import type { ConfigAlteration } from "../coordination/administration-requests.ts";
import type { ConfigOverrides } from "../coordination/cluster-metadata.ts";
import { dynamicConfigComplaint } from "../coordination/configs/broker-configs.ts";
import { clientMetricsComplaint } from "../coordination/configs/client-metrics-configs.ts";
import type { BrokerConfigLayers } from "../coordination/configs/config-resolution.ts";
import {
  brokerConfigText,
  inheritanceComplaint,
  inheritedTopicConfig,
} from "../coordination/configs/config-resolution.ts";
import type { ResourceKind } from "../coordination/configs/config-resource.ts";
import { groupConfigComplaint } from "../coordination/configs/group-configs.ts";
import { topicConfigComplaint } from "../coordination/configs/topic-configs.ts";
import { brokerConfigLayers, brokerConfigNumber, topicConfigValues } from "../coordination/configs/typed-configs.ts";
import { topicNameComplaint } from "../coordination/topic-names.ts";
import type { Refusal } from "./new-partitions.ts";
import { refusal } from "./new-partitions.ts";
import type { DecisionBasis } from "./topic-creation.ts";

/** What a resource would have after a change. */
export interface ProposedConfigs {
  readonly kind: Exclude<ResourceKind, "brokerLogger">;
  readonly name: string;
  readonly current: ConfigOverrides;
  readonly next: ConfigOverrides;
  readonly alteration: ConfigAlteration;
}

/** Why a resource can't have these configurations; undefined where it can. */
export function overridesRefusal(proposed: ProposedConfigs, basis: DecisionBasis): Refusal | undefined {
  const { kind, name, next } = proposed;
  switch (kind) {
    case "topic":
      return topicRefusal(name, next, basis);
    case "broker":
      return brokerRefusal(proposed, basis);
    case "clientMetrics": {
      if (name === "") return refusal("INVALID_REQUEST", "Subscription name can't be empty");
      const wrong = clientMetricsComplaint(next);
      return wrong === undefined ? undefined : refusal(wrong.errorName, wrong.complaint);
    }
    case "group": {
      if (name === "") return refusal("INVALID_REQUEST", "Default group resources are not allowed.");
      const complaint = groupConfigComplaint(next, basis.layers);
      return complaint === undefined ? undefined : refusal("INVALID_CONFIG", complaint);
    }
    default:
      return unreachable(kind);
  }
}

/** Kafka looks at the values before it looks whether the topic is there. */
function topicRefusal(name: string, next: ConfigOverrides, { metadata, layers }: DecisionBasis): Refusal | undefined {
  if (name === "") return refusal("INVALID_REQUEST", "Default topic resources are not allowed.");
  const nameComplaint = topicNameComplaint(name);
  if (nameComplaint !== undefined) return refusal("INVALID_TOPIC_EXCEPTION", nameComplaint);
  const complaint = topicConfigComplaint(next, (configName) => inheritedTopicConfig(configName, layers));
  if (complaint !== undefined) return refusal("INVALID_CONFIG", complaint);
  if (metadata.topics.has(name)) return undefined;
  return refusal("UNKNOWN_TOPIC_OR_PARTITION", `The topic '${name}' does not exist.`);
}

function brokerRefusal(proposed: ProposedConfigs, basis: DecisionBasis): Refusal | undefined {
  const { name, next } = proposed;
  const complaint =
    dynamicConfigComplaint(next, name !== "") ?? inheritanceComplaint(next) ?? runningBrokerComplaint(proposed, basis);
  if (complaint !== undefined) return refusal("INVALID_REQUEST", complaint);
  return minInSyncReplicasRefusal(proposed);
}

/** No broker's id: only what holds for all of them counts. */
const allBrokers = -1;

/** Counts of threads may at most double or halve at once. */
const threadCounts = [
  "num.io.threads",
  "num.network.threads",
  "num.replica.fetchers",
  "num.recovery.threads.per.data.dir",
  "background.threads",
  "log.cleaner.threads",
];

/** What can't be changed although its value is one that Kafka takes. */
function runningBrokerComplaint({ name, next }: ProposedConfigs, basis: DecisionBasis): string | undefined {
  if (next.has("listeners")) return "Tapedeck does not change the listeners of a running broker.";
  const now = brokerConfigLayers(basis.metadata, name === "" ? allBrokers : Number(name), basis.layers.static);
  const then = name === "" ? { ...now, dynamicDefault: next } : { ...now, dynamicBroker: next };
  for (const threads of threadCounts) {
    const wanted = brokerConfigNumber(threads, then);
    const complaint = threadCountComplaint(wanted, brokerConfigNumber(threads, now));
    if (complaint === undefined) continue;
    return `Dynamic thread count update validation failed for ${threads}=${wanted}, ${complaint}`;
  }
  return combinationComplaint(then);
}

const bytesPerCleanerThread = 1024 * 1024;

/** What doesn't go together, in the words of Kafka. */
function combinationComplaint(layers: BrokerConfigLayers): string | undefined {
  const number = (name: string): number => brokerConfigNumber(name, layers);
  if (number("log.cleaner.dedupe.buffer.size") < bytesPerCleanerThread * number("log.cleaner.threads")) {
    return "log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.";
  }
  if (number("max.connections.per.ip") === 0 && brokerConfigText("max.connections.per.ip.overrides", layers) === "") {
    return "max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.";
  }
  const { retentionMs, retentionBytes } = topicConfigValues(new Map(), layers);
  if (number("log.local.retention.ms") > retentionMs) {
    return `log.local.retention.ms must not be more than log.retention.ms property value: ${retentionMs}`;
  }
  if (number("log.local.retention.bytes") <= retentionBytes) return undefined;
  return `log.local.retention.bytes must not be more than log.retention.bytes property value: ${retentionBytes}`;
}

function threadCountComplaint(wanted: number, current: number): string | undefined {
  if (wanted === current) return undefined;
  if (wanted <= 0) return "value should be at least 1";
  if (wanted < Math.trunc(current / 2)) return `value should be at least half the current value ${current}`;
  return wanted > current * 2 ? `value should not be greater than double the current value ${current}` : undefined;
}

/**
 * How many replicas must be in sync is agreed on for the whole cluster in a fresh 4.1 cluster (KIP-966, KAFKA.md S.1):
 * no broker has its own, and the default of all of them is always there.
 */
function minInSyncReplicasRefusal({ name, current, next, alteration }: ProposedConfigs): Refusal | undefined {
  const key = "min.insync.replicas";
  const isNamed = alteration.operations.some((operation) => operation.name === key);
  if (name !== "" && (isNamed || (current.has(key) && !next.has(key)))) {
    return refusal("INVALID_CONFIG", "Broker-level min.insync.replicas cannot be altered while ELR is enabled.");
  }
  if (name !== "" || next.has(key) || !(isNamed || current.has(key))) return undefined;
  return refusal("INVALID_CONFIG", "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.");
}
