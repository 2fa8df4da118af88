import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One line of golden/znodes-3.9.txt: what a running Apache Kafka kept in a znode. */
export interface GoldenZnode {
  readonly path: string;
  readonly version: number;
  /** Undefined for ephemeral nodes and for those that never had a child. */
  readonly cversion: number | undefined;
  readonly isEphemeral: boolean;
  readonly data: string;
}

const file = fileURLToPath(new URL("../../../shared/golden/znodes-3.9.txt", import.meta.url));

/** The znodes of a stage ("A", "B", ...) by path; undefined, said aloud, where the file isn't beside the project. */
export function goldenZnodes(stage: string): ReadonlyMap<string, GoldenZnode> | undefined {
  if (!existsSync(file)) {
    console.log("skipped: no golden file znodes-3.9.txt beside the project");
    return undefined;
  }
  const stages = readFileSync(file, "utf8").split(/^== /m);
  const lines =
    stages
      .find((text) => text.startsWith(`${stage}: `))
      ?.split("\n")
      .slice(1) ?? [];
  const znodes = lines.filter((line) => line !== "").map(znodeOf);
  return new Map(znodes.map((znode) => [znode.path, znode]));
}

function znodeOf(line: string): GoldenZnode {
  const match = /^(\S+) {2}v(\d+)(?: cv(\d+))?( EPHEMERAL)? {2}(.*)$/.exec(line);
  if (match === null) throw new Error(`not a line of znodes: ${line}`);
  const [, path = "", version, cversion, ephemeral, data = ""] = match;
  return {
    path,
    version: Number(version),
    cversion: cversion === undefined ? undefined : Number(cversion),
    isEphemeral: ephemeral !== undefined,
    data,
  };
}
