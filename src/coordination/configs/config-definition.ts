import { unreachable } from "../../base/assert.ts";
import { doubleText, parseDouble, parseInteger, trimmed } from "./config-text.ts";

/** Kafka's types of configuration values. */
export type ConfigType = "boolean" | "string" | "int" | "short" | "long" | "double" | "list" | "class" | "password";

export type ConfigImportance = "high" | "medium" | "low";

/** A parsed value. `long` alone is a bigint: Kafka's "for ever" is 2^63-1, which a number can't hold. */
export type ConfigValue = boolean | number | bigint | string | readonly string[];

/** What a configuration accepts beyond its type. */
export interface ConfigValidator {
  /** As Kafka's documentation says it, such as `[1,...,9] or -1`; undefined where that says nothing. */
  readonly validValues: string | undefined;
  /** What is wrong with `value`, in Kafka's words; undefined where nothing is. */
  complaint(name: string, value: ConfigValue): string | undefined;
}

/** One configuration that Kafka knows. */
export interface ConfigDefinition {
  readonly name: string;
  readonly type: ConfigType;
  /** As text; null where Kafka has no default. */
  readonly defaultValue: string | null;
  readonly importance: ConfigImportance;
  readonly validator: ConfigValidator | undefined;
  /** One or two sentences; null where there is nothing to say. */
  readonly documentation: string | null;
}

export type ParsedConfig =
  { readonly isValid: true; readonly value: ConfigValue } | { readonly isValid: false; readonly complaint: string };

/** Read `text` as a value of `definition`. Complaints are worded as Kafka's ConfigException. */
export function parseConfig(definition: ConfigDefinition, text: string): ParsedConfig {
  const { name, type, validator } = definition;
  const parsed = parseType(type, trimmed(text));
  if (!parsed.isValid) {
    return { isValid: false, complaint: `Invalid value ${text} for configuration ${name}: ${parsed.complaint}` };
  }
  const complaint = classComplaint(definition, parsed.value) ?? validator?.complaint(name, parsed.value);
  return complaint === undefined ? parsed : { isValid: false, complaint };
}

/** Tapedeck loads no classes, so the only one that it can be told to use is the one it stands in for. */
function classComplaint({ name, type, defaultValue }: ConfigDefinition, value: ConfigValue): string | undefined {
  if (type !== "class" || value === defaultValue) return undefined;
  return `Invalid value ${String(value)} for configuration ${name}: Class ${String(value)} could not be found.`;
}

/** The one spelling under which Kafka shows a value: `TRUE` is `true`, `1` as a double is `1.0`. */
export function configText(type: ConfigType, value: ConfigValue): string {
  if (typeof value === "object") return value.join(",");
  return type === "double" && typeof value === "number" ? doubleText(value) : String(value);
}

/** Whether values must never be shown. */
export function isSensitiveType(type: ConfigType): boolean {
  return type === "password";
}

function parseType(type: ConfigType, text: string): ParsedConfig {
  switch (type) {
    case "boolean":
      return booleanOf(text);
    case "string":
    case "class":
    case "password":
      return { isValid: true, value: text };
    case "list":
      return { isValid: true, value: text === "" ? [] : text.split(/\s*,\s*/) };
    case "int":
    case "short":
    case "long":
      return numberOr(type, parseInteger(text, bits[type]));
    case "double":
      return numberOr(type, parseDouble(text));
    default:
      return unreachable(type);
  }
}

function booleanOf(text: string): ParsedConfig {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return { isValid: true, value: lower === "true" };
  return { isValid: false, complaint: "Expected value to be either true or false" };
}

const bits = { short: 16, int: 32, long: 64 } as const;

function numberOr(type: ConfigType, value: number | bigint | undefined): ParsedConfig {
  if (value === undefined) return { isValid: false, complaint: `Not a number of type ${type.toUpperCase()}` };
  return { isValid: true, value: type === "long" || typeof value === "number" ? value : Number(value) };
}
