import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { zeroUuid } from "../../../src/base/uuid.ts";
import { brokerCame, brokerWent } from "../../../src/controller/broker-membership.ts";
import { withoutTopics, withTopics } from "../../../src/coordination/cluster-metadata.ts";
import type { RequestDraftOf, ResponseOf } from "../../../src/protocol/api-messages.ts";
import { errorCodeOf } from "../../../src/protocol/error-code.ts";
import { batchOf, BrokerScene, type RawClient } from "../../builders/broker-scene.ts";

type Request = RequestDraftOf<1>;
type Partition = Request["topics"][number]["partitions"][number];

const wholeMax = 1_000_000;

function asked(partition: number, fetchOffset: number, overrides: Partial<Partition> = {}): Partition {
  return { partition, fetchOffset, partitionMaxBytes: wholeMax, ...overrides };
}

function fetching(partitions: readonly Partition[], overrides: Partial<Request> = {}, topic = "orders"): Request {
  const topics = [{ topic, topicId: zeroUuid, partitions }];
  return { maxWaitMs: 0, minBytes: 1, maxBytes: wholeMax, topics, forgottenTopicsData: [], ...overrides };
}

/** Two partitions; the first holds [0, 2) and [2, 3). */
function scene(): BrokerScene {
  const made = new BrokerScene();
  made.createTopic("orders", { partitionCount: 2 });
  made.produce("orders", 0, batchOf(["a", "b"]));
  made.produce("orders", 0, batchOf(["c"]));
  return made;
}

function only(response: ResponseOf<1>) {
  const answer = response.responses[0]?.partitions[0];
  assert.ok(answer !== undefined, "a partition was answered");
  assert.equal(response.responses.flatMap(({ partitions }) => partitions).length, 1);
  return answer;
}

function codeOf(response: ResponseOf<1>): number {
  return only(response).errorCode;
}

/** What the client has been answered so far, by version. */
function responsesOf(client: RawClient, version: number): readonly ResponseOf<1>[] {
  return client.frames.map((frame) => client.read(1, version, frame));
}

describe("Fetch", () => {
  it("hands out whole batches from the one that holds the offset", () => {
    const answer = only(scene().ask(1, 12, fetching([asked(0, 1)])));
    const expected = Buffer.concat([batchOf(["a", "b"]), batchOf(["c"])]);
    assert.equal(answer.records?.byteLength, expected.byteLength);
    assert.deepEqual([answer.highWatermark, answer.lastStableOffset, answer.logStartOffset], [3, 3, 0]);
    assert.equal(answer.abortedTransactions, null);
    assert.equal(answer.records.readBigInt64BE(0), 0n);
  });

  it("returns the first batch whole however small the limits, and cuts what follows at the limit", () => {
    const at = scene();
    const batchByteCount = batchOf(["a", "b"]).byteLength;
    const tiny = only(at.ask(1, 12, fetching([asked(0, 0, { partitionMaxBytes: 0 })])));
    assert.equal(tiny.records?.byteLength, batchByteCount);
    const cut = only(at.ask(1, 12, fetching([asked(0, 0, { partitionMaxBytes: batchByteCount + 10 })])));
    assert.equal(cut.records?.byteLength, batchByteCount + 10);
    const next = only(at.ask(1, 12, fetching([asked(0, 2)], { maxBytes: 1 })));
    assert.equal(next.records?.byteLength, batchOf(["c"]).byteLength);
  });

  it("gives a later partition only what is left of the response", () => {
    const at = scene();
    at.produce("orders", 1, batchOf(["d"]));
    const firstByteCount = batchOf(["a", "b"]).byteLength + batchOf(["c"]).byteLength;
    const { responses } = at.ask(1, 12, fetching([asked(0, 0), asked(1, 0)], { maxBytes: firstByteCount + 10 }));
    const byteCounts = responses[0]?.partitions.map(({ records }) => records?.byteLength);
    assert.deepEqual(byteCounts, [firstByteCount, 0]);
  });

  it("answers errors with nothing known", () => {
    const at = scene();
    const cases: [Partition, string][] = [
      [asked(0, 4), "OFFSET_OUT_OF_RANGE"],
      [asked(0, -1), "OFFSET_OUT_OF_RANGE"],
      [asked(9, 0), "UNKNOWN_TOPIC_OR_PARTITION"],
      [asked(0, 0, { currentLeaderEpoch: 5 }), "UNKNOWN_LEADER_EPOCH"],
      [asked(0, 0, { partitionMaxBytes: -1 }), "UNKNOWN_SERVER_ERROR"],
      [asked(0, 0, { lastFetchedEpoch: 5 }), "OFFSET_OUT_OF_RANGE"],
    ];
    for (const [partition, errorName] of cases) {
      const answer = only(at.ask(1, 12, fetching([partition])));
      assert.equal(answer.errorCode, errorCodeOf(errorName as "NONE"), errorName);
      assert.deepEqual([answer.highWatermark, answer.lastStableOffset, answer.logStartOffset], [-1, -1, -1]);
      assert.equal(answer.records?.byteLength, 0);
    }
    assert.equal(codeOf(at.ask(1, 12, fetching([asked(0, 3)]))), 0);
    assert.equal(codeOf(at.ask(1, 12, fetching([asked(0, 0, { currentLeaderEpoch: -2 })]))), 0);
  });

  it("takes names up to version 12 and ids from version 13 on", () => {
    const at = scene();
    const topicId = at.store.metadata.topics.get("orders")?.topicId ?? "";
    const byId = (id: string) =>
      fetching([asked(0, 0)], { topics: [{ topic: "", topicId: id, partitions: [asked(0, 0)] }] });
    const known = at.ask(1, 13, byId(topicId));
    assert.deepEqual([known.responses[0]?.topicId, codeOf(known)], [topicId, 0]);
    assert.equal(codeOf(at.ask(1, 13, byId("P86Pnt-UaU4-HUfIByaKrQ"))), errorCodeOf("UNKNOWN_TOPIC_ID"));
  });

  it("refuses an unknown isolation level on everything", () => {
    const at = scene();
    const older = at.ask(1, 12, fetching([asked(0, 0)], { isolationLevel: 7 }));
    assert.deepEqual([older.errorCode, codeOf(older)], [-1, -1]);
    const newer = at.ask(1, 13, fetching([asked(0, 0)], { isolationLevel: 7 }));
    assert.deepEqual([newer.errorCode, newer.responses], [-1, []]);
  });

  it("tells a reader of committed records that none were aborted", () => {
    assert.deepEqual(only(scene().ask(1, 12, fetching([asked(0, 0)], { isolationLevel: 1 }))).abortedTransactions, []);
  });

  it("sends whoever asks the wrong broker to the leader, from version 16 on", () => {
    const at = new BrokerScene({ brokerCount: 2 });
    const topicId = at.createTopic("orders");
    const leaderId = at.store.metadata.topics.get("orders")?.partitions[0]?.leaderId ?? 0;
    const request = fetching([], { topics: [{ topic: "", topicId, partitions: [asked(0, 0)] }] });
    const response = at.ask(1, 16, request, 3 - leaderId);
    assert.equal(codeOf(response), errorCodeOf("NOT_LEADER_OR_FOLLOWER"));
    assert.deepEqual(only(response).currentLeader, { leaderId, leaderEpoch: 0 });
    assert.equal(response.nodeEndpoints[0]?.port, at.address(leaderId).port);
    assert.equal(only(at.ask(1, 15, request, 3 - leaderId)).currentLeader.leaderId, -1);
  });

  it("tells where the reader's log and this one parted, instead of records", () => {
    const at = scene();
    at.change((metadata) => brokerWent(metadata, 1));
    at.change((metadata) => brokerCame(metadata, { id: 1, ...at.address(), rack: null }));
    at.produce("orders", 0, batchOf(["d"]));
    const answer = only(at.ask(1, 12, fetching([asked(0, 3, { lastFetchedEpoch: 1 })])));
    assert.deepEqual([answer.errorCode, answer.highWatermark, answer.records?.byteLength], [0, 4, 0]);
    assert.deepEqual(answer.divergingEpoch, { epoch: 0, endOffset: 3 });
    const agreeing = only(at.ask(1, 12, fetching([asked(0, 3, { lastFetchedEpoch: 0 })])));
    assert.deepEqual([agreeing.divergingEpoch.epoch, agreeing.records?.byteLength], [-1, batchOf(["d"]).byteLength]);
  });

  it("has no followers to answer", () => {
    const response = scene().ask(1, 12, fetching([asked(0, 0)], { replicaId: 2 }));
    assert.equal(codeOf(response), errorCodeOf("NOT_LEADER_OR_FOLLOWER"));
  });
});

describe("Fetch that waits", () => {
  it("is woken by an append, and answers with it", () => {
    const at = scene();
    const client = at.connect();
    client.send(1, 12, fetching([asked(0, 3), asked(1, 0)], { maxWaitMs: 5000 }));
    at.world.runFor(1000);
    assert.equal(client.frames.length, 0);
    const startMs = at.world.nowMs;
    at.produce("orders", 1, batchOf(["d"]));
    at.world.runUntil(() => client.frames.length === 1);
    assert.ok(at.world.nowMs - startMs < 100);
    const [response] = responsesOf(client, 12);
    const byteCounts = response?.responses[0]?.partitions.map(({ records }) => records?.byteLength);
    assert.deepEqual(byteCounts, [0, batchOf(["d"]).byteLength]);
  });

  it("waits for minBytes, or until the time is up", () => {
    const at = scene();
    const client = at.connect();
    const startMs = at.world.nowMs;
    client.send(1, 12, fetching([asked(0, 3)], { maxWaitMs: 500, minBytes: 1000 }));
    at.world.runFor(100);
    at.produce("orders", 0, batchOf(["d"]));
    at.world.runUntil(() => client.frames.length === 1);
    const waitedMs = at.world.nowMs - startMs;
    assert.ok(waitedMs >= 500 && waitedMs < 510, String(waitedMs));
    const [response] = responsesOf(client, 12);
    assert.ok(response !== undefined);
    assert.equal(only(response).records?.byteLength, batchOf(["d"]).byteLength);
  });

  it("completes as soon as minBytes have gathered", () => {
    const at = scene();
    const client = at.connect();
    client.send(1, 12, fetching([asked(0, 3)], { maxWaitMs: 60_000, minBytes: 3 * batchOf(["d"]).byteLength }));
    at.world.runFor(100);
    for (const value of ["d", "e"]) at.produce("orders", 0, batchOf([value]));
    at.world.runFor(100);
    assert.equal(client.frames.length, 0);
    at.produce("orders", 0, batchOf(["f"]));
    at.world.runFor(100);
    assert.equal(client.frames.length, 1);
  });

  it("doesn't wait beside an error, but for a partition that nobody knows", () => {
    const at = scene();
    const timeOf = (partitions: readonly Partition[]) => {
      const startMs = at.world.nowMs;
      at.ask(1, 12, fetching(partitions, { maxWaitMs: 500 }));
      return at.world.nowMs - startMs;
    };
    assert.ok(timeOf([asked(0, 3), asked(1, 9)]) < 100);
    assert.ok(timeOf([asked(0, 3), asked(9, 0)]) >= 500);
    assert.ok(timeOf([asked(9, 0)]) < 100);
  });

  it("is answered when its topic is deleted", () => {
    const at = scene();
    const client = at.connect();
    client.send(1, 12, fetching([asked(0, 3)], { maxWaitMs: 60_000 }));
    at.world.runFor(100);
    at.change((metadata) => withoutTopics(metadata, ["orders"]));
    at.world.runFor(100);
    const [response] = responsesOf(client, 12);
    assert.ok(response !== undefined);
    assert.equal(codeOf(response), errorCodeOf("UNKNOWN_TOPIC_OR_PARTITION"));
  });

  it("holds up the next request on its connection and no other", () => {
    const at = scene();
    const client = at.connect();
    const first = client.send(1, 12, fetching([asked(0, 3)], { maxWaitMs: 700 }));
    const second = client.send(1, 12, fetching([asked(0, 3)], { maxWaitMs: 700 }));
    at.world.runFor(1000);
    assert.deepEqual(client.answered, [first]);
    at.world.runFor(500);
    assert.deepEqual(client.answered, [first, second]);
  });

  it("is forgotten when its client goes away", () => {
    const at = scene();
    const client = at.connect();
    client.send(1, 12, fetching([asked(0, 3)], { maxWaitMs: 60_000 }));
    at.world.runFor(100);
    assert.equal(at.broker().fetchPurgatory.waitingCount, 1);
    client.connection.close();
    at.world.runFor(100);
    assert.equal(at.broker().fetchPurgatory.waitingCount, 0);
  });
});

describe("Fetch session", () => {
  it("repeats only what is news", () => {
    const at = scene();
    const opened = at.ask(1, 12, fetching([asked(0, 3), asked(1, 0)], { sessionId: 0, sessionEpoch: 0 }));
    const { sessionId } = opened;
    assert.ok(sessionId > 0);
    assert.equal(opened.responses[0]?.partitions.length, 2);
    const next = (sessionEpoch: number, overrides: Partial<Request> = {}) =>
      at.ask(1, 12, fetching([], { sessionId, sessionEpoch, topics: [], ...overrides }));
    assert.deepEqual(next(1).responses, []);
    at.produce("orders", 1, batchOf(["d"]));
    assert.equal(only(next(2)).partitionIndex, 1);
    const moved = { topics: [{ topic: "orders", topicId: zeroUuid, partitions: [asked(1, 1)] }] };
    assert.deepEqual(next(3, moved).responses, []);
    const forgottenTopicsData = [{ topic: "orders", topicId: zeroUuid, partitions: [0] }];
    assert.deepEqual(next(4, { forgottenTopicsData }).responses, []);
    at.produce("orders", 0, batchOf(["e"]));
    assert.deepEqual(next(5).responses, []);
  });

  it("refuses an epoch that is not the next, and a session that is gone", () => {
    const at = scene();
    const { sessionId } = at.ask(1, 12, fetching([asked(0, 3)], { sessionId: 0, sessionEpoch: 0 }));
    const next = (session: number, sessionEpoch: number) =>
      at.ask(1, 12, fetching([], { sessionId: session, sessionEpoch, topics: [] }));
    const refused = next(sessionId, 5);
    assert.deepEqual([refused.errorCode, refused.sessionId, refused.responses], [71, 0, []]);
    assert.equal(next(sessionId + 1, 1).errorCode, 70);
    assert.equal(next(0, 1).errorCode, 70);
    assert.equal(next(sessionId, 1).errorCode, 0);
    assert.equal(next(sessionId, -1).sessionId, 0);
    assert.equal(next(sessionId, 2).errorCode, 70);
  });

  it("is gone after a restart (M28)", () => {
    const at = scene();
    const { sessionId } = at.ask(1, 12, fetching([asked(0, 3)], { sessionId: 0, sessionEpoch: 0 }));
    at.stopBroker();
    at.startBroker(1);
    assert.equal(at.ask(1, 12, fetching([], { sessionId, sessionEpoch: 1, topics: [] })).errorCode, 70);
    assert.equal(codeOf(at.ask(1, 12, fetching([asked(0, 0)], { sessionId: 0, sessionEpoch: 0 }))), 0);
  });

  it("goes on by name, so a deleted topic is unknown and its successor another topic", () => {
    const at = scene();
    const topic = at.store.metadata.topics.get("orders");
    assert.ok(topic !== undefined);
    const topics = [{ topic: "", topicId: topic.topicId, partitions: [asked(0, 3)] }];
    const { sessionId } = at.ask(1, 13, fetching([], { topics, sessionId: 0, sessionEpoch: 0 }));
    const next = (sessionEpoch: number) => at.ask(1, 13, fetching([], { sessionId, sessionEpoch, topics: [] }));
    at.change((metadata) => withoutTopics(metadata, ["orders"]));
    assert.equal(codeOf(next(1)), errorCodeOf("UNKNOWN_TOPIC_OR_PARTITION"));
    assert.equal(codeOf(next(2)), errorCodeOf("UNKNOWN_TOPIC_OR_PARTITION"));
    at.change((metadata) => withTopics(metadata, [{ ...topic, topicId: "P86Pnt-UaU4-HUfIByaKrQ" }]));
    assert.equal(codeOf(next(3)), errorCodeOf("INCONSISTENT_TOPIC_ID"));
  });
});
