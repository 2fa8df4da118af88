import type { ConfigDefinition, ConfigType, ConfigValidator, ConfigValue } from "./config-definition.ts";
import { parseConfig } from "./config-definition.ts";
import { atLeast, between, fraction, gzipLevel, listOf, oneOf, throttledReplicas } from "./config-validators.ts";

/*
 * Every configuration that a topic can have, in the order in which Kafka checks them (KAFKA.md I.1 and S.1). The five
 * about remote storage are known, described and checked as Kafka does and change nothing: Tapedeck keeps no log
 * anywhere but on its own disk, which is what Kafka does too while its tiered storage is switched off.
 */

export const codecChoices = ["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"] as const;

/** `9223372036854775807`: for ever, without bound. */
export const int64Max = "9223372036854775807";

const atLeastZero = atLeast(0);
const replicaListText =
  "Replicas whose replication is slowed down, as partition:broker pairs, or * for all. " +
  "Nothing is slowed down before replication has quotas.";

type Row = readonly [
  name: string,
  type: ConfigType,
  defaultValue: string,
  validator: ConfigValidator | undefined,
  documentation: string,
];

const rows: readonly Row[] = [
  [
    "segment.bytes",
    "int",
    "1073741824",
    atLeast(1048576),
    "A segment file is closed and a new one begun when it would grow past this size.",
  ],
  [
    "segment.ms",
    "long",
    "604800000",
    atLeast(1),
    "A segment is closed after this long even if it isn't full, so that retention and compaction can get at it.",
  ],
  [
    "segment.jitter.ms",
    "long",
    "0",
    atLeastZero,
    "Up to this much is taken off segment.ms at random, so that not all partitions roll at once.",
  ],
  [
    "segment.index.bytes",
    "int",
    "10485760",
    atLeast(4),
    "Largest size of a segment's offset index; a full index closes the segment.",
  ],
  [
    "flush.messages",
    "long",
    int64Max,
    atLeast(1),
    "Force the log to disk after this many records. Unset, the operating system decides.",
  ],
  [
    "flush.ms",
    "long",
    int64Max,
    atLeastZero,
    "Force the log to disk when its oldest unflushed record is this old. Unset, the operating system decides.",
  ],
  [
    "retention.bytes",
    "long",
    "-1",
    undefined,
    "With the delete policy, oldest segments go once a partition is larger than this. -1 sets no limit.",
  ],
  [
    "retention.ms",
    "long",
    "604800000",
    atLeast(-1),
    "With the delete policy, segments go once their newest record is older than this. -1 keeps them for ever.",
  ],
  ["max.message.bytes", "int", "1048588", atLeastZero, "Largest record batch that is accepted, after compression."],
  [
    "index.interval.bytes",
    "int",
    "4096",
    atLeastZero,
    "About one index entry is written for this many bytes of log. Less finds offsets faster and takes more space.",
  ],
  [
    "delete.retention.ms",
    "long",
    "86400000",
    atLeastZero,
    "How long compaction keeps the mark of a deleted key, which bounds how slow a reader from offset 0 may be.",
  ],
  ["min.compaction.lag.ms", "long", "0", atLeastZero, "A record stays uncompacted at least this long."],
  [
    "max.compaction.lag.ms",
    "long",
    int64Max,
    atLeast(1),
    "A record is compacted at the latest after this long, however clean the log is.",
  ],
  [
    "file.delete.delay.ms",
    "long",
    "60000",
    atLeastZero,
    "How long the files of a removed segment stay on disk, so that running reads can end.",
  ],
  [
    "min.cleanable.dirty.ratio",
    "double",
    "0.5",
    fraction,
    "Compaction starts when this part of the log isn't compacted yet.",
  ],
  [
    "cleanup.policy",
    "list",
    "delete",
    listOf("compact", "delete"),
    "What happens to old segments: delete drops them by age and size, compact keeps the last value of each key.",
  ],
  [
    "unclean.leader.election.enable",
    "boolean",
    "false",
    undefined,
    "Whether a replica that is not in sync may lead when no other is left, at the price of losing records.",
  ],
  [
    "min.insync.replicas",
    "int",
    "1",
    atLeast(1),
    "How many replicas must be in sync before a producer with acks=all may write.",
  ],
  [
    "compression.type",
    "string",
    "producer",
    oneOf(...codecChoices),
    "The codec batches are stored in; producer keeps the one they came in.",
  ],
  ["compression.gzip.level", "int", "-1", gzipLevel, "How hard gzip tries where compression.type is gzip."],
  ["compression.lz4.level", "int", "9", between(1, 17), "How hard lz4 tries where compression.type is lz4."],
  ["compression.zstd.level", "int", "3", between(-131072, 22), "How hard zstd tries where compression.type is zstd."],
  [
    "preallocate",
    "boolean",
    "false",
    undefined,
    "Whether a new segment takes its full size on disk at once. Tapedeck always lets files grow.",
  ],
  [
    "message.timestamp.type",
    "string",
    "CreateTime",
    oneOf("CreateTime", "LogAppendTime"),
    "Which time records carry: the producer's, or that of their arrival at the broker.",
  ],
  [
    "message.timestamp.before.max.ms",
    "long",
    int64Max,
    atLeastZero,
    "How far a record's own time may lie behind the broker's clock.",
  ],
  [
    "message.timestamp.after.max.ms",
    "long",
    "3600000",
    atLeastZero,
    "How far a record's own time may lie ahead of the broker's clock.",
  ],
  ["leader.replication.throttled.replicas", "list", "", throttledReplicas, replicaListText],
  ["follower.replication.throttled.replicas", "list", "", throttledReplicas, replicaListText],
  [
    "remote.storage.enable",
    "boolean",
    "false",
    undefined,
    "Whether old segments move to remote storage. There is none, so only false is accepted.",
  ],
  [
    "local.retention.ms",
    "long",
    "-2",
    atLeast(-2),
    "Age at which a segment that remote storage holds leaves the local disk. Without remote storage it does nothing.",
  ],
  [
    "local.retention.bytes",
    "long",
    "-2",
    atLeast(-2),
    "Size past which segments that remote storage holds leave the local disk. Without remote storage it does nothing.",
  ],
  [
    "remote.log.copy.disable",
    "boolean",
    "false",
    undefined,
    "Whether copying to remote storage stops. Without remote storage it does nothing.",
  ],
  [
    "remote.log.delete.on.disable",
    "boolean",
    "false",
    undefined,
    "Whether remote segments go when remote storage is switched off. Without remote storage it does nothing.",
  ],
];

export const topicConfigs: ReadonlyMap<string, ConfigDefinition> = new Map(
  rows.map(([name, type, defaultValue, validator, documentation]) => [
    name,
    { name, type, defaultValue, importance: "medium", validator, documentation },
  ]),
);

/** Topic configurations whose default the broker sets, and under which name it does. */
export const brokerNameOfTopicConfig: ReadonlyMap<string, string> = new Map([
  ["cleanup.policy", "log.cleanup.policy"],
  ["compression.gzip.level", "compression.gzip.level"],
  ["compression.lz4.level", "compression.lz4.level"],
  ["compression.type", "compression.type"],
  ["compression.zstd.level", "compression.zstd.level"],
  ["delete.retention.ms", "log.cleaner.delete.retention.ms"],
  ["file.delete.delay.ms", "log.segment.delete.delay.ms"],
  ["flush.messages", "log.flush.interval.messages"],
  ["flush.ms", "log.flush.interval.ms"],
  ["index.interval.bytes", "log.index.interval.bytes"],
  ["local.retention.bytes", "log.local.retention.bytes"],
  ["local.retention.ms", "log.local.retention.ms"],
  ["max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms"],
  ["max.message.bytes", "message.max.bytes"],
  ["message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms"],
  ["message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms"],
  ["message.timestamp.type", "log.message.timestamp.type"],
  ["min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio"],
  ["min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms"],
  ["min.insync.replicas", "min.insync.replicas"],
  ["preallocate", "log.preallocate"],
  ["retention.bytes", "log.retention.bytes"],
  ["retention.ms", "log.retention.ms"],
  ["segment.bytes", "log.segment.bytes"],
  ["segment.index.bytes", "log.index.size.max.bytes"],
  ["segment.jitter.ms", "log.roll.jitter.ms"],
  ["segment.ms", "log.roll.ms"],
  ["unclean.leader.election.enable", "unclean.leader.election.enable"],
]);

/**
 * What is wrong with `overrides` as the configuration of a topic whose other values come from `inherited`, in Kafka's
 * words; undefined where nothing is. Unknown names first, then single values in the order of the table, then what
 * doesn't go together.
 */
export function topicConfigComplaint(
  overrides: ReadonlyMap<string, string>,
  inherited: (name: string) => string,
): string | undefined {
  for (const name of overrides.keys()) {
    if (!topicConfigs.has(name)) return `Unknown topic config name: ${name}`;
  }
  const values = new Map<string, ConfigValue>();
  for (const [name, definition] of topicConfigs) {
    const parsed = parseConfig(definition, overrides.get(name) ?? inherited(name));
    if (!parsed.isValid) return parsed.complaint;
    values.set(name, parsed.value);
  }
  const minLagMs = values.get("min.compaction.lag.ms") ?? 0n;
  const maxLagMs = values.get("max.compaction.lag.ms") ?? 0n;
  if (minLagMs > maxLagMs) {
    const names = ["min.compaction.lag.ms", "max.compaction.lag.ms"] as const;
    return `conflict topic config setting ${names[0]} (${String(minLagMs)}) > ${names[1]} (${String(maxLagMs)})`;
  }
  if (values.get("remote.storage.enable") === true) {
    return (
      "Tiered Storage functionality is disabled in the broker. " + "Topic cannot be configured with remote log storage."
    );
  }
  return undefined;
}
