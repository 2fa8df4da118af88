import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  emptyClusterMetadata,
  withConfigs,
  withoutTopics,
  withProducerIds,
  withTopics,
} from "../../src/coordination/cluster-metadata.ts";
import type { TopicMetadata } from "../../src/coordination/cluster-metadata.ts";

function topic(name: string, topicId: string): TopicMetadata {
  return { name, topicId, isInternal: false, configs: new Map(), partitions: [] };
}

describe("the cluster's metadata", () => {
  it("knows a topic by name and by id, and neither once it is gone", () => {
    const one = withTopics(emptyClusterMetadata("c"), [topic("a", "id-a"), topic("b", "id-b")]);
    assert.deepEqual([one.topics.get("a")?.topicId, one.topicsById.get("id-b")?.name], ["id-a", "b"]);
    const two = withoutTopics(one, ["a", "not there"]);
    assert.deepEqual([[...two.topics.keys()], [...two.topicsById.keys()]], [["b"], ["id-b"]]);
  });

  it("forgets the id of a topic whose place another takes", () => {
    const first = withTopics(emptyClusterMetadata("c"), [topic("a", "old")]);
    const second = withTopics(first, [topic("a", "new")]);
    assert.deepEqual([...second.topicsById.keys()], ["new"]);
    assert.equal(second.topicsById.get("new"), second.topics.get("a"));
  });

  it("leaves the picture that it was made from alone", () => {
    const before = emptyClusterMetadata("c");
    withTopics(before, [topic("a", "id-a")]);
    withConfigs(before, "groupConfigs", "g", new Map([["consumer.session.timeout.ms", "50000"]]));
    assert.deepEqual([before.topics.size, before.topicsById.size, before.groupConfigs.size], [0, 0, 0]);
  });

  it("keeps nothing of a resource whose last configuration was taken back", () => {
    const set = withConfigs(emptyClusterMetadata("c"), "brokerConfigs", "1", new Map([["log.retention.ms", "5"]]));
    assert.equal(set.brokerConfigs.get("1")?.get("log.retention.ms"), "5");
    assert.equal(withConfigs(set, "brokerConfigs", "1", new Map()).brokerConfigs.has("1"), false);
  });

  it("never gives a producer id away twice", () => {
    const first = withProducerIds(emptyClusterMetadata("c"), 1000);
    const second = withProducerIds(first.metadata, 10);
    assert.deepEqual([first.firstProducerId, second.firstProducerId, second.metadata.nextProducerId], [0, 1000, 1010]);
  });

  it("begins with what brokers are started with as the cluster's min.insync.replicas", () => {
    assert.equal(emptyClusterMetadata("c", "2").brokerConfigs.get("")?.get("min.insync.replicas"), "2");
  });
});
