import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { clientMetricsComplaint } from "../../../src/coordination/configs/client-metrics-configs.ts";

function complaint(name: string, value: string): string | undefined {
  const found = clientMetricsComplaint(new Map([[name, value]]));
  return found === undefined ? undefined : `${found.errorName} ${found.complaint}`;
}

describe("subscriptions to the metrics of clients", () => {
  it("take any metrics, an interval of up to an hour and patterns of what clients say of themselves", () => {
    const good = [
      ["metrics", "*"],
      ["interval.ms", "100"],
      ["interval.ms", "3600000"],
      ["match", "client_id=a.*, client_source_port=[0-9]+"],
      ["match", ""],
    ] as const;
    for (const [name, value] of good) assert.equal(complaint(name, value), undefined, value);
  });

  it("are refused under Kafka's error codes", () => {
    assert.equal(complaint("no.such", "1"), "INVALID_REQUEST Unknown client metrics configuration: no.such");
    assert.match(complaint("interval.ms", "99") ?? "", /^INVALID_REQUEST Invalid value 99 for interval.ms/);
    assert.match(complaint("interval.ms", "3600001") ?? "", /^INVALID_REQUEST/);
    assert.match(complaint("interval.ms", "x") ?? "", /^INVALID_CONFIG .* Not a number of type INT$/);
    for (const pattern of ["client_id", "who=me", "client_id=(", "client_id=a=b"]) {
      assert.equal(complaint("match", pattern), `INVALID_CONFIG Illegal client matching pattern: ${pattern}`);
    }
  });
});
