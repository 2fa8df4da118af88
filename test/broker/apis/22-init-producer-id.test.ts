import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { errorNameOf } from "../../../src/protocol/error-code.ts";
import { BrokerScene } from "../../builders/broker-scene.ts";

const anonymous = { transactionalId: null, transactionTimeoutMs: 0 };

describe("InitProducerId", () => {
  it("gives ids that no two producers share, on any broker", () => {
    const at = new BrokerScene({ brokerCount: 2 });
    const ids = [1, 1, 2, 2].map((broker) => at.ask(22, 5, anonymous, broker).producerId);
    assert.deepEqual(ids, [0, 1, 1000, 1001]);
  });

  it("goes on with a fresh block after a restart", () => {
    const at = new BrokerScene();
    assert.equal(at.ask(22, 5, anonymous).producerId, 0);
    at.stopBroker();
    at.startBroker(1);
    assert.deepEqual([at.ask(22, 5, anonymous).producerId, at.ask(22, 5, anonymous).producerEpoch], [1000, 0]);
  });

  it("ignores the identity that a producer without transactions names, if it is whole", () => {
    const at = new BrokerScene();
    const named = at.ask(22, 4, { ...anonymous, producerId: 77, producerEpoch: 3 });
    assert.deepEqual([named.producerId, named.producerEpoch, named.errorCode], [0, 0, 0]);
    for (const half of [{ producerId: 77 }, { producerEpoch: 3 }]) {
      const refused = at.ask(22, 4, { ...anonymous, ...half });
      assert.deepEqual([errorNameOf(refused.errorCode), refused.producerId], ["INVALID_REQUEST", -1]);
    }
  });

  it("refuses transactions", () => {
    for (const transactionalId of ["", "t"]) {
      const { errorCode } = new BrokerScene().ask(22, 5, { transactionalId, transactionTimeoutMs: 1000 });
      assert.equal(errorNameOf(errorCode), "INVALID_REQUEST");
    }
  });
});
