import { cpus, release, totalmem, type as systemName } from "node:os";
import process from "node:process";

/** One line of the report. */
export interface Row {
  readonly what: string;
  readonly figure: string;
  /** Empty where there is none. */
  readonly budget: string;
  /** Undefined where there is no budget. */
  readonly holds: boolean | undefined;
  /** The single measurements, in the order they were made. */
  readonly samples: readonly number[];
  /** Those of what it is compared with. */
  readonly samplesBeside?: readonly number[];
}

/** What the figures were measured on; without it they say little. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly node: string;
  readonly system: string;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    system: `${systemName()} ${release()}`,
  };
}

export function machineText({ processor, cores, memoryGigabytes, node, system }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryGigabytes} GB; Node ${node}; ${system}`;
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((left, right) => left - right);
  const middle = sorted.length >>> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** A row about a time, of which less is better. */
export function millisecondsRow(what: string, samples: readonly number[], limitExclusive?: number): Row {
  const figure = median(samples);
  return {
    what,
    figure: `${figure.toFixed(figure < 10 ? 1 : 0)} ms`,
    budget: limitExclusive === undefined ? "" : `< ${limitExclusive} ms`,
    holds: limitExclusive === undefined ? undefined : figure < limitExclusive,
    samples,
  };
}

/** A throughput beside another that was measured in alternation with it. */
export interface Comparison {
  readonly what: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  /** What `theirs` is, such as "raw limit". */
  readonly beside: string;
  readonly unit: string;
  /** The ratio of the medians, ours to theirs, that is wanted at least. */
  readonly ratioMin: number;
  readonly budget: string;
}

export function comparisonRow({ what, ours, theirs, beside, unit, ratioMin, budget }: Comparison): Row {
  const ratio = median(ours) / median(theirs);
  return {
    what,
    figure: `${amount(median(ours))} ${unit}; ${beside} ${amount(median(theirs))} ${unit}; ratio ${ratio.toFixed(2)}`,
    budget,
    holds: ratio >= ratioMin,
    samples: ours,
    samplesBeside: theirs,
  };
}

function amount(value: number): string {
  return value.toFixed(value < 10 ? 2 : 0);
}

/** The report as a Markdown table, padded so that it is also read well as it is. */
export function tableText(rows: readonly Row[]): string {
  const cells = [
    ["what", "figure", "budget", "holds"],
    ...rows.map(({ what, figure, budget, holds }) => [what, figure, budget, holdsText(holds)]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

function holdsText(holds: boolean | undefined): string {
  if (holds === undefined) return "";
  return holds ? "yes" : "NO";
}
