import { batch, codecs, numbered } from "../batches.ts";
import { catchUp, conversation, pause, request, type ConversationScript } from "../conversation.ts";
import { createTopic, fetch, incrementalAlter, listOffsets, operation, produce, resource } from "../scripts.ts";

const hourMs = 3_600_000;

/** How a topic's configurations change what becomes of a produced batch. */
export const produceConfigConversations: readonly ConversationScript[] = [
  conversation("configs: keyless records on a compacted topic", ({ topic, recordTime }) => [
    createTopic(topic("t"), { configs: { "cleanup.policy": "compact" } }),
    produce(topic("t"), batch({ records: [{ value: "v" }], baseTimestamp: recordTime(0) })),
    produce(topic("t"), batch({ records: [{ value: "v" }], baseTimestamp: recordTime(0) }), { version: 3 }),
    produce(
      topic("t"),
      batch({
        records: [{ key: "a", value: "1" }, { value: "2" }, { key: "c", value: null }, { value: "4" }],
        baseTimestamp: recordTime(0),
      }),
      { version: 8 },
    ),
    produce(topic("t"), batch({ records: Array.from({ length: 12 }, () => ({ value: "v" })) })),
    produce(topic("t"), batch({ records: [{ key: "", value: "v" }], baseTimestamp: recordTime(0) })),
    produce(topic("t"), batch({ records: numbered(2), codec: "gzip", baseTimestamp: recordTime(0) })),
    produce(topic("t"), batch({ records: [{ value: "v" }], codec: "lz4", baseTimestamp: recordTime(0) })),
  ]),
  conversation("configs: keyless records on a topic that is compacted and deleted", ({ topic, recordTime }) => [
    createTopic(topic("t"), { configs: { "cleanup.policy": "compact,delete" } }),
    produce(topic("t"), batch({ records: [{ value: "v" }], baseTimestamp: recordTime(0) })),
    incrementalAlter(resource.topic, topic("t"), [["cleanup.policy", operation.subtract, "compact"]]),
    produce(topic("t"), batch({ records: [{ value: "v" }], baseTimestamp: recordTime(0) }), {
      until: (answer) => !JSON.stringify(answer).includes('"errorCode":87'),
    }),
  ]),
  conversation("configs: keyless, and with a gap in the offsets", ({ topic, recordTime }) => [
    createTopic(topic("t"), { configs: { "cleanup.policy": "compact" } }),
    (["none", "gzip", "zstd"] as const).map((codec) =>
      produce(
        topic("t"),
        batch({
          codec,
          baseTimestamp: recordTime(0),
          records: [{ key: "a" }, { value: "keyless", offsetDelta: 5 }],
        }),
      ),
    ),
  ]),
  conversation("configs: keyless and badly timed", ({ topic, startedMs }) => [
    createTopic(topic("t"), { configs: { "cleanup.policy": "compact", "message.timestamp.after.max.ms": "1000" } }),
    produce(
      topic("t"),
      batch({ baseTimestamp: startedMs + 100 * hourMs, records: [{ key: "k", value: "late" }, { value: "keyless" }] }),
    ),
  ]),
  conversation("configs: timestamps too far ahead", ({ topic, startedMs }) => [
    createTopic(topic("t")),
    produce(topic("t"), batch({ records: numbered(1), baseTimestamp: startedMs + 2 * hourMs })),
    produce(topic("t"), batch({ records: numbered(1), baseTimestamp: startedMs + 2 * hourMs }), { version: 7 }),
    produce(topic("t"), batch({ records: numbered(3), codec: "zstd", baseTimestamp: startedMs + 2 * hourMs })),
    produce(topic("t"), batch({ records: numbered(1), baseTimestamp: startedMs + hourMs / 2 })),
  ]),
  conversation("configs: message.timestamp.before.max.ms", ({ topic, recordTime }) => [
    createTopic(topic("t"), { configs: { "message.timestamp.before.max.ms": "60000" } }),
    produce(topic("t"), batch({ records: numbered(2), baseTimestamp: recordTime(0) })),
    produce(topic("t"), batch({ records: [{ key: "k" }], baseTimestamp: -1 })),
    produce(topic("t"), batch({ records: [{ key: "k" }], baseTimestamp: 0 })),
  ]),
  conversation("configs: very old timestamps are fine by default", ({ topic }) => [
    createTopic(topic("t"), { configs: { "retention.ms": "-1" } }),
    produce(topic("t"), batch({ records: numbered(1), baseTimestamp: 0 })),
    produce(topic("t"), batch({ records: numbered(1), baseTimestamp: -1000 })),
    fetch(topic("t")),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, 0]])),
  ]),
  conversation("configs: log append time", ({ topic, recordTime }) => [
    createTopic(topic("t"), { configs: { "message.timestamp.type": "LogAppendTime" } }),
    produce(topic("t"), batch({ records: numbered(3), baseTimestamp: recordTime(0) })),
    pause(20),
    produce(topic("t"), batch({ records: numbered(3), codec: "gzip", baseTimestamp: recordTime(0) })),
    pause(20),
    produce(topic("t"), batch({ records: numbered(1), baseTimestamp: recordTime(900_000) }), { version: 3 }),
    fetch(topic("t")),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, -3]])),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, recordTime(0)]])),
  ]),
  conversation("configs: a batch that claims log append time", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    createTopic(topic("append"), { configs: { "message.timestamp.type": "LogAppendTime" } }),
    produce(topic("t"), batch({ records: numbered(2), attributes: 8, baseTimestamp: recordTime(0) })),
    produce(topic("t"), batch({ records: [{ key: "k" }], attributes: 8, baseTimestamp: -1 })),
    produce(topic("append"), batch({ records: numbered(1), attributes: 8, baseTimestamp: recordTime(0) })),
    fetch(topic("t")),
  ]),
  conversation("configs: changing message.timestamp.type", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(topic("t"), batch({ records: numbered(1), baseTimestamp: recordTime(0) })),
    incrementalAlter(resource.topic, topic("t"), [["message.timestamp.type", operation.set, "LogAppendTime"]]),
    catchUp(),
    produce(topic("t"), batch({ records: numbered(1), baseTimestamp: recordTime(1) })),
    fetch(topic("t")),
  ]),
  ...["uncompressed", "gzip", "snappy", "lz4", "zstd"].map((target) =>
    conversation(`configs: compression.type ${target}`, ({ topic, recordTime }) => [
      createTopic(topic("t"), { configs: { "compression.type": target } }),
      codecs.map((codec) => produce(topic("t"), batch({ records: numbered(4), codec, baseTimestamp: recordTime(0) }))),
      fetch(topic("t")),
    ]),
  ),
  conversation("configs: recompression renumbers and checks the size again", ({ topic, recordTime }) => [
    createTopic(topic("t"), { configs: { "compression.type": "uncompressed", "max.message.bytes": "1000" } }),
    produce(
      topic("t"),
      batch({ codec: "gzip", records: [{ key: "k", value: "x".repeat(5_000) }], baseTimestamp: recordTime(0) }),
    ),
    createTopic(topic("z"), { configs: { "compression.type": "zstd" } }),
    produce(
      topic("z"),
      batch({
        records: [
          { key: "a", offsetDelta: 4 },
          { key: "b", offsetDelta: 2 },
        ],
        baseTimestamp: recordTime(0),
      }),
    ),
    fetch(topic("z")),
  ]),
  conversation("configs: min.insync.replicas above the replication factor", ({ topic, recordTime }) => [
    createTopic(topic("t"), { configs: { "min.insync.replicas": "3" } }),
    produce(topic("t"), batch({ records: numbered(1), baseTimestamp: recordTime(0) }), { acks: -1 }),
    produce(topic("t"), batch({ records: numbered(1), baseTimestamp: recordTime(1) }), { acks: 1 }),
    fetch(topic("t")),
  ]),
  conversation("configs: segments roll by size and reading goes on", ({ topic, recordTime }) => [
    createTopic(topic("t"), { configs: { "segment.bytes": "1048576" } }),
    Array.from({ length: 6 }, (_, index) =>
      produce(
        topic("t"),
        batch({ records: [{ key: "k", value: Buffer.alloc(400_000, 97 + index) }], baseTimestamp: recordTime(index) }),
      ),
    ),
    [0, 2, 3, 5].map((offset) => fetch(topic("t"), { offset, maxBytes: 500_000 })),
    [0, 2, 4, 5, 6].map((offset) => request("ListOffsets", 7, listOffsets(topic("t"), [[0, recordTime(offset)]]))),
  ]),
  conversation("configs: max.message.bytes can be raised later", ({ topic, recordTime }) => [
    createTopic(topic("t"), { configs: { "max.message.bytes": "100" } }),
    produce(topic("t"), batch({ records: [{ key: "k", value: "x".repeat(200) }], baseTimestamp: recordTime(0) })),
    incrementalAlter(resource.topic, topic("t"), [["max.message.bytes", operation.set, "1000"]]),
    catchUp(),
    produce(topic("t"), batch({ records: [{ key: "k", value: "x".repeat(200) }], baseTimestamp: recordTime(0) })),
    incrementalAlter(resource.topic, topic("t"), [["max.message.bytes", operation.set, "0"]]),
    catchUp(),
    produce(topic("t"), batch({ records: [{ key: "k", value: "x" }], baseTimestamp: recordTime(0) })),
  ]),
];
