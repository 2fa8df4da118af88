import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createTopics } from "../../src/controller/topic-creation.ts";
import { deleteTopics } from "../../src/controller/topic-deletion.ts";
import { basisOf, clusterOf, newTopic } from "../builders/metadata.ts";

describe("deleting topics", () => {
  it("deletes what is there and answers in the order of the request", () => {
    const before = createTopics(basisOf(clusterOf([1])), [newTopic("a"), newTopic("b")], false).metadata;
    const { metadata, results } = deleteTopics(before, ["none", "a"]);
    assert.deepEqual(
      results.map(({ errorName }) => errorName),
      ["UNKNOWN_TOPIC_OR_PARTITION", "NONE"],
    );
    assert.deepEqual([[...metadata.topics.keys()], metadata.topicsById.size], [["b"], 1]);
  });
});
