import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { kafkaClassPath, whyNoApacheKafka } from "../oracle/apache-kafka.ts";
import { type ClusterProcess, projectRoot, startClusterProcess } from "./cluster-process.ts";
import { goldenKeys } from "./records.ts";
import { checkNames, expectOk, runScript, type ScriptResult } from "./script-client.ts";

describe("Kafka's Java client", function () {
  let cluster: ClusterProcess | undefined;
  let directory = "";
  let results: readonly ScriptResult[] = [];

  before(async function () {
    const keys = goldenKeys();
    const reason = keys === undefined ? "../shared/golden is not there" : whyNoApacheKafka();
    if (reason !== undefined) {
      console.log(`      skipped: ${reason}`);
      return this.skip();
    }
    cluster = await startClusterProcess("--brokers", "3");
    directory = mkdtempSync(join(tmpdir(), "tapedeck-java-"));
    const keysFile = join(directory, "keys");
    const lines = (keys ?? []).map(({ key, partition }) => `${key.toString("hex")} ${String(partition)}\n`);
    writeFileSync(keysFile, lines.join(""));
    const program = join(projectRoot, "test/interop/java/RoundTrip.java");
    const logging = `-Dlog4j2.configurationFile=${join(projectRoot, "test/oracle/log4j2.properties")}`;
    const options = ["-Xmx512M", "-cp", kafkaClassPath(), logging, program, cluster.bootstrapServers, keysFile];
    results = await runScript("java", options);
  });

  after(async () => {
    if (directory !== "") rmSync(directory, { recursive: true });
    if (cluster !== undefined) assert.equal(await cluster.stop(), 0);
  });

  for (const name of checkNames) it(name, () => expectOk(results, name));
});
