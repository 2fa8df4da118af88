import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { brokerWent } from "../../src/controller/broker-membership.ts";
import { createTopics } from "../../src/controller/topic-creation.ts";
import type { ClusterMetadata } from "../../src/coordination/cluster-metadata.ts";
import type { NewTopicOptions } from "../builders/metadata.ts";
import { basisOf, clusterOf, newTopic } from "../builders/metadata.ts";

const three = clusterOf([1, 2, 3]);

/** What is said about one topic: the error's name and its sentence. */
function verdict(name: string, options: NewTopicOptions = {}, metadata: ClusterMetadata = three): string {
  const [result] = createTopics(basisOf(metadata), [newTopic(name, options)], false).results;
  assert.ok(result !== undefined);
  if (result.errorName !== "NONE") assert.deepEqual([result.partitionCount, result.replicationFactor], [-1, -1]);
  return `${result.errorName}: ${result.errorMessage ?? ""}`;
}

function withTopic(name: string): ClusterMetadata {
  return createTopics(basisOf(three), [newTopic(name)], false).metadata;
}

describe("creating topics", () => {
  it("spreads partitions over the brokers, each with a leader at epoch 0", () => {
    const { metadata, results } = createTopics(basisOf(three), [newTopic("t", { partitionCount: 6 })], false);
    const topic = metadata.topics.get("t");
    assert.deepEqual(
      [results[0]?.partitionCount, results[0]?.replicationFactor, results[0]?.topicId],
      [6, 1, topic?.topicId],
    );
    const leaders = topic?.partitions.map(({ leaderId }) => leaderId) ?? [];
    assert.deepEqual([...leaders].sort(), [1, 1, 2, 2, 3, 3]);
    for (const [index, partition] of (topic?.partitions ?? []).entries()) {
      const { assignedReplicas, inSyncReplicas, leaderId, leaderEpoch, partitionEpoch } = partition;
      assert.deepEqual([partition.index, assignedReplicas, inSyncReplicas], [index, [leaderId], [leaderId]]);
      assert.deepEqual([leaderEpoch, partitionEpoch], [0, 0]);
    }
  });

  it("takes the broker's defaults for -1", () => {
    const basis = basisOf(three, { "num.partitions": "4" });
    const [result] = createTopics(basis, [newTopic("t", { partitionCount: -1, replicationFactor: -1 })], false).results;
    assert.deepEqual([result?.partitionCount, result?.replicationFactor], [4, 1]);
  });

  it("keeps only what the topic itself says as its configuration, as it says it", () => {
    const configs = { "retention.ms": " 5 " };
    const { metadata } = createTopics(basisOf(three), [newTopic("t", { configs })], false);
    assert.deepEqual(metadata.topics.get("t")?.configs, new Map([["retention.ms", " 5 "]]));
  });

  it("refuses more than one replica and says why, however it is asked for", () => {
    const refusal = /^INVALID_REPLICATION_FACTOR: .*Tapedeck does not replicate partitions yet/;
    assert.match(verdict("t", { replicationFactor: 2 }), refusal);
    assert.match(verdict("t", { assignments: [[0, [1, 2]]] }), refusal);
    const basis = basisOf(three, { "default.replication.factor": "3" });
    assert.equal(
      createTopics(basis, [newTopic("t", { replicationFactor: -1 })], false).results[0]?.errorName,
      "INVALID_REPLICATION_FACTOR",
    );
  });

  it("refuses more replicas than there are brokers in Kafka's words", () => {
    assert.equal(
      verdict("t", { replicationFactor: 4 }),
      "INVALID_REPLICATION_FACTOR: Unable to replicate the partition 4 time(s): The target replication factor of 4 " +
        "cannot be reached because only 3 broker(s) are registered.",
    );
  });

  it("checks the replication factor before the partition count, and both before placing", () => {
    const none = "Number of partitions was set to an invalid non-positive value.";
    const factor = "Replication factor must be larger than 0, or -1 to use the default value.";
    assert.equal(verdict("t", { partitionCount: 0 }), `INVALID_PARTITIONS: ${none}`);
    assert.equal(verdict("t", { partitionCount: -2 }), `INVALID_PARTITIONS: ${none}`);
    assert.equal(verdict("t", { partitionCount: 0, replicationFactor: 0 }), `INVALID_REPLICATION_FACTOR: ${factor}`);
    assert.equal(verdict("t", { replicationFactor: -2 }), `INVALID_REPLICATION_FACTOR: ${factor}`);
  });

  it("looks at the name, at topics that are there, at configurations, and then at partitions", () => {
    const bad = { partitionCount: 0, configs: { "no.such": "1" } };
    assert.match(verdict("bad name", bad), /^INVALID_TOPIC_EXCEPTION: Topic name is invalid: 'bad name'/);
    assert.equal(verdict("t", bad, withTopic("t")), "TOPIC_ALREADY_EXISTS: Topic 't' already exists.");
    assert.equal(verdict("t", bad), "INVALID_CONFIG: Unknown topic config name: no.such");
    assert.match(verdict("t", { partitionCount: 0 }), /^INVALID_PARTITIONS/);
  });

  it("refuses a name that collides with another topic's, but calls a topic that is there by that", () => {
    assert.equal(
      verdict("a_b", {}, withTopic("a.b")),
      "INVALID_TOPIC_EXCEPTION: Topic 'a_b' collides with existing topic: a.b",
    );
    assert.match(verdict("a.b", {}, withTopic("a.b")), /^TOPIC_ALREADY_EXISTS/);
  });

  it("refuses configurations without a value", () => {
    const configs = { "retention.ms": null, "segment.ms": "5", "no.such": null };
    assert.equal(
      verdict("t", { configs }),
      "INVALID_CONFIG: Null value not supported for topic configs: retention.ms,no.such",
    );
  });

  it("takes replicas that a person chose", () => {
    const options = {
      assignments: [
        [1, [3]],
        [0, [2]],
      ],
    } as const;
    const { metadata, results } = createTopics(basisOf(three), [newTopic("t", options)], false);
    assert.deepEqual([results[0]?.partitionCount, results[0]?.replicationFactor], [2, 1]);
    assert.deepEqual(
      metadata.topics.get("t")?.partitions.map(({ leaderId }) => leaderId),
      [2, 3],
    );
  });

  it("refuses replicas that can't be meant, in Kafka's words", () => {
    const manual = "The manual partition assignment includes";
    const cases: readonly (readonly [NewTopicOptions, string])[] = [
      [
        { assignments: [[0, [1]]], partitionCount: 1 },
        "INVALID_REQUEST: A manual partition assignment was specified, but numPartitions was not set to -1.",
      ],
      [
        { assignments: [[0, [1]]], replicationFactor: 1 },
        "INVALID_REQUEST: A manual partition assignment was specified, but replication factor was not set to -1.",
      ],
      [
        {
          assignments: [
            [0, [1]],
            [0, [2]],
          ],
        },
        "INVALID_REPLICA_ASSIGNMENT: Found multiple manual partition assignments for partition 0",
      ],
      [{ assignments: [[0, []]] }, `INVALID_REPLICA_ASSIGNMENT: ${manual} an empty replica list.`],
      [
        { assignments: [[0, [7]]] },
        `INVALID_REPLICA_ASSIGNMENT: ${manual} broker 7, but no such broker is registered.`,
      ],
      [{ assignments: [[0, [1, 1]]] }, `INVALID_REPLICA_ASSIGNMENT: ${manual} the broker 1 more than once.`],
      [
        {
          assignments: [
            [0, [1]],
            [1, [1, 2]],
          ],
        },
        `INVALID_REPLICA_ASSIGNMENT: ${manual} a partition with 2 replica(s), but this is not consistent with ` +
          "previous partitions, which have 1 replica(s).",
      ],
      [
        {
          assignments: [
            [0, [1]],
            [2, [1]],
          ],
        },
        "INVALID_REPLICA_ASSIGNMENT: partitions should be a consecutive 0-based integer sequence",
      ],
      [
        { assignments: [[-1, [1]]] },
        "INVALID_REPLICA_ASSIGNMENT: partitions should be a consecutive 0-based integer sequence",
      ],
    ];
    for (const [options, wanted] of cases) assert.equal(verdict("t", options), wanted);
    const lame = brokerWent(three, 2);
    assert.match(
      verdict("t", { assignments: [[0, [2]]] }, lame),
      /^INVALID_REPLICA_ASSIGNMENT: All brokers specified .* are fenced/,
    );
  });

  it("never places a partition on brokers that are all dead", () => {
    assert.match(
      verdict("t", {}, brokerWent(clusterOf([1]), 1)),
      /^INVALID_REPLICATION_FACTOR: .*All brokers are currently fenced/,
    );
    const { metadata } = createTopics(basisOf(brokerWent(three, 2)), [newTopic("t", { partitionCount: 9 })], false);
    assert.ok(metadata.topics.get("t")?.partitions.every(({ leaderId }) => leaderId !== 2));
  });

  it("refuses the whole request for more than 10,000 partitions, at once", () => {
    const topics = [newTopic("a", { partitionCount: 6000 }), newTopic("b", { partitionCount: 6000 })];
    const { metadata, results } = createTopics(basisOf(three), topics, false);
    assert.deepEqual(
      results.map(({ errorName }) => errorName),
      ["POLICY_VIOLATION", "POLICY_VIOLATION"],
    );
    assert.equal(metadata, three);
    assert.equal(
      verdict("t", { partitionCount: 2147483647 }),
      "POLICY_VIOLATION: Excessively large number of partitions per request.",
    );
    assert.match(verdict("t", { partitionCount: 10_000 }), /^NONE/);
  });

  it("only validates where no more is asked", () => {
    const { metadata, results } = createTopics(basisOf(three), [newTopic("t")], true);
    assert.equal(results[0]?.errorName, "NONE");
    assert.equal(metadata, three);
  });

  it("creates the good ones of a request and answers in its order", () => {
    const topics = [newTopic("a"), newTopic("b d"), newTopic("a"), newTopic("__consumer_offsets")];
    const { metadata, results } = createTopics(basisOf(three), topics, false);
    assert.deepEqual(
      results.map(({ name, errorName }) => `${name} ${errorName}`),
      ["a NONE", "b d INVALID_TOPIC_EXCEPTION", "a TOPIC_ALREADY_EXISTS", "__consumer_offsets NONE"],
    );
    assert.deepEqual(
      [...metadata.topics.values()].map(({ name, isInternal }) => [name, isInternal]),
      [
        ["a", false],
        ["__consumer_offsets", true],
      ],
    );
  });
});
