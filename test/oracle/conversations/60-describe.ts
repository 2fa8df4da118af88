import { batch, numbered } from "../batches.ts";
import {
  conversation,
  request,
  requestEach,
  versions,
  type ConversationScript,
  type Fields,
  type Value,
} from "../conversation.ts";
import { createTopic, produce } from "../scripts.ts";

function partitions(names: readonly string[], more: Fields = {}): Fields {
  return { topics: names.map((name) => ({ name })), ...more };
}

function dirs(topics: Value): Fields {
  return { topics };
}

/** DescribeCluster, DescribeTopicPartitions and DescribeLogDirs. */
export const describeConversations: readonly ConversationScript[] = [
  conversation("describe cluster: every version", () => [
    requestEach("DescribeCluster", versions(0, 2), () => ({ includeClusterAuthorizedOperations: false })),
    requestEach("DescribeCluster", versions(0, 2), () => ({ includeClusterAuthorizedOperations: true })),
  ]),
  conversation("describe cluster: endpoint types", () => [
    [1, 2, 0, 3, -1].map((endpointType) =>
      request("DescribeCluster", 1, { includeClusterAuthorizedOperations: false, endpointType }),
    ),
    request("DescribeCluster", 2, { includeClusterAuthorizedOperations: false, includeFencedBrokers: true }),
    request("DescribeCluster", 2, { includeClusterAuthorizedOperations: true, endpointType: 2 }),
  ]),
  conversation("describe topic partitions: topics by name", ({ topic }) => [
    createTopic(topic("b"), { partitions: 3 }),
    createTopic(topic("a")),
    request("DescribeTopicPartitions", 0, partitions([topic("b"), topic("a")])),
    request("DescribeTopicPartitions", 0, partitions([topic("b"), topic("none"), topic("b")])),
    request("DescribeTopicPartitions", 0, partitions(["bad name!", topic("none")])),
    request("DescribeTopicPartitions", 0, partitions(["", topic("none")])),
    request("DescribeTopicPartitions", 0, partitions([]), { onlyOwnTopics: true }),
  ]),
  conversation("describe topic partitions: page by page", ({ topic }) => {
    const page = (responsePartitionLimit: number, cursor: Value = null) =>
      request("DescribeTopicPartitions", 0, partitions([topic("b"), topic("a")], { responsePartitionLimit, cursor }));
    const from = (topicName: string, partitionIndex: number): Fields => ({ topicName, partitionIndex });
    return [
      createTopic(topic("b"), { partitions: 3 }),
      createTopic(topic("a"), { partitions: 2 }),
      [0, -1, 1, 2, 3, 5, 100].map((limit) => page(limit)),
      page(2, from(topic("a"), 1)),
      page(2, from(topic("b"), 0)),
      page(10, from(topic("b"), 2)),
      page(10, from(topic("b"), 9)),
      page(10, from(topic("b"), -1)),
      page(10, from(topic("other"), 0)),
      page(10, from(topic("aa"), 0)),
    ];
  }),
  conversation("describe log dirs: every version", ({ topic, recordTime }) => [
    createTopic(topic("t"), { partitions: 2 }),
    produce(topic("t"), batch({ records: numbered(3), baseTimestamp: recordTime(0) }), { isSilent: true }),
    requestEach("DescribeLogDirs", versions(1, 4), () => dirs([{ topic: topic("t"), partitions: [0, 1] }])),
  ]),
  conversation("describe log dirs: what is not there", ({ topic }) => [
    createTopic(topic("t")),
    request("DescribeLogDirs", 4, dirs([])),
    request("DescribeLogDirs", 4, dirs([{ topic: topic("t"), partitions: [] }])),
    request(
      "DescribeLogDirs",
      4,
      dirs([
        { topic: topic("t"), partitions: [0, 7, -1] },
        { topic: topic("none"), partitions: [0] },
      ]),
    ),
    request("DescribeLogDirs", 1, dirs(null), { onlyOwnTopics: true }),
    request("DescribeLogDirs", 4, dirs(null), { onlyOwnTopics: true }),
  ]),
];
