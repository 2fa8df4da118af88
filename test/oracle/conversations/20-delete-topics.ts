import { conversation, request, requestEach, versions, type ConversationScript, type Fields } from "../conversation.ts";
import { createTopic, fetch } from "../scripts.ts";

const timeoutMs = 5_000;
const zeroId = "AAAAAAAAAAAAAAAAAAAAAA";
const unknownId = "P86Pnt-UaU4-HUfIByaKrQ";

function byName(...names: readonly string[]): Fields {
  return { topicNames: names, timeoutMs };
}

export const deleteTopicsConversations: readonly ConversationScript[] = [
  conversation("delete topics: every version", ({ topic }) => [
    versions(1, 6).map((version) => createTopic(topic(`v${version}`))),
    requestEach("DeleteTopics", versions(1, 5), (version) => byName(topic(`v${version}`))),
    request("DeleteTopics", 6, { topics: [{ name: topic("v6") }], timeoutMs }),
  ]),
  conversation("delete topics: unknown", ({ topic }) => [
    requestEach("DeleteTopics", [1, 3, 4, 5], () => byName(topic("none"), "bad name!", "")),
    request("DeleteTopics", 6, { topics: [{ name: topic("none") }, { name: "" }], timeoutMs }),
  ]),
  conversation("delete topics: by id", ({ topic }) => [
    createTopic(topic("t")),
    request("DeleteTopics", 6, (seen) => ({ topics: [{ name: null, topicId: seen.topicId(topic("t")) }], timeoutMs })),
    request("DeleteTopics", 6, (seen) => ({ topics: [{ name: null, topicId: seen.topicId(topic("t")) }], timeoutMs })),
    request("DeleteTopics", 6, { topics: [{ name: null, topicId: unknownId }], timeoutMs }),
    request("DeleteTopics", 6, { topics: [{ name: null, topicId: zeroId }], timeoutMs }),
  ]),
  conversation("delete topics: name and id together", ({ topic }) => [
    createTopic(topic("t")),
    request("DeleteTopics", 6, (seen) => ({
      topics: [{ name: topic("t"), topicId: seen.topicId(topic("t")) }],
      timeoutMs,
    })),
    request("DeleteTopics", 6, (seen) => ({
      topics: [{ name: topic("t") }, { name: null, topicId: seen.topicId(topic("t")) }],
      timeoutMs,
    })),
    fetch(topic("t")),
  ]),
  conversation("delete topics: twice in a request", ({ topic }) => [
    createTopic(topic("t")),
    requestEach("DeleteTopics", [1, 5], () => byName(topic("t"), topic("t"))),
    request("DeleteTopics", 6, { topics: [{ name: topic("t") }, { name: topic("t") }], timeoutMs }),
    request("DeleteTopics", 6, (seen) => {
      const topicId = seen.topicId(topic("t"));
      return {
        topics: [
          { name: null, topicId },
          { name: null, topicId },
        ],
        timeoutMs,
      };
    }),
    fetch(topic("t")),
  ]),
  conversation("delete topics: timeouts", ({ topic }) => [
    createTopic(topic("t")),
    [0, -1].map((timeout) => request("DeleteTopics", 5, { topicNames: [topic("t")], timeoutMs: timeout })),
    fetch(topic("t")),
  ]),
  conversation("delete topics: nothing asked", () => [
    requestEach("DeleteTopics", [1, 5], () => byName()),
    request("DeleteTopics", 6, { topics: [], timeoutMs }),
  ]),
  conversation("delete topics: several, good and bad", ({ topic }) => [
    createTopic(topic("a")),
    createTopic(topic("b"), { partitions: 3 }),
    request("DeleteTopics", 5, byName(topic("a"), topic("none"), topic("b"))),
    request("DeleteTopics", 5, byName(topic("a"), topic("b"))),
  ]),
  conversation("delete topics: and made again", ({ topic }) => [
    createTopic(topic("t"), { configs: { "retention.ms": "5000" } }),
    request("DeleteTopics", 5, byName(topic("t"))),
    createTopic(topic("t"), { partitions: 2 }),
    fetch(topic("t"), { partition: 1 }),
    request("DescribeConfigs", 4, {
      resources: [{ resourceType: 2, resourceName: topic("t"), configurationKeys: ["retention.ms"] }],
    }),
  ]),
];
