import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { Counts } from "../check.ts";
import { launchBrowser } from "./browser.ts";
import { startServer } from "./code-server.ts";
import { root } from "./places.ts";
import { workbenchAddress } from "./workbench-address.ts";
import { driveWorkbench } from "./workbench.ts";

/**
 * Runs the extension in a real VS Code: the suite inside its extension host, then one run through the workbench as a
 * person goes. `TAPEDECK_EDITOR=desktop` takes a downloaded desktop VS Code for the suite; without it VS Code's server
 * and workbench come from the npm registry and run in a browser without a window. `TAPEDECK_VSIX` names a package that
 * the person installs and uses instead of this folder's build.
 */
const suiteTimeoutMs = 180_000;
const mark = "@@ ";

async function main(): Promise<void> {
  buildExtension();
  const suite = await compileSuite();
  const workspace = mkdtempSync(join(tmpdir(), "tapedeck-workspace-"));
  const all: Counts[] = [];
  try {
    all.push(
      process.env["TAPEDECK_EDITOR"] === "desktop"
        ? await runOnDesktop(suite, workspace)
        : await runInBrowser(suite, workspace),
    );
    const vsix = process.env["TAPEDECK_VSIX"];
    all.push(await driveWorkbench(vsix === undefined ? {} : { vsix }));
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
  const total = sum(all);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  const countsFile = process.env["TAPEDECK_COUNTS"];
  if (countsFile !== undefined) writeFileSync(countsFile, JSON.stringify(total));
  process.exitCode = total.failed === 0 ? 0 : 1;
}

function buildExtension(): void {
  const run = spawnSync(process.execPath, ["esbuild.js"], { cwd: root, stdio: "inherit" });
  if (run.status !== 0) throw new Error("the extension could not be built");
}

/** One file that the extension host can load; mocha stays outside it. */
async function compileSuite(): Promise<string> {
  const outfile = join(root, ".cache", "editor-suite", "index.cjs");
  mkdirSync(join(root, ".cache", "editor-suite"), { recursive: true });
  await build({
    entryPoints: [join(root, "test/editor/suite/index.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    external: ["vscode", "mocha"],
    sourcemap: "inline",
    logLevel: "warning",
  });
  return outfile;
}

async function runInBrowser(suite: string, workspace: string): Promise<Counts> {
  await using server = await startServer();
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const lines: string[] = [];
    await page.exposeFunction("codeAutomationLog", (_level: string, texts: unknown[]) => {
      const line = texts.map(String).join(" ");
      if (!line.includes(mark)) return;
      const text = line.slice(line.indexOf(mark) + mark.length);
      lines.push(text);
      if (!text.startsWith("counts ")) console.log(`  ${text}`);
    });
    const exited = new Promise<number>((resolve) => {
      page.exposeFunction("codeAutomationExit", (code: number) => resolve(code)).catch(() => resolve(1));
    });
    await page.goto(workbenchAddress({ port: server.port, workspace, withDevelopedExtension: true, suite }));
    const timedOut = new Promise<"timed out">((resolve) => setTimeout(resolve, suiteTimeoutMs, "timed out").unref());
    const code = await Promise.race([exited, timedOut]);
    return countsOf(lines, code === "timed out" ? `the suite took longer than ${suiteTimeoutMs} ms` : undefined);
  } finally {
    await browser.close();
  }
}

async function runOnDesktop(suite: string, workspace: string): Promise<Counts> {
  const { runTests } = await import("@vscode/test-electron");
  const chosen = process.env["TAPEDECK_VSCODE"];
  const countsFile = join(root, ".cache", "suite-counts.json");
  rmSync(countsFile, { force: true });
  let trouble: string | undefined;
  try {
    await runTests({
      extensionDevelopmentPath: root,
      extensionTestsPath: suite,
      extensionTestsEnv: { TAPEDECK_SUITE_COUNTS: countsFile },
      launchArgs: [workspace, "--disable-extensions", "--disable-workspace-trust"],
      ...(chosen === undefined ? {} : { vscodeExecutablePath: chosen }),
    });
  } catch (error) {
    trouble = String(error);
  }
  return countsOf(existsSync(countsFile) ? [`counts ${readFileSync(countsFile, "utf8")}`] : [], trouble);
}

function countsOf(lines: readonly string[], trouble: string | undefined): Counts {
  const counts = lines.find((line) => line.startsWith("counts "));
  if (counts !== undefined) return JSON.parse(counts.slice("counts ".length)) as Counts;
  console.log(`  FAILED   ${trouble ?? "the extension host ended before the suite did"}`);
  return { passed: 0, failed: 1, skipped: 0 };
}

function sum(all: readonly Counts[]): Counts {
  const total = (kind: keyof Counts): number => all.reduce((count, counts) => count + counts[kind], 0);
  return { passed: total("passed"), failed: total("failed"), skipped: total("skipped") };
}

await main();
