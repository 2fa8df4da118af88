import { batch, numbered } from "../batches.ts";
import { frame, requestHeader } from "../codec.ts";
import { conversation, pipeline, raw, request, type ConversationScript, type Fields } from "../conversation.ts";
import { createTopic, fetch, listOffsets, produce } from "../scripts.ts";

function size(byteCount: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(byteCount);
  return bytes;
}

const metadataFields: Fields = { topics: [] };
const alive = request("ApiVersions", 0, {});

/** Requests that a broker knows but that are not for clients, or that were removed, or that never were. */
const foreignApiKeys = [4, 5, 6, 7, 52, 56, 58, 62, 63, 67, 70, 73, 82, 93, 999, -1, 32_767];

/** A well-formed body behind which the frame goes on. */
function cutAt(
  api: "Produce" | "Metadata" | "CreateTopics" | "Fetch",
  version: number,
  fields: Fields,
  byteCount: number,
) {
  return raw(
    (seen) => {
      const whole = seen.frame(api, version, fields);
      return frame(whole.subarray(4, whole.length - byteCount));
    },
    { waitMs: 3_000 },
  );
}

export const framingConversations: readonly ConversationScript[] = [
  conversation("framing: sizes that close", () => [
    [-1, -2_147_483_648, 104_857_601, 2_147_483_647, 0].map((byteCount) => [
      raw(size(byteCount), { waitMs: 3_000 }),
      alive,
    ]),
  ]),
  conversation("framing: a header that is too short", () => [
    [1, 2, 7, 8, 9].map((byteCount) => [
      raw(frame(requestHeader({ apiKey: 3, version: 1 }).subarray(0, byteCount)), { waitMs: 3_000 }),
    ]),
    alive,
  ]),
  conversation("framing: the largest frame is waited for", () => [
    raw(size(104_857_600), { waitMs: 300 }),
    raw(Buffer.alloc(100), { waitMs: 200 }),
  ]),
  conversation("framing: a frame that comes in pieces", () => [
    raw((seen) => seen.frame("Metadata", 9, metadataFields).subarray(0, 2), { waitMs: 100 }),
    raw((seen) => seen.frame("Metadata", 9, metadataFields).subarray(2, 9), { waitMs: 100 }),
    raw((seen) => seen.frame("Metadata", 9, metadataFields).subarray(9), {
      waitMs: 3_000,
      answerAs: { api: "Metadata", version: 9 },
    }),
  ]),
  conversation("framing: unknown and foreign APIs close", () => [
    foreignApiKeys.map((apiKey) => raw(frame(requestHeader({ apiKey, version: 0 })), { waitMs: 3_000 })),
    alive,
  ]),
  conversation("framing: versions that are not offered close", () => [
    (
      [
        [0, 14],
        [0, 2],
        [0, -1],
        [1, 3],
        [1, 19],
        [2, 0],
        [2, 11],
        [3, 14],
        [10, 7],
        [19, 1],
        [19, 8],
        [20, 0],
        [20, 7],
        [21, 3],
        [22, 6],
        [23, 1],
        [23, 5],
        [32, 0],
        [32, 5],
        [33, 3],
        [35, 0],
        [35, 5],
        [37, 4],
        [44, 2],
        [60, 3],
        [75, 1],
      ] as const
    ).map(([apiKey, version]) => raw(frame(requestHeader({ apiKey, version })), { waitMs: 3_000 })),
  ]),
  conversation("framing: produce below version 3", () => [
    [0, 1, 2].map((version) =>
      raw(frame(Buffer.concat([requestHeader({ apiKey: 0, version }), Buffer.from("0001000003e800000000", "hex")])), {
        waitMs: 3_000,
      }),
    ),
    alive,
  ]),
  conversation("framing: bodies that are cut", ({ topic }) => [
    createTopic(topic("t")),
    [1, 2, 5].map((byteCount) => [
      cutAt("Metadata", 1, { topics: [{ name: topic("t") }] }, byteCount),
      cutAt("Metadata", 9, { topics: [{ name: topic("t") }] }, byteCount),
      cutAt("CreateTopics", 5, { topics: [], timeoutMs: 1, validateOnly: false }, byteCount),
    ]),
    alive,
  ]),
  conversation("framing: bytes behind the body are ignored", () => [
    [1, 4, 9, 12].map((version) =>
      raw(
        (seen) => {
          const whole = seen.frame("Metadata", version, metadataFields);
          return frame(Buffer.concat([whole.subarray(4), Buffer.from("deadbeef", "hex")]));
        },
        { waitMs: 3_000, answerAs: { api: "Metadata", version } },
      ),
    ),
  ]),
  conversation("framing: counts that can't be", () => {
    const body = (version: number, hex: string) =>
      raw(
        frame(
          Buffer.concat([requestHeader({ apiKey: 3, version, isFlexible: version >= 9 }), Buffer.from(hex, "hex")]),
        ),
        { waitMs: 3_000, answerAs: { api: "Metadata", version }, onlyOwnTopics: true },
      );
    return [
      body(1, "7fffffff"),
      body(1, "00000002000161"),
      body(1, "fffffffe"),
      body(0, "ffffffff"),
      body(1, "00000001ffff"),
      body(1, "00000001fff6"),
      body(9, "ffffffff0f00000000"),
      body(9, "0200"),
      body(9, "ffffffffffff00"),
      body(4, "000000010001ff00"),
    ];
  }),
  conversation("framing: tagged fields that nobody knows", () => {
    const withTags = (hex: string) =>
      raw(frame(Buffer.concat([requestHeader({ apiKey: 3, version: 9 }), Buffer.from(hex, "hex")])), {
        waitMs: 3_000,
        answerAs: { api: "Metadata", version: 9 },
      });
    // The header's section, then an empty list of topics, three flags and the section of the body.
    return [
      withTags("00" + "01000000" + "00"),
      withTags("01630361626301000000" + "00"),
      withTags("00" + "01000000" + "01630161"),
      withTags("00" + "01000000" + "0263016101016162"),
      withTags("00" + "01000000" + "0163ff01"),
      withTags("05" + "01000000" + "00"),
    ];
  }),
  conversation("framing: client ids", () =>
    [null, "", " ", "ü", "a".repeat(2_000)].map((clientId) =>
      raw(frame(Buffer.concat([requestHeader({ apiKey: 3, version: 1, clientId }), Buffer.from("00000000", "hex")])), {
        waitMs: 3_000,
        answerAs: { api: "Metadata", version: 1 },
      }),
    ),
  ),
  conversation("framing: correlation ids come back", () =>
    [0, -1, 2_147_483_647].map((correlationId) =>
      raw(frame(requestHeader({ apiKey: 18, version: 0, correlationId }).subarray(0)), {
        waitMs: 3_000,
        answerAs: { api: "ApiVersions", version: 0 },
      }),
    ),
  ),
  conversation("framing: answers come in the order of the requests", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    pipeline([
      request("Metadata", 9, { topics: [] }),
      request("ListOffsets", 7, listOffsets(topic("t"), [[0, -1]])),
      produce(topic("t"), batch({ records: numbered(2), baseTimestamp: recordTime(0) })),
      request("ListOffsets", 7, listOffsets(topic("t"), [[0, -1]])),
      fetch(topic("t")),
      request("ApiVersions", 0, {}),
    ]),
  ]),
  conversation("framing: a waiting fetch holds back what comes behind it", ({ topic, recordTime }) => [
    createTopic(topic("t")),
    pipeline([
      fetch(topic("t"), { minBytes: 1, maxWaitMs: 300 }),
      produce(topic("t"), batch({ records: numbered(2), baseTimestamp: recordTime(0) })),
      fetch(topic("t"), { minBytes: 1, maxWaitMs: 300 }),
    ]),
  ]),
  conversation("framing: a good request before a bad one is answered", () => [
    raw(
      (seen) =>
        Buffer.concat([seen.frame("Metadata", 9, metadataFields), frame(requestHeader({ apiKey: 999, version: 0 }))]),
      { waitMs: 3_000, answerAs: { api: "Metadata", version: 9 } },
    ),
    raw(Buffer.alloc(0), { waitMs: 3_000 }),
  ]),
  conversation("framing: one connection's fault harms no other", () => [
    request("ApiVersions", 0, {}, { on: "good" }),
    raw(size(-5), { on: "bad", waitMs: 3_000 }),
    request("ApiVersions", 0, {}, { on: "good" }),
  ]),
];
