import { conversation, request, requestEach, versions, type ConversationScript, type Fields } from "../conversation.ts";
import { createTopic, createTopics, newTopic } from "../scripts.ts";

/** Values that are looked at by what they mean for a topic, good and bad. */
const configValues: Readonly<Record<string, readonly string[]>> = {
  "cleanup.policy": [
    "compact",
    "delete",
    "compact,delete",
    " compact , delete ",
    "",
    "shred",
    "compact,compact",
    "COMPACT",
  ],
  "compression.type": ["producer", "gzip", "none", "uncompressed", "GZIP", "zip", ""],
  "compression.gzip.level": ["-1", "9", "0", "10"],
  "compression.lz4.level": ["1", "17", "0", "18"],
  "compression.zstd.level": ["-131072", "22", "23"],
  "max.message.bytes": ["0", "-1", "2147483647", "2147483648", "1.5", "many", " 100 ", "0x10"],
  "message.timestamp.type": ["CreateTime", "LogAppendTime", "createtime", "Sometime"],
  "message.timestamp.before.max.ms": ["0", "-1", "9223372036854775807"],
  "message.timestamp.after.max.ms": ["0", "-1"],
  "min.insync.replicas": ["1", "0", "-1", "5"],
  "min.cleanable.dirty.ratio": ["0", "1", "0.5", "1.1", "-0.1", "half"],
  "segment.bytes": ["1048576", "1048575", "14", "2147483647"],
  "segment.ms": ["1", "0", "-1"],
  "segment.jitter.ms": ["0", "-1"],
  "segment.index.bytes": ["4", "3", "1024"],
  "retention.ms": ["-1", "-2", "0", "604800000"],
  "retention.bytes": ["-1", "0", "-2"],
  "delete.retention.ms": ["0", "-1"],
  "file.delete.delay.ms": ["0", "-1"],
  "flush.messages": ["1", "0"],
  "flush.ms": ["0", "-1"],
  "index.interval.bytes": ["0", "-1"],
  "max.compaction.lag.ms": ["1", "0"],
  "min.compaction.lag.ms": ["0", "-1"],
  preallocate: ["true", "TRUE", "yes", ""],
  "unclean.leader.election.enable": ["true", "false", "1"],
  "leader.replication.throttled.replicas": ["*", "0:1,1:1", "none", "0:1,", "x:y"],
  "message.format.version": ["2.0"],
  "message.downconversion.enable": ["true"],
  "message.timestamp.difference.max.ms": ["5"],
  "remote.storage.enable": ["false", "maybe"],
  "local.retention.ms": ["-2", "5"],
  "no.such.config": ["1"],
  "": ["1"],
  "log.retention.ms": ["5"],
};

const isCreated = { isSilent: true, until: (answer: Fields) => JSON.stringify(answer).includes('"partitionIndex":49') };

function tryConfig(name: string, values: readonly string[]): ConversationScript {
  return conversation(`create topics: ${name === "" ? "a config without a name" : name}`, ({ topic }) => [
    values.map((value, index) =>
      createTopics(7, [newTopic(topic(`v${index}`), { configs: { [name]: value } })], { validateOnly: true }),
    ),
  ]);
}

export const createTopicsConversations: readonly ConversationScript[] = [
  conversation("create topics: every version", ({ topic }) => [
    versions(2, 7).map((version) => createTopics(version, [newTopic(topic(`v${version}`), { partitions: 2 })])),
    versions(2, 7).map((version) => createTopics(version, [newTopic(topic("v2"))])),
  ]),
  conversation("create topics: defaults", ({ topic }) => [
    versions(2, 7).map((version) =>
      createTopics(version, [newTopic(topic(`v${version}`), { partitions: -1, replicationFactor: -1 })]),
    ),
    createTopics(7, [newTopic(topic("a"), { partitions: -1 })]),
    createTopics(7, [newTopic(topic("b"), { replicationFactor: -1 })]),
  ]),
  conversation("create topics: only validate", ({ topic }) => [
    versions(2, 7).map((version) => createTopics(version, [newTopic(topic("t"))], { validateOnly: true })),
    createTopic(topic("t")),
    createTopics(7, [newTopic(topic("t"))], { validateOnly: true }),
    createTopics(5, [newTopic(topic("u"), { partitions: 0 })], { validateOnly: true }),
  ]),
  conversation("create topics: illegal names", ({ topic }) =>
    ["", ".", "..", "a b", "a/b", "ü", "a\n", "a".repeat(249), "a".repeat(250), topic("ok.-_")].map((name) =>
      createTopics(7, [newTopic(name)], { validateOnly: true }),
    ),
  ),
  conversation("create topics: names that collide", ({ topic }) => [
    createTopic(topic("a.b")),
    createTopics(7, [newTopic(topic("a_b"))]),
    createTopics(7, [newTopic(topic("c.d")), newTopic(topic("c_d"))]),
  ]),
  conversation("create topics: a name twice in a request", ({ topic }) => [
    [2, 5, 7].map((version) =>
      createTopics(version, [newTopic(topic("t")), newTopic(topic("u")), newTopic(topic("t"), { partitions: 3 })]),
    ),
  ]),
  conversation("create topics: internal names", () => [
    request("Metadata", 9, { topics: [{ name: "__consumer_offsets" }], allowAutoTopicCreation: true }, isCreated),
    createTopics(7, [newTopic("__cluster_metadata")]),
    createTopics(7, [newTopic("__consumer_offsets")], { validateOnly: true }),
    createTopics(7, [newTopic("__mine")], { validateOnly: true }),
  ]),
  conversation("create topics: partition counts", ({ topic }) => [
    [0, -2, -1, 100].map((partitions) =>
      createTopics(7, [newTopic(topic("t"), { partitions })], { validateOnly: true }),
    ),
    createTopics(4, [newTopic(topic("t"), { partitions: 0 })]),
    createTopics(7, [newTopic(topic("t"), { partitions: 10_001 })]),
    createTopics(7, [newTopic(topic("t"), { partitions: 6_000 }), newTopic(topic("u"), { partitions: 6_000 })]),
    createTopics(7, [newTopic(topic("t"), { partitions: 2_147_483_647 })]),
  ]),
  conversation("create topics: replication factors", ({ topic }) => [
    [0, -2, 2, 3, 32_767].map((replicationFactor) =>
      createTopics(7, [newTopic(topic("t"), { replicationFactor })], { validateOnly: true }),
    ),
    createTopics(2, [newTopic(topic("t"), { replicationFactor: 2 })]),
    createTopics(7, [newTopic(topic("t"), { replicationFactor: 0, partitions: 0 })]),
  ]),
  conversation("create topics: manual assignments", ({ topic }) => {
    const assigned = (assignments: readonly (readonly [number, readonly number[]])[], more = {}) =>
      newTopic(topic("t"), { partitions: -1, replicationFactor: -1, assignments, ...more });
    return [
      createTopics(7, [
        assigned([
          [0, [1]],
          [1, [1]],
        ]),
      ]),
      createTopics(7, [{ ...assigned([[0, [1]]]), name: topic("u"), numPartitions: 1 }]),
      createTopics(7, [{ ...assigned([[0, [1]]]), name: topic("u"), replicationFactor: 1 }]),
      ...[
        [[0, [1, 1]]],
        [[0, [7]]],
        [[0, [-1]]],
        [[0, []]],
        [[1, [1]]],
        [
          [0, [1]],
          [2, [1]],
        ],
        [
          [0, [1]],
          [0, [1]],
        ],
        [[-1, [1]]],
        [
          [0, [1]],
          [1, []],
        ],
      ].map((assignments) =>
        createTopics(7, [{ ...assigned(assignments as [number, number[]][]), name: topic("u") }], {
          validateOnly: true,
        }),
      ),
      createTopics(3, [
        {
          ...assigned([
            [1, [1]],
            [0, [1]],
          ]),
          name: topic("v"),
        },
      ]),
    ];
  }),
  conversation("create topics: timeouts", ({ topic }) => [
    [0, -1].map((timeoutMs) => createTopics(7, [newTopic(topic("t"))], { timeoutMs })),
    createTopics(2, [newTopic(topic("t"))], { timeoutMs: 0 }),
    request("Metadata", 12, { topics: [{ name: topic("t") }], allowAutoTopicCreation: false }),
    createTopics(7, [newTopic(topic("t"))], { timeoutMs: 0, validateOnly: true }),
  ]),
  conversation("create topics: nothing asked", () => [
    requestEach("CreateTopics", [2, 5, 7], () => ({ topics: [], timeoutMs: 1_000, validateOnly: false })),
  ]),
  conversation("create topics: good and bad together", ({ topic }) => [
    createTopics(7, [
      newTopic(topic("good")),
      newTopic("bad name!"),
      newTopic(topic("none"), { partitions: 0 }),
      newTopic(topic("config"), { configs: { "no.such": "1" } }),
      newTopic(topic("fine"), { configs: { "retention.ms": "1000" } }),
    ]),
  ]),
  conversation("create topics: null values of configs", ({ topic }) => [
    createTopics(7, [newTopic(topic("t"), { nullConfigs: ["retention.ms"] })]),
    createTopics(2, [newTopic(topic("t"), { nullConfigs: ["retention.ms"] })]),
    createTopics(7, [newTopic(topic("t"), { nullConfigs: ["no.such"] })]),
  ]),
  conversation("create topics: a config twice, two bad ones", ({ topic }) => {
    const withConfigs = (configs: readonly Fields[]): Fields => ({ ...newTopic(topic("t")), configs });
    return [
      createTopics(
        7,
        [
          withConfigs([
            { name: "retention.ms", value: "5" },
            { name: "retention.ms", value: "7" },
          ]),
        ],
        { validateOnly: true },
      ),
      createTopics(7, [
        withConfigs([
          { name: "no.such", value: "5" },
          { name: "retention.ms", value: "x" },
        ]),
      ]),
    ];
  }),
  conversation("create topics: what the answer tells of the configs", ({ topic }) => [
    createTopics(7, [
      newTopic(topic("t"), {
        configs: { "cleanup.policy": "compact", "segment.bytes": "2000000", "max.message.bytes": "5000" },
      }),
    ]),
    createTopics(5, [newTopic(topic("u"), { configs: { "retention.ms": " 77 " } })]),
  ]),
  ...Object.entries(configValues).map(([name, values]) => tryConfig(name, values)),
];
