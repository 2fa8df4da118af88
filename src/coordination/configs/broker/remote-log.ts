import type { BrokerConfigRow } from "./broker-config-row.ts";
import { atLeast, notEmpty } from "../config-validators.ts";
import { int64Max } from "../topic-configs.ts";

/** Configurations of the broker about tiered storage, which Tapedeck doesn't have. */
export const remoteLogConfigs: readonly BrokerConfigRow[] = [
  ["remote.fetch.max.wait.ms", "int", "500", "medium", "cluster-wide", atLeast(1)],
  ["remote.list.offsets.request.timeout.ms", "long", "30000", "medium", "cluster-wide", atLeast(1)],
  ["remote.log.index.file.cache.total.size.bytes", "long", "1073741824", "low", "cluster-wide", atLeast(1)],
  ["remote.log.manager.copier.thread.pool.size", "int", "10", "medium", "cluster-wide", atLeast(1)],
  ["remote.log.manager.copy.max.bytes.per.second", "long", int64Max, "medium", "cluster-wide", atLeast(1)],
  ["remote.log.manager.copy.quota.window.num", "int", "11", "medium", "read-only", atLeast(1)],
  ["remote.log.manager.copy.quota.window.size.seconds", "int", "1", "medium", "read-only", atLeast(1)],
  ["remote.log.manager.expiration.thread.pool.size", "int", "10", "medium", "cluster-wide", atLeast(1)],
  ["remote.log.manager.fetch.max.bytes.per.second", "long", int64Max, "medium", "cluster-wide", atLeast(1)],
  ["remote.log.manager.fetch.quota.window.num", "int", "11", "medium", "read-only", atLeast(1)],
  ["remote.log.manager.fetch.quota.window.size.seconds", "int", "1", "medium", "read-only", atLeast(1)],
  ["remote.log.manager.task.interval.ms", "long", "30000", "low", "read-only", atLeast(1)],
  ["remote.log.manager.thread.pool.size", "int", "2", "medium", "read-only", atLeast(1)],
  ["remote.log.metadata.custom.metadata.max.bytes", "int", "128", "low", "read-only", atLeast(0)],
  [
    "remote.log.metadata.manager.class.name",
    "string",
    "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager",
    "medium",
    "read-only",
    notEmpty,
  ],
  ["remote.log.metadata.manager.class.path", "string", null, "medium"],
  ["remote.log.metadata.manager.impl.prefix", "string", "rlmm.config.", "medium", "read-only", notEmpty],
  ["remote.log.metadata.manager.listener.name", "string", null, "medium", "read-only", notEmpty],
  ["remote.log.reader.max.pending.tasks", "int", "100", "medium", "read-only", atLeast(1)],
  ["remote.log.reader.threads", "int", "10", "medium", "cluster-wide", atLeast(1)],
  ["remote.log.storage.manager.class.name", "string", null, "medium", "read-only", notEmpty],
  ["remote.log.storage.manager.class.path", "string", null, "medium"],
  ["remote.log.storage.manager.impl.prefix", "string", "rsm.config.", "medium", "read-only", notEmpty],
  ["remote.log.storage.system.enable", "boolean", "false", "medium"],
];
