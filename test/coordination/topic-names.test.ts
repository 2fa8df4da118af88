import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  collisionKey,
  hasCollisionCharacters,
  isInternalTopic,
  topicNameComplaint,
} from "../../src/coordination/topic-names.ts";

describe("names of topics", () => {
  it("may be up to 249 letters, digits, dots, underscores and dashes", () => {
    for (const name of ["a", "A-b_c.9", "a".repeat(249), "...", "__mine"])
      assert.equal(topicNameComplaint(name), undefined);
  });

  it("are refused in Kafka's words", () => {
    const complaints: readonly (readonly [string, string])[] = [
      ["", "Topic name is invalid: the empty string is not allowed"],
      [".", "Topic name is invalid: '.' is not allowed"],
      ["..", "Topic name is invalid: '..' is not allowed"],
      [
        "a\n",
        "Topic name is invalid: 'a\n' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
      ],
    ];
    for (const [name, complaint] of complaints) assert.equal(topicNameComplaint(name), complaint);
    assert.match(topicNameComplaint("a".repeat(250)) ?? "", /is longer than the max allowed length 249$/);
  });

  it("collide where they differ only in dots and underscores", () => {
    assert.equal(collisionKey("a.b_c"), collisionKey("a_b.c"));
    assert.deepEqual(["a.b", "a_b", "a-b"].map(hasCollisionCharacters), [true, true, false]);
  });

  it("are internal for what brokers keep their own state in", () => {
    const names = ["__consumer_offsets", "__transaction_state", "__share_group_state", "__cluster_metadata", "a"];
    assert.deepEqual(names.map(isInternalTopic), [true, true, true, false, false]);
  });
});
