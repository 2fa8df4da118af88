import type { ConfigType } from "./config-definition.ts";
import type { ConfigSource } from "./config-resolution.ts";

/*
 * The numbers by which configurations are spoken of on the wire (KAFKA.md K).
 */

/** What can have configurations. */
export type ResourceKind = "topic" | "broker" | "brokerLogger" | "clientMetrics" | "group";

const resourceKinds: ReadonlyMap<number, ResourceKind> = new Map([
  [2, "topic"],
  [4, "broker"],
  [8, "brokerLogger"],
  [16, "clientMetrics"],
  [32, "group"],
]);

/** Undefined for a number that means nothing. */
export function resourceKindOf(resourceType: number): ResourceKind | undefined {
  return resourceKinds.get(resourceType);
}

export const configSourceCodes: Readonly<Record<ConfigSource, number>> = {
  topic: 1,
  dynamicBroker: 2,
  dynamicDefault: 3,
  static: 4,
  default: 5,
  clientMetrics: 7,
  group: 8,
};

export const configTypeCodes: Readonly<Record<ConfigType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
};

/** The type of what nobody knows. */
export const unknownTypeCode = 0;
