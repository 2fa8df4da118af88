import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";

import { defaultLogConfig } from "../../src/log/log-config.ts";

const path = fileURLToPath(new URL("../../../shared/golden/configs.json", import.meta.url));

const namesInKafka: Readonly<Record<string, keyof typeof defaultLogConfig>> = {
  "compression.type": "compressionType",
  "compression.gzip.level": "gzipLevel",
  "compression.lz4.level": "lz4Level",
  "compression.zstd.level": "zstdLevel",
  "delete.retention.ms": "deleteRetentionMs",
  "file.delete.delay.ms": "fileDeleteDelayMs",
  "flush.messages": "flushMessages",
  "flush.ms": "flushMs",
  "index.interval.bytes": "indexIntervalBytes",
  "max.message.bytes": "maxMessageBytes",
  "message.timestamp.type": "timestampType",
  "message.timestamp.before.max.ms": "timestampBeforeMaxMs",
  "message.timestamp.after.max.ms": "timestampAfterMaxMs",
  "min.cleanable.dirty.ratio": "minCleanableDirtyRatio",
  "min.compaction.lag.ms": "minCompactionLagMs",
  "max.compaction.lag.ms": "maxCompactionLagMs",
  "retention.bytes": "retentionBytes",
  "retention.ms": "retentionMs",
  "segment.bytes": "segmentBytes",
  "segment.index.bytes": "segmentIndexBytes",
  "segment.ms": "segmentMs",
  "segment.jitter.ms": "segmentJitterMs",
};

describe("The default log configuration", () => {
  it("is Kafka's own", function () {
    if (!existsSync(path)) {
      console.log("skipped: no golden/configs.json beside the project");
      this.skip();
    }
    const { topic } = JSON.parse(readFileSync(path, "utf8")) as { topic: Record<string, { default: string }> };
    for (const [name, field] of Object.entries(namesInKafka)) {
      const ours = String(defaultLogConfig[field]);
      const text = topic[name]?.default;
      const isUnbounded = text === "9223372036854775807" || (text === "-1" && name.startsWith("retention"));
      const kafkas = isUnbounded ? "Infinity" : text;
      assert.equal(ours, kafkas, name);
    }
    assert.deepEqual(defaultLogConfig.cleanupPolicy, [topic["cleanup.policy"]?.default]);
  });
});
