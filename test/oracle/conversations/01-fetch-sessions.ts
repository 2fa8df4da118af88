import { batch, numbered } from "../batches.ts";
import {
  conversation,
  pause,
  receive,
  request,
  send,
  type ConversationScript,
  type FieldsSource,
  type RequestOptions,
  type Stage,
  type StepTree,
} from "../conversation.ts";
import { createTopic, fetchPartition, produce, settle } from "../scripts.ts";
import type { Seen } from "../seen.ts";

interface Session {
  readonly version?: number;
  /** A label of the answer that opened the session, or a number. */
  readonly session?: string | number;
  readonly epoch: number;
  /** Partition and offset. */
  readonly partitions?: readonly (readonly [partition: number, offset: number])[];
  readonly forgotten?: readonly number[];
  readonly maxWaitMs?: number;
  readonly partitionMaxBytes?: number;
}

/** KAFKA.md J.5: one topic, whose partitions join and leave a fetch session. */
function sessionFetch(topic: string, spec: Session, options: RequestOptions = {}) {
  const { version = 12, session = 0, epoch, partitions = [], forgotten = [], maxWaitMs = 0 } = spec;
  const partitionMaxBytes = spec.partitionMaxBytes ?? 1_048_576;
  const named = (seen: Seen) => (version >= 13 ? { topicId: seen.topicId(topic) } : { topic });
  const fields: FieldsSource = (seen) => ({
    maxWaitMs,
    minBytes: maxWaitMs === 0 ? 0 : 1,
    sessionId: typeof session === "number" ? session : seen.number(`${session}.sessionId`),
    sessionEpoch: epoch,
    topics:
      partitions.length === 0
        ? []
        : [
            {
              ...named(seen),
              partitions: partitions.map(([partition, offset]) =>
                fetchPartition(version, { partition, offset, partitionMaxBytes }),
              ),
            },
          ],
    forgottenTopicsData: forgotten.length === 0 ? [] : [{ ...named(seen), partitions: forgotten }],
  });
  return request("Fetch", version, fields, options);
}

function record({ topic, recordTime }: Stage, partition = 0): StepTree {
  const options = { isSilent: true, partition, version: 9 };
  return produce(topic("t"), batch({ records: numbered(1), baseTimestamp: recordTime(0) }), options);
}

const both: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 0],
];

export const fetchSessionConversations: readonly ConversationScript[] = [
  ...[7, 9, 11, 12, 13, 15, 18].map((version) =>
    conversation(`fetch session: incremental in v${version}`, (stage) => [
      createTopic(stage.topic("t"), { partitions: 2 }),
      record(stage),
      sessionFetch(stage.topic("t"), { version, epoch: 0, partitions: both }, { label: "opened" }),
      sessionFetch(stage.topic("t"), { version, session: "opened", epoch: 1, partitions: [[0, 1]] }),
      sessionFetch(stage.topic("t"), { version, session: "opened", epoch: 2 }),
      record(stage, 1),
      sessionFetch(stage.topic("t"), { version, session: "opened", epoch: 3 }),
      sessionFetch(stage.topic("t"), { version, session: "opened", epoch: 4, partitions: [[1, 1]] }),
      sessionFetch(stage.topic("t"), { version, session: "opened", epoch: -1, partitions: both }),
      sessionFetch(stage.topic("t"), { version, session: "opened", epoch: 5 }),
    ]),
  ),
  conversation("fetch session: wrong epochs leave it alive", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    sessionFetch(stage.topic("t"), { epoch: 0, partitions: both }, { label: "opened" }),
    [2, 7, -2, -100].map((epoch) => sessionFetch(stage.topic("t"), { session: "opened", epoch })),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 1 }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 1 }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 2 }),
  ]),
  conversation("fetch session: ids that nobody gave", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    sessionFetch(stage.topic("t"), { session: 1_234_567, epoch: 1, partitions: both }),
    sessionFetch(stage.topic("t"), { session: 1_234_567, epoch: 0, partitions: both }),
    sessionFetch(stage.topic("t"), { session: 1_234_567, epoch: -1, partitions: both }),
    sessionFetch(stage.topic("t"), { session: 0, epoch: 1, partitions: both }),
    sessionFetch(stage.topic("t"), { session: 0, epoch: -2, partitions: both }),
    sessionFetch(stage.topic("t"), { session: -1, epoch: 3, partitions: both }),
    sessionFetch(stage.topic("t"), { session: 1_234_567, epoch: 1, version: 13 }),
  ]),
  conversation("fetch session: opened without partitions", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    sessionFetch(stage.topic("t"), { epoch: 0 }, { label: "opened" }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 1, partitions: both }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 2 }),
  ]),
  conversation("fetch session: replaced by a full fetch", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    record(stage),
    sessionFetch(stage.topic("t"), { epoch: 0, partitions: both }, { label: "first" }),
    sessionFetch(stage.topic("t"), { session: "first", epoch: 0, partitions: [[0, 0]] }, { label: "second" }),
    sessionFetch(stage.topic("t"), { session: "first", epoch: 1 }),
    sessionFetch(stage.topic("t"), { session: "second", epoch: 1 }),
  ]),
  conversation("fetch session: forgetting", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    record(stage, 0),
    record(stage, 1),
    sessionFetch(stage.topic("t"), { epoch: 0, partitions: both }, { label: "opened" }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 1, forgotten: [0] }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 2, partitions: [[0, 0]], forgotten: [0, 5] }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 3, partitions: [[0, 0]] }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 4, forgotten: [0, 1] }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 5 }),
  ]),
  conversation("fetch session: forgetting by topic id", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    record(stage, 0),
    sessionFetch(stage.topic("t"), { version: 13, epoch: 0, partitions: both }, { label: "opened" }),
    sessionFetch(stage.topic("t"), { version: 13, session: "opened", epoch: 1, forgotten: [0] }),
    sessionFetch(stage.topic("t"), { version: 13, session: "opened", epoch: 2, forgotten: [1] }),
    sessionFetch(stage.topic("t"), { version: 13, session: "opened", epoch: 3 }),
  ]),
  conversation("fetch session: names and ids do not mix", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    sessionFetch(stage.topic("t"), { version: 12, epoch: 0, partitions: both }, { label: "named" }),
    sessionFetch(stage.topic("t"), { version: 13, session: "named", epoch: 1 }),
    sessionFetch(stage.topic("t"), { version: 13, session: "named", epoch: 1, partitions: [[0, 0]] }),
    sessionFetch(stage.topic("t"), { version: 12, session: "named", epoch: 1 }),
    sessionFetch(stage.topic("t"), { version: 14, epoch: 0, partitions: both }, { label: "identified" }),
    sessionFetch(stage.topic("t"), { version: 12, session: "identified", epoch: 1 }),
    sessionFetch(stage.topic("t"), { version: 14, session: "identified", epoch: 1 }),
  ]),
  conversation("fetch session: an error is told until it is mended", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    record(stage),
    sessionFetch(stage.topic("t"), { epoch: 0, partitions: [...both, [4, 0]] }, { label: "opened" }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 1, partitions: [[0, 1]] }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 2, partitions: [[1, 9]] }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 3 }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 4, partitions: [[1, 0]] }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 5 }),
    request("CreatePartitions", 3, {
      topics: [{ name: stage.topic("t"), count: 5, assignments: null }],
      timeoutMs: 5_000,
      validateOnly: false,
    }),
    settle(stage.topic("t"), 5),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 6 }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 7 }),
  ]),
  conversation("fetch session: log start moves", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    record(stage),
    record(stage),
    sessionFetch(
      stage.topic("t"),
      {
        epoch: 0,
        partitions: [
          [0, 2],
          [1, 0],
        ],
      },
      { label: "opened" },
    ),
    request("DeleteRecords", 2, {
      topics: [{ name: stage.topic("t"), partitions: [{ partitionIndex: 0, offset: 1 }] }],
      timeoutMs: 5_000,
    }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 1 }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 2 }),
  ]),
  conversation("fetch session: deleted and made again under the same name", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    sessionFetch(stage.topic("t"), { version: 13, epoch: 0, partitions: both }, { label: "opened" }),
    request("DeleteTopics", 5, { topicNames: [stage.topic("t")], timeoutMs: 5_000 }),
    pause(500),
    sessionFetch(stage.topic("t"), { version: 13, session: "opened", epoch: 1 }),
    createTopic(stage.topic("t"), { partitions: 2 }),
    sessionFetch(stage.topic("t"), { version: 13, session: "opened", epoch: 2 }),
  ]),
  conversation("fetch session: partitions with data go to the end", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    record(stage, 0),
    record(stage, 1),
    sessionFetch(stage.topic("t"), { epoch: 0, partitions: both, partitionMaxBytes: 10 }, { label: "opened" }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 1, partitionMaxBytes: 10 }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 2, partitionMaxBytes: 10 }),
  ]),
  conversation("fetch session: belongs to no connection", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    sessionFetch(stage.topic("t"), { epoch: 0, partitions: both }, { label: "opened", on: "first" }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 1 }, { on: "second" }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 2 }, { on: "first" }),
  ]),
  conversation("fetch session: a wait inside a session", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    sessionFetch(stage.topic("t"), { epoch: 0, partitions: both }, { label: "opened" }),
    sessionFetch(stage.topic("t"), { session: "opened", epoch: 1, maxWaitMs: 300 }, { paceMs: 290 }),
    send("main", sessionFetch(stage.topic("t"), { session: "opened", epoch: 2, maxWaitMs: 8_000 })),
    produce(stage.topic("t"), batch({ records: numbered(1), baseTimestamp: stage.recordTime(0) }), {
      isSilent: true,
      partition: 1,
      on: "writer",
    }),
    receive("main", { paceMs: 4_000 }),
  ]),
];
