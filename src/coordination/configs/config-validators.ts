import type { ConfigValidator, ConfigValue } from "./config-definition.ts";
import { doubleText } from "./config-text.ts";

/*
 * What configurations accept beyond their type. Each validator says what it wants as Kafka's documentation does, and
 * complains in Kafka's words.
 */

export function atLeast(min: number): ConfigValidator {
  return {
    validValues: `[${min},...]`,
    complaint: (name, value) =>
      Number(value) < min ? invalid(name, value, `Value must be at least ${min}`) : undefined,
  };
}

export function between(min: number, max: number): ConfigValidator {
  return {
    validValues: `[${min},...,${max}]`,
    complaint: (name, value) => {
      if (Number(value) < min) return invalid(name, value, `Value must be at least ${min}`);
      return Number(value) > max ? invalid(name, value, `Value must be no more than ${max}`) : undefined;
    },
  };
}

export function oneOf(...choices: readonly string[]): ConfigValidator {
  return {
    validValues: `[${choices.join(", ")}]`,
    complaint: (name, value) =>
      choices.includes(String(value))
        ? undefined
        : invalid(name, value, `String must be one of: ${choices.join(", ")}`),
  };
}

export function oneOfAnyCase(...choices: readonly string[]): ConfigValidator {
  return {
    validValues: `(case insensitive) [${choices.join(", ")}]`,
    complaint: (name, value) =>
      choices.includes(String(value).toUpperCase())
        ? undefined
        : invalid(name, value, `String must be one of (case insensitive): ${choices.join(", ")}`),
  };
}

/** A list of these, in any order, any of them missing or there twice. */
export function listOf(...choices: readonly string[]): ConfigValidator {
  const single = oneOf(...choices);
  return {
    validValues: single.validValues,
    complaint: (name, value) => {
      for (const item of listItems(value)) {
        const complaint = single.complaint(name, item);
        if (complaint !== undefined) return complaint;
      }
      return undefined;
    },
  };
}

export const notEmpty: ConfigValidator = {
  validValues: "non-empty string",
  complaint: (name, value) => (value === "" ? invalid(name, value, "String must be non-empty") : undefined),
};

/** Says only that there must be a value, which text always is. */
export const notNull: ConfigValidator = { validValues: "non-null string", complaint: () => undefined };

/** Kafka documents two lists so whose own default is empty: it complains only when it starts as a voter. */
export const notEmptyList: ConfigValidator = { validValues: "non-empty list", complaint: () => undefined };

/** A double from 0 to 1. */
export const fraction: ConfigValidator = {
  validValues: "[0,...,1]",
  complaint: (name, value) => {
    const text = doubleText(Number(value));
    if (Number(value) < 0) return invalid(name, text, "Value must be at least 0");
    return Number(value) > 1 ? invalid(name, text, "Value must be no more than 1") : undefined;
  },
};

/** gzip's own default level is -1, which its range doesn't hold. */
export const gzipLevel: ConfigValidator = {
  validValues: "[1,...,9] or -1",
  complaint: (name, value) => {
    const level = Number(value);
    return (level >= 1 && level <= 9) || level === -1
      ? undefined
      : invalid(name, value, "Value must be between 1 and 9 or equal to -1");
  },
};

const throttledReplicasForm = "[partitionId]:[brokerId],[partitionId]:[brokerId],...";

export const throttledReplicas: ConfigValidator = {
  validValues: throttledReplicasForm,
  complaint: (name, value) => {
    const items = listItems(value);
    if (items.every((item) => /^([0-9]+:[0-9]+)?$/.test(item)) || items.join("").trim() === "*") return undefined;
    const wanted = `must be the literal '*' or a list of replicas in the following format: ${throttledReplicasForm}`;
    return invalid(name, value, `${name} ${wanted}`);
  },
};

/** Where a share group starts to read; the duration is ISO 8601's. */
export const shareAutoOffsetReset: ConfigValidator = {
  validValues: "[latest, earliest, by_duration:PnDTnHnMn.nS]",
  complaint: (name, value) => {
    const text = String(value);
    if (text === "latest" || text === "earliest") return undefined;
    if (/^by_duration:P(?=.)([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]{0,9})?S)?)?$/i.test(text)) {
      return undefined;
    }
    const wanted = "The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.";
    return invalid(name, value, `Invalid value \`${text}\` for configuration ${name}. ${wanted}`);
  },
};

/** Classes are loaded from a list; there are none here but the default. */
export function onlyClasses(...classNames: readonly string[]): ConfigValidator {
  return {
    validValues: undefined,
    complaint: (name, value) => {
      const missing = listItems(value).find((className) => !classNames.includes(className));
      return missing === undefined ? undefined : invalid(name, value, `Class ${missing} could not be found.`);
    },
  };
}

/** Pairs of a text and what stands behind the last colon, separated by commas; may be empty. */
function pairs(form: string, isValue: (text: string) => boolean): ConfigValidator {
  return {
    validValues: undefined,
    complaint: (name, value) => {
      const isWrong = (pair: string): boolean => !pair.includes(":") || !isValue(pair.slice(pair.lastIndexOf(":") + 1));
      const wrong =
        value === ""
          ? undefined
          : String(value)
              .split(",")
              .find((pair) => isWrong(pair.trim()));
      return wrong === undefined ? undefined : invalid(name, value, `"${wrong}" is not of the form ${form}`);
    },
  };
}

const securityProtocols: readonly string[] = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"];

export const listenerProtocols = pairs("LISTENER:PROTOCOL", (text) => securityProtocols.includes(text.toUpperCase()));
export const connectionCounts = pairs("host:count", (text) => /^[0-9]{1,9}$/.test(text));

function invalid(name: string, value: ConfigValue, complaint: string): string {
  return `Invalid value ${valueText(value)} for configuration ${name}: ${complaint}`;
}

/** As Java prints a value inside a sentence. */
function valueText(value: ConfigValue): string {
  return typeof value === "object" ? `[${value.join(", ")}]` : String(value);
}

function listItems(value: ConfigValue): readonly string[] {
  return typeof value === "object" ? value : [String(value)];
}
