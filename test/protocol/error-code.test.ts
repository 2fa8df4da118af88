import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { errorCodeOf, errorCodes, errorNameOf, type ErrorName } from "../../src/protocol/error-code.ts";

const names = Object.keys(errorCodes) as ErrorName[];

describe("Kafka's error codes", () => {
  it("are the numbers from -1 to 129, each under one name", () => {
    assert.deepEqual(
      names.map(errorCodeOf).sort((left, right) => left - right),
      Array.from({ length: 131 }, (_, index) => index - 1),
    );
    for (const name of names) assert.equal(errorNameOf(errorCodeOf(name)), name);
  });

  it("read a number that nobody knows as UNKNOWN_SERVER_ERROR", () => {
    assert.equal(errorNameOf(130), "UNKNOWN_SERVER_ERROR");
    assert.equal(errorNameOf(-2), "UNKNOWN_SERVER_ERROR");
  });

  it("know which errors mean that the asker's metadata is out of date", () => {
    assert.deepEqual(
      names.filter((name) => errorCodes[name].invalidMetadata),
      [
        "UNKNOWN_TOPIC_OR_PARTITION",
        "LEADER_NOT_AVAILABLE",
        "NOT_LEADER_OR_FOLLOWER",
        "REPLICA_NOT_AVAILABLE",
        "NETWORK_EXCEPTION",
        "KAFKA_STORAGE_ERROR",
        "LISTENER_NOT_FOUND",
        "FENCED_LEADER_EPOCH",
        "PREFERRED_LEADER_NOT_AVAILABLE",
        "ELIGIBLE_LEADERS_NOT_AVAILABLE",
        "ELECTION_NOT_NEEDED",
        "UNKNOWN_TOPIC_ID",
        "INCONSISTENT_TOPIC_ID",
      ],
    );
  });

  it("let a client retry whenever new metadata may help", () => {
    assert.deepEqual(
      names.filter((name) => errorCodes[name].invalidMetadata && !errorCodes[name].retriable),
      [],
    );
  });
});
