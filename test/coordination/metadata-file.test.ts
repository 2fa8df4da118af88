import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { createTopics } from "../../src/controller/topic-creation.ts";
import type { ClusterMetadata } from "../../src/coordination/cluster-metadata.ts";
import { withConfigs, withProducerIds } from "../../src/coordination/cluster-metadata.ts";
import { CorruptMetadataError, readMetadataFile, writeMetadataFile } from "../../src/coordination/metadata-file.ts";
import { basisOf, clusterOf, newTopic } from "../builders/metadata.ts";

function fullCluster(): ClusterMetadata {
  const brokers = clusterOf([1, 2], { 2: "west" });
  const topics = [
    newTopic("orders", { partitionCount: 3, configs: { "retention.ms": " 5 " } }),
    newTopic("__consumer_offsets"),
  ];
  const { metadata } = createTopics(basisOf(brokers), topics, false);
  const configured = withConfigs(metadata, "brokerConfigs", "1", new Map([["__proto__", "any name is fine"]]));
  const grouped = withConfigs(configured, "groupConfigs", "g", new Map([["consumer.session.timeout.ms", "50000"]]));
  const measured = withConfigs(grouped, "clientMetricsConfigs", "m", new Map([["metrics", "*"]]));
  return withProducerIds(measured, 3000).metadata;
}

/** The file's content after `change` was made to it as an object. */
function changed(change: (content: Record<string, unknown>) => void): Buffer {
  const content = JSON.parse(writeMetadataFile(fullCluster()).toString()) as Record<string, unknown>;
  change(content);
  return Buffer.from(JSON.stringify(content));
}

interface FileTopic {
  name: string;
  topicId: string;
  partitions: Record<string, unknown>[];
}

function changedTopic(change: (topic: FileTopic, all: FileTopic[]) => void): Buffer {
  return changed((content) => {
    const topics = content["topics"] as FileTopic[];
    change(topics[0] as FileTopic, topics);
  });
}

describe("the file of the cluster's metadata", () => {
  it("gives back what was written", () => {
    const metadata = fullCluster();
    assert.deepEqual(readMetadataFile(writeMetadataFile(metadata)), metadata);
  });

  it("is refused when it was cut anywhere", () => {
    const content = writeMetadataFile(fullCluster());
    const end = content.lastIndexOf("}");
    for (let byteCount = 0; byteCount <= end; byteCount += 7) {
      assert.throws(() => readMetadataFile(content.subarray(0, byteCount)), CorruptMetadataError);
    }
  });

  it("is refused with the place and the reason", () => {
    const cases: readonly (readonly [Buffer, RegExp])[] = [
      [Buffer.from("[]"), /^the file is not an object$/],
      [changed((file) => (file["format"] = "x")), /^format of the file is not tapedeck-cluster-metadata$/],
      [changed((file) => (file["version"] = 2)), /^version of the file is not 1$/],
      [changed((file) => delete file["clusterId"]), /^the file has no clusterId$/],
      [
        changed((file) => (file["nextProducerId"] = -1)),
        /^nextProducerId of the file is not a whole number from 0 on$/,
      ],
      [changed((file) => (file["brokerConfigs"] = { a: 1 })), /^brokerConfigs of the file is not a list$/],
      [changed((file) => (file["groupConfigs"] = [["g"]])), /^item 0 of groupConfigs of the file has no item 1$/],
      [changedTopic((topic) => (topic.topicId = "short")), /^topicId of item 0 of topics of the file is no uuid$/],
      [changedTopic((topic) => (topic.partitions = [])), /^partitions of item 0 of topics of the file is empty$/],
      [changedTopic((topic) => topic.partitions.reverse()), /^index of item 0 of partitions .* is not 0$/],
      [
        changedTopic((topic) => ((topic.partitions[1] ?? {})["leaderId"] = 9)),
        /^leaderId of item 1 .* is not in sync$/,
      ],
      [changedTopic((topic) => ((topic.partitions[0] ?? {})["inSyncReplicas"] = [9])), /has no replica$/],
      [
        changedTopic((topic) => ((topic.partitions[0] ?? {})["assignedReplicas"] = [])),
        /assignedReplicas .* is empty$/,
      ],
      [changedTopic((topic, all) => all.push(topic)), /^topics of the file holds a topic twice$/],
      [changedTopic((topic) => ((topic as unknown as Record<string, unknown>)["isInternal"] = 0)), /neither true nor/],
    ];
    for (const [content, message] of cases) {
      assert.throws(
        () => readMetadataFile(content),
        (error: unknown) => error instanceof CorruptMetadataError && message.test(error.message),
        String(message),
      );
    }
  });
});
