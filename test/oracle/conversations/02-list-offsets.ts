import { batch, codecs, numbered } from "../batches.ts";
import { conversation, request, requestEach, versions, type ConversationScript } from "../conversation.ts";
import { createTopic, listOffsets, produce } from "../scripts.ts";

const special = [-1, -2, -3, -4, -5, -6, -7];

export const listOffsetsConversations: readonly ConversationScript[] = [
  conversation("list offsets: every version, earliest and latest", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(topic("t"), batch({ records: numbered(3), baseTimestamp: recordTime(0) }), { isSilent: true }),
    versions(1, 10).map((version) => [
      request("ListOffsets", version, listOffsets(topic("t"), [[0, -1]])),
      request("ListOffsets", version, listOffsets(topic("t"), [[0, -2]])),
      request("ListOffsets", version, listOffsets(topic("t"), [[0, recordTime(1)]])),
    ]),
  ]),
  conversation("list offsets: special timestamps in the version that brings them and the one before", ({ topic }) => [
    createTopic(topic("t")),
    versions(1, 10).map((version) =>
      special.map((timestamp) => request("ListOffsets", version, listOffsets(topic("t"), [[0, timestamp]]))),
    ),
  ]),
  conversation("list offsets: by timestamp", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(topic("t"), batch({ records: numbered(3), baseTimestamp: recordTime(0) }), { isSilent: true }),
    produce(topic("t"), batch({ records: numbered(3), baseTimestamp: recordTime(100) }), { isSilent: true }),
    produce(topic("t"), batch({ records: numbered(2), baseTimestamp: recordTime(50) }), { isSilent: true }),
    [-1_000, 0, 1, 2, 3, 50, 99, 100, 101, 102, 103, 900_000].map((offsetMs) =>
      request("ListOffsets", 7, listOffsets(topic("t"), [[0, recordTime(offsetMs)]])),
    ),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, -3]])),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, 0]])),
  ]),
  conversation("list offsets: by timestamp inside compressed batches", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    codecs.map((codec, index) =>
      produce(topic("t"), batch({ records: numbered(10), codec, baseTimestamp: recordTime(index * 100) }), {
        isSilent: true,
      }),
    ),
    [5, 103, 209, 210, 304, 409].map((offsetMs) =>
      request("ListOffsets", 7, listOffsets(topic("t"), [[0, recordTime(offsetMs)]])),
    ),
    request("ListOffsets", 8, listOffsets(topic("t"), [[0, -3]])),
  ]),
  conversation("list offsets: the largest of equal timestamps", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(
      topic("t"),
      batch({
        baseTimestamp: recordTime(0),
        records: [{ key: "a", timestampDelta: 9 }, { key: "b" }, { key: "c", timestampDelta: 9 }],
      }),
      { isSilent: true },
    ),
    produce(topic("t"), batch({ baseTimestamp: recordTime(9), records: [{ key: "d" }] }), { isSilent: true }),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, -3]])),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, recordTime(9)]])),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, recordTime(4)]])),
  ]),
  conversation("list offsets: empty topic", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    [-1, -2, -3, -4, recordTime(0), 0].map((timestamp) =>
      request("ListOffsets", 9, listOffsets(topic("t"), [[0, timestamp]])),
    ),
  ]),
  conversation("list offsets: unknown topic and partition", ({ topic }) => [
    createTopic(topic("t")),
    requestEach("ListOffsets", [1, 4, 6, 10], () => listOffsets(topic("none"), [[0, -1]])),
    requestEach("ListOffsets", [1, 4, 6, 10], () => listOffsets(topic("t"), [[5, -2]])),
    request("ListOffsets", 7, listOffsets(topic("t"), [[-1, -2]])),
    request("ListOffsets", 7, listOffsets("", [[0, -2]])),
    request("ListOffsets", 7, listOffsets("bad name!", [[0, -2]])),
  ]),
  conversation("list offsets: a partition listed twice", ({ topic }) => [
    createTopic(topic("t"), { partitions: 2 }),
    requestEach("ListOffsets", [1, 2, 6, 7], () =>
      listOffsets(topic("t"), [
        [0, -1],
        [0, -2],
      ]),
    ),
    requestEach("ListOffsets", [1, 7], () =>
      listOffsets(topic("t"), [
        [0, -1],
        [1, -1],
        [0, -2],
      ]),
    ),
    request(
      "ListOffsets",
      7,
      listOffsets(topic("none"), [
        [0, -1],
        [0, -2],
      ]),
    ),
  ]),
  conversation("list offsets: nothing asked", ({ topic }) => [
    requestEach("ListOffsets", [1, 6, 10], () => ({ replicaId: -1, topics: [] })),
    createTopic(topic("t")),
    requestEach("ListOffsets", [1, 7], () => listOffsets(topic("t"), [])),
  ]),
  conversation("list offsets: a topic named twice", ({ topic }) => [
    createTopic(topic("t"), { partitions: 2 }),
    requestEach("ListOffsets", [1, 7], () => ({
      replicaId: -1,
      topics: [0, 1].map((partitionIndex) => ({ name: topic("t"), partitions: [{ partitionIndex, timestamp: -1 }] })),
    })),
    request("ListOffsets", 7, {
      replicaId: -1,
      topics: [0, 0].map((partitionIndex) => ({ name: topic("t"), partitions: [{ partitionIndex, timestamp: -1 }] })),
    }),
  ]),
  conversation("list offsets: leader epochs", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(topic("t"), batch({ records: numbered(2), baseTimestamp: recordTime(0) }), { isSilent: true }),
    [4, 7, 10].map((version) =>
      [-2, -1, 0, 1, 9].map((currentLeaderEpoch) =>
        request("ListOffsets", version, {
          replicaId: -1,
          topics: [{ name: topic("t"), partitions: [{ partitionIndex: 0, currentLeaderEpoch, timestamp: -1 }] }],
        }),
      ),
    ),
  ]),
  conversation("list offsets: isolation levels", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(topic("t"), batch({ records: numbered(2), baseTimestamp: recordTime(0) }), { isSilent: true }),
    [0, 1, 2, -1].map((isolationLevel) =>
      request("ListOffsets", 2, listOffsets(topic("t"), [[0, -1]], { isolationLevel })),
    ),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, -1]], { isolationLevel: 1 })),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, recordTime(1)]], { isolationLevel: 1 })),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, -3]], { isolationLevel: 1 })),
  ]),
  conversation("list offsets: replica ids", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(topic("t"), batch({ records: numbered(2), baseTimestamp: recordTime(0) }), { isSilent: true }),
    [-1, -2, 1, 5].map((replicaId) => request("ListOffsets", 7, { ...listOffsets(topic("t"), [[0, -1]]), replicaId })),
  ]),
  conversation("list offsets: several topics and partitions", ({ topic, recordTime }) => [
    createTopic(topic("a"), { partitions: 3 }),
    createTopic(topic("b")),
    produce(topic("a"), batch({ records: numbered(2), baseTimestamp: recordTime(0) }), {
      isSilent: true,
      partition: 2,
    }),
    request("ListOffsets", 7, {
      replicaId: -1,
      topics: [
        { name: topic("a"), partitions: [0, 1, 2, 3].map((partitionIndex) => ({ partitionIndex, timestamp: -1 })) },
        { name: topic("b"), partitions: [{ partitionIndex: 0, timestamp: -1 }] },
        { name: topic("none"), partitions: [{ partitionIndex: 0, timestamp: -1 }] },
      ],
    }),
  ]),
  conversation("list offsets: timeout", ({ topic }) => [
    createTopic(topic("t")),
    [0, -1, 1_000].map((timeoutMs) => request("ListOffsets", 10, listOffsets(topic("t"), [[0, -1]], { timeoutMs }))),
  ]),
];
