import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { errorNameOf } from "../../../src/protocol/error-code.ts";
import { BrokerScene } from "../../builders/broker-scene.ts";

/** javaHash("fixture-group") is -1173487413, and 1173487413 % 50 is 13. */
const fixtureGroup = { name: "fixture-group", partition: 13 };

describe("FindCoordinator", () => {
  it("makes the missing topic of groups, and asks the client to come back meanwhile", () => {
    const at = new BrokerScene({ brokerCount: 2 });
    const first = at.ask(10, 3, { key: "g", coordinatorKeys: [] });
    assert.equal(errorNameOf(first.errorCode), "COORDINATOR_NOT_AVAILABLE");
    assert.deepEqual([first.nodeId, first.host, first.port], [-1, "", -1]);
    at.world.runFor(100);
    const second = at.ask(10, 3, { key: "g", coordinatorKeys: [] });
    assert.deepEqual([errorNameOf(second.errorCode), second.errorMessage], ["NONE", "NONE"]);
    assert.equal(second.port, at.address(second.nodeId).port);
    assert.equal(at.store.metadata.topics.get("__consumer_offsets")?.partitions.length, 50);
  });

  it("names the leader of the partition that the group hashes to, for each key", () => {
    const at = new BrokerScene({ brokerCount: 2 });
    at.ask(10, 4, { coordinatorKeys: ["g"] });
    at.world.runFor(100);
    const { coordinators } = at.ask(10, 4, { coordinatorKeys: [fixtureGroup.name, fixtureGroup.name, ""] });
    const topic = at.store.metadata.topics.get("__consumer_offsets");
    assert.equal(coordinators.length, 3);
    assert.deepEqual(
      coordinators
        .slice(0, 2)
        .map(({ key, nodeId, errorCode, errorMessage }) => [key, nodeId, errorCode, errorMessage]),
      [0, 1].map(() => [fixtureGroup.name, topic?.partitions[fixtureGroup.partition]?.leaderId, 0, ""]),
    );
    assert.equal(coordinators[2]?.nodeId, topic?.partitions[0]?.leaderId);
  });

  it("refuses what has no coordinator yet, and says so", () => {
    const at = new BrokerScene();
    for (const keyType of [1, 2, 3]) {
      const { errorCode, errorMessage } = at.ask(10, 3, { key: "t", keyType, coordinatorKeys: [] });
      assert.equal(errorNameOf(errorCode), "INVALID_REQUEST");
      assert.match(errorMessage ?? "", /no (transactions|coordinators)/);
    }
  });
});
