import { errorCodeOf } from "../../protocol/error-code.ts";
import type { RequestOf, ResponseDraftOf } from "../../protocol/api-messages.ts";
import type { Api } from "../api.ts";
import { findLed } from "../partition-lookup.ts";
import type { ServingBroker } from "../serving-broker.ts";

type AskedPartition = RequestOf<23>["topics"][number]["partitions"][number];
type PartitionAnswer = ResponseDraftOf<23>["topics"][number]["partitions"][number];

/**
 * Tells where a leader epoch ends, so that whoever read it can see if what it has is still the log (KIP-101). v2 adds
 * the leader epoch that the asker believes in (KIP-320), v3 who asks; v4 is the first flexible version.
 */
export const offsetForLeaderEpoch: Api<23> = {
  handle(request, context, respond) {
    const topics = request.topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map((asked) => epochEnd(topic, asked, context.broker)),
    }));
    respond({ topics });
  },
};

function epochEnd(topic: string, asked: AskedPartition, broker: ServingBroker): PartitionAnswer {
  const led = findLed(broker, topic, asked.partition, asked.currentLeaderEpoch);
  const { partition } = asked;
  if (typeof led === "string") {
    return { partition, errorCode: errorCodeOf(led), leaderEpoch: -1, endOffset: -1 };
  }
  return { partition, errorCode: errorCodeOf("NONE"), ...led.epochEnd(asked.leaderEpoch) };
}
