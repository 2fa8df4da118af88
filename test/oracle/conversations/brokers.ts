import { batch, numbered } from "../batches.ts";
import { catchUp, conversation, request, type ConversationScript, type Stage, type StepTree } from "../conversation.ts";
import {
  createTopics,
  describeConfigs,
  fetch,
  incrementalAlter,
  isSettled,
  listOffsets,
  newTopic,
  operation,
  produce,
  resource,
} from "../scripts.ts";

const brokerIds = [1, 2, 3];

/** A topic whose partition 0 is on broker 1, 1 on 2 and 2 on 3; settled on each of them. */
function spread(topic: string): StepTree {
  const assignments = brokerIds.map((brokerId, index) => [index, [brokerId]] as const);
  return [
    createTopics(7, [newTopic(topic, { partitions: -1, replicationFactor: -1, assignments })]),
    brokerIds.map((broker) => [
      request("Metadata", 12, { topics: [{ name: topic }], allowAutoTopicCreation: false }, until(broker)),
      request("ListOffsets", 7, listOffsets(topic, [[broker - 1, -1]]), until(broker)),
    ]),
  ];
}

function until(broker: number) {
  return { broker, isSilent: true, until: isSettled };
}

function record({ recordTime }: Stage): Buffer {
  return batch({ records: numbered(2), baseTimestamp: recordTime(0) });
}

/** A cluster of three: what a broker says of what another one has. */
export const brokersConversations: readonly ConversationScript[] = [
  conversation("brokers: produce where another one leads", (stage) => {
    const topic = stage.topic("t");
    return [
      spread(topic),
      [3, 8, 9, 10, 12, 13].map((version) => produce(topic, record(stage), { version, partition: 1 })),
      produce(topic, record(stage), { partition: 1, broker: 2 }),
      produce(topic, record(stage), { partition: 2, broker: 2 }),
      produce(topic, record(stage), { partition: 1, acks: 0, isOneWay: true }),
      produce(topic, record(stage), { partition: 1, acks: 7 }),
      produce(topic, batch({ records: numbered(1), crc: 1 }), { partition: 1 }),
    ];
  }),
  conversation("brokers: fetch where another one leads", (stage) => {
    const topic = stage.topic("t");
    return [
      spread(topic),
      produce(topic, record(stage), { partition: 2, broker: 3, isSilent: true }),
      [4, 10, 11, 12, 13, 15, 16, 18].map((version) => fetch(topic, { version, partition: 2 })),
      fetch(topic, { partition: 2, broker: 3 }),
      fetch(topic, { partition: 2, minBytes: 1, maxWaitMs: 5_000, paceMs: 2_500 }),
    ];
  }),
  conversation("brokers: offsets where another one leads", (stage) => {
    const topic = stage.topic("t");
    return [
      spread(topic),
      [1, 4, 6, 10].map((version) =>
        request(
          "ListOffsets",
          version,
          listOffsets(topic, [
            [0, -1],
            [1, -1],
            [2, -2],
          ]),
        ),
      ),
      [2, 3, 4].map((version) =>
        request("OffsetForLeaderEpoch", version, {
          topics: [
            {
              topic,
              partitions: [0, 1].map((partition) => ({ partition, currentLeaderEpoch: -1, leaderEpoch: 0 })),
            },
          ],
        }),
      ),
      [0, 2].map((version) =>
        request("DeleteRecords", version, {
          topics: [{ name: topic, partitions: [0, 1].map((partitionIndex) => ({ partitionIndex, offset: 0 })) }],
          timeoutMs: 1_000,
        }),
      ),
    ];
  }),
  conversation("brokers: each one knows the cluster", (stage) => {
    const topic = stage.topic("t");
    return [
      spread(topic),
      brokerIds.map((broker) => [
        request("DescribeCluster", 1, { includeClusterAuthorizedOperations: false }, { broker }),
        request("DescribeTopicPartitions", 0, { topics: [{ name: topic }] }, { broker }),
        request("DescribeLogDirs", 1, { topics: [{ topic, partitions: [0, 1, 2] }] }, { broker }),
      ]),
    ];
  }),
  conversation("brokers: each one tells its own configurations", () => [
    describeConfigs(resource.broker, "1", ["num.partitions", "broker.rack"]),
    describeConfigs(resource.broker, "2", ["num.partitions"]),
    { ...describeConfigs(resource.broker, "2", ["num.partitions"]), broker: 2 },
    { ...describeConfigs(resource.broker, "1", ["num.partitions"]), broker: 3 },
    incrementalAlter(resource.broker, "2", [["log.flush.interval.messages", operation.set, "77"]]),
    { ...incrementalAlter(resource.broker, "2", [["log.flush.interval.messages", operation.set, "77"]]), broker: 2 },
    catchUp(),
    { ...describeConfigs(resource.broker, "2", ["log.flush.interval.messages"]), broker: 2 },
    { ...describeConfigs(resource.broker, "1", ["log.flush.interval.messages"]), broker: 1 },
    { ...incrementalAlter(resource.broker, "2", [["log.flush.interval.messages", operation.delete, null]]), broker: 2 },
    catchUp(),
  ]),
  conversation("brokers: any of them takes administration", (stage) => {
    const topic = stage.topic("t");
    return [
      spread(topic),
      { ...incrementalAlter(resource.topic, topic, [["retention.ms", operation.set, "9999999"]]), broker: 3 },
      catchUp(),
      { ...describeConfigs(resource.topic, topic, ["retention.ms"]), broker: 2 },
      request("DeleteTopics", 5, { topicNames: [topic], timeoutMs: 5_000 }, { broker: 2 }),
      catchUp(),
      request("Metadata", 12, { topics: [{ name: topic }], allowAutoTopicCreation: false }, { broker: 3 }),
    ];
  }),
  conversation("brokers: replication factors and assignments", (stage) => [
    createTopics(7, [newTopic(stage.topic("four"), { replicationFactor: 4 })], { validateOnly: true }),
    createTopics(7, [newTopic(stage.topic("t"), { partitions: -1, replicationFactor: -1, assignments: [[0, [4]]] })], {
      validateOnly: true,
    }),
    createTopics(
      7,
      [
        newTopic(stage.topic("t"), {
          partitions: -1,
          replicationFactor: -1,
          assignments: [
            [0, [1]],
            [1, [2, 3]],
          ],
        }),
      ],
      { validateOnly: true },
    ),
    // Replication comes later; until then Tapedeck refuses what it can't do.
    createTopics(7, [newTopic(stage.topic("two"), { replicationFactor: 2 })], { validateOnly: true }),
  ]),
];
