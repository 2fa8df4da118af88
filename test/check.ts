import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How many tests a suite ran, and how they went. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const root = fileURLToPath(new URL("..", import.meta.url));

const checks: readonly (readonly [name: string, command: readonly string[]])[] = [
  ["types", ["typescript/bin/tsc", "-p", "."]],
  ["types of the webview", ["typescript/bin/tsc", "-p", "src/webview", "--noEmit"]],
  ["lint", ["eslint/bin/eslint.js", "--max-warnings", "0", "src", "test"]],
  [
    "layers",
    [
      "dependency-cruiser/bin/dependency-cruiser.mjs",
      "--config",
      ".config/dependency-cruiser.cjs",
      "src",
      "--no-progress",
    ],
  ],
  ["dead code", ["knip/bin/knip.js", "--config", ".config/knip.json", "--no-progress"]],
  [
    "format",
    [
      "prettier/bin/prettier.cjs",
      "--config",
      ".config/prettier.json",
      "--check",
      "--log-level",
      "warn",
      "src/**/*.ts",
      "test/**/*.ts",
    ],
  ],
];

/** Types, lint, layers, dead code and format, in that order; each counts as one test. */
export function runChecks(): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, [script = "", ...options]] of checks) {
    const started = performance.now();
    const run = spawnSync(process.execPath, [`${root}/node_modules/${script}`, ...options], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    const passed = run.status === 0;
    console.log(`${passed ? "ok" : "FAILED"}  ${name}  ${((performance.now() - started) / 1000).toFixed(1)} s`);
    if (!passed) console.log(run.stdout + run.stderr);
    counts[passed ? "passed" : "failed"] += 1;
  }
  return counts;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = runChecks().failed === 0 ? 0 : 1;
}
