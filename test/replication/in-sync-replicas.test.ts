import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FollowerProgress } from "../../src/replication/follower-progress.ts";
import {
  committed,
  highWatermarkLimit,
  type InSyncState,
  laggingReplicas,
  maximalInSyncReplicas,
  proposedInSyncReplicas,
} from "../../src/replication/in-sync-replicas.ts";

const leaderLogEndOffset = 10;

/** Broker 1 leads with 10 records. Each follower fetched once, at the given time and from the given offset. */
function positions(followers: Readonly<Record<number, readonly [fetchOffset: number, atMs: number]>>) {
  const known = Object.entries(followers).map(([id, [fetchOffset, nowMs]]) => {
    const follower = new FollowerProgress();
    follower.beginEpoch(true, leaderLogEndOffset, nowMs);
    follower.recordFetch({ fetchOffset, nowMs, logStartOffset: 0, brokerEpoch: -1 }, leaderLogEndOffset);
    return [Number(id), follower] as const;
  });
  return { leaderLogEndOffset, followers: new Map(known), nowMs: 1000, lagTimeMaxMs: 100 };
}

const nobody = () => false;
const everybody = () => true;

describe("The high watermark", () => {
  // KAFKA.md L14
  const far = positions({ 2: [8, 0], 3: [5, 0] });

  it("goes as far as the slowest replica in sync", () => {
    assert.equal(highWatermarkLimit(committed([1, 2]), far, everybody), 8);
    assert.equal(highWatermarkLimit(committed([1, 2, 3]), far, everybody), 5);
    assert.equal(highWatermarkLimit(committed([1]), far, everybody), 10);
  });

  it("waits for who has caught up and may join, and for nobody else", () => {
    const near = positions({ 2: [8, 0], 3: [5, 950] });
    assert.equal(highWatermarkLimit(committed([1, 2]), near, everybody), 5);
    assert.equal(highWatermarkLimit(committed([1, 2]), near, nobody), 8);
  });

  it("counts who is joining at once, and who is leaving until that is committed", () => {
    const expanding: InSyncState = { kind: "expanding", inSyncReplicas: [1, 2], joiningReplica: 3 };
    const shrinking: InSyncState = { kind: "shrinking", inSyncReplicas: [1, 2, 3], leavingReplicas: new Set([3]) };
    assert.equal(highWatermarkLimit(expanding, far, nobody), 5);
    assert.equal(highWatermarkLimit(shrinking, far, nobody), 5);
    assert.deepEqual(
      [maximalInSyncReplicas(expanding), proposedInSyncReplicas(expanding)],
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
    );
    assert.deepEqual(
      [maximalInSyncReplicas(shrinking), proposedInSyncReplicas(shrinking)],
      [
        [1, 2, 3],
        [1, 2],
      ],
    );
  });

  it("goes nowhere while a replica in sync is unknown", () => {
    const followers = new Map([[2, new FollowerProgress()]]);
    assert.equal(highWatermarkLimit(committed([1, 2]), { ...far, followers }, everybody), -1);
  });
});

describe("Lagging replicas", () => {
  it("are those in sync that have been behind for too long", () => {
    const at = positions({ 2: [8, 0], 3: [8, 950], 4: [10, 0], 5: [0, 0] });
    assert.deepEqual(laggingReplicas([1, 2, 3, 4], at), new Set([2]));
  });
});
