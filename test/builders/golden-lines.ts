import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Data made by Apache Kafka lies beside the project where it is developed, and nowhere else. */
const directory = fileURLToPath(new URL("../../../shared/golden/", import.meta.url));

/** The objects of a golden file with one JSON text a line; undefined, said aloud, where the file isn't there. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the file's name decides what a line is
export function goldenLines<Line>(fileName: string): readonly Line[] | undefined {
  const path = `${directory}${fileName}`;
  if (!existsSync(path)) {
    console.log(`skipped: no golden file ${fileName} beside the project`);
    return undefined;
  }
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Line);
}
