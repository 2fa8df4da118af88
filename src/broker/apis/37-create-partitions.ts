import type { AdministrationResult, TopicToGrow } from "../../coordination/administration-requests.ts";
import type { RequestOf, ResponseDraftOf } from "../../protocol/api-messages.ts";
import { errorCodeOf } from "../../protocol/error-code.ts";
import type { Api } from "../api.ts";

type AskedTopic = RequestOf<37>["topics"][number];
type TopicAnswer = ResponseDraftOf<37>["results"][number];

/**
 * Gives topics more partitions (KIP-195); none ever loses one. v2 is the first flexible version.
 *
 * A client that doesn't want to wait gets REQUEST_TIMED_OUT and nothing is created, as from KRaft (KAFKA.md K).
 */
export const createPartitions: Api<37> = {
  handle(request, context, respond) {
    const { topics, timeoutMs, validateOnly } = request;
    if (timeoutMs <= 0) {
      respond({
        results: topics.map(({ name }) => answer(name, { errorName: "REQUEST_TIMED_OUT", errorMessage: null })),
      });
      return;
    }
    const counts = new Map<string, number>();
    for (const { name } of topics) counts.set(name, (counts.get(name) ?? 0) + 1);
    const refusals = [...counts.keys()]
      .filter((name) => counts.get(name) !== 1)
      .map((name) => answer(name, { errorName: "INVALID_REQUEST", errorMessage: "Duplicate topic name." }));
    const growable = topics.filter(({ name }) => counts.get(name) === 1);
    if (growable.length === 0) {
      respond({ results: refusals });
      return;
    }
    context.broker.administration.createPartitions(growable.map(topicToGrow), validateOnly, (grown) => {
      respond({ results: [...refusals, ...grown.map((result, index) => answer(growable[index]?.name ?? "", result))] });
    });
  },
};

function topicToGrow({ name, count, assignments }: AskedTopic): TopicToGrow {
  return { name, partitionCount: count, assignments: assignments?.map(({ brokerIds }) => brokerIds) ?? null };
}

function answer(name: string, { errorName, errorMessage }: AdministrationResult): TopicAnswer {
  return { name, errorCode: errorCodeOf(errorName), errorMessage };
}
