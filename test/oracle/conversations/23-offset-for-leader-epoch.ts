import { batch, numbered } from "../batches.ts";
import { conversation, request, requestEach, versions, type ConversationScript, type Fields } from "../conversation.ts";
import { createTopic, produce } from "../scripts.ts";

interface Asked {
  readonly partition?: number;
  readonly currentLeaderEpoch?: number;
  readonly leaderEpoch: number;
}

function endOf(topic: string, ...asked: readonly Asked[]): Fields {
  const partitions = asked.map(({ partition = 0, currentLeaderEpoch = -1, leaderEpoch }) => ({
    partition,
    currentLeaderEpoch,
    leaderEpoch,
  }));
  return { topics: [{ topic, partitions }] };
}

export const offsetForLeaderEpochConversations: readonly ConversationScript[] = [
  conversation("offset for leader epoch: every version", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    requestEach("OffsetForLeaderEpoch", versions(2, 4), () => endOf(topic("t"), { leaderEpoch: 0 })),
    produce(topic("t"), batch({ records: numbered(3), baseTimestamp: recordTime(0) }), { isSilent: true }),
    requestEach("OffsetForLeaderEpoch", versions(2, 4), () => endOf(topic("t"), { leaderEpoch: 0 })),
  ]),
  conversation("offset for leader epoch: epochs", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    [-1, 0, 1].map((leaderEpoch) => request("OffsetForLeaderEpoch", 4, endOf(topic("t"), { leaderEpoch }))),
    produce(topic("t"), batch({ records: numbered(3), baseTimestamp: recordTime(0) }), { isSilent: true }),
    [-2, -1, 0, 1, 9].map((leaderEpoch) => request("OffsetForLeaderEpoch", 4, endOf(topic("t"), { leaderEpoch }))),
    [-2, -1, 0, 1, 9].map((currentLeaderEpoch) =>
      request("OffsetForLeaderEpoch", 3, endOf(topic("t"), { currentLeaderEpoch, leaderEpoch: 0 })),
    ),
  ]),
  conversation("offset for leader epoch: unknown topic and partition", ({ topic }) => [
    createTopic(topic("t")),
    requestEach("OffsetForLeaderEpoch", versions(2, 4), () => endOf(topic("none"), { leaderEpoch: 0 })),
    requestEach("OffsetForLeaderEpoch", [2, 4], () =>
      endOf(topic("t"), { partition: 3, leaderEpoch: 0 }, { partition: -1, leaderEpoch: 0 }),
    ),
    requestEach("OffsetForLeaderEpoch", [2, 4], () => ({ topics: [] })),
  ]),
  conversation("offset for leader epoch: a topic without partitions, or named twice", ({ topic }) => [
    createTopic(topic("t"), { partitions: 2 }),
    requestEach("OffsetForLeaderEpoch", [2, 4], () => endOf(topic("t"))),
    request("OffsetForLeaderEpoch", 4, {
      topics: [0, 1].map((partition) => ({
        topic: topic("t"),
        partitions: [{ partition, currentLeaderEpoch: -1, leaderEpoch: 0 }],
      })),
    }),
  ]),
  conversation("offset for leader epoch: twice, and replica ids", ({ topic }) => [
    createTopic(topic("t")),
    request("OffsetForLeaderEpoch", 4, endOf(topic("t"), { leaderEpoch: 0 }, { leaderEpoch: 7 })),
    [-1, -2, 1, 9].map((replicaId) =>
      request("OffsetForLeaderEpoch", 4, { replicaId, ...endOf(topic("t"), { leaderEpoch: 0 }) }),
    ),
  ]),
];
