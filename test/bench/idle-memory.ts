import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median, type Row } from "./report.ts";

const host = fileURLToPath(new URL("idle-host.ts", import.meta.url));
const runCount = 3;
const budgetMegabytes = 60;

/** What an idle engine of 3 brokers adds to the resident memory of its host. */
export async function measureIdleMemory(): Promise<readonly Row[]> {
  const samples = { nothing: [] as number[], engine: [] as number[], worker: [] as number[] };
  for (let run = 0; run < runCount; run++) {
    for (const what of ["nothing", "engine", "worker"] as const) samples[what].push(await residentMegabytes(what));
  }
  const above = (what: "engine" | "worker") => samples[what].map((megabytes) => megabytes - median(samples.nothing));
  return [
    memoryRow("memory of an idle 3-broker engine above its host", above("engine"), budgetMegabytes),
    memoryRow("the same with its worker thread (a second V8), not collected", above("worker"), budgetMegabytes),
  ];
}

async function residentMegabytes(what: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", host, what], { timeout: 30_000 });
  return Number(stdout) / 1_000_000;
}

function memoryRow(what: string, samples: readonly number[], limitExclusive: number): Row {
  const figure = median(samples);
  return {
    what,
    figure: `${figure.toFixed(0)} MB`,
    budget: `< ${limitExclusive} MB`,
    holds: figure < limitExclusive,
    samples,
  };
}
