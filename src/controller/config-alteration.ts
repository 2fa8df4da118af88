import { unreachable } from "../base/assert.ts";
import type {
  AdministrationResult,
  ConfigAlteration,
  ConfigOperation,
} from "../coordination/administration-requests.ts";
import type { ClusterMetadata, ConfigKind, ConfigOverrides } from "../coordination/cluster-metadata.ts";
import { withConfigs, withTopics } from "../coordination/cluster-metadata.ts";
import { brokerConfigs } from "../coordination/configs/broker-configs.ts";
import { clientMetricsConfigs } from "../coordination/configs/client-metrics-configs.ts";
import type { ConfigDefinition } from "../coordination/configs/config-definition.ts";
import { resourceKindOf } from "../coordination/configs/config-resource.ts";
import type { ResourceKind } from "../coordination/configs/config-resource.ts";
import { groupConfigs } from "../coordination/configs/group-configs.ts";
import { topicConfigs } from "../coordination/configs/topic-configs.ts";
import { overridesRefusal } from "./config-rules.ts";
import type { Refusal } from "./new-partitions.ts";
import { refusal } from "./new-partitions.ts";
import type { Decided, DecisionBasis } from "./topic-creation.ts";

const ok: AdministrationResult = { errorName: "NONE", errorMessage: null };
const noOverrides: ConfigOverrides = new Map();

/**
 * Change configurations; one answer for each resource, in their order. All of a resource's operations are applied or
 * none. What a request itself does wrong (a resource or a key named twice, a set without a value) the broker has
 * refused before (KAFKA.md K and S.1).
 */
export function alterConfigs(
  basis: DecisionBasis,
  alterations: readonly ConfigAlteration[],
  validateOnly: boolean,
): Decided<readonly AdministrationResult[]> {
  let { metadata } = basis;
  const results = alterations.map((alteration) => {
    const kind = resourceKindOf(alteration.resourceType);
    if (kind === undefined || kind === "brokerLogger") {
      return refusal("INVALID_REQUEST", `Unknown resource type ${alteration.resourceType}`);
    }
    const current = currentOverrides(metadata, kind, alteration.resourceName);
    const next = nextOverrides(alteration, kind, current);
    if ("errorName" in next) return next;
    const complaint = overridesRefusal({ kind, name: alteration.resourceName, current, next, alteration }, basis);
    if (complaint !== undefined) return complaint;
    metadata = withOverrides(metadata, kind, alteration.resourceName, next);
    return ok;
  });
  return { metadata: validateOnly ? basis.metadata : metadata, results };
}

/** Where configurations of these are kept; topics hold their own. */
const configKinds: Readonly<Record<"broker" | "clientMetrics" | "group", ConfigKind>> = {
  broker: "brokerConfigs",
  clientMetrics: "clientMetricsConfigs",
  group: "groupConfigs",
};

type AlterableKind = Exclude<ResourceKind, "brokerLogger">;

function currentOverrides(metadata: ClusterMetadata, kind: AlterableKind, name: string): ConfigOverrides {
  if (kind === "topic") return metadata.topics.get(name)?.configs ?? noOverrides;
  return metadata[configKinds[kind]].get(name) ?? noOverrides;
}

function withOverrides(
  metadata: ClusterMetadata,
  kind: AlterableKind,
  name: string,
  overrides: ConfigOverrides,
): ClusterMetadata {
  if (kind !== "topic") return withConfigs(metadata, configKinds[kind], name, overrides);
  const topic = metadata.topics.get(name);
  return topic === undefined ? metadata : withTopics(metadata, [{ ...topic, configs: overrides }]);
}

function nextOverrides(
  alteration: ConfigAlteration,
  kind: AlterableKind,
  current: ConfigOverrides,
): Map<string, string> | Refusal {
  const overrides = new Map(alteration.kind === "replace" ? noOverrides : current);
  for (const operation of alteration.operations) {
    const complaint = applyOperation(operation, kind, overrides);
    if (complaint !== undefined) return complaint;
  }
  return overrides;
}

function applyOperation(
  operation: ConfigOperation,
  kind: AlterableKind,
  overrides: Map<string, string>,
): Refusal | undefined {
  const { name, value } = operation;
  switch (operation.operation) {
    case 0:
      overrides.set(name, value ?? "");
      return undefined;
    case 1:
      overrides.delete(name);
      return undefined;
    case 2:
    case 3:
      return alterList(operation, kind, overrides);
    default:
      return refusal("INVALID_REQUEST", `Unknown operations type ${operation.operation}`);
  }
}

/** Append what isn't there yet, or take out what is. A list that was never set begins with its default. */
function alterList(
  { name, value, operation }: ConfigOperation,
  kind: AlterableKind,
  overrides: Map<string, string>,
): Refusal | undefined {
  const definition = definitionsOf(kind).get(name);
  const isAppend = operation === 2;
  // Kafka doesn't take the lists of a subscription apart, only those of topics and brokers.
  if (definition?.type !== "list" || kind === "clientMetrics") return notAList(name, kind, isAppend);
  const text = overrides.get(name) ?? definition.defaultValue ?? "";
  let items = text === "" ? [] : text.split(",");
  for (const item of (value ?? "").split(",")) {
    if (!isAppend) items = removeFirst(items, item);
    else if (!items.includes(item)) items.push(item);
  }
  overrides.set(name, items.join(","));
  return undefined;
}

function removeFirst(items: readonly string[], item: string): string[] {
  const index = items.indexOf(item);
  return items.filter((_, position) => position !== index);
}

function notAList(name: string, kind: AlterableKind, isAppend: boolean): Refusal {
  if (kind === "broker") {
    const verb = isAppend ? "append" : "subtract";
    return refusal("INVALID_CONFIG", `Config value ${verb} is not allowed for config key: ${name}`);
  }
  const verb = isAppend ? "APPEND" : "SUBTRACT";
  return refusal("INVALID_CONFIG", `Can't ${verb} to key ${name} because its type is not LIST.`);
}

function definitionsOf(kind: AlterableKind): ReadonlyMap<string, ConfigDefinition> {
  switch (kind) {
    case "topic":
      return topicConfigs;
    case "broker":
      return brokerConfigs;
    case "clientMetrics":
      return clientMetricsConfigs;
    case "group":
      return groupConfigs;
    default:
      return unreachable(kind);
  }
}
