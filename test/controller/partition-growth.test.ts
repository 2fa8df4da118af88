import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { brokerWent } from "../../src/controller/broker-membership.ts";
import { growTopics } from "../../src/controller/partition-growth.ts";
import { createTopics } from "../../src/controller/topic-creation.ts";
import type { ClusterMetadata } from "../../src/coordination/cluster-metadata.ts";
import { basisOf, clusterOf, newTopic } from "../builders/metadata.ts";

/** Three brokers and a topic "t" of two partitions. */
const two = createTopics(basisOf(clusterOf([1, 2, 3])), [newTopic("t", { partitionCount: 2 })], false).metadata;

function verdict(
  partitionCount: number,
  assignments: readonly (readonly number[])[] | null = null,
  metadata: ClusterMetadata = two,
): string {
  const [result] = growTopics(basisOf(metadata), [{ name: "t", partitionCount, assignments }], false).results;
  return `${result?.errorName}: ${result?.errorMessage ?? ""}`;
}

describe("adding partitions", () => {
  it("leaves those that are there alone and spreads the new ones", () => {
    const { metadata } = growTopics(basisOf(two), [{ name: "t", partitionCount: 5, assignments: null }], false);
    const before = two.topics.get("t")?.partitions ?? [];
    const after = metadata.topics.get("t")?.partitions ?? [];
    assert.deepEqual(after.slice(0, 2), before);
    assert.deepEqual(
      after.map(({ index }) => index),
      [0, 1, 2, 3, 4],
    );
    assert.deepEqual(
      after
        .slice(2)
        .map(({ leaderId }) => leaderId)
        .sort(),
      [1, 2, 3],
    );
    assert.equal(metadata.topicsById.get(metadata.topics.get("t")?.topicId ?? ""), metadata.topics.get("t"));
  });

  it("never takes one away", () => {
    assert.equal(verdict(2), "INVALID_PARTITIONS: Topic already has 2 partition(s).");
    for (const count of [1, 0, -1]) {
      assert.equal(
        verdict(count),
        `INVALID_PARTITIONS: The topic t currently has 2 partition(s); ${count} would not be an increase.`,
      );
    }
  });

  it("puts them where a person says", () => {
    const { metadata } = growTopics(basisOf(two), [{ name: "t", partitionCount: 4, assignments: [[3], [1]] }], false);
    assert.deepEqual(
      metadata.topics
        .get("t")
        ?.partitions.slice(2)
        .map(({ leaderId }) => leaderId),
      [3, 1],
    );
  });

  it("refuses places that can't be meant", () => {
    assert.equal(
      verdict(4, [[1]]),
      "INVALID_REPLICA_ASSIGNMENT: Attempted to add 2 additional partition(s), but only 1 assignment(s) " +
        "were specified.",
    );
    assert.match(verdict(3, []), /^INVALID_REPLICA_ASSIGNMENT/);
    assert.match(verdict(3, [[9]]), /^INVALID_REPLICA_ASSIGNMENT: .* no such broker is registered/);
    assert.match(verdict(3, [[1, 2]]), /^INVALID_REPLICA_ASSIGNMENT: .* not consistent with previous partitions/);
    assert.match(verdict(3, [[2]], brokerWent(two, 2)), /^INVALID_REPLICA_ASSIGNMENT: .* for partition 2 are fenced/);
  });

  it("refuses to place anything where every broker is dead", () => {
    const dead = [1, 2, 3].reduce(brokerWent, two);
    assert.equal(verdict(3, null, dead), "INVALID_REPLICATION_FACTOR: All brokers are currently fenced.");
  });

  it("doesn't know topics that are not there, and only validates where no more is asked", () => {
    const asked = [
      { name: "none", partitionCount: 5, assignments: null },
      { name: "t", partitionCount: 5, assignments: null },
    ];
    const { metadata, results } = growTopics(basisOf(two), asked, true);
    assert.deepEqual(
      results.map(({ errorName }) => errorName),
      ["UNKNOWN_TOPIC_OR_PARTITION", "NONE"],
    );
    assert.equal(metadata, two);
  });

  it("refuses more than 10,000 at once without placing them first", () => {
    assert.match(verdict(10_003), /^POLICY_VIOLATION/);
    assert.match(verdict(2147483647), /^POLICY_VIOLATION/);
  });
});
