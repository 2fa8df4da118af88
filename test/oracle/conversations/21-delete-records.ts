import { batch, numbered } from "../batches.ts";
import {
  conversation,
  request,
  requestEach,
  versions,
  type ConversationScript,
  type Fields,
  type Stage,
} from "../conversation.ts";
import { createTopic, fetch, incrementalAlter, listOffsets, operation, produce, resource } from "../scripts.ts";

function before(topic: string, ...asked: readonly (readonly [partitionIndex: number, offset: number])[]): Fields {
  const partitions = asked.map(([partitionIndex, offset]) => ({ partitionIndex, offset }));
  return { topics: [{ name: topic, partitions }], timeoutMs: 5_000 };
}

function filled({ topic, recordTime }: Stage) {
  const records = batch({ records: numbered(10), baseTimestamp: recordTime(0) });
  return produce(topic("t"), records, { isSilent: true });
}

export const deleteRecordsConversations: readonly ConversationScript[] = [
  conversation("delete records: every version", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage),
    requestEach("DeleteRecords", versions(0, 2), (version) => before(stage.topic("t"), [0, version + 1])),
    request("ListOffsets", 7, listOffsets(stage.topic("t"), [[0, -2]])),
  ]),
  conversation("delete records: up to the high watermark", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage),
    request("DeleteRecords", 2, before(stage.topic("t"), [0, -1])),
    fetch(stage.topic("t"), { offset: 10 }),
    fetch(stage.topic("t"), { offset: 9 }),
    filled(stage),
    fetch(stage.topic("t"), { offset: 10 }),
  ]),
  conversation("delete records: offsets that can't be", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage),
    [-2, -100, 11, 1_000].map((offset) => request("DeleteRecords", 2, before(stage.topic("t"), [0, offset]))),
    request("DeleteRecords", 0, before(stage.topic("t"), [0, 11])),
    request("DeleteRecords", 2, before(stage.topic("t"), [0, 10])),
  ]),
  conversation("delete records: going back changes nothing", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage),
    [5, 3, 0, 5].map((offset) => request("DeleteRecords", 2, before(stage.topic("t"), [0, offset]))),
    request("ListOffsets", 7, listOffsets(stage.topic("t"), [[0, -2]])),
  ]),
  conversation("delete records: unknown topic and partition", (stage) => [
    createTopic(stage.topic("t")),
    requestEach("DeleteRecords", [0, 2], () => before(stage.topic("none"), [0, 0])),
    requestEach("DeleteRecords", [0, 2], () => before(stage.topic("t"), [4, 0], [-1, 0])),
    request("DeleteRecords", 2, { topics: [], timeoutMs: 1_000 }),
    request("DeleteRecords", 2, before("", [0, 0])),
  ]),
  conversation("delete records: a topic without partitions, or named twice", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    requestEach("DeleteRecords", [0, 2], () => before(stage.topic("t"))),
    request("DeleteRecords", 2, {
      topics: [
        { name: stage.topic("t"), partitions: [{ partitionIndex: 0, offset: 0 }] },
        { name: stage.topic("t"), partitions: [{ partitionIndex: 1, offset: 0 }] },
      ],
      timeoutMs: 1_000,
    }),
  ]),
  conversation("delete records: on a compacted topic", (stage) => [
    createTopic(stage.topic("t"), { configs: { "cleanup.policy": "compact" } }),
    filled(stage),
    requestEach("DeleteRecords", versions(0, 2), () => before(stage.topic("t"), [0, 3])),
    incrementalAlter(resource.topic, stage.topic("t"), [["cleanup.policy", operation.append, "delete"]]),
    request("DeleteRecords", 2, before(stage.topic("t"), [0, 3]), {
      until: (answer) => JSON.stringify(answer).includes('"errorCode":0'),
    }),
  ]),
  conversation("delete records: a partition twice", (stage) => [
    createTopic(stage.topic("t")),
    filled(stage),
    request("DeleteRecords", 2, before(stage.topic("t"), [0, 2], [0, 4])),
    request("DeleteRecords", 2, { ...before(stage.topic("t"), [0, 5]), timeoutMs: 0 }),
  ]),
];
