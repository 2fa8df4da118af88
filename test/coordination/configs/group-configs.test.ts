import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { groupConfigComplaint, groupConfigs } from "../../../src/coordination/configs/group-configs.ts";
import { noLayers } from "../../../src/coordination/configs/config-resolution.ts";
import { goldenConfigs } from "../../builders/golden-configs.ts";
import { staticLayers } from "../../builders/metadata.ts";

function complaint(name: string, value: string): string | undefined {
  return groupConfigComplaint(new Map([[name, value]]), noLayers);
}

describe("group configurations", () => {
  it("are those of Kafka: type, default, importance, valid values", function () {
    const golden = goldenConfigs();
    if (golden === undefined) return this.skip();
    assert.deepEqual([...groupConfigs.keys()].sort(), Object.keys(golden.group).sort());
    for (const [name, wanted] of Object.entries(golden.group)) {
      const { type, defaultValue, importance, validator } = groupConfigs.get(name) ?? assert.fail();
      assert.deepEqual(
        [name, type.toUpperCase(), defaultValue, importance.toUpperCase(), validator?.validValues],
        [name, wanted.type, wanted.default, wanted.importance, wanted.valid],
      );
    }
  });

  it("stay within what the broker allows", () => {
    assert.equal(complaint("consumer.session.timeout.ms", "60000"), undefined);
    assert.equal(
      complaint("consumer.session.timeout.ms", "60001"),
      "consumer.session.timeout.ms must be less than or equal to group.consumer.max.session.timeout.ms",
    );
    assert.equal(
      complaint("share.record.lock.duration.ms", "1000"),
      "share.record.lock.duration.ms must be greater than or equal to group.share.min.record.lock.duration.ms",
    );
    assert.match(
      complaint("streams.num.standby.replicas", "3") ?? "",
      /less than or equal to group.streams.max.standby/,
    );
  });

  it("let a member miss a heartbeat before its session ends", () => {
    const loose = staticLayers({
      "group.consumer.min.session.timeout.ms": "1",
      "group.consumer.max.heartbeat.interval.ms": "60000",
    });
    const overrides = new Map([["consumer.session.timeout.ms", "5000"]]);
    assert.equal(
      groupConfigComplaint(overrides, loose),
      "consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms",
    );
  });

  it("say from where a share group reads", () => {
    for (const value of ["latest", "earliest", "by_duration:PT1H", "by_duration:P1DT2.5S"]) {
      assert.equal(complaint("share.auto.offset.reset", value), undefined, value);
    }
    for (const value of ["", "soon", "by_duration:x", "by_duration:-PT1H", "by_duration:P", "by_duration:PT"]) {
      assert.match(complaint("share.auto.offset.reset", value) ?? "", /by_duration:<PnDTnHnMn.nS>/, value);
    }
  });

  it("have names that Kafka knows", () => {
    assert.equal(complaint("no.such", "1"), "Unknown group config name: no.such");
  });
});
