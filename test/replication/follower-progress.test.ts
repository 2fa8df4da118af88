import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { FollowerProgress } from "../../src/replication/follower-progress.ts";

const lagTimeMaxMs = 100;

function fetched(
  fetchOffset: number,
  nowMs: number,
  overrides: { brokerEpoch?: number; logStartOffset?: number } = {},
) {
  return { fetchOffset, nowMs, logStartOffset: 0, brokerEpoch: -1, ...overrides };
}

describe("The progress of a follower", () => {
  it("counts as caught up when the leader had no more at the fetch before", () => {
    const follower = new FollowerProgress();
    follower.recordFetch(fetched(0, 0), 10);
    assert.equal(follower.isCaughtUp(10, 0, lagTimeMaxMs), false);
    // Always ten behind a leader that goes on, and yet there with what the leader had a moment ago.
    follower.recordFetch(fetched(10, 50), 20);
    assert.equal(follower.isCaughtUp(20, 50, lagTimeMaxMs), true);
    assert.equal(follower.isCaughtUp(20, 100, lagTimeMaxMs), true);
    assert.equal(follower.isCaughtUp(20, 101, lagTimeMaxMs), false);
  });

  it("is behind after too long a time, however small the difference", () => {
    const follower = new FollowerProgress();
    follower.recordFetch(fetched(10, 0), 10);
    for (let ms = 10; ms <= 200; ms += 10) follower.recordFetch(fetched(10, ms), 11);
    assert.equal(follower.isCaughtUp(11, 200, lagTimeMaxMs), false);
  });

  it("has no age where it has everything", () => {
    const follower = new FollowerProgress();
    follower.recordFetch(fetched(10, 0), 10);
    assert.equal(follower.isCaughtUp(10, 1e9, lagTimeMaxMs), true);
  });

  it("begins an epoch with time for who is in sync, and none for who isn't", () => {
    for (const isInSync of [true, false]) {
      const follower = new FollowerProgress();
      follower.beginEpoch(isInSync, 5, 1000);
      assert.equal(follower.isCaughtUp(5, 1100, lagTimeMaxMs), isInSync);
      assert.equal(follower.isCaughtUp(5, 1101, lagTimeMaxMs), false);
    }
  });

  it("doesn't let a follower's earlier life speak for its present one", () => {
    const follower = new FollowerProgress();
    assert.equal(follower.recordFetch(fetched(3, 0, { brokerEpoch: 7 }), 3), true);
    assert.equal(follower.recordFetch(fetched(9, 0, { brokerEpoch: 6 }), 9), false);
    assert.equal(follower.logEndOffset, 3);
    assert.equal(follower.recordFetch(fetched(4, 0), 9), true);
    assert.deepEqual([follower.logEndOffset, follower.brokerEpoch], [4, 7]);
  });
});
