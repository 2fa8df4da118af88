import type { ConfigOverrides } from "../cluster-metadata.ts";
import type { ConfigDefinition } from "./config-definition.ts";
import { parseConfig } from "./config-definition.ts";

/*
 * Subscriptions to the metrics of clients (KIP-714). They are kept, checked and described; Tapedeck asks no client for
 * metrics.
 */

const documentation = "Kept for the subscription and described; Tapedeck asks no client for metrics.";
const intervalMsMin = 100;
const intervalMsMax = 3_600_000;
const matchedNames: ReadonlySet<string> = new Set([
  "client_instance_id",
  "client_id",
  "client_software_name",
  "client_software_version",
  "client_source_address",
  "client_source_port",
]);

const definitions: readonly ConfigDefinition[] = [
  { name: "metrics", type: "list", defaultValue: "" },
  { name: "interval.ms", type: "int", defaultValue: "300000" },
  { name: "match", type: "list", defaultValue: "" },
].map((row) => ({ ...row, importance: "medium", validator: undefined, documentation }) as ConfigDefinition);

export const clientMetricsConfigs: ReadonlyMap<string, ConfigDefinition> = new Map(
  definitions.map((definition) => [definition.name, definition]),
);

/** Kafka takes a value of the wrong form as a bad configuration, and a bad name or interval as a bad request. */
export interface ClientMetricsComplaint {
  readonly errorName: "INVALID_REQUEST" | "INVALID_CONFIG";
  readonly complaint: string;
}

/** What is wrong with `overrides` as a subscription, in Kafka's words; undefined where nothing is. */
export function clientMetricsComplaint(overrides: ConfigOverrides): ClientMetricsComplaint | undefined {
  for (const name of overrides.keys()) {
    if (clientMetricsConfigs.has(name)) continue;
    return { errorName: "INVALID_REQUEST", complaint: `Unknown client metrics configuration: ${name}` };
  }
  for (const [name, text] of overrides) {
    const definition = clientMetricsConfigs.get(name);
    if (definition === undefined) continue;
    const parsed = parseConfig(definition, text);
    if (!parsed.isValid) return { errorName: "INVALID_CONFIG", complaint: parsed.complaint };
    const interval = name === "interval.ms" ? intervalComplaint(Number(parsed.value)) : undefined;
    if (interval !== undefined) return { errorName: "INVALID_REQUEST", complaint: interval };
    const match = matchComplaint(name, parsed.value);
    if (match !== undefined) return { errorName: "INVALID_CONFIG", complaint: match };
  }
  return undefined;
}

function intervalComplaint(intervalMs: number): string | undefined {
  if (intervalMs >= intervalMsMin && intervalMs <= intervalMsMax) return undefined;
  return `Invalid value ${intervalMs} for interval.ms, interval must be between 100 and 3600000 (1 hour)`;
}

function matchComplaint(name: string, patterns: unknown): string | undefined {
  if (name !== "match" || !Array.isArray(patterns)) return undefined;
  for (const pattern of patterns.map(String)) {
    const [matched = "", expression, ...rest] = pattern.split("=");
    if (expression === undefined || rest.length > 0) return `Illegal client matching pattern: ${pattern}`;
    if (!matchedNames.has(matched.trim()) || !isRegularExpression(expression.trim())) {
      return `Illegal client matching pattern: ${pattern}`;
    }
  }
  return undefined;
}

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
