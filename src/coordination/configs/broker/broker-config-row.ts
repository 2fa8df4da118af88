import type { ConfigImportance, ConfigType, ConfigValidator } from "../config-definition.ts";

/** Whether a configuration can change while a broker runs: not, only for one broker, or also for all at once. */
export type ConfigUpdate = "read-only" | "per-broker" | "cluster-wide";

/** One line of Kafka's table of broker configurations. */
export type BrokerConfigRow = readonly [
  name: string,
  type: ConfigType,
  defaultValue: string | null,
  importance: ConfigImportance,
  update?: ConfigUpdate,
  validator?: ConfigValidator,
];
