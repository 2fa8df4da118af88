import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { brokerWent } from "../../../src/controller/broker-membership.ts";
import { BrokerScene } from "../../builders/broker-scene.ts";

function ask(
  scene: BrokerScene,
  version: number,
  more: { readonly endpointType?: number; readonly includeFencedBrokers?: boolean; readonly operations?: boolean } = {},
) {
  const { endpointType = 1, includeFencedBrokers = false, operations = false } = more;
  return scene.ask(60, version, { includeClusterAuthorizedOperations: operations, endpointType, includeFencedBrokers });
}

describe("DescribeCluster", () => {
  it("names every broker that is alive, in every version", () => {
    const scene = new BrokerScene({ brokerCount: 3 });
    for (let version = 0; version <= 2; version++) {
      const answer = ask(scene, version);
      assert.deepEqual([answer.errorCode, answer.clusterId, answer.controllerId], [0, "c2NlbmUtY2x1c3Rlci0xMA", 1]);
      assert.deepEqual(
        answer.brokers.map(({ brokerId, port, rack }) => [brokerId, port, rack]),
        [
          [1, 9092, null],
          [2, 9093, null],
          [3, 9094, null],
        ],
      );
      assert.equal(answer.clusterAuthorizedOperations, -2147483648);
    }
    assert.equal(ask(scene, 2, { operations: true }).clusterAuthorizedOperations, 8096);
  });

  it("names brokers that are dead only to those who ask for them", () => {
    const scene = new BrokerScene({ brokerCount: 2 });
    scene.change((metadata) => brokerWent(metadata, 2));
    assert.deepEqual(
      ask(scene, 2).brokers.map(({ brokerId }) => brokerId),
      [1],
    );
    const all = ask(scene, 2, { includeFencedBrokers: true }).brokers;
    assert.deepEqual(
      all.map(({ brokerId, isFenced }) => [brokerId, isFenced]),
      [
        [1, false],
        [2, true],
      ],
    );
  });

  it("knows nothing of controllers, and not what other kinds of endpoints are", () => {
    const scene = new BrokerScene();
    const codes = [2, 0, 3, -1].map((endpointType) => ask(scene, 1, { endpointType }).errorCode);
    assert.deepEqual(codes, [114, 115, 115, 115]);
    assert.deepEqual(ask(scene, 1, { endpointType: 2 }).brokers, []);
  });
});
