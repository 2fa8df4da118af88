import type { AdministrationResult, ConfigAlteration } from "../coordination/administration-requests.ts";
import { resourceKindOf } from "../coordination/configs/config-resource.ts";
import type { ResourceKind } from "../coordination/configs/config-resource.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import type { ServingBroker } from "./serving-broker.ts";

/** What became of one resource of a request. */
export interface AlteredResource extends AdministrationResult {
  readonly resourceType: number;
  readonly resourceName: string;
}

/**
 * Check what a request to change configurations does wrong by itself, have the rest done, and answer for each resource
 * in the order of the request (KAFKA.md K).
 */
export function alterResources(
  broker: Pick<ServingBroker, "administration" | "brokerId">,
  alterations: readonly ConfigAlteration[],
  validateOnly: boolean,
  done: (altered: readonly AlteredResource[]) => void,
): void {
  const refusals = alterations.map((alteration) => refusalOf(alteration, alterations, broker.brokerId));
  const accepted = alterations.filter((_, index) => refusals[index] === undefined).map(withPlainName);
  const answer = (altered: readonly AdministrationResult[]): void => {
    const left = [...altered];
    done(
      alterations.map(({ resourceType, resourceName }, index) => {
        const result = refusals[index] ?? left.shift() ?? { errorName: "NONE", errorMessage: null };
        return { ...result, resourceType, resourceName };
      }),
    );
  };
  if (accepted.length === 0) answer([]);
  else broker.administration.alterConfigs(accepted, validateOnly, answer);
}

/** Kafka takes `01` and `+1` for broker 1. */
function withPlainName(alteration: ConfigAlteration): ConfigAlteration {
  const { resourceType, resourceName } = alteration;
  if (resourceKindOf(resourceType) !== "broker" || resourceName === "") return alteration;
  return { ...alteration, resourceName: `${nodeIdOf(resourceName) ?? resourceName}` };
}

const deleteOperation = 1;

function refusalOf(
  { resourceType, resourceName, kind: alterationKind, operations }: ConfigAlteration,
  all: readonly ConfigAlteration[],
  brokerId: number,
): AdministrationResult | undefined {
  const same = all.filter((other) => other.resourceType === resourceType && other.resourceName === resourceName);
  if (same.length > 1) return refused("INVALID_REQUEST", "Each resource must appear at most once.");
  if (new Set(operations.map(({ name }) => name)).size < operations.length) {
    return refused("INVALID_REQUEST", "Error due to duplicate config keys");
  }
  const valueless = operations.filter(({ operation, value }) => operation !== deleteOperation && value === null);
  if (valueless.length > 0) {
    const names = valueless.map(({ name }) => name).join(", ");
    return refused("INVALID_REQUEST", `Null value not supported for : ${names}`);
  }
  const kind = resourceKindOf(resourceType);
  // What a logger has can only be changed, not replaced.
  if (kind === undefined || (kind === "brokerLogger" && alterationKind === "replace"))
    return refused("INVALID_REQUEST", `Unknown resource type ${resourceType}`);
  return nodeRefusal(kind, resourceName, brokerId) ?? loggerRefusal(kind, operations);
}

/** A broker's own configurations are changed by asking that broker; those of all brokers have no name. */
function nodeRefusal(kind: ResourceKind, name: string, brokerId: number): AdministrationResult | undefined {
  const isNode = kind === "brokerLogger" || (kind === "broker" && name !== "");
  if (!isNode) return undefined;
  const nodeId = nodeIdOf(name);
  if (nodeId === undefined) return refused("INVALID_REQUEST", `Node id must be an integer, but it is: ${name}`);
  if (nodeId === brokerId) return undefined;
  return refused("INVALID_REQUEST", `Unexpected broker id, expected ${brokerId}, but received ${name}`);
}

/** There are no loggers whose level could be set: the log of the host takes every line. */
function loggerRefusal(
  kind: ResourceKind,
  operations: ConfigAlteration["operations"],
): AdministrationResult | undefined {
  if (kind !== "brokerLogger") return undefined;
  const [first] = operations;
  if (first === undefined) return { errorName: "NONE", errorMessage: null };
  return refused("INVALID_CONFIG", `Logger ${first.name} does not exist!`);
}

function refused(errorName: ErrorName, errorMessage: string): AdministrationResult {
  return { errorName, errorMessage };
}

/** A broker's id as a resource's name; undefined where it is none. */
export function nodeIdOf(name: string): number | undefined {
  return /^[+-]?[0-9]{1,10}$/.test(name) ? Number(name) : undefined;
}
