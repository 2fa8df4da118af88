import { assert } from "../../base/assert.ts";
import type { ConfigOverrides } from "../cluster-metadata.ts";
import { brokerConfigs, brokerSynonyms } from "./broker-configs.ts";
import type { ConfigDefinition, ConfigType, ConfigValue } from "./config-definition.ts";
import { configText, isSensitiveType, parseConfig } from "./config-definition.ts";
import { brokerNameOfTopicConfig, topicConfigs } from "./topic-configs.ts";

/*
 * Which value of a configuration counts, and where it comes from. A topic's own override wins, then what was set while
 * the brokers run (for one broker, then for all), then what the broker was started with, then Kafka's default
 * (KAFKA.md I.1). DescribeConfigs shows the same chain, with two oddities of Kafka's: a setting that was given in
 * another unit (`log.retention.hours`) counts but is not named as the source, and a name that only falls back on
 * another setting has no synonyms at all.
 */

/** What a broker knows of its own configuration, the layer that wins first. */
export interface BrokerConfigLayers {
  readonly dynamicBroker: ConfigOverrides;
  /** Set for all brokers at once. */
  readonly dynamicDefault: ConfigOverrides;
  /** What the broker was started with. */
  readonly static: ConfigOverrides;
}

/** Where a value comes from; `configSourceCodes` has the numbers of the wire. */
export type ConfigSource =
  "topic" | "dynamicBroker" | "dynamicDefault" | "static" | "default" | "clientMetrics" | "group";

export interface ConfigSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: ConfigSource;
}

/** One configuration as DescribeConfigs shows it. */
export interface ResolvedConfig {
  readonly name: string;
  /** Null where there is no value, or one that must not be shown. */
  readonly value: string | null;
  /** Undefined for a name that Kafka doesn't know. */
  readonly type: ConfigType | undefined;
  readonly source: ConfigSource;
  readonly synonyms: readonly ConfigSynonym[];
  readonly isSensitive: boolean;
  readonly isReadOnly: boolean;
  readonly documentation: string | null;
}

const noOverrides: ConfigOverrides = new Map();

/** The layers of a broker that nobody configured. */
export const noLayers: BrokerConfigLayers = {
  dynamicBroker: noOverrides,
  dynamicDefault: noOverrides,
  static: noOverrides,
};

/** The value of `name` that counts on a broker, as text; null where there is none. */
export function brokerConfigText(name: string, layers: BrokerConfigLayers): string | null {
  const definition = brokerConfigs.get(name);
  return (
    layers.dynamicBroker.get(name) ??
    layers.dynamicDefault.get(name) ??
    layers.static.get(name) ??
    definition?.defaultValue ??
    null
  );
}

const msPerUnit: ReadonlyMap<string, bigint> = new Map([
  ["log.retention.ms", 1n],
  ["log.retention.minutes", 60_000n],
  ["log.retention.hours", 3_600_000n],
  ["log.roll.hours", 3_600_000n],
  ["log.roll.jitter.hours", 3_600_000n],
]);

/** What a topic that doesn't say has for `name`, from the broker's layers or from Kafka's default. */
export function inheritedTopicConfig(name: string, layers: BrokerConfigLayers): string {
  const brokerName = brokerNameOfTopicConfig.get(name);
  if (brokerName !== undefined) {
    for (const synonym of brokerSynonyms(brokerName)) {
      const text = brokerConfigText(synonym, layers);
      if (text !== null) return inMs(synonym, text);
    }
  }
  const defaultValue = topicConfigs.get(name)?.defaultValue;
  assert(typeof defaultValue === "string", "every topic configuration has a default");
  return defaultValue;
}

/** Only retention can be negative, which means "for ever" in every unit. */
function inMs(name: string, text: string): string {
  const factor = msPerUnit.get(name);
  if (factor === undefined) return text;
  const value = BigInt(text.trim());
  return String(value < 0n ? -1n : value * factor);
}

/**
 * What is wrong with `overrides` as what brokers say for topics; undefined where nothing is. Some broker
 * configurations take values that the topic configurations they stand for don't.
 */
export function inheritanceComplaint(overrides: ConfigOverrides): string | undefined {
  const layers = { ...noLayers, static: overrides };
  for (const [name, definition] of topicConfigs) {
    const text = inheritedTopicConfig(name, layers);
    if (!parseConfig(definition, text).isValid) {
      return `${brokerNameOfTopicConfig.get(name) ?? name} can't be ${text}: no topic can have that as its ${name}`;
    }
  }
  const isZero = inheritedTopicConfig("retention.ms", layers).trim() === "0";
  return isZero ? "log.retention.ms must be unlimited (-1) or, equal or greater than 1" : undefined;
}

/** A topic's configuration `name` with its source and synonyms. `name` is one of `topicConfigs`. */
export function resolveTopicConfig(
  name: string,
  overrides: ConfigOverrides,
  layers: BrokerConfigLayers,
): ResolvedConfig {
  const definition = topicConfigs.get(name);
  assert(definition !== undefined, "the name of a topic configuration is known");
  const value = canonicalText(definition, overrides.get(name) ?? inheritedTopicConfig(name, layers));
  const brokerName = brokerNameOfTopicConfig.get(name);
  const inherited = brokerName === undefined ? [] : layerSynonyms(brokerName, layers);
  const synonyms: ConfigSynonym[] = [...inherited];
  if (overrides.has(name)) synonyms.unshift({ name, value, source: "topic" });
  return resolved(definition, value, synonyms);
}

/** Every configuration of a topic. */
export function describeTopic(overrides: ConfigOverrides, layers: BrokerConfigLayers): readonly ResolvedConfig[] {
  return [...topicConfigs.keys()].map((name) => resolveTopicConfig(name, overrides, layers));
}

/** Every configuration of a broker, and what was set on it under names that Kafka doesn't know. */
export function describeBroker(layers: BrokerConfigLayers): readonly ResolvedConfig[] {
  const known = [...brokerConfigs.values()].map((definition) => {
    const text = brokerConfigText(definition.name, layers);
    const value = text === null || text === definition.defaultValue ? text : canonicalText(definition, text);
    const isReadOnly = definition.update === "read-only";
    return { ...resolved(definition, value, layerSynonyms(definition.name, layers)), isReadOnly };
  });
  const set = new Set([...layers.dynamicBroker.keys(), ...layers.dynamicDefault.keys(), ...layers.static.keys()]);
  const unknown = [...set].filter((name) => !brokerConfigs.has(name)).map((name) => unknownConfig(name, layers));
  return [...known, ...unknown];
}

/** What was set for all brokers at once, and nothing else. */
export function describeBrokerDefaults(dynamicDefault: ConfigOverrides): readonly ResolvedConfig[] {
  const layers = { ...noLayers, dynamicDefault };
  return [...dynamicDefault].map(([name, value]) => {
    const definition = brokerConfigs.get(name);
    if (definition === undefined) return unknownConfig(name, layers);
    const synonyms = layerSynonyms(name, layers).filter(({ source }) => source === "dynamicDefault");
    return { ...resolved(definition, value, synonyms), isReadOnly: definition.update === "read-only" };
  });
}

/** Every configuration of a group or of a subscription to client metrics, which brokers don't set defaults for. */
export function describeOwn(
  definitions: ReadonlyMap<string, ConfigDefinition>,
  overrides: ConfigOverrides,
  source: "group" | "clientMetrics",
): readonly ResolvedConfig[] {
  return [...definitions.values()].map((definition) => {
    const { name } = definition;
    const isSet = overrides.has(name);
    const value = canonicalText(definition, overrides.get(name) ?? definition.defaultValue ?? "");
    // Kafka names the default of a group's configuration as its synonym, but not that of a subscription.
    if (!isSet && source === "clientMetrics") return resolved(definition, value, []);
    return resolved(definition, value, [{ name, value, source: isSet ? source : "default" }]);
  });
}

function resolved(
  definition: ConfigDefinition,
  value: string | null,
  synonyms: readonly ConfigSynonym[],
): ResolvedConfig {
  const { name, type, documentation } = definition;
  const isSensitive = isSensitiveType(type);
  return {
    name,
    type,
    value: isSensitive ? null : value,
    source: synonyms[0]?.source ?? "default",
    synonyms: isSensitive ? synonyms.map((synonym) => ({ ...synonym, value: null })) : synonyms,
    isSensitive,
    isReadOnly: false,
    documentation,
  };
}

/** What can't be judged is treated as a secret, as in Kafka. */
function unknownConfig(name: string, layers: BrokerConfigLayers): ResolvedConfig {
  const synonyms = layerSynonyms(name, layers).map((synonym) => ({ ...synonym, value: null }));
  return {
    name,
    type: undefined,
    value: null,
    source: synonyms[0]?.source ?? "default",
    synonyms,
    isSensitive: true,
    isReadOnly: true,
    documentation: null,
  };
}

/** Where a broker's setting is said, the one that counts first; nothing from before `name` itself is said. */
function layerSynonyms(name: string, layers: BrokerConfigLayers): readonly ConfigSynonym[] {
  const names = brokerSynonyms(name);
  const synonyms: ConfigSynonym[] = [];
  const sources = ["dynamicBroker", "dynamicDefault", "static"] as const;
  for (const source of sources) {
    for (const synonym of names) {
      const value = layers[source].get(synonym);
      if (value !== undefined) synonyms.push({ name: synonym, value, source });
    }
  }
  for (const synonym of names) {
    const value = brokerConfigs.get(synonym)?.defaultValue ?? null;
    if (value !== null) synonyms.push({ name: synonym, value, source: "default" });
  }
  const start = synonyms.findIndex((synonym) => synonym.name === name);
  return start === -1 ? [] : synonyms.slice(start);
}

/** Values were checked when they were set, so what doesn't parse is only shown as it is. */
function canonicalText(definition: ConfigDefinition, text: string): string {
  const parsed = parseConfig(definition, text);
  return parsed.isValid ? configText(definition.type, parsed.value) : text;
}

/** The parsed value of a broker's configuration that has one. `name` is one of `brokerConfigs`. */
export function brokerConfigValue(name: string, layers: BrokerConfigLayers): ConfigValue {
  const definition = brokerConfigs.get(name);
  assert(definition !== undefined, "the name of a broker configuration is known");
  const parsed = parseConfig(definition, brokerConfigText(name, layers) ?? "");
  assert(parsed.isValid, "a broker configuration was checked when it was set");
  return parsed.value;
}
