import type { ConfigDefinition } from "./config-definition.ts";
import { parseConfig } from "./config-definition.ts";
import type { BrokerConfigRow, ConfigUpdate } from "./broker/broker-config-row.ts";
import { coordinatorConfigs } from "./broker/coordinator.ts";
import { logConfigs } from "./broker/log.ts";
import { remoteLogConfigs } from "./broker/remote-log.ts";
import { securityConfigs } from "./broker/security.ts";
import { serverConfigs } from "./broker/server.ts";
import { atLeast } from "./config-validators.ts";
import { brokerNameOfTopicConfig, topicConfigs } from "./topic-configs.ts";

export interface BrokerConfigDefinition extends ConfigDefinition {
  readonly update: ConfigUpdate;
  /** False: known, described and checked as Kafka does, and that is all. */
  readonly isActedUpon: boolean;
}

/**
 * What Tapedeck acts upon, beside the defaults of topic configurations. Everything else in the tables is there so that
 * tools which read or write it find what they know from Kafka.
 */
const actedUpon: Readonly<Record<string, string>> = {
  "advertised.listeners": "The address that this broker tells clients to use. Tapedeck advertises what it listens on.",
  "auto.create.topics.enable": "Whether asking for the metadata of a topic that isn't there creates it.",
  "broker.id": "The id of this broker in the cluster.",
  "broker.rack": "Where this broker stands; new partitions are spread over the racks.",
  "connections.max.idle.ms": "A connection on which nothing happens for this long is closed.",
  "default.replication.factor": "How many replicas a partition gets when nobody says otherwise.",
  "delete.topic.enable": "Whether topics can be deleted.",
  "fetch.max.bytes": "Largest amount of data that one fetch response holds, whatever the client allows.",
  listeners: "The address that this broker listens on.",
  "log.dirs": "Where this broker keeps its logs.",
  "log.flush.offset.checkpoint.interval.ms": "How often this broker notes how far its logs are safe on disk.",
  "log.retention.check.interval.ms": "How often this broker looks for segments that retention lets go.",
  "max.incremental.fetch.session.cache.slots": "How many fetch sessions this broker remembers.",
  "max.request.partition.size.limit": "How many partitions one answer to DescribeTopicPartitions holds at most.",
  "node.id": "The id of this broker in the cluster.",
  "num.partitions": "How many partitions a topic gets when nobody says otherwise.",
  "offsets.topic.num.partitions": "How many partitions __consumer_offsets gets when it is created.",
  "offsets.topic.replication.factor": "How many replicas __consumer_offsets gets when it is created.",
  "offsets.topic.segment.bytes": "The segment size that __consumer_offsets gets when it is created.",
  "producer.id.expiration.ms": "A producer id that a partition hasn't seen for this long is forgotten there.",
  "replica.high.watermark.checkpoint.interval.ms": "How often this broker notes its high watermarks on disk.",
  "socket.request.max.bytes": "Largest request that is read; a larger one closes its connection.",
  "transaction.state.log.min.isr": "The min.insync.replicas that __transaction_state gets when it is created.",
  "transaction.state.log.num.partitions": "How many partitions __transaction_state gets when it is created.",
  "transaction.state.log.replication.factor": "How many replicas __transaction_state gets when it is created.",
  "transaction.state.log.segment.bytes": "The segment size that __transaction_state gets when it is created.",
};

const notActedUpon = "Known so that tools find it; Tapedeck doesn't act on it.";

/** Three ways to say retention and rolling beside the one that is the topic configuration's name. */
const otherUnitsOfTopicConfigs: ReadonlyMap<string, string> = new Map([
  ["log.retention.minutes", "retention.ms"],
  ["log.retention.hours", "retention.ms"],
  ["log.roll.hours", "segment.ms"],
  ["log.roll.jitter.hours", "segment.jitter.ms"],
  ["log.flush.scheduler.interval.ms", "flush.ms"],
]);

const topicNameOfBrokerConfig: ReadonlyMap<string, string> = new Map([
  ...[...brokerNameOfTopicConfig].map(([topicName, brokerName]) => [brokerName, topicName] as const),
  ...otherUnitsOfTopicConfigs,
]);

/** Topic configurations that do nothing, so that neither do their defaults. */
const idleTopicConfigs: ReadonlySet<string> = new Set(["preallocate", "local.retention.ms", "local.retention.bytes"]);

function definitionOf(row: BrokerConfigRow): BrokerConfigDefinition {
  const [name, type, defaultValue, importance, update = "read-only", validator] = row;
  const topicName = topicNameOfBrokerConfig.get(name);
  const documentation =
    topicName === undefined
      ? actedUpon[name]
      : `What topics that don't say have for ${topicName}. ${topicConfigs.get(topicName)?.documentation ?? ""}`;
  return {
    name,
    type,
    defaultValue,
    importance,
    validator,
    update,
    documentation: documentation ?? notActedUpon,
    isActedUpon: documentation !== undefined && !(topicName !== undefined && idleTopicConfigs.has(topicName)),
  };
}

/** Every configuration of a Kafka 4.1 broker. */
export const brokerConfigs: ReadonlyMap<string, BrokerConfigDefinition> = new Map(
  [...serverConfigs, ...logConfigs, ...coordinatorConfigs, ...securityConfigs, ...remoteLogConfigs].map((row) => [
    row[0],
    definitionOf(row),
  ]),
);

/** TLS stores: Kafka takes changes to them for one listener at a time, under a name that begins with the listener's. */
const perListenerConfigs: ReadonlySet<string> = new Set([
  "ssl.keystore.type",
  "ssl.keystore.location",
  "ssl.keystore.password",
  "ssl.keystore.certificate.chain",
  "ssl.keystore.key",
  "ssl.key.password",
  "ssl.truststore.type",
  "ssl.truststore.location",
  "ssl.truststore.password",
  "ssl.truststore.certificates",
]);

/** `listener.name.external.ssl.keystore.type` is that listener's `ssl.keystore.type`. */
function withoutListener(name: string): string {
  return name.replace(/^listener\.name\.[^.]+\./, "");
}

/** Dynamic configurations that Kafka takes although they aren't among those that a broker describes. */
const unlistedRates: ReadonlySet<string> = new Set([
  "leader.replication.throttled.rate",
  "follower.replication.throttled.rate",
  "replica.alter.log.dirs.io.max.bytes.per.second",
]);

/**
 * What is wrong with `overrides` as dynamic configurations of one broker, or of all (`isPerBroker` false), in Kafka's
 * words; undefined where nothing is. Names that Kafka doesn't know are fine: plug-ins have configurations of their own.
 */
export function dynamicConfigComplaint(
  overrides: ReadonlyMap<string, string>,
  isPerBroker: boolean,
): string | undefined {
  const names = [...overrides.keys()];
  const isOf = (name: string, ...updates: readonly ConfigUpdate[]): boolean =>
    updates.some((update) => brokerConfigs.get(withoutListener(name))?.update === update);
  return (
    refusedNames(
      names.filter((name) => isOf(name, "read-only")),
      "Cannot update these configs dynamically",
    ) ??
    refusedNames(
      names.filter((name) => perListenerConfigs.has(name)),
      "These security configs can be dynamically updated only per-listener using the listener prefix",
    ) ??
    brokerValueComplaint(overrides) ??
    (isPerBroker
      ? undefined
      : refusedNames(
          names.filter((name) => isOf(name, "per-broker")),
          "Cannot update these configs at default cluster level, broker id must be specified",
        ))
  );
}

/** What is wrong with the values among `overrides` whose names Kafka knows; undefined where nothing is. */
export function brokerValueComplaint(overrides: ReadonlyMap<string, string>): string | undefined {
  for (const [name, text] of overrides) {
    const definition = brokerConfigs.get(name) ?? (unlistedRates.has(name) ? unlistedRate(name) : undefined);
    if (definition === undefined) continue;
    const parsed = parseConfig(definition, text);
    if (!parsed.isValid) return parsed.complaint;
  }
  return undefined;
}

function unlistedRate(name: string): ConfigDefinition {
  return { name, type: "long", defaultValue: null, importance: "medium", validator: atLeast(0), documentation: null };
}

function refusedNames(names: readonly string[], sentence: string): string | undefined {
  return names.length === 0 ? undefined : `${sentence}: Set(${names.join(", ")})`;
}

/** Names by which one setting can be given, the one that wins first (KAFKA.md I.1). */
export function brokerSynonyms(name: string): readonly string[] {
  if (name === flushSynonyms[0]) return flushSynonyms;
  return synonymGroups.find((group) => group.includes(name)) ?? [name];
}

const synonymGroups = [
  ["log.roll.ms", "log.roll.hours"],
  ["log.roll.jitter.ms", "log.roll.jitter.hours"],
  ["log.retention.ms", "log.retention.minutes", "log.retention.hours"],
];

/** Flushing falls back on the flush scheduler's interval, but the scheduler has nothing of the flush interval. */
const flushSynonyms = ["log.flush.interval.ms", "log.flush.scheduler.interval.ms"];
