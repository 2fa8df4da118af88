import { conversation, request, requestEach, versions, type ConversationScript, type Fields } from "../conversation.ts";
import { createTopic } from "../scripts.ts";

const own = { onlyOwnTopics: true };

function named(...names: readonly string[]): Fields {
  return { topics: names.map((name) => ({ name })) };
}

const unknownId = "P86Pnt-UaU4-HUfIByaKrQ";
const zeroId = "AAAAAAAAAAAAAAAAAAAAAA";

export const metadataConversations: readonly ConversationScript[] = [
  conversation("metadata: a topic in every version", ({ topic }) => [
    createTopic(topic("t"), { partitions: 3 }),
    requestEach("Metadata", versions(0, 13), () => named(topic("t"))),
  ]),
  conversation("metadata: all topics", ({ topic }) => [
    createTopic(topic("a")),
    createTopic(topic("b"), { partitions: 2 }),
    request("Metadata", 0, { topics: [] }, own),
    requestEach("Metadata", [1, 4, 8, 9, 12, 13], () => ({ topics: null }), own),
  ]),
  conversation("metadata: no topics", () => [
    requestEach("Metadata", [1, 4, 7, 9, 10, 12, 13], () => ({ topics: [] })),
  ]),
  conversation("metadata: unknown topics without creation", ({ topic }) => [
    requestEach("Metadata", [4, 6, 9, 12, 13], () => ({ ...named(topic("none")), allowAutoTopicCreation: false })),
  ]),
  ...[0, 1, 3, 4, 8, 9, 13].map((version) =>
    conversation(`metadata: creates what it does not know in v${version}`, ({ topic }) => [
      request("Metadata", version, named(topic("t"))),
      request("Metadata", version, named(topic("t")), {
        until: (answer) => JSON.stringify(answer).includes('"partitionIndex":0,"leaderId":1'),
      }),
    ]),
  ),
  conversation("metadata: illegal names", ({ topic }) => [
    requestEach("Metadata", [0, 1, 4, 9, 12, 13], () => named("bad name!", ".", "..", "", "a".repeat(250))),
    requestEach("Metadata", [4, 12], () => ({
      ...named("slash/es", "ünlaut", "b".repeat(249)),
      allowAutoTopicCreation: false,
    })),
    request("Metadata", 9, { ...named(topic("ok.-_"), "<>"), allowAutoTopicCreation: false }),
  ]),
  conversation("metadata: names that collide are not created", ({ topic }) => [
    createTopic(topic("x.y")),
    request("Metadata", 9, named(topic("x_y"))),
    request("Metadata", 9, { ...named(topic("x_y")), allowAutoTopicCreation: false }),
  ]),
  conversation("metadata: a name asked twice", ({ topic }) => [
    createTopic(topic("t")),
    requestEach("Metadata", [0, 5, 9, 12], () => named(topic("t"), topic("t"))),
    request("Metadata", 12, { ...named(topic("none"), topic("none")), allowAutoTopicCreation: false }),
  ]),
  conversation("metadata: by topic id", ({ topic }) => [
    createTopic(topic("t")),
    requestEach("Metadata", [10, 11, 12, 13], () => (seen) => ({
      topics: [{ topicId: seen.topicId(topic("t")), name: null }],
    })),
    requestEach("Metadata", [12, 13], () => ({ topics: [{ topicId: unknownId, name: null }] })),
    requestEach("Metadata", [12, 13], () => ({ topics: [{ topicId: unknownId, name: topic("t") }] })),
    requestEach("Metadata", [12, 13], () => (seen) => ({
      topics: [
        { topicId: seen.topicId(topic("t")), name: null },
        { topicId: zeroId, name: topic("t") },
      ],
    })),
  ]),
  conversation("metadata: a null name and no id", () => [
    requestEach("Metadata", [10, 11, 12, 13], () => ({ topics: [{ topicId: zeroId, name: null }] })),
  ]),
  conversation("metadata: authorized operations", ({ topic }) => [
    createTopic(topic("t")),
    requestEach("Metadata", [8, 9, 10], () => ({
      ...named(topic("t")),
      includeClusterAuthorizedOperations: true,
      includeTopicAuthorizedOperations: true,
    })),
    requestEach("Metadata", [11, 12, 13], () => ({ ...named(topic("t")), includeTopicAuthorizedOperations: true })),
    request("Metadata", 12, {
      ...named(topic("none"), "bad name!"),
      allowAutoTopicCreation: false,
      includeTopicAuthorizedOperations: true,
    }),
  ]),
  conversation("metadata: internal topics", () => [
    request("Metadata", 9, named("__consumer_offsets"), {
      isSilent: true,
      until: (answer) => JSON.stringify(answer).includes('"partitionIndex":49'),
    }),
    requestEach("Metadata", [1, 9], () => named("__consumer_offsets")),
    request("Metadata", 9, { ...named("__cluster_metadata"), allowAutoTopicCreation: false }),
  ]),
  conversation("metadata: after deletion", ({ topic }) => [
    createTopic(topic("t")),
    request("DeleteTopics", 6, { topics: [{ name: topic("t") }], timeoutMs: 5_000 }),
    request(
      "Metadata",
      12,
      { ...named(topic("t")), allowAutoTopicCreation: false },
      { until: (answer) => JSON.stringify(answer).includes('"errorCode":3') },
    ),
    request("Metadata", 12, (seen) => ({ topics: [{ topicId: seen.topicId(topic("t")), name: null }] })),
  ]),
];
