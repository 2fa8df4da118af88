import { assert } from "../../base/assert.ts";

/** Versions from `min` to `max`, both included, as Kafka counts them. Empty where `max` is below `min`. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

const noVersions: VersionRange = { min: 0, max: -1 };

/** Reads Kafka's notation: "3", "0-4", "2+" or "none". */
export function versionRange(text: string): VersionRange {
  if (text === "none") return noVersions;
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text);
  assert(match !== null, `"${text}" is a range of versions`);
  const min = Number(match[1]);
  if (match[2] !== undefined) return { min, max: Number.MAX_SAFE_INTEGER };
  return { min, max: match[3] === undefined ? min : Number(match[3]) };
}

export function includesVersion(range: VersionRange, version: number): boolean {
  return version >= range.min && version <= range.max;
}
