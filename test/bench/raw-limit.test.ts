import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";

import { measureRawLimit } from "./raw-limit.ts";

describe("measureRawLimit", () => {
  it("measures something, and leaves no file behind", async () => {
    const directory = mkdtempSync(join(tmpdir(), "tapedeck-bench-"));
    const limit = await measureRawLimit({ batchByteCount: 65_521, byteCount: 4_000_000, directory });
    assert.equal(limit.batchCount, 62);
    assert.ok(limit.megabytesPerSecond > 1 && limit.megabytesPerSecond < 1e6, String(limit.megabytesPerSecond));
    assert.ok(limit.cpuSecondsPerGigabyte > 0);
    assert.deepEqual(readdirSync(directory), []);
    rmSync(directory, { recursive: true });
  });
});
