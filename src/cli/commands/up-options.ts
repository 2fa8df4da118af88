import type { ClusterOptions, NewTopic } from "../../cluster/engine-messages.ts";
import { brokerCountMax, portMax } from "../cluster-options.ts";

/** What a person typed after `tapedeck up`, before it is checked. */
export interface UpFlags {
  readonly brokers: string;
  readonly port: string;
  readonly host: string;
  readonly data?: string;
  readonly memory?: boolean;
  readonly topic: readonly string[];
  readonly config: readonly string[];
}

/** What was typed can't be meant: the sentence goes to the person, and the program exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Turn flags into options, or say in one sentence what is wrong with them. */
export function clusterOptionsFrom(flags: UpFlags, absolute: (path: string) => string): ClusterOptions {
  if (flags.data !== undefined && flags.memory === true) {
    throw new UsageError("--data and --memory exclude each other; give one of them");
  }
  if (flags.data === "") throw new UsageError("--data takes a directory, not an empty text");
  if (flags.host === "") throw new UsageError("--host takes an address, not an empty text");
  return {
    brokerCount: wholeNumber("--brokers", flags.brokers, { min: 1, max: brokerCountMax }),
    host: flags.host,
    port: wholeNumber("--port", flags.port, { min: 0, max: portMax }),
    storage: flags.data === undefined ? { kind: "memory" } : { kind: "disk", directory: absolute(flags.data) },
    configs: configsFrom(flags.config),
    topics: flags.topic.map(topicFrom),
  };
}

function wholeNumber(name: string, text: string, range: { readonly min: number; readonly max: number }): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= range.min && value <= range.max) return value;
  throw new UsageError(`${name} takes a whole number from ${range.min} to ${range.max}, not '${text}'`);
}

/** `name:partitions[:replicationFactor]`; a name alone means one partition. */
function topicFrom(text: string): NewTopic {
  const [name = "", partitions = "1", replicationFactor = "1", ...rest] = text.split(":");
  if (name === "" || rest.length > 0) {
    throw new UsageError(`--topic takes name:partitions[:replication-factor], not '${text}'`);
  }
  return {
    name,
    partitionCount: wholeNumber(`--topic ${name}: partitions`, partitions, { min: 1, max: 10_000 }),
    replicationFactor: wholeNumber(`--topic ${name}: replication factor`, replicationFactor, {
      min: 1,
      max: brokerCountMax,
    }),
  };
}

function configsFrom(assignments: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    assignments.map((text) => {
      const at = text.indexOf("=");
      if (at <= 0) throw new UsageError(`--config takes name=value, not '${text}'`);
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}
