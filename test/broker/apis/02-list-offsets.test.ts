import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { errorCodeOf, errorNameOf } from "../../../src/protocol/error-code.ts";
import { batchOf, BrokerScene } from "../../builders/broker-scene.ts";

const at1000 = { timestamp: 1000, value: Buffer.from("a") };

/** Records at 1000, 3000, 2000 and 4000 ms, as offsets 0 to 3. */
function scene(): BrokerScene {
  const made = new BrokerScene();
  made.createTopic("orders");
  made.produce("orders", 0, batchOf([at1000, { ...at1000, timestamp: 3000 }]));
  made.produce(
    "orders",
    0,
    batchOf([
      { ...at1000, timestamp: 2000 },
      { ...at1000, timestamp: 4000 },
    ]),
  );
  return made;
}

interface Asked {
  readonly version?: number;
  readonly partition?: number;
  readonly currentLeaderEpoch?: number;
  readonly isolationLevel?: number;
}

function list(at: BrokerScene, timestamp: number, asked: Asked = {}) {
  const { version = 10, partition = 0, currentLeaderEpoch = -1, isolationLevel = 0 } = asked;
  const partitions = [{ partitionIndex: partition, currentLeaderEpoch, timestamp }];
  const topics = [{ name: "orders", partitions }];
  const response = at.ask(2, version, { replicaId: -1, isolationLevel, topics, timeoutMs: 0 });
  const answer = response.topics[0]?.partitions[0];
  assert.ok(answer !== undefined);
  const { errorCode, offset, timestamp: found, leaderEpoch } = answer;
  return { errorName: errorNameOf(errorCode), offset, timestamp: found, leaderEpoch };
}

function found(offset: number, timestamp: number, leaderEpoch = 0) {
  return { errorName: "NONE", offset, timestamp, leaderEpoch };
}

function failed(errorName: string) {
  return { errorName, offset: -1, timestamp: -1, leaderEpoch: -1 };
}

describe("ListOffsets", () => {
  it("knows the end, the start, and the record with the largest timestamp", () => {
    const at = scene();
    assert.deepEqual(list(at, -1), found(4, -1));
    assert.deepEqual(list(at, -2), found(0, -1));
    assert.deepEqual(list(at, -3), found(3, 4000));
    assert.deepEqual(list(at, -4), found(0, -1));
    assert.deepEqual(list(at, -5), found(-1, -1, -1));
  });

  it("finds the first record at or after a time, and nothing after the last", () => {
    const at = scene();
    assert.deepEqual(list(at, 0), found(0, 1000));
    assert.deepEqual(list(at, 1001), found(1, 3000));
    assert.deepEqual(list(at, 3001), found(3, 4000));
    assert.deepEqual(list(at, 4001), found(-1, -1, -1));
  });

  it("takes a special timestamp only from the version on that has it", () => {
    const at = scene();
    for (const [timestamp, version] of [
      [-3, 7],
      [-4, 8],
      [-5, 9],
    ] as const) {
      assert.deepEqual(list(at, timestamp, { version: version - 1 }).errorName, "UNSUPPORTED_VERSION");
      assert.equal(list(at, timestamp, { version }).errorName, "NONE");
    }
    assert.deepEqual(list(at, -6), failed("UNSUPPORTED_VERSION"));
  });

  it("compares leader epochs first", () => {
    const at = scene();
    assert.deepEqual(list(at, -1, { currentLeaderEpoch: 0 }), found(4, -1));
    assert.deepEqual(list(at, -1, { currentLeaderEpoch: 3 }), failed("UNKNOWN_LEADER_EPOCH"));
    assert.deepEqual(list(at, -1, { currentLeaderEpoch: -2 }), failed("FENCED_LEADER_EPOCH"));
  });

  it("refuses what it doesn't have", () => {
    const at = scene();
    assert.deepEqual(list(at, -1, { partition: 4 }), failed("UNKNOWN_TOPIC_OR_PARTITION"));
    assert.deepEqual(list(at, -1, { isolationLevel: 4 }), failed("UNKNOWN_SERVER_ERROR"));
  });

  it("refuses a partition that is asked for twice, also in two topics of one name", () => {
    const at = scene();
    const partition = { partitionIndex: 0, timestamp: -1 };
    const once = { name: "orders", partitions: [partition] };
    const twice = { name: "orders", partitions: [partition, partition] };
    for (const topics of [[twice], [once, once]]) {
      const response = at.ask(2, 5, { replicaId: -1, isolationLevel: 0, topics, timeoutMs: 0 });
      const codes = response.topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode));
      assert.deepEqual(codes, [errorCodeOf("INVALID_REQUEST")]);
    }
  });

  it("begins behind deleted records", () => {
    const at = scene();
    const topics = [{ name: "orders", partitions: [{ partitionIndex: 0, offset: 1 }] }];
    at.ask(21, 2, { topics, timeoutMs: 0 });
    assert.deepEqual(list(at, -2), found(1, -1));
    assert.deepEqual(list(at, 0), found(1, 3000));
  });
});
