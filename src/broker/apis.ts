import type { ApiKey, InternalKey } from "../protocol/api-messages.ts";
import type { Api } from "./api.ts";
import { produce } from "./apis/00-produce.ts";
import { fetch } from "./apis/01-fetch.ts";
import { listOffsets } from "./apis/02-list-offsets.ts";
import { metadata } from "./apis/03-metadata.ts";
import { findCoordinator } from "./apis/10-find-coordinator.ts";
import { apiVersions } from "./apis/18-api-versions.ts";
import { createTopics } from "./apis/19-create-topics.ts";
import { deleteTopics } from "./apis/20-delete-topics.ts";
import { deleteRecords } from "./apis/21-delete-records.ts";
import { initProducerId } from "./apis/22-init-producer-id.ts";
import { offsetForLeaderEpoch } from "./apis/23-offset-for-leader-epoch.ts";
import { describeConfigs } from "./apis/32-describe-configs.ts";
import { alterConfigs } from "./apis/33-alter-configs.ts";
import { describeLogDirs } from "./apis/35-describe-log-dirs.ts";
import { createPartitions } from "./apis/37-create-partitions.ts";
import { incrementalAlterConfigs } from "./apis/44-incremental-alter-configs.ts";
import { describeCluster } from "./apis/60-describe-cluster.ts";
import { describeTopicPartitions } from "./apis/75-describe-topic-partitions.ts";

/** Declared for the clusters that have replicas to move and leaders to choose from, and not served yet. */
type FutureKey = 43 | 45 | 46;

/** Every API that this broker serves, by key. What ApiVersions claims is derived from it. */
export const apis = {
  0: produce,
  1: fetch,
  2: listOffsets,
  3: metadata,
  10: findCoordinator,
  18: apiVersions,
  19: createTopics,
  20: deleteTopics,
  21: deleteRecords,
  22: initProducerId,
  23: offsetForLeaderEpoch,
  32: describeConfigs,
  33: alterConfigs,
  35: describeLogDirs,
  37: createPartitions,
  44: incrementalAlterConfigs,
  60: describeCluster,
  75: describeTopicPartitions,
} satisfies { readonly [Key in Exclude<ApiKey, InternalKey | FutureKey>]: Api<Key> };

export type ServedKey = keyof typeof apis;

export const servedKeys: readonly ServedKey[] = Object.keys(apis).map((key) => Number(key) as ServedKey);
