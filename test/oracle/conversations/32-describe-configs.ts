import { conversation, request, versions, type ConversationScript } from "../conversation.ts";
import { createTopic, describeConfigs, incrementalAlter, operation, resource } from "../scripts.ts";

/** Broker configurations that both kinds of cluster have, with values that do not depend on where it runs. */
const brokerKeys = [
  "log.retention.hours",
  "log.retention.ms",
  "log.retention.bytes",
  "log.segment.bytes",
  "log.roll.hours",
  "log.roll.ms",
  "num.partitions",
  "default.replication.factor",
  "message.max.bytes",
  "auto.create.topics.enable",
  "delete.topic.enable",
  "compression.type",
  "log.cleanup.policy",
  "log.message.timestamp.type",
  "log.message.timestamp.after.max.ms",
  "fetch.max.bytes",
  "socket.request.max.bytes",
  "connections.max.idle.ms",
  "num.io.threads",
  "num.network.threads",
  "background.threads",
  "queued.max.requests",
  "replica.lag.time.max.ms",
  "max.incremental.fetch.session.cache.slots",
  "unclean.leader.election.enable",
  "offsets.topic.num.partitions",
  "producer.id.expiration.ms",
  "ssl.keystore.password",
  "log.flush.interval.ms",
  "broker.rack",
];

export const describeConfigsConversations: readonly ConversationScript[] = [
  conversation("describe configs: a topic in every version", ({ topic }) => [
    createTopic(topic("t"), { configs: { "retention.ms": "5000" } }),
    versions(1, 4).map((version) =>
      describeConfigs(resource.topic, topic("t"), ["retention.ms", "cleanup.policy", "min.cleanable.dirty.ratio"], {
        version,
      }),
    ),
    versions(1, 4).map((version) =>
      describeConfigs(resource.topic, topic("t"), ["retention.ms"], { version, includeSynonyms: false }),
    ),
  ]),
  conversation("describe configs: everything of a topic", ({ topic }) => [
    createTopic(topic("t"), { configs: { "cleanup.policy": "compact", "segment.ms": "60000" } }),
    describeConfigs(resource.topic, topic("t"), null),
    describeConfigs(resource.topic, topic("t"), [], { includeSynonyms: false, version: 1 }),
    describeConfigs(resource.topic, topic("t"), ["segment.ms"], { includeDocumentation: true }),
  ]),
  conversation("describe configs: keys that do not exist", ({ topic }) => [
    createTopic(topic("t")),
    describeConfigs(resource.topic, topic("t"), ["no.such", "retention.ms", "retention.ms", "log.retention.ms"]),
    describeConfigs(resource.broker, "1", ["no.such", "retention.ms"]),
  ]),
  conversation("describe configs: topics that do not exist", ({ topic }) => [
    [1, 4].map((version) => describeConfigs(resource.topic, topic("none"), null, { version })),
    describeConfigs(resource.topic, "", null),
    describeConfigs(resource.topic, "bad name!", null),
  ]),
  conversation("describe configs: a broker", () => [
    describeConfigs(resource.broker, "1", brokerKeys),
    describeConfigs(resource.broker, "1", ["log.retention.hours", "node.id"], {
      version: 1,
      includeSynonyms: false,
    }),
  ]),
  conversation("describe configs: brokers that can't be asked", () => [
    ["2", "99", "-1", "one", "1.0"].map((name) => describeConfigs(resource.broker, name, ["num.partitions"])),
    describeConfigs(resource.broker, "", ["num.partitions", "log.retention.ms"]),
  ]),
  conversation("describe configs: other kinds of resources", () => [
    [resource.unknown, resource.any, 3, 99, -1].map((type) => describeConfigs(type, "x", null)),
    [resource.brokerLogger, resource.clientMetrics, resource.group].map((type) => describeConfigs(type, "", null)),
    describeConfigs(resource.brokerLogger, "7", null),
  ]),
  conversation("describe configs: several resources, one twice", ({ topic }) => [
    createTopic(topic("t")),
    request("DescribeConfigs", 4, {
      resources: [
        { resourceType: 2, resourceName: topic("t"), configurationKeys: ["retention.ms"] },
        { resourceType: 2, resourceName: topic("none"), configurationKeys: ["retention.ms"] },
        { resourceType: 2, resourceName: topic("t"), configurationKeys: ["segment.ms"] },
        { resourceType: 4, resourceName: "1", configurationKeys: ["num.partitions"] },
      ],
    }),
    request("DescribeConfigs", 4, { resources: [] }),
  ]),
  conversation("describe configs: the sources of a value", ({ topic }) => [
    createTopic(topic("t"), { configs: { "flush.ms": "10" } }),
    incrementalAlter(resource.broker, "", [["log.flush.interval.ms", operation.set, "20"]]),
    incrementalAlter(resource.broker, "1", [["log.flush.interval.ms", operation.set, "30"]]),
    request(
      "DescribeConfigs",
      4,
      {
        resources: [{ resourceType: 2, resourceName: topic("t"), configurationKeys: ["flush.ms"] }],
        includeSynonyms: true,
      },
      { until: (answer) => JSON.stringify(answer).includes('"value":"30"') },
    ),
    describeConfigs(resource.broker, "1", ["log.flush.interval.ms"]),
    describeConfigs(resource.broker, "", ["log.flush.interval.ms"]),
    incrementalAlter(resource.broker, "1", [["log.flush.interval.ms", operation.delete, null]]),
    incrementalAlter(resource.broker, "", [["log.flush.interval.ms", operation.delete, null]]),
    request(
      "DescribeConfigs",
      4,
      {
        resources: [{ resourceType: 2, resourceName: topic("t"), configurationKeys: ["flush.ms"] }],
        includeSynonyms: true,
      },
      { until: (answer) => !/"value":"[23]0"/.test(JSON.stringify(answer)) },
    ),
  ]),
];
