import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { clusterOptionsFrom, UsageError, type UpFlags } from "../../../src/cli/commands/up-options.ts";

const flags = (changed: Partial<UpFlags> = {}): UpFlags => ({
  brokers: "3",
  port: "9092",
  host: "127.0.0.1",
  topic: [],
  config: [],
  ...changed,
});
const absolute = (path: string) => `/home/${path}`;
const refused = (changed: Partial<UpFlags>, sentence: RegExp) =>
  assert.throws(
    () => clusterOptionsFrom(flags(changed), absolute),
    (error) => error instanceof UsageError && sentence.test(error.message),
  );

describe("The options of tapedeck up", () => {
  it("keep logs in memory where no directory is named", () => {
    assert.deepEqual(clusterOptionsFrom(flags(), absolute), {
      brokerCount: 3,
      host: "127.0.0.1",
      port: 9092,
      storage: { kind: "memory" },
      configs: {},
      topics: [],
    });
  });

  it("make a data directory absolute", () => {
    const { storage } = clusterOptionsFrom(flags({ data: "logs" }), absolute);
    assert.deepEqual(storage, { kind: "disk", directory: "/home/logs" });
  });

  it("take topics as name, partitions and replication factor", () => {
    const { topics } = clusterOptionsFrom(flags({ topic: ["orders:6", "payments:3:1", "audit"] }), absolute);
    assert.deepEqual(topics, [
      { name: "orders", partitionCount: 6, replicationFactor: 1 },
      { name: "payments", partitionCount: 3, replicationFactor: 1 },
      { name: "audit", partitionCount: 1, replicationFactor: 1 },
    ]);
  });

  it("take broker configurations, whose values may hold an equals sign", () => {
    const { configs } = clusterOptionsFrom(flags({ config: ["num.partitions=4", "a=b=c"] }), absolute);
    assert.deepEqual(configs, { "num.partitions": "4", a: "b=c" });
  });

  it("say in one sentence what can't be meant", () => {
    refused({ brokers: "none" }, /--brokers takes a whole number from 1 to 64, not 'none'/);
    refused({ brokers: "0" }, /--brokers/);
    refused({ port: "70000" }, /--port takes a whole number from 0 to 65535/);
    refused({ data: "logs", memory: true }, /exclude each other/);
    refused({ data: "" }, /--data takes a directory/);
    refused({ host: "" }, /--host takes an address/);
    refused({ topic: [":3"] }, /name:partitions/);
    refused({ topic: ["orders:3:1:1"] }, /name:partitions/);
    refused({ topic: ["orders:0"] }, /--topic orders: partitions takes/);
    refused({ config: ["num.partitions"] }, /name=value/);
  });
});
