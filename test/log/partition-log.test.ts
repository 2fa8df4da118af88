import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { batchOf, onBothKindsOfFiles, readAll, valuesOf } from "./log-fixture.ts";

describe("A partition log", () => {
  it("gives back what was appended, from memory, from files, and after a clean stop", () => {
    onBothKindsOfFiles((makeFixture) => {
      const fixture = makeFixture();
      const log = fixture.open();
      assert.equal(log.appendAsLeader(batchOf(["a", "b"]), { leaderEpoch: 3 }).baseOffset, 0);
      const second = log.appendAsLeader(batchOf(["c"]), { leaderEpoch: 3 });
      assert.deepEqual([second.errorName, second.baseOffset, second.lastOffset], ["NONE", 2, 2]);
      assert.deepEqual(valuesOf(readAll(log)), ["a", "b", "c"]);
      assert.equal(log.close(), "NONE");
      const again = fixture.open({ hadCleanShutdown: true, tailByteCountMax: 0 });
      assert.equal(again.logEndOffset, 3);
      assert.deepEqual(valuesOf(readAll(again)), ["a", "b", "c"]);
      assert.deepEqual(again.leaderEpochs.all(), [{ epoch: 3, startOffset: 0 }]);
    });
  });
});
