import { errorCodeOf } from "../../protocol/error-code.ts";
import type { RequestOf } from "../../protocol/api-messages.ts";
import type { Partition } from "../../replication/partition.ts";
import type { Api } from "../api.ts";
import type { ServingBroker } from "../serving-broker.ts";

type AskedTopics = RequestOf<35>["topics"];

/** The space is unknown: logs in memory have no disk. */
const unknownByteCount = -1;

/**
 * How much disk each partition takes (KIP-113). A broker has one log directory here. v3 adds an error for the whole
 * answer, v4 the size of the disk (KIP-827).
 */
export const describeLogDirs: Api<35> = {
  handle(request, { broker }, respond) {
    const space = broker.runtime.files.space();
    const result = {
      errorCode: errorCodeOf("NONE"),
      logDir: broker.logDirectory,
      topics: partitionsByTopic(broker, request.topics).map(([name, partitions]) => ({
        name,
        partitions: partitions.map((partition) => ({
          partitionIndex: partition.index,
          partitionSize: partition.byteCount,
          offsetLag: 0,
          isFutureKey: false,
        })),
      })),
      totalBytes: space?.totalBytes ?? unknownByteCount,
      usableBytes: space?.freeBytes ?? unknownByteCount,
    };
    respond({ errorCode: errorCodeOf("NONE"), results: [result] });
  },
};

/** Those that are asked for and hosted here; all that are hosted where nothing is said. */
function partitionsByTopic(broker: ServingBroker, asked: AskedTopics): readonly (readonly [string, Partition[]])[] {
  const groups = new Map<string, Partition[]>();
  for (const partition of askedPartitions(broker, asked)) {
    const group = groups.get(partition.topic);
    if (group === undefined) groups.set(partition.topic, [partition]);
    else group.push(partition);
  }
  return [...groups];
}

function askedPartitions(broker: ServingBroker, asked: AskedTopics): Iterable<Partition> {
  if (asked === null) return broker.partitions.all();
  const found = new Set<Partition>();
  for (const { topic, partitions } of asked) {
    for (const index of partitions) {
      const partition = broker.partitions.find(topic, index);
      if (partition !== undefined) found.add(partition);
    }
  }
  return found;
}
