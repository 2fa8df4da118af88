import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { murmur2 } from "../../src/base/murmur2.ts";
import { partitionOfKey, StickyPartitioner } from "../../src/client/partitioner.ts";
import { goldenLines } from "../builders/golden-lines.ts";

interface GoldenKey {
  readonly key: string;
  readonly murmur2: number;
  readonly partitionOf: Readonly<Record<string, number>>;
}

/** Answers the numbers it was given, each below the limit asked for. */
function scriptedRandom(...answers: number[]): { below(limitExclusive: number): number } {
  return {
    below: (limitExclusive) => {
      const answer = answers.shift();
      assert.ok(answer !== undefined && answer < limitExclusive);
      return answer;
    },
  };
}

const led = (...partitions: number[]) => partitions.map((partition) => ({ partition, isLed: true }));

describe("the partitioner", () => {
  it("puts every key where Apache Kafka puts it", function () {
    const keys = goldenLines<GoldenKey>("key-hashes.jsonl");
    if (keys === undefined) return this.skip();
    assert.ok(keys.length > 100);
    for (const golden of keys) {
      const key = Buffer.from(golden.key, "hex");
      assert.equal(murmur2(key), golden.murmur2, golden.key);
      for (const [count, partition] of Object.entries(golden.partitionOf)) {
        assert.equal(partitionOfKey(key, Number(count)), partition, `${golden.key} of ${count}`);
      }
    }
    return undefined;
  });

  it("stays with a partition until a batch's worth of bytes went there", () => {
    const partitioner = new StickyPartitioner(scriptedRandom(2, 0), 100);
    const chosen = [60, 60, 10].map((byteCount) => partitioner.choose(led(0, 1, 2), byteCount));
    assert.deepEqual(chosen, [2, 2, 0]);
  });

  it("chooses among partitions with a leader, and among all where none has one", () => {
    const partitioner = new StickyPartitioner(scriptedRandom(0, 1), 100);
    const oneIsLed = [
      { partition: 0, isLed: false },
      { partition: 1, isLed: true },
    ];
    assert.equal(partitioner.choose(oneIsLed, 10), 1);
    const noneIsLed = [
      { partition: 5, isLed: false },
      { partition: 6, isLed: false },
    ];
    assert.equal(partitioner.choose(noneIsLed, 10), 6);
  });

  it("leaves a partition that lost its leader before its batch is full", () => {
    const partitioner = new StickyPartitioner(scriptedRandom(0, 0), 100);
    assert.equal(partitioner.choose(led(0, 1), 10), 0);
    assert.equal(partitioner.choose([{ partition: 0, isLed: false }, ...led(1)], 10), 1);
  });

  it("has no partition for a topic without any", () => {
    assert.equal(new StickyPartitioner(scriptedRandom(), 100).choose([], 10), undefined);
  });
});
