import { batch, codecs, numbered } from "../batches.ts";
import {
  conversation,
  pause,
  receive,
  request,
  send,
  versions,
  type ConversationScript,
  type Stage,
  type StepTree,
} from "../conversation.ts";
import { createTopic, fetch, fetchFrom, fetchPartition, listOffsets, produce } from "../scripts.ts";

/** A topic with batches of the given record counts, a second apart. */
function filled({ topic, recordTime }: Stage, counts: readonly number[], name = "t", partition = 0): StepTree {
  return counts.map((count, index) =>
    produce(topic(name), batch({ records: numbered(count), baseTimestamp: recordTime(index * 1_000) }), {
      isSilent: true,
      partition,
      version: 9,
    }),
  );
}

export const fetchConversations: readonly ConversationScript[] = [
  conversation("fetch: every version", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage, [2]),
    versions(4, 18).map((version) => fetch(stage.topic("t"), { version })),
  ]),
  conversation("fetch: each offset of a log", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage, [1, 3, 2]),
    [0, 1, 2, 3, 4, 5, 6].map((offset) => fetch(stage.topic("t"), { offset })),
  ]),
  conversation("fetch: from the middle of a compressed batch", (stage) => [
    createTopic(stage.topic("t")),
    codecs.map((codec) =>
      produce(stage.topic("t"), batch({ records: numbered(4), codec, baseTimestamp: stage.recordTime(0) }), {
        isSilent: true,
      }),
    ),
    [3, 6, 10, 14, 19].map((offset) => fetch(stage.topic("t"), { offset, partitionMaxBytes: 10 })),
  ]),
  conversation("fetch: offsets out of range", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage, [2]),
    [4, 9, 12, 16].map((version) => fetch(stage.topic("t"), { version, offset: 3 })),
    [-1, -2, 3, 100].map((offset) => fetch(stage.topic("t"), { offset })),
  ]),
  conversation("fetch: empty topic", (stage) => [
    createTopic(stage.topic("t")),
    fetch(stage.topic("t")),
    fetch(stage.topic("t"), { isolationLevel: 1 }),
    fetch(stage.topic("t"), { offset: 1 }),
  ]),
  conversation("fetch: unknown topic and partition", (stage) => [
    createTopic(stage.topic("t")),
    [4, 7, 12].map((version) => fetch(stage.topic("none"), { version })),
    [4, 7, 12, 13, 17].map((version) => fetch(stage.topic("t"), { version, partition: 3 })),
    fetch(stage.topic("t"), { partition: -1 }),
    fetch("", {}),
    fetch("bad name!", {}),
  ]),
  conversation("fetch: unknown and zero topic id", (stage) => [
    createTopic(stage.topic("t")),
    [13, 15, 18].map((version) =>
      ["AAAAAAAAAAAAAAAAAAAAAA", "P86Pnt-UaU4-HUfIByaKrQ"].map((topicId) =>
        request("Fetch", version, {
          maxWaitMs: 0,
          minBytes: 0,
          sessionEpoch: -1,
          topics: [{ topicId, partitions: [fetchPartition(version, {})] }],
        }),
      ),
    ),
  ]),
  conversation("fetch: no topics", () =>
    [4, 6, 7, 12, 13, 18].map((version) =>
      request("Fetch", version, {
        maxWaitMs: 0,
        minBytes: 0,
        ...(version >= 7 ? { sessionEpoch: -1 } : {}),
        topics: [],
      }),
    ),
  ),
  conversation("fetch: a topic without partitions", (stage) => [
    createTopic(stage.topic("t")),
    [4, 11, 12].map((version) =>
      request("Fetch", version, {
        maxWaitMs: 0,
        minBytes: 0,
        ...(version >= 7 ? { sessionEpoch: -1 } : {}),
        topics: [{ topic: stage.topic("t"), partitions: [] }],
      }),
    ),
    request("Fetch", 13, (seen) => ({
      maxWaitMs: 0,
      minBytes: 0,
      sessionEpoch: -1,
      topics: [{ topicId: seen.topicId(stage.topic("t")), partitions: [] }],
    })),
  ]),
  conversation("fetch: limits in bytes", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage, [1, 1, 1, 1]),
    [0, 1, 71, 72, 73, 144, 150, 100_000].map((partitionMaxBytes) => fetch(stage.topic("t"), { partitionMaxBytes })),
    [0, 1, 100, 200].map((maxBytes) => fetch(stage.topic("t"), { maxBytes })),
    fetch(stage.topic("t"), { partitionMaxBytes: -1 }),
    fetch(stage.topic("t"), { maxBytes: -1 }),
    fetch(stage.topic("t"), { minBytes: -1 }),
    fetch(stage.topic("t"), { maxWaitMs: -1 }),
  ]),
  conversation("fetch: limits in bytes over several partitions", (stage) => {
    const three = (limits: readonly number[], maxBytes: number) =>
      request(
        "Fetch",
        12,
        fetchFrom(
          limits.map((partitionMaxBytes, partition) => [stage.topic("t"), { partition, partitionMaxBytes }]),
          { maxBytes },
        ),
      );
    return [
      createTopic(stage.topic("t"), { partitions: 3 }),
      [0, 1, 2].map((partition) => filled(stage, [1, 1], "t", partition)),
      three([1_000, 1_000, 1_000], 10_000),
      three([10, 10, 10], 10_000),
      three([100, 100, 100], 10_000),
      three([1_000, 1_000, 1_000], 10),
      three([1_000, 1_000, 1_000], 150),
      three([1_000, 1_000, 1_000], 230),
      three([0, 0, 0], 10_000),
      three([-1, 1_000, 1_000], 10_000),
    ];
  }),
  conversation("fetch: a partition listed twice", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage, [1, 1, 1]),
    [7, 12, 13].map((version) =>
      request(
        "Fetch",
        version,
        fetchFrom(
          [
            [stage.topic("t"), { offset: 0 }],
            [stage.topic("t"), { offset: 2 }],
          ],
          { version },
        ),
      ),
    ),
  ]),
  conversation("fetch: good and bad partitions together", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    filled(stage, [2]),
    request(
      "Fetch",
      12,
      fetchFrom(
        [
          [stage.topic("none"), {}],
          [stage.topic("t"), { partition: 0, offset: 9 }],
          [stage.topic("t"), { partition: 1 }],
          [stage.topic("t"), { partition: 5 }],
        ],
        { maxWaitMs: 2_000, minBytes: 1 },
      ),
      { paceMs: 1_500 },
    ),
  ]),
  conversation("fetch: isolation levels", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage, [2]),
    [4, 9, 12, 17].map((version) => fetch(stage.topic("t"), { version, isolationLevel: 1 })),
    [2, -1, 127].map((isolationLevel) => fetch(stage.topic("t"), { isolationLevel })),
    fetch(stage.topic("t"), { version: 5, isolationLevel: 2 }),
  ]),
  conversation("fetch: leader epochs", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage, [2]),
    [-2, -1, 0, 1, 5].map((currentLeaderEpoch) => fetch(stage.topic("t"), { currentLeaderEpoch })),
    [9, 11, 16].map((version) => fetch(stage.topic("t"), { version, currentLeaderEpoch: 3 })),
    [-1, 0, 1, 7].map((lastFetchedEpoch) => fetch(stage.topic("t"), { lastFetchedEpoch, offset: 1 })),
    fetch(stage.topic("t"), { lastFetchedEpoch: 0, offset: 9 }),
    fetch(stage.topic("t"), { lastFetchedEpoch: 0, offset: 2 }),
  ]),
  conversation("fetch: replica ids", (stage) => {
    const asReplica = (replicaId: number, version: number) =>
      request("Fetch", version, {
        replicaId,
        maxWaitMs: 0,
        minBytes: 0,
        sessionEpoch: -1,
        topics: [{ topic: stage.topic("t"), partitions: [fetchPartition(version, {})] }],
      });
    return [
      createTopic(stage.topic("t")),
      filled(stage, [2]),
      [-1, 7, 99].map((replicaId) => asReplica(replicaId, 12)),
      asReplica(7, 11),
    ];
  }),
  conversation("fetch: waits for min bytes, at most max wait", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage, [1]),
    fetch(stage.topic("t"), { minBytes: 1, maxWaitMs: 5_000, paceMs: 2_000 }),
    fetch(stage.topic("t"), { minBytes: 0, maxWaitMs: 5_000, offset: 1, paceMs: 2_000 }),
    fetch(stage.topic("t"), { minBytes: 1, maxWaitMs: 0, offset: 1, paceMs: 2_000 }),
    fetch(stage.topic("t"), { minBytes: 1, maxWaitMs: 300, offset: 1, paceMs: 290 }),
    fetch(stage.topic("t"), { minBytes: 10_000, maxWaitMs: 300, paceMs: 290 }),
    fetch(stage.topic("t"), { minBytes: 10_000, maxWaitMs: 5_000, offset: 9, paceMs: 2_000 }),
    fetch(stage.topic("t"), { minBytes: 10_000, maxWaitMs: 300, version: 4, paceMs: 290 }),
  ]),
  conversation("fetch: a record that comes ends the wait", (stage) => [
    createTopic(stage.topic("t")),
    send("reader", fetch(stage.topic("t"), { minBytes: 1, maxWaitMs: 8_000, version: 13 })),
    pause(100),
    produce(stage.topic("t"), batch({ records: numbered(1), baseTimestamp: stage.recordTime(0) })),
    receive("reader", { paceMs: 4_000 }),
    send("reader", fetch(stage.topic("t"), { minBytes: 150, maxWaitMs: 8_000, offset: 1, version: 11 })),
    pause(100),
    filled(stage, [1]),
    pause(100),
    filled(stage, [2]),
    filled(stage, [1]),
    receive("reader", { paceMs: 4_000 }),
  ]),
  conversation("fetch: deleting the topic ends the wait", (stage) => [
    createTopic(stage.topic("t")),
    send("reader", fetch(stage.topic("t"), { minBytes: 1, maxWaitMs: 1_500 })),
    pause(100),
    request("DeleteTopics", 5, { topicNames: [stage.topic("t")], timeoutMs: 5_000 }),
    receive("reader"),
  ]),
  conversation("fetch: deleted records", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage, [2, 2, 2]),
    request("DeleteRecords", 2, {
      topics: [{ name: stage.topic("t"), partitions: [{ partitionIndex: 0, offset: 3 }] }],
      timeoutMs: 5_000,
    }),
    [0, 2, 3, 5, 6].map((offset) => fetch(stage.topic("t"), { offset })),
    request("ListOffsets", 7, listOffsets(stage.topic("t"), [[0, -2]])),
    request("ListOffsets", 7, listOffsets(stage.topic("t"), [[0, stage.recordTime(0)]])),
  ]),
  conversation("fetch: rack id of a consumer", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage, [1]),
    [11, 12].map((version) =>
      request("Fetch", version, {
        maxWaitMs: 0,
        minBytes: 0,
        sessionEpoch: -1,
        rackId: "rack-7",
        topics: [{ topic: stage.topic("t"), partitions: [fetchPartition(version, {})] }],
      }),
    ),
  ]),
];
