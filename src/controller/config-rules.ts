import { unreachable } from "../base/assert.ts";
import type { ConfigAlteration } from "../coordination/administration-requests.ts";
import type { ConfigOverrides } from "../coordination/cluster-metadata.ts";
import { dynamicConfigComplaint } from "../coordination/configs/broker-configs.ts";
import { clientMetricsComplaint } from "../coordination/configs/client-metrics-configs.ts";
import { inheritedTopicConfig } from "../coordination/configs/config-resolution.ts";
import type { ResourceKind } from "../coordination/configs/config-resource.ts";
import { groupConfigComplaint } from "../coordination/configs/group-configs.ts";
import { topicConfigComplaint } from "../coordination/configs/topic-configs.ts";
import { brokerConfigNumber } from "../coordination/configs/typed-configs.ts";
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
  const complaint = dynamicConfigComplaint(next, name !== "") ?? runningBrokerComplaint(proposed, basis);
  if (complaint !== undefined) return refusal("INVALID_REQUEST", complaint);
  return minInSyncReplicasRefusal(proposed);
}

/** Counts of threads may at most double or halve at once. */
const threadCounts = [
  "num.io.threads",
  "num.replica.fetchers",
  "num.recovery.threads.per.data.dir",
  "background.threads",
];

/** What can't be changed although its value is one that Kafka takes. */
function runningBrokerComplaint({ next }: ProposedConfigs, { layers }: DecisionBasis): string | undefined {
  if (next.has("listeners")) return "Tapedeck does not change the listeners of a running broker.";
  for (const name of threadCounts) {
    const text = next.get(name);
    if (text === undefined) continue;
    const complaint = threadCountComplaint(Number(text), brokerConfigNumber(name, layers));
    if (complaint === undefined) continue;
    return `Dynamic thread count update validation failed for ${name}=${text}, ${complaint}`;
  }
  return undefined;
}

function threadCountComplaint(wanted: number, current: number): string | undefined {
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
