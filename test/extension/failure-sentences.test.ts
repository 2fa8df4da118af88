import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { problemOf } from "../../src/extension/failure-sentences.ts";

describe("A failure", () => {
  it("is told as one sentence with its next step", () => {
    const problem = problemOf({ errorName: "TOPIC_ALREADY_EXISTS", sentence: "Topic 'orders' already exists." });
    assert.equal(problem.sentence, "Topic 'orders' already exists: choose another name.");
  });

  it("points to the log where there is no better step", () => {
    const problem = problemOf({ errorName: "SOMETHING_NEW", sentence: "It failed." });
    assert.equal(problem.sentence, "It failed: see the log for more.");
    assert.deepEqual(
      problem.actions.map(({ title }) => title),
      ["Show Log"],
    );
  });
});
