import { conversation, request, requestEach, versions, type ConversationScript, type Fields } from "../conversation.ts";
import { createTopic, settle } from "../scripts.ts";

function grow(name: string, count: number, assignments: readonly (readonly number[])[] | null = null): Fields {
  return { name, count, assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null };
}

function grown(topics: readonly Fields[], more: Fields = {}): Fields {
  return { topics, timeoutMs: 5_000, validateOnly: false, ...more };
}

function metadata(name: string) {
  return request("Metadata", 12, { topics: [{ name }], allowAutoTopicCreation: false });
}

export const createPartitionsConversations: readonly ConversationScript[] = [
  conversation("create partitions: every version", ({ topic }) => [
    createTopic(topic("t")),
    requestEach("CreatePartitions", versions(0, 3), (version) => grown([grow(topic("t"), version + 2)])),
    settle(topic("t"), 5),
    metadata(topic("t")),
  ]),
  conversation("create partitions: counts", ({ topic }) => [
    createTopic(topic("t"), { partitions: 3 }),
    [3, 2, 0, -1].map((count) => request("CreatePartitions", 3, grown([grow(topic("t"), count)]))),
    request("CreatePartitions", 0, grown([grow(topic("t"), 3)])),
  ]),
  conversation("create partitions: assignments", ({ topic }) => [
    createTopic(topic("t")),
    request("CreatePartitions", 3, grown([grow(topic("t"), 3, [[1], [1]])])),
    [[], [[1], [1]], [[7]], [[1, 1]], [[]], [[1, 2]], [[-1]]].map((assignments) =>
      request("CreatePartitions", 3, grown([grow(topic("t"), 4, assignments)])),
    ),
    request("CreatePartitions", 0, grown([grow(topic("t"), 4, [[9]])])),
  ]),
  conversation("create partitions: unknown topics and ones named twice", ({ topic }) => [
    createTopic(topic("t")),
    requestEach("CreatePartitions", [0, 3], () => grown([grow(topic("none"), 3), grow("", 2), grow("bad name!", 2)])),
    requestEach("CreatePartitions", [0, 3], () => grown([grow(topic("t"), 3), grow(topic("t"), 4)])),
    request("CreatePartitions", 3, grown([])),
    metadata(topic("t")),
  ]),
  conversation("create partitions: only validate, and timeouts", ({ topic }) => [
    createTopic(topic("t")),
    request("CreatePartitions", 3, grown([grow(topic("t"), 3)], { validateOnly: true })),
    request("CreatePartitions", 3, grown([grow(topic("t"), 1)], { validateOnly: true })),
    [0, -1].map((timeoutMs) => request("CreatePartitions", 3, grown([grow(topic("t"), 3)], { timeoutMs }))),
    metadata(topic("t")),
  ]),
];
