import { batch, codecs, numbered, type BatchSpec } from "../batches.ts";
import { versionsOf } from "../codec.ts";
import { catchUp, conversation, request, type ConversationScript, type Stage, type StepTree } from "../conversation.ts";
import {
  createTopic,
  describeConfigs,
  fetch,
  incrementalAlter,
  listOffsets,
  operation,
  produce,
  resource,
  settle,
} from "../scripts.ts";

/** Chance that is the same in each run of a seed (mulberry32). */
class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** Uniform in `[0, limitExclusive)`. */
  below(limitExclusive: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limitExclusive;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  version(api: Parameters<typeof versionsOf>[0]): number {
    const { min, max } = versionsOf(api);
    return min + this.below(max - min + 1);
  }
}

const partitionCount = 3;
const stepCount = 18;

/** A topic, and whatever the dice say is asked of it. */
function improvised(seed: number): ConversationScript {
  return conversation(`generated: seed ${seed}`, (stage) => {
    const dice = new Dice(seed);
    const topic = stage.topic("t");
    const configs = dice.pick<Readonly<Record<string, string>>>([
      {},
      { "compression.type": dice.pick(["gzip", "snappy", "lz4", "zstd", "uncompressed"]) },
      { "cleanup.policy": "compact" },
      { "max.message.bytes": `${100 + dice.below(400)}` },
    ]);
    return [
      createTopic(topic, { partitions: partitionCount, configs }),
      Array.from({ length: stepCount }, () => improvise(dice, stage, topic)),
    ];
  });
}

function improvise(dice: Dice, stage: Stage, topic: string): StepTree {
  // Every sixth time a partition that isn't there.
  const partition = dice.once(6) ? partitionCount + dice.below(2) : dice.below(partitionCount);
  switch (dice.below(8)) {
    case 0:
    case 1:
    case 2:
      return produce(topic, improvisedBatch(dice, stage), {
        version: dice.version("Produce"),
        acks: dice.pick([-1, 1, -1, 1, 3]),
        partition,
      });
    case 3:
    case 4:
      return fetch(topic, {
        version: dice.version("Fetch"),
        partition,
        offset: dice.below(24) - 1,
        partitionMaxBytes: dice.pick([0, 1, 100, 250, 10_000]),
        maxBytes: dice.pick([1, 300, 100_000]),
        isolationLevel: dice.below(2),
        currentLeaderEpoch: dice.pick([-1, -1, -1, 0, 1]),
      });
    case 5: {
      const timestamp = dice.pick([-1, -2, -3, stage.recordTime(dice.below(4_000))]);
      return request("ListOffsets", dice.version("ListOffsets"), listOffsets(topic, [[partition, timestamp]]));
    }
    case 6:
      return request("DeleteRecords", dice.version("DeleteRecords"), {
        topics: [{ name: topic, partitions: [{ partitionIndex: partition, offset: dice.below(12) - 1 }] }],
        timeoutMs: 5_000,
      });
    default:
      return improvisedAdministration(dice, topic, partition);
  }
}

function improvisedBatch(dice: Dice, stage: Stage): Buffer {
  const idempotence: BatchSpec = dice.once(4)
    ? { producerId: 8_000 + dice.below(2), producerEpoch: 0, baseSequence: dice.below(3) }
    : {};
  const fault: BatchSpec = dice.once(8)
    ? dice.pick<BatchSpec>([{ crc: 1 }, { baseOffset: 4 }, { lastOffsetDelta: 9 }, { attributes: 0x20 }, { magic: 1 }])
    : {};
  return batch({
    records: dice.once(6) ? [{ key: null, value: "keyless" }] : numbered(1 + dice.below(5)),
    // No zstd: Produce before version 7 refuses it, which has a conversation of its own.
    codec: dice.pick(["none", ...codecs.slice(0, 4)]),
    baseTimestamp: stage.recordTime(dice.below(4_000)),
    ...idempotence,
    ...fault,
  });
}

function improvisedAdministration(dice: Dice, topic: string, partition: number): StepTree {
  switch (dice.below(4)) {
    case 0:
      return request("OffsetForLeaderEpoch", dice.version("OffsetForLeaderEpoch"), {
        topics: [{ topic, partitions: [{ partition, currentLeaderEpoch: -1, leaderEpoch: dice.below(2) }] }],
      });
    case 1:
      return [
        incrementalAlter(resource.topic, topic, [["retention.ms", operation.set, `${3_600_000 + dice.below(100)}`]]),
        catchUp(),
        describeConfigs(resource.topic, topic, ["retention.ms"], { version: dice.version("DescribeConfigs") }),
      ];
    case 2:
      return request("Metadata", dice.version("Metadata"), { topics: [{ name: topic }] });
    default:
      return [
        request("CreatePartitions", dice.version("CreatePartitions"), {
          topics: [{ name: topic, count: partitionCount + dice.below(2), assignments: null }],
          timeoutMs: 5_000,
          validateOnly: true,
        }),
        settle(topic, partitionCount),
      ];
  }
}

export const generatedConversations: readonly ConversationScript[] = Array.from({ length: 24 }, (_, index) =>
  improvised(1_000 + index),
);
