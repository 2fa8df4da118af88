import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { byUse, partitionCountProblem, topicNameProblem } from "../../src/extension/topic-rules.ts";
import { topic } from "./builders.ts";

describe("The rules for a new topic", () => {
  it("take what Kafka takes", () => {
    for (const name of ["orders", "a", "Orders_2-eu", "x".repeat(249), "..."])
      assert.equal(topicNameProblem(name, []), undefined);
  });

  it("refuse what Kafka refuses, each with a reason", () => {
    for (const name of [".", "..", "a b", "größe", "a/b", "x".repeat(250)])
      assert.match(topicNameProblem(name, []) ?? "", /\.$/, name);
  });

  it("refuse a name that is taken, or that differs from one only in dots and underscores", () => {
    assert.equal(topicNameProblem("orders", ["orders"]), "There is a topic orders already.");
    assert.match(topicNameProblem("a_b", ["a.b"]) ?? "", /clashes with a\.b/);
  });

  it("do not scold before anything is typed", () => {
    assert.equal(topicNameProblem("", []), undefined);
  });

  it("want a whole number of partitions", () => {
    for (const text of ["1", "12", "10000"]) assert.equal(partitionCountProblem(text), undefined, text);
    for (const text of ["", "0", "-1", "1.5", "many", "10001", "1e3"])
      assert.notEqual(partitionCountProblem(text), undefined, text);
  });

  it("put the cluster's own topics last", () => {
    const names = byUse([topic("__consumer_offsets", { isInternal: true }), topic("orders")]).map(({ name }) => name);
    assert.deepEqual(names, ["orders", "__consumer_offsets"]);
  });
});
