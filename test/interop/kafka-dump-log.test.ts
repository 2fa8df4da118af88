import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";

import { defaultLogConfig } from "../../src/log/log-config.ts";
import { LogDirectory } from "../../src/log/log-directory.ts";
import { buildBatch } from "../../src/protocol/records/batch-builder.ts";
import { codecIds, type CompressionCodec } from "../../src/protocol/records/compression.ts";
import { NodeFiles } from "../../src/runtime/node/node-files.ts";
import { compression, LogFixture, record, SetClock } from "../log/log-fixture.ts";
import { kafkaClassPath, whyNoApacheKafka } from "../oracle/apache-kafka.ts";

const batchCount = 300;

/** Batches of every codec, of an idempotent producer, in four leader epochs and several segments. */
function writeDirectory(root: string): void {
  const fixture = new LogFixture(new NodeFiles(root), new SetClock());
  const { files, clock, random, sink: log } = fixture;
  const configFor = () => defaultLogConfig;
  const directory = LogDirectory.open({ files, clock, random, log, compression, brokerId: 1, configFor });
  const config = { ...defaultLogConfig, segmentBytes: 60_000 };
  const orders = directory.createLog({ topic: "orders", partition: 0, topicId: "bKBHtc4PQMiQTmvuXPTsgw", config });
  const codecs = Object.keys(codecIds) as CompressionCodec[];
  for (let index = 0; index < batchCount; index++) {
    const records = Array.from({ length: 1 + (index % 7) }, (_, inBatch) =>
      record("v".repeat((index * 13) % 900), { timestamp: clock.nowMs - 1000 + ((index * 37 + inBatch * 11) % 500) }),
    );
    const codec = codecs[index % codecs.length] ?? "none";
    const options = { codec, producerId: 4, producerEpoch: 0, baseSequence: orders.logEndOffset };
    const result = orders.appendAsLeader(buildBatch(records, compression, options), {
      leaderEpoch: Math.floor(index / 80),
    });
    assert.equal(result.errorName, "NONE");
  }
  assert.ok(orders.segmentCount > 2);
  assert.equal(directory.close(), "NONE");
}

function dump(root: string, ...options: readonly string[]): string {
  const directory = join(root, "orders-0");
  const files = readdirSync(directory)
    .filter((name) => /\.(log|index|timeindex|snapshot)$/.test(name))
    .map((name) => join(directory, name));
  const tool = [
    "-Xmx256M",
    "-cp",
    kafkaClassPath(),
    "kafka.tools.DumpLogSegments",
    "--files",
    files.join(","),
    ...options,
  ];
  const { status, stdout, stderr } = spawnSync("java", tool, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

describe("Apache Kafka's own dump tool", () => {
  it("finds every batch, index entry and snapshot of a log that Tapedeck wrote in order", function () {
    const reason = whyNoApacheKafka();
    if (reason !== undefined) {
      console.log(`      skipped: ${reason}`);
      this.skip();
    }
    this.timeout(300_000);
    const root = mkdtempSync(join(tmpdir(), "tapedeck-dump-"));
    try {
      writeDirectory(root);
      const text = dump(root, "--deep-iteration");
      assert.equal(text.match(/isvalid: true/g)?.length, batchCount);
      assert.doesNotMatch(text, /isvalid: false|mismatch|not found|Exception/i);
      assert.match(text, /producerId: 4 producerEpoch: 0 coordinatorEpoch: -1/);
      const sane = dump(root, "--index-sanity-check");
      assert.ok((sane.match(/passed sanity check/g)?.length ?? 0) > 5);
      assert.doesNotMatch(sane, /mismatch|not found|Exception/i);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
