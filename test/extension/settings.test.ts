import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { clusterOptions, type RawSettings } from "../../src/extension/settings.ts";

const fresh: RawSettings = { brokers: 3, port: 9092, storage: "memory", dataDirectory: "" };
const optionsOf = (overrides: Partial<RawSettings>) => clusterOptions({ ...fresh, ...overrides }, "/storage");

describe("Settings", () => {
  it("become the options of a cluster on this machine", () => {
    assert.deepEqual(optionsOf({}), { brokerCount: 3, host: "127.0.0.1", port: 9092, storage: { kind: "memory" } });
  });

  it("keep records below the editor's own storage, or where the person says", () => {
    const own = optionsOf({ storage: "disk" });
    assert.deepEqual(typeof own === "object" && own.storage, { kind: "disk", directory: "/storage/cluster" });
    const chosen = optionsOf({ storage: "disk", dataDirectory: "/data/kafka" });
    assert.deepEqual(typeof chosen === "object" && chosen.storage, { kind: "disk", directory: "/data/kafka" });
  });

  it("name themselves in a sentence where a person wrote something that can't be", () => {
    const wrong: readonly Partial<RawSettings>[] = [
      { brokers: 0 },
      { brokers: "three" },
      { brokers: 2.5 },
      { port: -1 },
      { port: 65_536 },
      { storage: "cloud" },
      { storage: "disk", dataDirectory: "data" },
      { storage: "disk", dataDirectory: 7 },
    ];
    for (const one of wrong)
      assert.match(JSON.stringify(optionsOf(one)), /^"Set tapedeck\.\w+ to .*\."$/, JSON.stringify(one));
  });
});
