import { isInternalTopic } from "../../coordination/topic-names.ts";
import { errorCodeOf } from "../../protocol/error-code.ts";
import type { ErrorName } from "../../protocol/error-code.ts";
import type { RequestOf } from "../../protocol/api-messages.ts";
import type { Api } from "../api.ts";
import { findLed } from "../partition-lookup.ts";
import type { ServingBroker } from "../serving-broker.ts";

/** Asks for "all that consumers can read". */
const highWatermarkOffset = -1;

/** What became of one partition. */
export interface DeletedRecords {
  readonly errorName: ErrorName;
  /** First offset that every live replica still has; -1 on error. */
  readonly lowWatermark: number;
}

/**
 * Moves the start of a partition's log forward (KIP-107); the bytes go later, with their segment. With one replica the
 * new start is the low watermark at once.
 */
export const deleteRecords: Api<21> = {
  handle(request, context, respond) {
    const topics = [...offsetsByTopic(request)].map(([name, offsets]) => ({
      name,
      partitions: [...offsets].map(([partitionIndex, offset]) => {
        const { errorName, lowWatermark } = deleteBefore(context.broker, name, partitionIndex, offset);
        return { partitionIndex, lowWatermark, errorCode: errorCodeOf(errorName) };
      }),
    }));
    respond({ topics });
  },
};

/** Where a partition is named twice, the last one wins; a topic without partitions is not answered. */
function offsetsByTopic({ topics }: RequestOf<21>): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const offsets = new Map<string, Map<number, number>>();
  for (const { name, partitions } of topics) {
    for (const { partitionIndex, offset } of partitions) {
      const known = offsets.get(name);
      if (known === undefined) offsets.set(name, new Map([[partitionIndex, offset]]));
      else known.set(partitionIndex, offset);
    }
  }
  return offsets;
}

function refused(errorName: ErrorName): DeletedRecords {
  return { errorName, lowWatermark: -1 };
}

function deleteBefore(broker: ServingBroker, topic: string, index: number, offset: number): DeletedRecords {
  if (isInternalTopic(topic)) return refused("INVALID_TOPIC_EXCEPTION");
  const partition = findLed(broker, topic, index);
  if (typeof partition === "string") return refused(partition);
  if (!partition.deletesOldRecords) return refused("POLICY_VIOLATION");
  const beforeOffset = offset === highWatermarkOffset ? partition.highWatermark : offset;
  const errorName = partition.deleteRecordsBefore(beforeOffset);
  if (errorName !== "NONE") return refused(errorName);
  broker.touch(partition);
  return { errorName: "NONE", lowWatermark: partition.logStartOffset };
}
