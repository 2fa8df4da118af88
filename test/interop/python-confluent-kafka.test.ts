import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type ClusterProcess, projectRoot, startClusterProcess } from "./cluster-process.ts";
import { goldenKeys } from "./records.ts";
import { checkNames, expectOk, runScript, type ScriptResult } from "./script-client.ts";

const environment = join(projectRoot, ".cache", "python-confluent-kafka");
const python = join(environment, "bin", "python");

/** A virtual environment with the client's wheel; or why there is none. */
function installClient(): string | undefined {
  if (existsSync(join(environment, "installed"))) return undefined;
  if (spawnSync("python3", ["-m", "venv", environment]).status !== 0) return "there is no python3 with venv";
  const requirements = join(projectRoot, "test/interop/python/requirements.txt");
  const install = spawnSync(python, ["-m", "pip", "install", "--quiet", "--only-binary=:all:", "-r", requirements]);
  if (install.status !== 0)
    return "confluent-kafka has no wheel for this machine, or the package index is out of reach";
  writeFileSync(join(environment, "installed"), "");
  return undefined;
}

describe("Python's confluent-kafka (librdkafka)", function () {
  let cluster: ClusterProcess | undefined;
  let directory = "";
  let results: readonly ScriptResult[] = [];

  before(async function () {
    const keys = goldenKeys();
    const reason = keys === undefined ? "../shared/golden is not there" : installClient();
    if (reason !== undefined) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    cluster = await startClusterProcess("--brokers", "3");
    directory = mkdtempSync(join(tmpdir(), "tapedeck-python-"));
    const keysFile = join(directory, "keys");
    writeFileSync(
      keysFile,
      (keys ?? []).map(({ key, partition }) => `${key.toString("hex")} ${String(partition)}\n`).join(""),
    );
    const script = join(projectRoot, "test/interop/python/round_trip.py");
    results = await runScript(python, [script, cluster.bootstrapServers, keysFile]);
  });

  after(async () => {
    if (directory !== "") rmSync(directory, { recursive: true });
    if (cluster !== undefined) assert.equal(await cluster.stop(), 0);
  });

  for (const name of checkNames) it(name, () => expectOk(results, name));
});
