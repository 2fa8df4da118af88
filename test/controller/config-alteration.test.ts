import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { alterConfigs } from "../../src/controller/config-alteration.ts";
import { createTopics } from "../../src/controller/topic-creation.ts";
import type { ClusterMetadata } from "../../src/coordination/cluster-metadata.ts";
import { basisOf, clusterOf, newTopic } from "../builders/metadata.ts";

const resourceTypes = { topic: 2, broker: 4, clientMetrics: 16, group: 32 } as const;
const operations = { set: 0, delete: 1, append: 2, subtract: 3 } as const;
type Change = readonly [name: string, operation: keyof typeof operations | number, value?: string];

/** Changes one resource of a cluster after another and remembers what became of it. */
class Altered {
  metadata: ClusterMetadata = createTopics(
    basisOf(clusterOf([1, 2])),
    [newTopic("t", { configs: { "segment.ms": "7000" } })],
    false,
  ).metadata;

  change(kind: keyof typeof resourceTypes, resourceName: string, ...changes: readonly Change[]): string {
    return this.alter(kind, resourceName, "change", changes);
  }

  replace(kind: keyof typeof resourceTypes, resourceName: string, values: Readonly<Record<string, string>>): string {
    return this.alter(
      kind,
      resourceName,
      "replace",
      Object.entries(values).map(([name, value]) => [name, "set", value]),
    );
  }

  private alter(
    kind: keyof typeof resourceTypes,
    resourceName: string,
    how: "change" | "replace",
    changes: readonly Change[],
  ): string {
    const asked = changes.map(([name, operation, value = null]) => ({
      name,
      operation: typeof operation === "number" ? operation : operations[operation],
      value,
    }));
    const alteration = { resourceType: resourceTypes[kind], resourceName, kind: how, operations: asked } as const;
    const { metadata, results } = alterConfigs(basisOf(this.metadata), [alteration], false);
    const [result] = results;
    if (result?.errorName !== "NONE") assert.equal(metadata, this.metadata, "a refused change changes nothing");
    this.metadata = metadata;
    return result?.errorMessage === null ? result.errorName : `${result?.errorName}: ${result?.errorMessage}`;
  }

  get topic(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.metadata.topics.get("t")?.configs ?? []);
  }
}

describe("altering configurations", () => {
  it("changes what is named and leaves the rest alone", () => {
    const altered = new Altered();
    assert.equal(
      altered.change("topic", "t", ["retention.ms", "set", "5"], ["cleanup.policy", "set", "compact"]),
      "NONE",
    );
    assert.equal(altered.change("topic", "t", ["retention.ms", "delete"]), "NONE");
    assert.deepEqual(altered.topic, { "segment.ms": "7000", "cleanup.policy": "compact" });
    const topic = altered.metadata.topics.get("t");
    assert.equal(altered.metadata.topicsById.get(topic?.topicId ?? ""), topic);
  });

  it("replaces everything where that is asked", () => {
    const altered = new Altered();
    assert.equal(altered.replace("topic", "t", { "retention.ms": "5" }), "NONE");
    assert.deepEqual(altered.topic, { "retention.ms": "5" });
    assert.equal(altered.replace("topic", "t", {}), "NONE");
    assert.deepEqual(altered.topic, {});
  });

  it("appends to a list what isn't there and takes out what is, from the default on", () => {
    const altered = new Altered();
    const policy = (operation: "append" | "subtract", value: string): string | undefined => {
      assert.equal(altered.change("topic", "t", ["cleanup.policy", operation, value]), "NONE");
      return altered.topic["cleanup.policy"];
    };
    assert.equal(policy("append", "compact"), "delete,compact");
    assert.equal(policy("append", "compact"), "delete,compact");
    assert.equal(policy("subtract", "delete"), "compact");
    assert.equal(policy("subtract", "delete"), "compact");
    assert.equal(policy("subtract", "compact"), "");
  });

  it("takes no apart what is no list", () => {
    const altered = new Altered();
    assert.equal(
      altered.change("topic", "t", ["retention.ms", "append", "5"]),
      "INVALID_CONFIG: Can't APPEND to key retention.ms because its type is not LIST.",
    );
    assert.match(
      altered.change("topic", "t", ["no.such", "subtract", "5"]),
      /^INVALID_CONFIG: Can't SUBTRACT to key no.such/,
    );
    assert.match(
      altered.change("broker", "1", ["log.retention.ms", "append", "5"]),
      /^INVALID_CONFIG: Config value append/,
    );
    assert.match(altered.change("clientMetrics", "m", ["metrics", "append", "a"]), /^INVALID_CONFIG: Can't APPEND/);
  });

  it("applies nothing of a resource of which one thing is wrong", () => {
    const altered = new Altered();
    assert.equal(
      altered.change("topic", "t", ["retention.ms", "set", "5"], ["segment.ms", "set", "-5"]),
      "INVALID_CONFIG: Invalid value -5 for configuration segment.ms: Value must be at least 1",
    );
    assert.deepEqual(altered.topic, { "segment.ms": "7000" });
  });

  it("refuses unknown names, but taking one back is fine", () => {
    const altered = new Altered();
    assert.equal(
      altered.change("topic", "t", ["no.such", "set", "1"]),
      "INVALID_CONFIG: Unknown topic config name: no.such",
    );
    assert.equal(altered.change("topic", "t", ["no.such", "delete"]), "NONE");
    assert.match(altered.change("topic", "t", ["retention.ms", 9, "1"]), /^INVALID_REQUEST: Unknown operations type 9/);
  });

  it("looks at the values before it looks whether the topic is there", () => {
    const altered = new Altered();
    assert.equal(
      altered.change("topic", "none", ["retention.ms", "set", "5"]),
      "UNKNOWN_TOPIC_OR_PARTITION: The topic 'none' does not exist.",
    );
    assert.match(altered.change("topic", "none", ["retention.ms", "set", "x"]), /^INVALID_CONFIG/);
    assert.match(altered.change("topic", "bad name"), /^INVALID_TOPIC_EXCEPTION/);
    assert.equal(altered.change("topic", ""), "INVALID_REQUEST: Default topic resources are not allowed.");
  });

  it("keeps what brokers have apart: one's own, and all of theirs under no name", () => {
    const altered = new Altered();
    assert.equal(altered.change("broker", "", ["log.retention.ms", "set", "5"]), "NONE");
    assert.equal(altered.change("broker", "1", ["log.retention.ms", "set", "6"], ["no.such", "set", "7"]), "NONE");
    const { brokerConfigs } = altered.metadata;
    assert.deepEqual(
      brokerConfigs.get("1"),
      new Map([
        ["log.retention.ms", "6"],
        ["no.such", "7"],
      ]),
    );
    assert.equal(brokerConfigs.get("")?.get("log.retention.ms"), "5");
    assert.equal(altered.replace("broker", "1", {}), "NONE");
    assert.equal(altered.metadata.brokerConfigs.has("1"), false);
  });

  it("refuses for brokers with INVALID_REQUEST what it refuses for topics with INVALID_CONFIG", () => {
    const altered = new Altered();
    assert.match(altered.change("broker", "1", ["log.retention.ms", "set", "x"]), /^INVALID_REQUEST: Invalid value x/);
    assert.match(
      altered.change("broker", "1", ["num.partitions", "set", "5"]),
      /^INVALID_REQUEST: Cannot update these/,
    );
    assert.match(
      altered.change("broker", "1", ["log.roll.ms", "set", "0"]),
      /^INVALID_REQUEST: log.roll.ms can't be 0/,
    );
    assert.match(
      altered.change("broker", "1", ["listeners", "set", "PLAINTEXT://:1"]),
      /^INVALID_REQUEST: Tapedeck does not/,
    );
  });

  it("lets counts of threads only double or halve at once", () => {
    const altered = new Altered();
    assert.match(
      altered.change("broker", "1", ["num.io.threads", "set", "17"]),
      /not be greater than double the current value 8/,
    );
    assert.match(altered.change("broker", "1", ["num.io.threads", "set", "3"]), /at least half the current value 8/);
    assert.equal(altered.change("broker", "1", ["num.io.threads", "set", "16"]), "NONE");
    assert.equal(altered.change("broker", "1", ["num.io.threads", "set", "32"]), "NONE");
    assert.match(altered.change("broker", "1", ["num.io.threads", "delete"]), /at least half the current value 32/);
    assert.match(altered.change("broker", "2", ["num.io.threads", "set", "32"]), /the current value 8/);
    assert.match(altered.change("broker", "", ["log.cleaner.threads", "set", "0"]), /should be at least 1/);
  });

  it("refuses what doesn't go together", () => {
    const altered = new Altered();
    assert.match(
      altered.change("broker", "", ["log.cleaner.dedupe.buffer.size", "set", "5"]),
      /at least 1MB per cleaner thread/,
    );
    assert.match(
      altered.change("broker", "", ["max.connections.per.ip", "set", "0"]),
      /only if max.connections.per.ip.overrides/,
    );
    const both = [
      ["max.connections.per.ip", "set", "0"],
      ["max.connections.per.ip.overrides", "set", "10.0.0.1:5"],
    ] as const;
    assert.equal(altered.change("broker", "", ...both), "NONE");
    assert.match(
      altered.change("broker", "", ["log.local.retention.ms", "set", "604800001"]),
      /not be more than log.retention.ms/,
    );
  });

  it("keeps min.insync.replicas a matter of the whole cluster", () => {
    const altered = new Altered();
    const removal = "INVALID_CONFIG: Cluster-level min.insync.replicas cannot be removed while ELR is enabled.";
    assert.equal(altered.change("broker", "", ["min.insync.replicas", "set", "2"]), "NONE");
    assert.equal(altered.change("broker", "", ["min.insync.replicas", "delete"]), removal);
    assert.equal(altered.replace("broker", "", { "log.retention.ms": "5" }), removal);
    assert.match(altered.change("broker", "1", ["min.insync.replicas", "set", "2"]), /^INVALID_CONFIG: Broker-level/);
    assert.match(altered.change("broker", "1", ["min.insync.replicas", "delete"]), /^INVALID_CONFIG: Broker-level/);
  });

  it("keeps the configurations of groups and subscriptions, whether they are there or not", () => {
    const altered = new Altered();
    assert.equal(altered.change("group", "g", ["consumer.session.timeout.ms", "set", "50000"]), "NONE");
    assert.equal(altered.change("clientMetrics", "m", ["metrics", "set", "*"]), "NONE");
    assert.equal(altered.metadata.groupConfigs.get("g")?.get("consumer.session.timeout.ms"), "50000");
    assert.equal(altered.metadata.clientMetricsConfigs.get("m")?.get("metrics"), "*");
    assert.match(altered.change("group", ""), /^INVALID_REQUEST: Default group resources are not allowed/);
    assert.match(altered.change("clientMetrics", ""), /^INVALID_REQUEST: Subscription name can't be empty/);
    assert.match(
      altered.change("clientMetrics", "m", ["no.such", "set", "1"]),
      /^INVALID_REQUEST: Unknown client metrics/,
    );
    assert.match(altered.change("group", "g", ["no.such", "set", "1"]), /^INVALID_CONFIG: Unknown group config name/);
  });

  it("answers for each resource in order and keeps nothing when it only validates", () => {
    const { metadata } = new Altered();
    const operations = [{ name: "segment.ms", operation: 0, value: "16" }];
    const asked = ["none", "t"].map(
      (resourceName) => ({ resourceType: 2, resourceName, kind: "change", operations }) as const,
    );
    const { metadata: next, results } = alterConfigs(basisOf(metadata), asked, true);
    assert.deepEqual(
      results.map(({ errorName }) => errorName),
      ["UNKNOWN_TOPIC_OR_PARTITION", "NONE"],
    );
    assert.equal(next, metadata);
  });
});
