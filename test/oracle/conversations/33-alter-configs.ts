import { catchUp, conversation, request, versions, type ConversationScript } from "../conversation.ts";
import {
  alterConfigs,
  createTopic,
  describeConfigs,
  incrementalAlter,
  operation,
  resource,
  type ConfigChange,
} from "../scripts.ts";

const { set, delete: remove, append, subtract } = operation;
const shown = ["retention.ms", "cleanup.policy", "segment.ms"];

function showAfter(topic: string) {
  return [catchUp(), describeConfigs(resource.topic, topic, shown)];
}

/** Alters a topic, then tells what came of it. */
function alterThenShow(topic: string, ...changes: readonly ConfigChange[]) {
  return [incrementalAlter(resource.topic, topic, changes), showAfter(topic)];
}

export const alterConfigsConversations: readonly ConversationScript[] = [
  conversation("alter configs: every version", ({ topic }) => [
    createTopic(topic("t")),
    versions(0, 2).map((version) =>
      alterConfigs(resource.topic, topic("t"), { "retention.ms": `${version + 5}` }, { version }),
    ),
    showAfter(topic("t")),
  ]),
  conversation("alter configs: what is not named goes back to its default", ({ topic }) => [
    createTopic(topic("t"), { configs: { "retention.ms": "5000", "segment.ms": "7000" } }),
    alterConfigs(resource.topic, topic("t"), { "cleanup.policy": "compact" }),
    showAfter(topic("t")),
    alterConfigs(resource.topic, topic("t"), {}),
    showAfter(topic("t")),
  ]),
  conversation("alter configs: only validate", ({ topic }) => [
    createTopic(topic("t"), { configs: { "retention.ms": "5000" } }),
    alterConfigs(resource.topic, topic("t"), { "segment.ms": "1" }, { validateOnly: true }),
    alterConfigs(resource.topic, topic("t"), { "segment.ms": "x" }, { validateOnly: true }),
    showAfter(topic("t")),
  ]),
  conversation("alter configs: bad names and values", ({ topic }) => [
    createTopic(topic("t")),
    alterConfigs(resource.topic, topic("t"), { "no.such": "1" }),
    alterConfigs(resource.topic, topic("t"), { "retention.ms": "soon" }),
    alterConfigs(resource.topic, topic("t"), { "retention.ms": null }),
    alterConfigs(resource.topic, topic("t"), { "retention.ms": "5", "segment.ms": "-5" }),
    showAfter(topic("t")),
  ]),
  conversation("alter configs: bad resources", ({ topic }) => [
    alterConfigs(resource.topic, topic("none"), { "retention.ms": "5" }),
    alterConfigs(resource.topic, "", { "retention.ms": "5" }),
    [0, 1, 99].map((type) => alterConfigs(type, "x", { "retention.ms": "5" })),
    alterConfigs(resource.broker, "7", { "log.retention.ms": "5" }),
    alterConfigs(resource.broker, "one", { "log.retention.ms": "5" }),
  ]),
  conversation("alter configs: a resource twice", ({ topic }) => {
    const twice = (version: number) =>
      request(
        "AlterConfigs",
        version,
        {
          resources: [
            { resourceType: 2, resourceName: topic("t"), configs: [{ name: "retention.ms", value: "5" }] },
            { resourceType: 2, resourceName: topic("t"), configs: [{ name: "retention.ms", value: "6" }] },
          ],
        },
        { on: `twice v${version}`, timeoutMs: 1_000 },
      );
    return [
      createTopic(topic("t")),
      twice(0),
      twice(2),
      request("AlterConfigs", 2, { resources: [] }),
      showAfter(topic("t")),
    ];
  }),
  conversation("alter configs: a name twice", ({ topic }) => [
    createTopic(topic("t")),
    request(
      "AlterConfigs",
      2,
      {
        resources: [
          {
            resourceType: 2,
            resourceName: topic("t"),
            configs: [
              { name: "retention.ms", value: "5" },
              { name: "retention.ms", value: "6" },
            ],
          },
        ],
      },
      { on: "twice", timeoutMs: 1_000 },
    ),
    showAfter(topic("t")),
  ]),
  conversation("incremental alter: every version and operation", ({ topic }) => [
    createTopic(topic("t")),
    [0, 1].map((version) =>
      incrementalAlter(resource.topic, topic("t"), [["retention.ms", set, `${version + 7}`]], { version }),
    ),
    alterThenShow(topic("t"), ["cleanup.policy", append, "compact"]),
    alterThenShow(topic("t"), ["cleanup.policy", append, "compact"]),
    alterThenShow(topic("t"), ["cleanup.policy", subtract, "delete"], ["retention.ms", remove, null]),
    alterThenShow(topic("t"), ["cleanup.policy", subtract, "delete"]),
    alterThenShow(topic("t"), ["cleanup.policy", remove, ""]),
    alterThenShow(topic("t"), ["cleanup.policy", set, "compact,delete"], ["segment.ms", set, "99"]),
  ]),
  conversation("incremental alter: bad names and values", ({ topic }) => [
    createTopic(topic("t")),
    alterThenShow(topic("t"), ["no.such", set, "1"]),
    alterThenShow(topic("t"), ["no.such", remove, null]),
    alterThenShow(topic("t"), ["retention.ms", set, "soon"]),
    alterThenShow(topic("t"), ["retention.ms", set, "77"], ["segment.ms", set, "-5"]),
    alterThenShow(topic("t"), ["retention.ms", append, "5"]),
    alterThenShow(topic("t"), ["retention.ms", subtract, "5"]),
    alterThenShow(topic("t"), ["cleanup.policy", append, "shred"]),
    alterThenShow(topic("t"), ["cleanup.policy", append, ""]),
  ]),
  conversation("incremental alter: null values", ({ topic }) => [
    createTopic(topic("t")),
    [set, append, subtract].map((op) => incrementalAlter(resource.topic, topic("t"), [["cleanup.policy", op, null]])),
    incrementalAlter(resource.topic, topic("t"), [["retention.ms", remove, null]]),
  ]),
  conversation("incremental alter: operations that do not exist", ({ topic }) => [
    createTopic(topic("t")),
    [4, -1, 100].map((op) => incrementalAlter(resource.topic, topic("t"), [["retention.ms", op, "5"]])),
    alterThenShow(topic("t"), ["retention.ms", set, "5"], ["segment.ms", 9, "5"]),
  ]),
  conversation("incremental alter: a name or a resource twice", ({ topic }) => [
    createTopic(topic("t")),
    alterThenShow(topic("t"), ["retention.ms", set, "5"], ["retention.ms", set, "6"]),
    alterThenShow(topic("t"), ["retention.ms", set, "5"], ["retention.ms", remove, null]),
    request("IncrementalAlterConfigs", 1, {
      resources: [1, 2].map((value) => ({
        resourceType: 2,
        resourceName: topic("t"),
        configs: [{ name: "retention.ms", configOperation: set, value: `${value}` }],
      })),
      validateOnly: false,
    }),
    request("IncrementalAlterConfigs", 1, { resources: [], validateOnly: false }),
    alterThenShow(topic("t")),
  ]),
  conversation("incremental alter: bad resources", ({ topic }) => [
    incrementalAlter(resource.topic, topic("none"), [["retention.ms", set, "5"]]),
    incrementalAlter(resource.topic, "", [["retention.ms", set, "5"]]),
    incrementalAlter(resource.topic, "bad name!", [["retention.ms", set, "5"]]),
    [0, 1, 99].map((type) => incrementalAlter(type, "x", [["retention.ms", set, "5"]])),
  ]),
  conversation("incremental alter: only validate", ({ topic }) => [
    createTopic(topic("t")),
    incrementalAlter(resource.topic, topic("t"), [["retention.ms", set, "5"]], { validateOnly: true }),
    incrementalAlter(resource.topic, topic("t"), [["retention.ms", set, "x"]], { validateOnly: true }),
    showAfter(topic("t")),
  ]),
  conversation("incremental alter: brokers", () => [
    incrementalAlter(resource.broker, "1", [["log.flush.interval.messages", set, "1000"]]),
    incrementalAlter(resource.broker, "1", [["log.flush.interval.messages", remove, null]]),
    incrementalAlter(resource.broker, "1", [["log.flush.interval.messages", set, "x"]]),
    incrementalAlter(resource.broker, "1", [["num.partitions", set, "5"]]),
    incrementalAlter(resource.broker, "", [["node.id", set, "5"]]),
    incrementalAlter(resource.broker, "", [["listeners", set, "PLAINTEXT://:1"]]),
    ["7", "one", "-1"].map((name) => incrementalAlter(resource.broker, name, [["log.retention.ms", set, "5"]])),
    incrementalAlter(resource.broker, "1", [["log.cleaner.threads", set, "0"]]),
    incrementalAlter(resource.broker, "", [["no.such.config", set, "5"]]),
    catchUp(),
    describeConfigs(resource.broker, "", ["no.such.config"]),
    incrementalAlter(resource.broker, "", [["no.such.config", remove, null]]),
  ]),
  conversation("incremental alter: good and bad resources together", ({ topic }) => [
    createTopic(topic("t")),
    request("IncrementalAlterConfigs", 1, {
      resources: [
        {
          resourceType: 2,
          resourceName: topic("t"),
          configs: [{ name: "retention.ms", configOperation: set, value: "8" }],
        },
        {
          resourceType: 2,
          resourceName: topic("no"),
          configs: [{ name: "retention.ms", configOperation: set, value: "8" }],
        },
      ],
      validateOnly: false,
    }),
    showAfter(topic("t")),
  ]),
];
