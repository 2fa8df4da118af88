import { isInternalTopic } from "../../coordination/topic-names.ts";
import { errorCodeOf } from "../../protocol/error-code.ts";
import type { ErrorName } from "../../protocol/error-code.ts";
import type { RequestOf } from "../../protocol/api-messages.ts";
import { AwaitedDeletion, DelayedDeleteRecords } from "../../replication/delayed-delete-records.ts";
import type { Api } from "../api.ts";
import { findLed } from "../partition-lookup.ts";
import type { ServingBroker } from "../serving-broker.ts";

/** Asks for "all that consumers can read". */
const highWatermarkOffset = -1;

/** One partition that was refused. */
interface Refusal {
  readonly errorName: ErrorName;
  /** -1: there is none. */
  readonly lowWatermark: number;
}

/** One partition as it is now: a deletion may be waiting for followers. */
type DeletionOutcome = Refusal | AwaitedDeletion;

/**
 * Moves the start of a partition's log forward (KIP-107); the bytes go later, with their segment. It is done when the
 * logs of all live replicas start there, which with one replica is at once.
 */
export const deleteRecords: Api<21> = {
  handle(request, context, respond) {
    const topics = [...offsetsByTopic(request)].map(([name, offsets]) => ({
      name,
      partitions: [...offsets].map(([partitionIndex, offset]) => {
        return { partitionIndex, outcome: deleteBefore(context.broker, name, partitionIndex, offset) };
      }),
    }));
    const awaited = topics.flatMap(({ partitions }) => partitions.flatMap(({ outcome }) => awaitedIn(outcome)));
    const delayed = new DelayedDeleteRecords(awaited, () => {
      respond({
        topics: topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partitionIndex, outcome: { lowWatermark, errorName } }) => {
            return { partitionIndex, lowWatermark, errorCode: errorCodeOf(errorName) };
          }),
        })),
      });
    });
    const waiting = context.broker.deletePurgatory.tryOrWatch(delayed, delayed.keys, request.timeoutMs);
    if (waiting !== undefined) context.releaseOnClose(waiting);
  },
};

function awaitedIn(outcome: DeletionOutcome): readonly AwaitedDeletion[] {
  return outcome instanceof AwaitedDeletion ? [outcome] : [];
}

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

function refused(errorName: ErrorName): Refusal {
  return { errorName, lowWatermark: -1 };
}

function deleteBefore(broker: ServingBroker, topic: string, index: number, offset: number): DeletionOutcome {
  if (isInternalTopic(topic)) return refused("INVALID_TOPIC_EXCEPTION");
  const partition = findLed(broker, topic, index);
  if (typeof partition === "string") return refused(partition);
  if (!partition.deletesOldRecords) return refused("POLICY_VIOLATION");
  const beforeOffset = offset === highWatermarkOffset ? partition.highWatermark : offset;
  const errorName = partition.deleteRecordsBefore(beforeOffset);
  if (errorName !== "NONE") return refused(errorName);
  broker.touch(partition);
  return new AwaitedDeletion(partition, beforeOffset, (id) => broker.metadata.brokers.get(id)?.isAlive === true);
}
