import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  forControlledShutdown,
  forOffline,
  forPreferredReplica,
  forReassignment,
  type Candidates,
} from "../../src/controller/leader-election.ts";

function candidates(
  replicas: readonly number[],
  inSyncReplicas: readonly number[],
  online: readonly number[],
): Candidates {
  return { replicas, inSyncReplicas, isOnline: (brokerId) => online.includes(brokerId) };
}

describe("electing a leader", () => {
  it("for one that is gone takes the first in the order of assignment that is there and in sync", () => {
    assert.deepEqual(forOffline(candidates([1, 2, 3], [3, 2, 1], [2, 3]), false), {
      leaderId: 2,
      inSyncReplicas: [3, 2],
      isUnclean: false,
    });
    assert.equal(forOffline(candidates([1, 2, 3], [3], [2, 3]), false)?.leaderId, 3);
  });

  it("takes one that is not in sync only where nobody in sync is there and that is allowed", () => {
    const lost = candidates([1, 2, 3], [1], [3, 2]);
    assert.equal(forOffline(lost, false), undefined);
    assert.deepEqual(forOffline(lost, true), { leaderId: 2, inSyncReplicas: [2], isUnclean: true });
    assert.equal(forOffline(candidates([1, 2], [1, 2], [2]), true)?.isUnclean, false);
    assert.equal(forOffline(candidates([1, 2], [1], []), true), undefined);
  });

  it("for a reassignment takes the first of the replicas that will be left, and leaves the in-sync ones alone", () => {
    assert.deepEqual(forReassignment(candidates([3, 2], [1, 2, 3], [1, 2]))?.leaderId, 2);
    assert.deepEqual(forReassignment(candidates([3, 2], [1, 2, 3], [1, 2, 3]))?.inSyncReplicas, [1, 2, 3]);
    assert.equal(forReassignment(candidates([3, 2], [1], [1, 2, 3])), undefined);
  });

  it("for the preferred replica takes that one or nobody", () => {
    assert.equal(forPreferredReplica(candidates([1, 2], [2, 1], [1, 2]))?.leaderId, 1);
    assert.equal(forPreferredReplica(candidates([1, 2], [2], [1, 2])), undefined);
    assert.equal(forPreferredReplica(candidates([1, 2], [1, 2], [2])), undefined);
  });

  it("for a controlled shutdown passes over who is shutting down and takes it out of the in-sync replicas", () => {
    const leaving = candidates([1, 2, 3], [1, 2, 3], [2, 3]);
    assert.deepEqual(forControlledShutdown(leaving, new Set([1])), {
      leaderId: 2,
      inSyncReplicas: [2, 3],
      isUnclean: false,
    });
    assert.equal(forControlledShutdown(candidates([1, 2], [1], [2]), new Set([1])), undefined);
  });
});
