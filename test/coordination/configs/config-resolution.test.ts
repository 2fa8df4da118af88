import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { BrokerConfigLayers, ResolvedConfig } from "../../../src/coordination/configs/config-resolution.ts";
import {
  describeBroker,
  describeBrokerDefaults,
  describeOwn,
  describeTopic,
  inheritanceComplaint,
  inheritedTopicConfig,
  noLayers,
  resolveTopicConfig,
} from "../../../src/coordination/configs/config-resolution.ts";
import { clientMetricsConfigs } from "../../../src/coordination/configs/client-metrics-configs.ts";
import { groupConfigs } from "../../../src/coordination/configs/group-configs.ts";

type Values = Readonly<Record<string, string>>;

function layers(
  values: { readonly broker?: Values; readonly all?: Values; readonly static?: Values } = {},
): BrokerConfigLayers {
  return {
    dynamicBroker: new Map(Object.entries(values.broker ?? {})),
    dynamicDefault: new Map(Object.entries(values.all ?? {})),
    static: new Map(Object.entries(values.static ?? {})),
  };
}

/** `name=value source`, and the same for each synonym. */
function shown({ name, value, source, synonyms }: ResolvedConfig): readonly string[] {
  const lines = synonyms.map((synonym) => `${synonym.name}=${synonym.value} ${synonym.source}`);
  return [`${name}=${value} ${source}`, ...lines];
}

function topicConfig(name: string, overrides: Values, of: BrokerConfigLayers = noLayers): readonly string[] {
  return shown(resolveTopicConfig(name, new Map(Object.entries(overrides)), of));
}

describe("which value of a configuration counts", () => {
  it("is the topic's own, one broker's, all brokers', what it was started with, or the default", () => {
    const all = layers({
      broker: { "log.segment.bytes": "4000000" },
      all: { "log.segment.bytes": "3000000" },
      static: { "log.segment.bytes": "2000000" },
    });
    assert.deepEqual(topicConfig("segment.bytes", { "segment.bytes": " 5000000 " }, all), [
      "segment.bytes=5000000 topic",
      "segment.bytes=5000000 topic",
      "log.segment.bytes=4000000 dynamicBroker",
      "log.segment.bytes=3000000 dynamicDefault",
      "log.segment.bytes=2000000 static",
      "log.segment.bytes=1073741824 default",
    ]);
    const valueOf = (of: BrokerConfigLayers): string | undefined => topicConfig("segment.bytes", {}, of)[0];
    assert.equal(valueOf(all), "segment.bytes=4000000 dynamicBroker");
    assert.equal(valueOf({ ...all, dynamicBroker: new Map() }), "segment.bytes=3000000 dynamicDefault");
    assert.equal(valueOf(layers({ static: { "log.segment.bytes": "2000000" } })), "segment.bytes=2000000 static");
    assert.equal(valueOf(noLayers), "segment.bytes=1073741824 default");
  });

  it("has no synonyms where only another unit is set, as in Kafka", () => {
    assert.deepEqual(topicConfig("retention.ms", {}), ["retention.ms=604800000 default"]);
    assert.deepEqual(topicConfig("retention.ms", {}, layers({ static: { "log.retention.hours": "2" } })), [
      "retention.ms=7200000 default",
    ]);
    assert.deepEqual(topicConfig("flush.ms", {}, layers({ all: { "log.flush.interval.ms": "20" } })), [
      "flush.ms=20 dynamicDefault",
      "log.flush.interval.ms=20 dynamicDefault",
      "log.flush.scheduler.interval.ms=9223372036854775807 default",
    ]);
  });

  it("takes the finest unit, and for ever is -1 in all of them", () => {
    const inherited = (name: string, values: Values): string => inheritedTopicConfig(name, layers({ static: values }));
    const all = { "log.retention.ms": "5", "log.retention.minutes": "6", "log.retention.hours": "7" };
    assert.equal(inherited("retention.ms", all), "5");
    assert.equal(inherited("retention.ms", { "log.retention.minutes": "6", "log.retention.hours": "7" }), "360000");
    assert.equal(inherited("retention.ms", { "log.retention.minutes": "-1" }), "-1");
    assert.equal(inherited("retention.ms", { "log.retention.ms": "-5" }), "-1");
    assert.equal(inherited("segment.ms", { "log.roll.hours": "1" }), "3600000");
    assert.equal(inherited("segment.jitter.ms", { "log.roll.jitter.hours": "1" }), "3600000");
  });

  it("of brokers is refused where no topic could have it", () => {
    const complaint = (values: Values): string | undefined => inheritanceComplaint(new Map(Object.entries(values)));
    assert.match(complaint({ "log.roll.ms": "0" }) ?? "", /^log.roll.ms can't be 0/);
    assert.match(complaint({ "log.flush.interval.ms": "-5" }) ?? "", /^log.flush.interval.ms can't be -5/);
    assert.match(complaint({ "log.retention.ms": "0" }) ?? "", /unlimited/);
    assert.equal(complaint({ "log.retention.ms": "-5", "log.retention.bytes": "-7" }), undefined);
  });
});

describe("describing configurations", () => {
  it("shows 33 of a topic and 316 of a broker", () => {
    assert.equal(describeTopic(new Map(), noLayers).length, 33);
    assert.equal(describeBroker(noLayers).length, 316);
  });

  it("shows what a broker was started with as its own, and names without a value as null", () => {
    const configs = describeBroker(layers({ static: { "offsets.topic.replication.factor": "1" } }));
    const find = (name: string): readonly string[] =>
      shown(configs.find((config) => config.name === name) ?? assert.fail());
    assert.deepEqual(find("offsets.topic.replication.factor"), [
      "offsets.topic.replication.factor=1 static",
      "offsets.topic.replication.factor=1 static",
      "offsets.topic.replication.factor=3 default",
    ]);
    assert.deepEqual(find("log.retention.ms"), ["log.retention.ms=null default"]);
    assert.deepEqual(find("log.retention.hours"), [
      "log.retention.hours=168 default",
      "log.retention.hours=168 default",
    ]);
  });

  it("never shows a password, nor the value of what nobody knows", () => {
    const set = layers({ broker: { "sasl.jaas.config": "xyzzy", "no.such": "xyzzy" } });
    for (const name of ["sasl.jaas.config", "no.such"]) {
      const config = describeBroker(set).find((one) => one.name === name) ?? assert.fail();
      assert.deepEqual([config.value, config.isSensitive, config.synonyms[0]?.value], [null, true, null]);
    }
    assert.equal(JSON.stringify(describeBroker(set)).includes("xyzzy"), false);
    assert.equal(JSON.stringify(describeBrokerDefaults(set.dynamicBroker)).includes("xyzzy"), false);
  });

  it("shows of the brokers' defaults only what was set, as it was set", () => {
    const configs = describeBrokerDefaults(
      new Map([
        ["log.flush.interval.ms", " 20 "],
        ["no.such", "5"],
      ]),
    );
    assert.deepEqual(configs.map(shown), [
      ["log.flush.interval.ms= 20  dynamicDefault", "log.flush.interval.ms= 20  dynamicDefault"],
      ["no.such=null dynamicDefault", "no.such=null dynamicDefault"],
    ]);
    assert.deepEqual(
      configs.map(({ isReadOnly }) => isReadOnly),
      [false, true],
    );
  });

  it("names the default of a group's configuration as its synonym, but not that of a subscription", () => {
    const overrides = new Map([["consumer.session.timeout.ms", "50000"]]);
    const [session, heartbeat] = describeOwn(groupConfigs, overrides, "group").map(shown);
    assert.deepEqual(session, ["consumer.session.timeout.ms=50000 group", "consumer.session.timeout.ms=50000 group"]);
    assert.deepEqual(heartbeat?.slice(1), ["consumer.heartbeat.interval.ms=5000 default"]);
    assert.deepEqual(describeOwn(clientMetricsConfigs, new Map(), "clientMetrics").map(shown), [
      ["metrics= default"],
      ["interval.ms=300000 default"],
      ["match= default"],
    ]);
  });
});
