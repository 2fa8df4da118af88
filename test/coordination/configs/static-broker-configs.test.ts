import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  smallClusterConfigs,
  staticBrokerConfigs,
  staticConfigComplaint,
} from "../../../src/coordination/configs/static-broker-configs.ts";

const identity = { brokerId: 3, host: "127.0.0.1", port: 9094, rack: "west", logDirectory: "/data/3" };

describe("what a broker is started with", () => {
  it("is what it is, then what the user said, then what suits a small cluster", () => {
    const configs = staticBrokerConfigs(
      identity,
      new Map([
        ["group.initial.rebalance.delay.ms", "7"],
        ["node.id", "99"],
        ["num.partitions", "4"],
      ]),
    );
    const names = [
      "node.id",
      "listeners",
      "broker.rack",
      "log.dirs",
      "num.partitions",
      "group.initial.rebalance.delay.ms",
      "offsets.topic.replication.factor",
    ];
    assert.deepEqual(
      names.map((name) => configs.get(name)),
      ["3", "PLAINTEXT://127.0.0.1:9094", "west", "/data/3", "4", "7", "1"],
    );
  });

  it("names the address for clients, and puts brackets around IPv6", () => {
    const configs = staticBrokerConfigs({ ...identity, host: "::", advertisedHost: "192.0.2.7" }, new Map());
    assert.equal(configs.get("listeners"), "PLAINTEXT://[::]:9094");
    assert.equal(configs.get("advertised.listeners"), "PLAINTEXT://192.0.2.7:9094");
  });

  it("has no rack and no directory where there is none", () => {
    const configs = staticBrokerConfigs({ ...identity, rack: null, logDirectory: null }, new Map());
    assert.deepEqual([configs.has("broker.rack"), configs.has("log.dirs")], [false, false]);
  });

  it("is refused where a value is bad, and not for a name that nobody knows", () => {
    assert.equal(staticConfigComplaint(smallClusterConfigs), undefined);
    assert.equal(staticConfigComplaint(new Map([["my.plugin.config", "x"]])), undefined);
    assert.match(staticConfigComplaint(new Map([["num.partitions", "0"]])) ?? "", /Value must be at least 1$/);
    assert.match(staticConfigComplaint(new Map([["log.roll.ms", "0"]])) ?? "", /no topic can have that/);
    assert.match(
      staticConfigComplaint(
        new Map([
          ["authorizer.class.name", "x"],
          ["client.quota.callback.class", "x"],
        ]),
      ) ?? "",
      /could not be found/,
    );
  });
});
