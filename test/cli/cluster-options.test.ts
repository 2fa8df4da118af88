import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { clusterOptionsComplaint } from "../../src/cli/cluster-options.ts";
import type { ClusterOptions } from "../../src/cluster/engine-messages.ts";

const complaint = (changed: object): string | undefined => {
  const options: ClusterOptions = { brokerCount: 1, host: "127.0.0.1", port: 0, storage: { kind: "memory" } };
  return clusterOptionsComplaint({ ...options, ...changed });
};
const topic = { name: "orders", partitionCount: 1, replicationFactor: 1 };

describe("The options of a cluster", () => {
  it("are fine as the command line, the extension and most programs give them", () => {
    assert.equal(complaint({}), undefined);
    assert.equal(complaint({ brokerCount: 64, port: 65_535, configs: { "num.partitions": "3" } }), undefined);
    assert.equal(complaint({ topics: [topic, { ...topic, configs: { "retention.ms": "1" } }] }), undefined);
  });

  for (const brokerCount of [0, -1, 1.5, 65, NaN, "3"]) {
    it(`are refused with ${String(brokerCount)} brokers`, () => {
      assert.match(complaint({ brokerCount }) ?? "", /brokers must be a whole number from 1 to 64/);
    });
  }

  it("are refused where a port, an address, a directory, a topic or a configuration can't be meant", () => {
    assert.match(complaint({ port: 65_536 }) ?? "", /port/);
    assert.match(complaint({ port: NaN }) ?? "", /port/);
    assert.match(complaint({ host: "" }) ?? "", /address/);
    assert.match(complaint({ storage: { kind: "disk", directory: "" } }) ?? "", /directory/);
    assert.match(complaint({ topics: [topic, { ...topic, partitionCount: 0.5 }] }) ?? "", /orders.*partitions/);
    assert.match(complaint({ configs: { "num.partitions": 3 } }) ?? "", /num\.partitions must be a text, not number/);
    assert.match(complaint({ topics: [{ ...topic, configs: { "retention.ms": null } }] }) ?? "", /retention\.ms/);
  });
});
