import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { SeededRandom } from "../../src/base/seeded-random.ts";
import { zeroUuid } from "../../src/base/uuid.ts";
import {
  FetchedPartition,
  fetchedPartitionKey,
  type FetchPlan,
  FetchSessionCache,
  type SessionRequest,
} from "../../src/broker/fetch-sessions.ts";

const evictionMs = 120_000;

function scene(slotCountMax = 10) {
  const clock = { nowMs: 1_000_000, wallMs: () => 0, monotonicMs: () => clock.nowMs };
  return { clock, cache: new FetchSessionCache(clock, new SeededRandom("sessions"), () => slotCountMax) };
}

function wanting(indexes: readonly number[], overrides: Partial<SessionRequest> = {}): SessionRequest {
  const wanted = new Map(
    indexes.map((index) => [fetchedPartitionKey("t", zeroUuid, index), new FetchedPartition("t", zeroUuid, index)]),
  );
  return { sessionId: 0, epoch: 0, usesTopicIds: false, isPrivileged: false, wanted, forgotten: [], ...overrides };
}

/** Conclude as if every partition was read without error, with these byte counts by index. */
function conclude(plan: FetchPlan, byteCounts: Readonly<Record<number, number>> = {}) {
  const told = [...plan.partitions.values()].map((asked) => ({
    asked,
    errorName: "NONE" as const,
    byteCount: byteCounts[asked.index] ?? 0,
    highWatermark: 5,
    logStartOffset: 0,
    isDiverging: false,
  }));
  const concluded = plan.conclude(told);
  return { sessionId: concluded.sessionId, indexes: concluded.told.map(({ asked }) => asked.index) };
}

function open(cache: FetchSessionCache, indexes: readonly number[], isPrivileged = false): number {
  return conclude(cache.plan(wanting(indexes, { isPrivileged }))).sessionId;
}

describe("Fetch sessions", () => {
  it("put who got records at the end of the line", () => {
    const { cache } = scene();
    const sessionId = open(cache, [0, 1, 2]);
    const plan = cache.plan(wanting([], { sessionId, epoch: 1 }));
    assert.deepEqual(conclude(plan, { 0: 100 }).indexes, [0]);
    const next = cache.plan(wanting([], { sessionId, epoch: 2 }));
    assert.deepEqual(
      [...next.partitions.values()].map(({ index }) => index),
      [1, 2, 0],
    );
  });

  it("repeat an error until it is over, and then the first good answer", () => {
    const { cache } = scene();
    const sessionId = open(cache, [0]);
    const answers = ["NONE", "NOT_LEADER_OR_FOLLOWER", "NOT_LEADER_OR_FOLLOWER", "NONE", "NONE"] as const;
    const counts = answers.map((errorName, index) => {
      const plan = cache.plan(wanting([], { sessionId, epoch: index + 1 }));
      const [asked] = plan.partitions.values();
      assert.ok(asked !== undefined);
      const known =
        errorName === "NONE" ? { highWatermark: 5, logStartOffset: 0 } : { highWatermark: -1, logStartOffset: -1 };
      return plan.conclude([{ asked, errorName, byteCount: 0, isDiverging: false, ...known }]).told.length;
    });
    assert.deepEqual(counts, [0, 1, 1, 1, 0]);
  });

  it("tell the first answer after a diverging one, though nothing else has changed", () => {
    const { cache } = scene();
    const sessionId = open(cache, [0]);
    const counts = [true, false, false].map((isDiverging, index) => {
      const plan = cache.plan(wanting([], { sessionId, epoch: index + 1 }));
      const [asked] = plan.partitions.values();
      assert.ok(asked !== undefined);
      const told = {
        asked,
        errorName: "NONE",
        byteCount: 0,
        isDiverging,
        highWatermark: 5,
        logStartOffset: 0,
      } as const;
      return plan.conclude([told]).told.length;
    });
    assert.deepEqual(counts, [1, 1, 0]);
  });

  it("end when nothing is left in them, also where one request adds and forgets", () => {
    const { cache } = scene();
    const sessionId = open(cache, [0]);
    const forgotten = [0, 1].map((index) => fetchedPartitionKey("t", zeroUuid, index));
    const plan = cache.plan(wanting([1], { sessionId, epoch: 1, forgotten }));
    assert.deepEqual(conclude(plan), { sessionId: 0, indexes: [1] });
    assert.equal(cache.sessionCount, 0);
  });

  it("open without partitions too, and count on to 1 after the largest epoch", () => {
    const { cache } = scene();
    assert.ok(open(cache, []) > 0);
    assert.equal(cache.plan(wanting([], { sessionId: 0, epoch: -2 })).errorName, "FETCH_SESSION_ID_NOT_FOUND");
    const sessionId = open(cache, [0]);
    assert.equal(cache.plan(wanting([], { sessionId, epoch: -2 })).errorName, "INVALID_FETCH_SESSION_EPOCH");
  });

  it("don't mix names and ids", () => {
    const { cache } = scene();
    const sessionId = open(cache, [0]);
    const mixed = wanting([], { sessionId, epoch: 1, usesTopicIds: true });
    assert.equal(cache.plan(mixed).errorName, "FETCH_SESSION_TOPIC_ID_ERROR");
    assert.equal(cache.plan(wanting([], { sessionId, epoch: 1 })).errorName, "NONE");
  });

  it("are replaced or closed by a full request that names them", () => {
    const { cache } = scene();
    const sessionId = open(cache, [0]);
    const replaced = conclude(cache.plan(wanting([0], { sessionId, epoch: 0 }))).sessionId;
    assert.notEqual(replaced, sessionId);
    assert.equal(conclude(cache.plan(wanting([0], { sessionId: replaced, epoch: -1 }))).sessionId, 0);
    assert.equal(cache.sessionCount, 0);
  });

  it("are refused while the cache is full, until one of them is idle for long enough", () => {
    const { clock, cache } = scene(2);
    const [first, second] = [open(cache, [0]), open(cache, [1])];
    assert.equal(open(cache, [2]), 0);
    clock.nowMs += evictionMs;
    assert.equal(conclude(cache.plan(wanting([], { sessionId: second, epoch: 1 }))).sessionId, second);
    clock.nowMs += 1;
    assert.ok(open(cache, [2]) > 0);
    assert.equal(cache.plan(wanting([], { sessionId: first, epoch: 1 })).errorName, "FETCH_SESSION_ID_NOT_FOUND");
    assert.equal(cache.plan(wanting([], { sessionId: second, epoch: 2 })).errorName, "NONE");
  });

  it("of followers push out those of consumers, and never the other way", () => {
    const { cache } = scene(2);
    const consumer = open(cache, [0]);
    assert.ok(open(cache, [0], true) > 0);
    assert.ok(open(cache, [0, 1], true) > 0);
    assert.equal(cache.plan(wanting([], { sessionId: consumer, epoch: 1 })).errorName, "FETCH_SESSION_ID_NOT_FOUND");
    assert.equal(open(cache, [0, 1, 2]), 0);
  });
});
