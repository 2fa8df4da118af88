import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** Each line of the suite begins with this, so that the launcher can tell it from what the workbench logs. */
const mark = "@@";

/** Run by the extension host: all tests of this folder, against the editor and the extension in it. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", timeout: 30_000, reporter: MarkedReporter });
  mocha.suite.emit("pre-require", globalThis, "", mocha);
  await import("./cluster.test.ts");
  const failureCount = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failureCount > 0) throw new Error(`${failureCount} tests failed`);
}

class MarkedReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on("pass", (test) => print(`ok       ${test.fullTitle()} (${test.duration ?? 0} ms)`));
    runner.on("pending", (test) => print(`skipped  ${test.fullTitle()}`));
    runner.on("fail", (test, error: Error) => print(`FAILED   ${test.fullTitle()}\n${error.stack ?? error.message}`));
    runner.on("end", () => {
      const { passes, failures, pending } = this.stats;
      const counts = JSON.stringify({ passed: passes, failed: failures, skipped: pending });
      print(`counts ${counts}`);
      // A desktop editor hands nothing back but its exit code.
      const countsFile = process.env["TAPEDECK_SUITE_COUNTS"];
      if (countsFile !== undefined) writeFileSync(countsFile, counts);
    });
  }
}

function print(line: string): void {
  console.log(`${mark} ${line}`);
}
