/**
 * `npm run bench`: measures what DESIGN.md section 4 sets budgets for, and prints one table. `--json FILE` also writes
 * the single measurements; `--beside-kafka` adds Apache Kafka under its own load tools; `--only NAME` takes one part.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measureBesideKafka } from "./beside-kafka.ts";
import { measureIdleMemory } from "./idle-memory.ts";
import { describeMachine, machineText, type Row, tableText } from "./report.ts";
import { measureStartTimes } from "./start-times.ts";
import { measureThroughput } from "./throughput.ts";

const parts: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  start: measureStartTimes,
  memory: measureIdleMemory,
  throughput: measureThroughput,
};

function build(): void {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { status } = spawnSync(process.execPath, ["esbuild.js", "--production"], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("the build failed");
}

const { values: options } = parseArgs({
  options: { json: { type: "string" }, only: { type: "string" }, "beside-kafka": { type: "boolean", default: false } },
});
build();
const machine = describeMachine();
console.log(`${machineText(machine)}\n`);
const rows: Row[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (options.only === undefined || options.only === name) rows.push(...(await measure()));
}
if (options["beside-kafka"]) rows.push(...(await measureBesideKafka()));
console.log(tableText(rows));
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ machine, rows }, undefined, 2)}\n`);
