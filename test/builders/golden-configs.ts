import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface GoldenConfig {
  readonly type: string;
  readonly importance: string;
  readonly default?: string | null;
  readonly valid?: string;
}

/** Every configuration of Apache Kafka 4.1.1, as it says itself. */
export interface GoldenConfigs {
  readonly topic: Readonly<Record<string, GoldenConfig>>;
  readonly group: Readonly<Record<string, GoldenConfig>>;
  readonly broker: Readonly<Record<string, GoldenConfig>>;
  readonly topicToBrokerName: Readonly<Record<string, string>>;
  readonly dynamicBrokerConfigs: readonly string[];
}

const path = fileURLToPath(new URL("../../../shared/golden/configs.json", import.meta.url));

/** Undefined, said aloud, where the file doesn't lie beside the project. */
export function goldenConfigs(): GoldenConfigs | undefined {
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as GoldenConfigs;
  console.log("skipped: no golden file configs.json beside the project");
  return undefined;
}
