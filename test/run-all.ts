import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runChecks, type Counts } from "./check.ts";

/**
 * `npm test`: the checks, then every suite, each in a process of its own. The last line sums them up, since it is what
 * a continuous integration reads: `N passed, N failed, N skipped`.
 */
const root = fileURLToPath(new URL("..", import.meta.url));

interface Suite {
  readonly name: string;
  readonly script: string;
  readonly options: readonly string[];
  readonly timeoutMinutes: number;
}

const mocha = "node_modules/mocha/bin/mocha.js";
const mochaOptions = (...spec: readonly string[]) => [
  "--config",
  ".config/mocharc.json",
  "--reporter",
  ".config/counting-reporter.cjs",
  ...spec,
];

const unitFolders =
  "base,runtime,protocol,log,coordination,client,replication,broker,controller,cluster,fuzz,cli,extension,webview,tidy";

const suites: readonly Suite[] = [
  {
    name: "unit and simulation",
    script: mocha,
    options: mochaOptions("--spec", `test/{${unitFolders}}/**/*.test.ts`),
    timeoutMinutes: 10,
  },
  {
    name: "oracle",
    script: mocha,
    options: [...mochaOptions("--spec", "test/oracle/**/*.test.ts"), "--timeout", "120000"],
    timeoutMinutes: 15,
  },
  {
    name: "real clients",
    script: mocha,
    options: [...mochaOptions("--spec", "test/interop/**/*.test.ts"), "--timeout", "300000"],
    timeoutMinutes: 25,
  },
  { name: "real editor", script: "test/editor/run.ts", options: [], timeoutMinutes: 10 },
];

function runSuite(suite: Suite): Counts {
  const countsFile = `${root}/.cache/counts.json`;
  mkdirSync(`${root}/.cache`, { recursive: true });
  rmSync(countsFile, { force: true });
  console.log(`\n== ${suite.name}`);
  const started = performance.now();
  const run = spawnSync(process.execPath, [suite.script, ...suite.options], {
    cwd: root,
    stdio: "inherit",
    timeout: suite.timeoutMinutes * 60_000,
    env: { ...process.env, TAPEDECK_COUNTS: countsFile },
  });
  console.log(`== ${suite.name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const counts = readCounts(countsFile);
  if (counts === undefined) return { passed: 0, failed: 1, skipped: 0 };
  if (run.status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** Undefined where the suite ended before it could count. */
function readCounts(file: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Counts;
  } catch {
    return undefined;
  }
}

const build = spawnSync(process.execPath, ["esbuild.js"], { cwd: root, stdio: "inherit" });
const only = process.argv[2];
const wanted = suites.filter(({ name }) => only === undefined || name.includes(only));
const all = [...(only === undefined ? [runChecks()] : []), ...wanted.map(runSuite)];
if (build.status !== 0) all.push({ passed: 0, failed: 1, skipped: 0 });
const total = (kind: keyof Counts) => all.reduce((sum, counts) => sum + counts[kind], 0);
console.log(`\n${total("passed")} passed, ${total("failed")} failed, ${total("skipped")} skipped`);
process.exitCode = total("failed") === 0 ? 0 : 1;
