import type { ClusterOptions, NewTopic } from "../cluster/engine-messages.ts";

/** More brokers than anybody looks at, and few enough for one process. */
export const brokerCountMax = 64;
export const portMax = 65_535;

/**
 * What is wrong with the options of a cluster, as a sentence; undefined where nothing is. They come from programs
 * without types and from settings files as well, where a number may be anything.
 */
export function clusterOptionsComplaint({
  brokerCount,
  port,
  host,
  storage,
  ...rest
}: ClusterOptions): string | undefined {
  if (!isWholeWithin(brokerCount, 1, brokerCountMax)) {
    return `The number of brokers must be a whole number from 1 to ${brokerCountMax}, not ${String(brokerCount)}.`;
  }
  if (!isWholeWithin(port, 0, portMax)) {
    return `The port must be a whole number from 0 to ${portMax}, not ${String(port)}.`;
  }
  if (host === "") return "The address to listen on must not be empty.";
  if (storage.kind === "disk" && storage.directory === "") return "The data directory must not be empty.";
  return configsComplaint(rest.configs) ?? (rest.topics ?? []).map(topicComplaint).find((said) => said !== undefined);
}

function topicComplaint({ name, partitionCount, configs }: NewTopic): string | undefined {
  if (!isWholeWithin(partitionCount, 1, Infinity)) {
    return `Topic ${name} must have a whole number of partitions from 1 on, not ${String(partitionCount)}.`;
  }
  return configsComplaint(configs);
}

function configsComplaint(configs: Readonly<Record<string, unknown>> = {}): string | undefined {
  const bad = Object.entries(configs).find(([, value]) => typeof value !== "string");
  return bad === undefined ? undefined : `The value of configuration ${bad[0]} must be a text, not ${typeof bad[1]}.`;
}

function isWholeWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
