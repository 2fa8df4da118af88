import { batch, numbered, type BatchSpec } from "../batches.ts";
import { conversation, type ConversationScript, type Stage } from "../conversation.ts";
import { createTopic, fetch, produce } from "../scripts.ts";

/** A batch of `count` records of producer 4242, whose sequences begin with `baseSequence`. */
function sequenced({ recordTime }: Stage, baseSequence: number, count = 1, more: BatchSpec = {}): Buffer {
  return batch({
    records: numbered(count),
    producerId: 4242,
    producerEpoch: 0,
    baseSequence,
    baseTimestamp: recordTime(0),
    ...more,
  });
}

/** KAFKA.md G.2: what a leader remembers of a producer, and what it refuses. */
export const idempotentConversations: readonly ConversationScript[] = [
  conversation("idempotence: in order, then a duplicate of each of the last five", (stage) => [
    createTopic(stage.topic("t")),
    [0, 1, 2, 3, 4, 5, 6].map((sequence) => produce(stage.topic("t"), sequenced(stage, sequence))),
    [6, 5, 4, 3, 2].map((sequence) => produce(stage.topic("t"), sequenced(stage, sequence))),
    [1, 0].map((sequence) => produce(stage.topic("t"), sequenced(stage, sequence))),
    fetch(stage.topic("t"), { offset: 5 }),
  ]),
  conversation("idempotence: duplicates in several versions", (stage) => [
    createTopic(stage.topic("t")),
    [3, 5, 8, 11, 13].map((version) => produce(stage.topic("t"), sequenced(stage, 0, 3), { version })),
  ]),
  conversation("idempotence: gap, overlap and going back", (stage) => [
    createTopic(stage.topic("t")),
    produce(stage.topic("t"), sequenced(stage, 0, 3)),
    produce(stage.topic("t"), sequenced(stage, 4, 1)),
    produce(stage.topic("t"), sequenced(stage, 2, 2)),
    produce(stage.topic("t"), sequenced(stage, 0, 2)),
    produce(stage.topic("t"), sequenced(stage, 0, 4)),
    produce(stage.topic("t"), sequenced(stage, 3, 2)),
    produce(stage.topic("t"), sequenced(stage, 3, 2)),
  ]),
  conversation("idempotence: epochs", (stage) => [
    createTopic(stage.topic("t")),
    produce(stage.topic("t"), sequenced(stage, 0, 1, { producerEpoch: 3 })),
    produce(stage.topic("t"), sequenced(stage, 1, 1, { producerEpoch: 2 })),
    produce(stage.topic("t"), sequenced(stage, 0, 1, { producerEpoch: 2 })),
    produce(stage.topic("t"), sequenced(stage, 1, 1, { producerEpoch: 4 })),
    produce(stage.topic("t"), sequenced(stage, 0, 1, { producerEpoch: 4 })),
    produce(stage.topic("t"), sequenced(stage, 0, 1, { producerEpoch: 3 })),
    produce(stage.topic("t"), sequenced(stage, 1, 1, { producerEpoch: 4 })),
  ]),
  conversation("idempotence: an unknown producer may start anywhere", (stage) => [
    createTopic(stage.topic("t")),
    produce(stage.topic("t"), sequenced(stage, 17, 2, { producerId: 99_001 })),
    produce(stage.topic("t"), sequenced(stage, 19, 1, { producerId: 99_001 })),
    produce(stage.topic("t"), sequenced(stage, 0, 1, { producerId: 99_002, producerEpoch: 7 })),
    fetch(stage.topic("t")),
  ]),
  conversation("idempotence: the sequence wraps", (stage) => [
    createTopic(stage.topic("t")),
    produce(stage.topic("t"), sequenced(stage, 2_147_483_646, 2)),
    produce(stage.topic("t"), sequenced(stage, 0, 1)),
    produce(stage.topic("t"), sequenced(stage, 2_147_483_646, 2)),
    createTopic(stage.topic("u")),
    produce(stage.topic("u"), sequenced(stage, 2_147_483_646, 4)),
    produce(stage.topic("u"), sequenced(stage, 2, 1)),
  ]),
  conversation("idempotence: producer ids and sequences that can't be", (stage) => [
    createTopic(stage.topic("t")),
    produce(stage.topic("t"), sequenced(stage, -1)),
    produce(stage.topic("t"), sequenced(stage, -1, 1, { producerId: -2 })),
    produce(stage.topic("t"), sequenced(stage, 0, 1, { producerEpoch: -1 })),
    produce(stage.topic("t"), sequenced(stage, 5, 1, { producerId: -1 })),
    produce(stage.topic("t"), sequenced(stage, -5, 1)),
    fetch(stage.topic("t")),
  ]),
  conversation("idempotence: partitions are told apart", (stage) => [
    createTopic(stage.topic("t"), { partitions: 2 }),
    produce(stage.topic("t"), sequenced(stage, 0), { partition: 0 }),
    produce(stage.topic("t"), sequenced(stage, 0), { partition: 1 }),
    produce(stage.topic("t"), sequenced(stage, 1), { partition: 1 }),
    produce(stage.topic("t"), sequenced(stage, 2), { partition: 0 }),
  ]),
  conversation("idempotence: a refused batch leaves the sequence alone", (stage) => [
    createTopic(stage.topic("t"), { configs: { "cleanup.policy": "compact" } }),
    produce(stage.topic("t"), sequenced(stage, 0)),
    produce(stage.topic("t"), sequenced(stage, 1, 1, { records: [{ value: "keyless" }] })),
    produce(stage.topic("t"), sequenced(stage, 2)),
    produce(stage.topic("t"), sequenced(stage, 1)),
  ]),
  conversation("idempotence: duplicates with other content and other codecs", (stage) => [
    createTopic(stage.topic("t")),
    produce(stage.topic("t"), sequenced(stage, 0, 2)),
    produce(stage.topic("t"), sequenced(stage, 0, 2, { codec: "gzip" })),
    produce(stage.topic("t"), sequenced(stage, 0, 2, { records: [{ key: "other" }, { key: "content" }] })),
    produce(stage.topic("t"), sequenced(stage, 0, 2), { acks: 1 }),
    produce(stage.topic("t"), sequenced(stage, 0, 2), { acks: 0, isOneWay: true }),
    produce(stage.topic("t"), sequenced(stage, 9, 2), { acks: 0, isOneWay: true }),
  ]),
];
