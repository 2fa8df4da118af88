import type { ConfigOverrides } from "../cluster-metadata.ts";
import type { ConfigDefinition, ConfigType, ConfigValidator } from "./config-definition.ts";
import { parseConfig } from "./config-definition.ts";
import type { BrokerConfigLayers } from "./config-resolution.ts";
import { brokerConfigValue } from "./config-resolution.ts";
import { atLeast, oneOf, shareAutoOffsetReset } from "./config-validators.ts";

/*
 * What can be set for one group of the newer protocols. They are kept, checked and described; no group coordinator
 * reads them yet.
 */

type Row = readonly [name: string, type: ConfigType, defaultValue: string, validator: ConfigValidator];

const rows: readonly Row[] = [
  ["consumer.session.timeout.ms", "int", "45000", atLeast(1)],
  ["consumer.heartbeat.interval.ms", "int", "5000", atLeast(1)],
  ["share.session.timeout.ms", "int", "45000", atLeast(1)],
  ["share.heartbeat.interval.ms", "int", "5000", atLeast(1)],
  ["share.record.lock.duration.ms", "int", "30000", atLeast(1000)],
  ["share.auto.offset.reset", "string", "latest", shareAutoOffsetReset],
  ["share.isolation.level", "string", "read_uncommitted", oneOf("read_committed", "read_uncommitted")],
  ["streams.session.timeout.ms", "int", "45000", atLeast(1)],
  ["streams.heartbeat.interval.ms", "int", "5000", atLeast(1)],
  ["streams.num.standby.replicas", "int", "0", atLeast(0)],
];

const documentation = "Kept for the group and described; Tapedeck doesn't act on it yet.";

export const groupConfigs: ReadonlyMap<string, ConfigDefinition> = new Map(
  rows.map(([name, type, defaultValue, validator]) => [
    name,
    { name, type, defaultValue, importance: "medium", validator, documentation },
  ]),
);

/** What is bounded by the broker: the group's name, and the names of the least and the most that a broker allows. */
const bounds = [
  [
    "consumer.heartbeat.interval.ms",
    "group.consumer.min.heartbeat.interval.ms",
    "group.consumer.max.heartbeat.interval.ms",
  ],
  ["consumer.session.timeout.ms", "group.consumer.min.session.timeout.ms", "group.consumer.max.session.timeout.ms"],
  ["share.heartbeat.interval.ms", "group.share.min.heartbeat.interval.ms", "group.share.max.heartbeat.interval.ms"],
  ["share.session.timeout.ms", "group.share.min.session.timeout.ms", "group.share.max.session.timeout.ms"],
  [
    "share.record.lock.duration.ms",
    "group.share.min.record.lock.duration.ms",
    "group.share.max.record.lock.duration.ms",
  ],
  [
    "streams.heartbeat.interval.ms",
    "group.streams.min.heartbeat.interval.ms",
    "group.streams.max.heartbeat.interval.ms",
  ],
  ["streams.session.timeout.ms", "group.streams.min.session.timeout.ms", "group.streams.max.session.timeout.ms"],
  ["streams.num.standby.replicas", undefined, "group.streams.max.standby.replicas"],
] as const;

const heartbeatsAndSessions = [
  ["consumer.session.timeout.ms", "consumer.heartbeat.interval.ms"],
  ["share.session.timeout.ms", "share.heartbeat.interval.ms"],
  ["streams.session.timeout.ms", "streams.heartbeat.interval.ms"],
] as const;

/** What is wrong with `overrides` as the configuration of a group, in Kafka's words; undefined where nothing is. */
export function groupConfigComplaint(overrides: ConfigOverrides, layers: BrokerConfigLayers): string | undefined {
  for (const name of overrides.keys()) {
    if (!groupConfigs.has(name)) return `Unknown group config name: ${name}`;
  }
  const values = new Map<string, number>();
  for (const [name, definition] of groupConfigs) {
    const parsed = parseConfig(definition, overrides.get(name) ?? definition.defaultValue ?? "");
    if (!parsed.isValid) return parsed.complaint;
    values.set(name, Number(parsed.value));
  }
  return boundComplaint(values, layers) ?? orderComplaint(values);
}

function boundComplaint(values: ReadonlyMap<string, number>, layers: BrokerConfigLayers): string | undefined {
  for (const [name, minName, maxName] of bounds) {
    const value = values.get(name) ?? 0;
    if (minName !== undefined && value < Number(brokerConfigValue(minName, layers))) {
      return `${name} must be greater than or equal to ${minName}`;
    }
    if (value > Number(brokerConfigValue(maxName, layers))) return `${name} must be less than or equal to ${maxName}`;
  }
  return undefined;
}

function orderComplaint(values: ReadonlyMap<string, number>): string | undefined {
  for (const [session, heartbeat] of heartbeatsAndSessions) {
    const isLonger = (values.get(session) ?? 0) > (values.get(heartbeat) ?? 0);
    if (!isLonger) return `${session} must be greater than ${heartbeat}`;
  }
  return undefined;
}
