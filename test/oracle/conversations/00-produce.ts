import { batch, codecs, compress, legacyMessage, numbered, recordBytes, type BatchSpec } from "../batches.ts";
import { conversation, request, requestEach, versions, type ConversationScript } from "../conversation.ts";
import { createTopic, fetch, listOffsets, produce, produceTo } from "../scripts.ts";

const one = (over: BatchSpec = {}) => batch({ records: [{ key: "k", value: "v" }], ...over });

export const produceConversations: readonly ConversationScript[] = [
  conversation("produce: one record in every version", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    versions(3, 13).map((version) =>
      produce(topic("t"), batch({ records: numbered(2), baseTimestamp: recordTime(version) }), { version }),
    ),
    fetch(topic("t")),
  ]),
  conversation("produce: acks 1 and acks -1", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(topic("t"), one({ baseTimestamp: recordTime(0) }), { acks: 1 }),
    produce(topic("t"), one({ baseTimestamp: recordTime(1) }), { acks: -1 }),
    produce(topic("t"), one({ baseTimestamp: recordTime(2) }), { acks: -1, timeoutMs: 0 }),
    produce(topic("t"), one({ baseTimestamp: recordTime(3) }), { acks: -1, timeoutMs: -1 }),
  ]),
  conversation("produce: acks 0 has no answer", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(topic("t"), one({ baseTimestamp: recordTime(0) }), { acks: 0, isOneWay: true }),
    produce(topic("t"), one({ baseTimestamp: recordTime(1) }), { acks: 0, isOneWay: true, version: 3 }),
    fetch(topic("t")),
  ]),
  conversation("produce: acks 0 to an unknown topic closes", ({ topic, recordTime }) => [
    produce(topic("none"), one({ baseTimestamp: recordTime(0) }), { acks: 0, isOneWay: true }),
    request("ListOffsets", 6, listOffsets(topic("none"), [[0, -1]])),
  ]),
  conversation("produce: acks 0 with a bad CRC closes", ({ topic }) => [
    createTopic(topic("t")),
    produce(topic("t"), one({ crc: 1 }), { acks: 0, isOneWay: true }),
    produce(topic("t"), one(), { acks: 0, isOneWay: true }),
  ]),
  conversation("produce: acks 0 with a record that is refused closes", ({ topic }) => [
    createTopic(topic("t"), { configs: { "cleanup.policy": "compact" } }),
    produce(topic("t"), batch({ records: [{ value: "no key" }] }), { acks: 0, isOneWay: true }),
  ]),
  conversation("produce: acks that do not exist", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    [2, -2, 100].map((acks) => produce(topic("t"), one({ baseTimestamp: recordTime(0) }), { acks })),
    produce(topic("t"), one(), { acks: 2, version: 3 }),
    produce(topic("t"), one(), { acks: -2, version: 7 }),
    produce(topic("t"), one(), { acks: 5, version: 13 }),
  ]),
  conversation("produce: unknown topic and partition", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    requestEach("Produce", [3, 8, 9, 12], (version) => produceTo([[topic("none"), 0, one()]], { version })),
    requestEach("Produce", [3, 8, 9, 12, 13], (version) => produceTo([[topic("t"), 7, one()]], { version })),
    produce(topic("t"), one({ baseTimestamp: recordTime(0) }), { partition: -1 }),
    produce("", one()),
    produce("bad name!", one()),
    produce("__consumer_offsets_2", one()),
  ]),
  conversation("produce: unknown and zero topic id", ({ topic }) => [
    createTopic(topic("t")),
    ["AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAQ", "P86Pnt-UaU4-HUfIByaKrQ"].map((topicId) =>
      request("Produce", 13, {
        acks: -1,
        timeoutMs: 1_000,
        topicData: [{ topicId, partitionData: [{ index: 0, records: one() }] }],
      }),
    ),
  ]),
  conversation("produce: no topics, no partitions", ({ topic }) => [
    createTopic(topic("t")),
    requestEach("Produce", [3, 9, 12, 13], () => ({ acks: 1, timeoutMs: 1_000, topicData: [] })),
    request("Produce", 9, { acks: 1, timeoutMs: 1_000, topicData: [{ name: topic("t"), partitionData: [] }] }),
  ]),
  conversation("produce: a good and a bad partition in one request", ({ topic, recordTime }) => [
    createTopic(topic("t"), { partitions: 2 }),
    request("Produce", 9, {
      acks: -1,
      timeoutMs: 1_000,
      topicData: [
        {
          name: topic("t"),
          partitionData: [
            { index: 0, records: one({ baseTimestamp: recordTime(0) }) },
            { index: 1, records: one({ crc: 7 }) },
            { index: 2, records: one() },
          ],
        },
        { name: topic("none"), partitionData: [{ index: 0, records: one() }] },
      ],
    }),
  ]),
  conversation("produce: the last of two entries for a partition wins", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    request("Produce", 9, {
      acks: -1,
      timeoutMs: 1_000,
      topicData: [
        {
          name: topic("t"),
          partitionData: [
            { index: 0, records: one({ baseTimestamp: recordTime(1) }) },
            { index: 0, records: batch({ records: numbered(2), baseTimestamp: recordTime(2) }) },
          ],
        },
      ],
    }),
    request(
      "Produce",
      9,
      produceTo([
        [topic("t"), 0, one({ baseTimestamp: recordTime(3) })],
        [topic("t"), 0, batch({ records: numbered(3), baseTimestamp: recordTime(4) })],
      ]),
    ),
    fetch(topic("t")),
  ]),
  ...codecs.map((codec) =>
    conversation(`produce: ${codec} is stored as sent`, ({ topic, recordTime }) => [
      createTopic(topic("t")),
      produce(topic("t"), batch({ records: numbered(5), codec, baseTimestamp: recordTime(0) })),
      produce(topic("t"), batch({ records: numbered(50), codec, baseTimestamp: recordTime(100) }), { version: 7 }),
      fetch(topic("t")),
    ]),
  ),
  conversation("produce: raw snappy without a container", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(
      topic("t"),
      batch({
        records: numbered(3),
        codec: "snappy",
        baseTimestamp: recordTime(0),
        payload: compress("snappy", recordBytes(numbered(3))).subarray(20),
      }),
    ),
    fetch(topic("t")),
  ]),
  conversation("produce: zstd needs version 7", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    [3, 6, 7].map((version) =>
      produce(topic("t"), batch({ records: numbered(2), codec: "zstd", baseTimestamp: recordTime(0) }), { version }),
    ),
  ]),
  conversation("produce: payloads that do not inflate", ({ topic }) => [
    createTopic(topic("t")),
    (["gzip", "snappy", "lz4", "zstd"] as const).map((codec) => [
      produce(topic("t"), batch({ records: numbered(3), codec, payload: Buffer.from("this is no such stream") })),
      produce(
        topic("t"),
        batch({ records: numbered(3), codec, payload: compress(codec, recordBytes(numbered(3))).subarray(0, -6) }),
      ),
    ]),
    [5, 6, 7].map((codec) => produce(topic("t"), batch({ records: numbered(1), attributes: codec }))),
    fetch(topic("t")),
  ]),
  conversation("produce: payloads that inflate to too much or too little", ({ topic }) => [
    createTopic(topic("t")),
    (["gzip", "snappy", "lz4", "zstd"] as const).map((codec) => [
      produce(topic("t"), batch({ records: numbered(3), codec, payload: compress(codec, recordBytes(numbered(4))) })),
      produce(topic("t"), batch({ records: numbered(3), codec, payload: compress(codec, recordBytes(numbered(2))) })),
    ]),
  ]),
  conversation("produce: two streams in one payload", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    (["gzip", "zstd", "lz4"] as const).map((codec) => {
      const all = recordBytes(numbered(4));
      const first = recordBytes(numbered(2));
      const payload = Buffer.concat([compress(codec, first), compress(codec, all.subarray(first.length))]);
      return produce(topic("t"), batch({ records: numbered(4), codec, payload, baseTimestamp: recordTime(0) }));
    }),
  ]),
  conversation("produce: base offset that is not zero", ({ topic }) => [
    createTopic(topic("t")),
    produce(topic("t"), one({ baseOffset: 5 })),
    produce(topic("t"), one({ baseOffset: -1 }), { version: 3 }),
    produce(topic("t"), one({ baseOffset: 1, crc: 3 }), { version: 8 }),
  ]),
  conversation("produce: bad CRC", ({ topic }) => [
    createTopic(topic("t")),
    [3, 7, 8, 12].map((version) => produce(topic("t"), one({ crc: 0 }), { version })),
  ]),
  conversation("produce: magic that is not 2", ({ topic }) => [
    createTopic(topic("t")),
    [0, 1, 3, -1].map((magic) => produce(topic("t"), one({ magic }))),
    produce(topic("t"), legacyMessage(0, "k", "v"), { version: 3 }),
    produce(topic("t"), legacyMessage(1, "k", "v"), { version: 3 }),
    produce(topic("t"), legacyMessage(1, "k", "v"), { version: 9 }),
  ]),
  conversation("produce: no batch, a cut one, two of them", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(topic("t"), Buffer.alloc(0)),
    produce(topic("t"), Buffer.from("0000", "hex")),
    produce(topic("t"), one().subarray(0, 60)),
    produce(topic("t"), one().subarray(0, -1)),
    produce(topic("t"), Buffer.concat([one({ baseTimestamp: recordTime(0) }), one()])),
    produce(topic("t"), Buffer.concat([one({ baseTimestamp: recordTime(0) }), one().subarray(0, 30)])),
    produce(topic("t"), Buffer.concat([one({ baseTimestamp: recordTime(0) }), Buffer.alloc(5)])),
    fetch(topic("t")),
  ]),
  conversation("produce: batch length that can't be", ({ topic }) => [
    createTopic(topic("t")),
    [0, 10, 48, -1, -2147483648].map((batchLength) => produce(topic("t"), one({ batchLength }))),
    produce(topic("t"), one({ batchLength: 100_000 })),
    produce(topic("t"), one({ batchLength: 49 })),
  ]),
  conversation("produce: count and last offset delta that do not fit", ({ topic }) => [
    createTopic(topic("t")),
    produce(topic("t"), batch({ records: numbered(2), lastOffsetDelta: 0 })),
    produce(topic("t"), batch({ records: numbered(2), lastOffsetDelta: 5 })),
    produce(topic("t"), batch({ records: numbered(2), recordsCount: 1, lastOffsetDelta: 0 })),
    produce(topic("t"), batch({ records: numbered(2), recordsCount: 3, lastOffsetDelta: 2 })),
    produce(topic("t"), batch({ records: [], recordsCount: 0, lastOffsetDelta: -1 })),
    produce(topic("t"), batch({ records: [], recordsCount: 0, lastOffsetDelta: 0 })),
    produce(topic("t"), batch({ records: numbered(1), recordsCount: -1, lastOffsetDelta: -2 })),
  ]),
  conversation("produce: control batches are not for clients", ({ topic }) => [
    createTopic(topic("t")),
    produce(topic("t"), one({ attributes: 0x20 })),
    produce(topic("t"), one({ attributes: 0x30, producerId: 5, producerEpoch: 0, baseSequence: 0 })),
  ]),
  conversation("produce: transactional bit without a transactional id", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(topic("t"), one({ attributes: 0x10, producerId: 5, producerEpoch: 0, baseSequence: 0 })),
    produce(topic("t"), one({ baseTimestamp: recordTime(0) }), { transactionalId: "tx" }),
  ]),
  conversation("produce: unused attribute bits are kept", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(topic("t"), one({ attributes: 0x40, baseTimestamp: recordTime(0) })),
    produce(topic("t"), one({ attributes: 0x7f80, baseTimestamp: recordTime(1) })),
    produce(topic("t"), batch({ records: [{ key: "k", value: "v", attributes: 5 }], baseTimestamp: recordTime(2) })),
    fetch(topic("t")),
  ]),
  conversation("produce: null keys, null values, headers", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(
      topic("t"),
      batch({
        baseTimestamp: recordTime(0),
        records: [
          { key: null, value: null },
          { key: "", value: "" },
          { key: "k", value: null, headers: [["h", "1"]] },
          {
            key: null,
            value: "v",
            headers: [
              ["h", null],
              ["h", ""],
              ["", "ü"],
            ],
          },
        ],
      }),
    ),
    produce(topic("t"), batch({ records: [{ key: "k", value: "v", headers: [[null, "x"]] }] })),
    fetch(topic("t")),
  ]),
  conversation("produce: malformed records", ({ topic }) => [
    createTopic(topic("t")),
    produce(topic("t"), batch({ records: [{ key: "k", value: "v", length: 3 }] })),
    produce(topic("t"), batch({ records: [{ key: "k", value: "v", length: 100 }] })),
    produce(topic("t"), batch({ records: [{ key: "k", value: "v", length: -1 }] })),
    produce(topic("t"), batch({ records: numbered(2), payload: Buffer.alloc(3) })),
    produce(topic("t"), batch({ records: numbered(1), payload: Buffer.from("ffffffffffffffffff", "hex") })),
    produce(
      topic("t"),
      batch({ records: numbered(1), payload: Buffer.concat([recordBytes(numbered(1)), Buffer.alloc(2)]) }),
    ),
  ]),
  conversation("produce: negative lengths are null", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    // Each a record of attributes, two deltas, key, value and headers; 03 stands for -2, 09 for -5.
    ["0c000000030900", "0e000000ff010900", "12000000030702026809"].map((hex) =>
      (["none", "gzip"] as const).map((codec) => {
        const payload = compress(codec, Buffer.from(hex, "hex"));
        const spoiled = batch({ records: numbered(1), codec, payload, baseTimestamp: recordTime(0) });
        return produce(topic("t"), spoiled);
      }),
    ),
    // A header's key may not be null, and no count is negative.
    ["12000000030702030168", "0c000000030903"].map((hex) =>
      produce(topic("t"), batch({ records: numbered(1), payload: Buffer.from(hex, "hex") })),
    ),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, -1]])),
  ]),
  conversation("produce: compressed records whose lengths do not add up", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    (["gzip", "snappy", "lz4", "zstd"] as const).map((codec) => {
      const payload = compress(codec, recordBytes([{ key: "k", value: "v", length: 5 }]));
      return produce(topic("t"), batch({ records: numbered(1), codec, payload, baseTimestamp: recordTime(0) }));
    }),
    produce(topic("t"), batch({ records: numbered(1), payload: recordBytes([{ key: "k", value: "v", length: 5 }]) })),
  ]),
  conversation("produce: a malformed record in a gzip stream whose check sum is wrong", ({ topic }) => [
    createTopic(topic("t")),
    [
      recordBytes(numbered(2)),
      Buffer.concat([recordBytes(numbered(1)), recordBytes([{ key: "k", headers: [[null, ""]] }])]),
    ].map((records) => {
      const payload = compress("gzip", records);
      payload.writeUInt32LE(7, payload.length - 8);
      return produce(topic("t"), batch({ records: numbered(2), codec: "gzip", payload }));
    }),
  ]),
  conversation("produce: offset deltas inside a batch", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(
      topic("t"),
      batch({
        records: [
          { key: "a", offsetDelta: 3 },
          { key: "b", offsetDelta: 7 },
        ],
        baseTimestamp: recordTime(0),
      }),
    ),
    produce(
      topic("t"),
      batch({
        codec: "gzip",
        records: [
          { key: "a", offsetDelta: 3 },
          { key: "b", offsetDelta: 7 },
        ],
      }),
    ),
    fetch(topic("t")),
  ]),
  conversation("produce: leader epoch of the client is replaced", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(topic("t"), one({ partitionLeaderEpoch: 77, baseTimestamp: recordTime(0) })),
    fetch(topic("t")),
  ]),
  conversation("produce: wrong max timestamp is corrected", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    produce(
      topic("t"),
      batch({ records: numbered(3), baseTimestamp: recordTime(0), maxTimestamp: recordTime(90_000) }),
    ),
    produce(topic("t"), batch({ records: numbered(3), baseTimestamp: recordTime(0), maxTimestamp: recordTime(-50) })),
    produce(
      topic("t"),
      batch({ codec: "gzip", records: numbered(3), baseTimestamp: recordTime(0), maxTimestamp: recordTime(5_000) }),
    ),
    produce(
      topic("t"),
      batch({
        baseTimestamp: recordTime(0),
        records: [
          { key: "a", timestampDelta: 50 },
          { key: "b", timestampDelta: -20 },
        ],
        maxTimestamp: recordTime(50),
      }),
    ),
    fetch(topic("t")),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, -3]])),
  ]),
  conversation("produce: no timestamp", ({ topic }) => [
    createTopic(topic("t")),
    produce(topic("t"), batch({ records: [{ key: "k", value: "v" }], baseTimestamp: -1, maxTimestamp: -1 })),
    fetch(topic("t")),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, -3]])),
    request("ListOffsets", 7, listOffsets(topic("t"), [[0, 0]])),
  ]),
  conversation("produce: null records", ({ topic }) => [
    createTopic(topic("t")),
    [3, 9].map((version) =>
      request("Produce", version, produceTo([[topic("t"), 0, null]], { version }), {
        on: `null in v${version}`,
        timeoutMs: 1_000,
      }),
    ),
    produce(topic("none"), null),
  ]),
  conversation("produce: timestamps that no clock reaches", ({ topic }) => [
    createTopic(topic("t"), { configs: { "retention.ms": "-1" } }),
    produce(topic("t"), one({ baseTimestamp: 2 ** 60 })),
    produce(topic("t"), one({ baseTimestamp: -(2 ** 60) })),
  ]),
  conversation("produce: size limit is inclusive", ({ topic, recordTime }) => [
    createTopic(topic("t"), { configs: { "max.message.bytes": "200" } }),
    [200, 201].map((byteCount) => {
      const sized = (length: number) =>
        batch({ records: [{ key: "k", value: "x".repeat(length) }], baseTimestamp: recordTime(0) });
      return produce(topic("t"), sized(byteCount - sized(64).length + 64));
    }),
    produce(topic("t"), batch({ records: [{ key: "k", value: "x".repeat(500) }], crc: 1 })),
    produce(topic("t"), batch({ records: [{ key: "k", value: "x".repeat(500) }], baseOffset: 1 })),
    produce(topic("t"), batch({ records: [{ key: "k", value: "x".repeat(500) }] }), { version: 3 }),
  ]),
  conversation("produce: default size limit", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    [1_048_588, 1_048_589].map((byteCount) => {
      const sized = (length: number) =>
        batch({ records: [{ key: "k", value: Buffer.alloc(length, 120) }], baseTimestamp: recordTime(0) });
      return produce(topic("t"), sized(byteCount - sized(1_000_000).length + 1_000_000));
    }),
  ]),
  conversation("produce: larger than a segment", ({ topic }) => [
    createTopic(topic("t"), { configs: { "segment.bytes": "1048576", "max.message.bytes": "3000000" } }),
    produce(topic("t"), batch({ records: [{ key: "k", value: Buffer.alloc(1_100_000, 120) }] })),
  ]),
  conversation("produce: to an internal topic", () => [
    request(
      "Metadata",
      12,
      { topics: [{ name: "__consumer_offsets" }], allowAutoTopicCreation: true },
      { isSilent: true, until: (answer) => JSON.stringify(answer).includes('"partitionIndex":49') },
    ),
    produce("__consumer_offsets", one()),
    produce("__consumer_offsets", one(), { version: 3 }),
    produce("__consumer_offsets", one(), { acks: 0, isOneWay: true }),
    request("DeleteRecords", 2, {
      topics: [{ name: "__consumer_offsets", partitions: [{ partitionIndex: 0, offset: 0 }] }],
      timeoutMs: 1_000,
    }),
  ]),
];
