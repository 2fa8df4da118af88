import { isAbsolute, join } from "node:path";
import type { ClusterOptions } from "../cluster/engine-messages.ts";

/** The settings as the editor hands them over: a person may have written anything into them. */
export interface RawSettings {
  readonly brokers: unknown;
  readonly port: unknown;
  readonly storage: unknown;
  readonly dataDirectory: unknown;
}

/** Clusters never listen beyond this machine. */
const host = "127.0.0.1";
const brokerCountMax = 9;

/** The options to start with, or a sentence that names the setting that is wrong and what it may be. */
export function clusterOptions(settings: RawSettings, storageDirectory: string): ClusterOptions | string {
  const { brokers, port, storage, dataDirectory } = settings;
  if (!isWholeIn(brokers, 1, brokerCountMax)) return `Set tapedeck.brokers to a number from 1 to ${brokerCountMax}.`;
  if (!isWholeIn(port, 0, 65_535)) return "Set tapedeck.port to a number from 0 to 65535.";
  const common = { brokerCount: brokers, host, port };
  if (storage === "memory") return { ...common, storage: { kind: "memory" } };
  if (storage !== "disk") return 'Set tapedeck.storage to "memory" or "disk".';
  if (dataDirectory === "" || dataDirectory === undefined) {
    return { ...common, storage: { kind: "disk", directory: join(storageDirectory, "cluster") } };
  }
  if (typeof dataDirectory !== "string" || !isAbsolute(dataDirectory)) {
    return "Set tapedeck.dataDirectory to an absolute path, or leave it empty.";
  }
  return { ...common, storage: { kind: "disk", directory: dataDirectory } };
}

function isWholeIn(value: unknown, minimum: number, maximum: number): value is number {
  return Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
}
