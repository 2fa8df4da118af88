import { zeroUuid } from "../../base/uuid.ts";
import type { Uuid } from "../../base/uuid.ts";
import type { ClusterMetadata } from "../../coordination/cluster-metadata.ts";
import { brokerConfigBoolean } from "../../coordination/configs/typed-configs.ts";
import type { RequestOf, ResponseDraftOf } from "../../protocol/api-messages.ts";
import { errorCodeOf } from "../../protocol/error-code.ts";
import type { ErrorName } from "../../protocol/error-code.ts";
import type { Api } from "../api.ts";
import { unknownTopicIdMessage, unknownTopicMessage } from "../default-messages.ts";

type TopicAnswer = ResponseDraftOf<20>["responses"][number];

/** What one entry of a request names: a topic by name (with the zero id) or by id (with a null name). */
interface AskedTopic {
  readonly name: string | null;
  readonly topicId: Uuid;
}

/** A topic that is there, and by what it was named. */
interface FoundTopic {
  readonly name: string;
  readonly topicId: Uuid;
}

/** From this version on there is an error for it; before, the request counts as malformed. */
const deletionDisabledVersion = 3;

/**
 * Deletes topics and their records (KIP-4). v6 names them by id, too (KIP-516).
 *
 * A client that doesn't want to wait gets REQUEST_TIMED_OUT and keeps its topics, as from KRaft (KAFKA.md K).
 */
export const deleteTopics: Api<20> = {
  handle(request, context, respond) {
    const { broker, apiVersion } = context;
    const asked = askedTopics(request);
    const refusal = brokerConfigBoolean("delete.topic.enable", broker.layers)
      ? timeoutRefusal(request.timeoutMs)
      : disabledRefusal(apiVersion);
    if (refusal !== undefined) {
      respond({ responses: asked.map(({ name, topicId }) => answer(name, topicId, refusal)) });
      return;
    }
    const { found, refusals } = sortOut(asked, broker.metadata);
    if (found.length === 0) {
      respond({ responses: refusals });
      return;
    }
    const names = found.map(({ name }) => name);
    broker.administration.deleteTopics(names, (gone) => {
      const answers = gone.map((result, index) => {
        const { name, topicId } = found[index] ?? { name: "", topicId: zeroUuid };
        return answer(name, topicId, result);
      });
      respond({ responses: [...refusals, ...answers] });
    });
  },
};

interface Refusal {
  readonly errorName: ErrorName;
  readonly errorMessage: string | null;
}

function invalid(errorMessage: string): Refusal {
  return { errorName: "INVALID_REQUEST", errorMessage };
}

const unnamed = invalid("Neither topic name nor id were specified.");
const namedTwice = invalid("You may not specify both topic name and topic id.");
const namedByBoth = invalid("The provided topic name maps to an ID that was already supplied.");
const unknownTopicId: Refusal = { errorName: "UNKNOWN_TOPIC_ID", errorMessage: unknownTopicIdMessage };
const unknownTopic: Refusal = { errorName: "UNKNOWN_TOPIC_OR_PARTITION", errorMessage: unknownTopicMessage };

function timeoutRefusal(timeoutMs: number): Refusal | undefined {
  return timeoutMs > 0 ? undefined : { errorName: "REQUEST_TIMED_OUT", errorMessage: null };
}

function disabledRefusal(apiVersion: number): Refusal {
  const errorName = apiVersion < deletionDisabledVersion ? "INVALID_REQUEST" : "TOPIC_DELETION_DISABLED";
  return { errorName, errorMessage: "Topic deletion is disabled." };
}

function askedTopics({ topics, topicNames }: RequestOf<20>): readonly AskedTopic[] {
  return [...topicNames.map((name) => ({ name, topicId: zeroUuid })), ...topics];
}

function answer(name: string | null, topicId: Uuid, { errorName, errorMessage }: Refusal): TopicAnswer {
  return { name, topicId, errorCode: errorCodeOf(errorName), errorMessage };
}

/** Which topics are meant, and what of the request means none or is said twice. */
function sortOut(
  asked: readonly AskedTopic[],
  metadata: ClusterMetadata,
): { readonly found: readonly FoundTopic[]; readonly refusals: readonly TopicAnswer[] } {
  const names = new Occurrences<string>();
  const topicIds = new Occurrences<Uuid>();
  const refusals: TopicAnswer[] = [];
  for (const { name, topicId } of asked) {
    if (name === null && topicId === zeroUuid) refusals.push(answer(name, topicId, unnamed));
    else if (name === null) topicIds.add(topicId);
    else if (topicId === zeroUuid) names.add(name);
    else refusals.push(answer(name, topicId, namedTwice));
  }
  refusals.push(...names.several().map((name) => answer(name, zeroUuid, invalid("Duplicate topic name."))));
  refusals.push(...topicIds.several().map((topicId) => answer(null, topicId, invalid("Duplicate topic id."))));
  const found = new Map<Uuid, FoundTopic>();
  for (const topicId of topicIds.single()) {
    const topic = metadata.topicsById.get(topicId);
    if (topic === undefined) refusals.push(answer(null, topicId, unknownTopicId));
    else found.set(topicId, topic);
  }
  for (const name of names.single()) {
    const topic = metadata.topics.get(name);
    if (topic === undefined) {
      refusals.push(answer(name, zeroUuid, unknownTopic));
    } else if (topicIds.has(topic.topicId)) {
      found.delete(topic.topicId);
      refusals.push(answer(name, topic.topicId, namedByBoth));
    } else {
      found.set(topic.topicId, topic);
    }
  }
  return { found: [...found.values()], refusals };
}

/** Counts what a request names, in the order of first mention. */
class Occurrences<Item> {
  private readonly counts = new Map<Item, number>();

  add(item: Item): void {
    this.counts.set(item, (this.counts.get(item) ?? 0) + 1);
  }

  has(item: Item): boolean {
    return this.counts.has(item);
  }

  single(): readonly Item[] {
    return [...this.counts.keys()].filter((item) => this.counts.get(item) === 1);
  }

  several(): readonly Item[] {
    return [...this.counts.keys()].filter((item) => this.counts.get(item) !== 1);
  }
}
