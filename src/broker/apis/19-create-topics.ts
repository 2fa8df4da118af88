import { zeroUuid } from "../../base/uuid.ts";
import type { CreatedTopic, TopicToCreate } from "../../coordination/administration-requests.ts";
import { inheritedTopicConfig, resolveTopicConfig } from "../../coordination/configs/config-resolution.ts";
import type { BrokerConfigLayers } from "../../coordination/configs/config-resolution.ts";
import { configSourceCodes } from "../../coordination/configs/config-resource.ts";
import { topicConfigs } from "../../coordination/configs/topic-configs.ts";
import { clusterMetadataTopic } from "../../coordination/topic-names.ts";
import type { RequestOf, ResponseDraftOf } from "../../protocol/api-messages.ts";
import { errorCodeOf } from "../../protocol/error-code.ts";
import type { ErrorName } from "../../protocol/error-code.ts";
import type { Api } from "../api.ts";

type AskedTopic = RequestOf<19>["topics"][number];
type TopicAnswer = ResponseDraftOf<19>["topics"][number];
type ConfigAnswer = NonNullable<TopicAnswer["configs"]>[number];

/**
 * Creates topics (KIP-4). v4 lets the broker choose the counts (KIP-464), v5 tells counts and configurations of the new
 * topic (KIP-525), v7 its id (KIP-516).
 *
 * A client that doesn't want to wait gets REQUEST_TIMED_OUT and no topic, as from KRaft (KAFKA.md K).
 */
export const createTopics: Api<19> = {
  handle(request, context, respond) {
    if (request.timeoutMs <= 0) {
      respond({ topics: request.topics.map(({ name }) => refused(name, "REQUEST_TIMED_OUT", null)) });
      return;
    }
    const { creatable, refusals } = sortOut(request.topics);
    const answerTo = (made: readonly CreatedTopic[]): void => {
      const layers = context.broker.layers;
      respond({ topics: [...made.map((topic, index) => answer(topic, creatable[index], layers)), ...refusals] });
    };
    if (creatable.length === 0) answerTo([]);
    else context.broker.administration.createTopics(creatable.map(topicToCreate), request.validateOnly, answerTo);
  },
};

/** What is refused by its name alone: one that comes twice, and the one topic that no client may create. */
function sortOut(topics: readonly AskedTopic[]): {
  readonly creatable: readonly AskedTopic[];
  readonly refusals: readonly TopicAnswer[];
} {
  const counts = new Map<string, number>();
  for (const { name } of topics) counts.set(name, (counts.get(name) ?? 0) + 1);
  const isOnce = (name: string): boolean => counts.get(name) === 1;
  const refusals = [...counts.keys()]
    .filter((name) => !isOnce(name))
    .map((name) => refused(name, "INVALID_REQUEST", "Duplicate topic name."));
  if (isOnce(clusterMetadataTopic)) {
    const text = `Creation of internal topic ${clusterMetadataTopic} is prohibited.`;
    refusals.push(refused(clusterMetadataTopic, "INVALID_REQUEST", text));
  }
  return { creatable: topics.filter(({ name }) => isOnce(name) && name !== clusterMetadataTopic), refusals };
}

function topicToCreate(topic: AskedTopic): TopicToCreate {
  const { name, numPartitions, replicationFactor, assignments, configs } = topic;
  return { name, partitionCount: numPartitions, replicationFactor, assignments, configs };
}

function refused(name: string, errorName: ErrorName, errorMessage: string | null): TopicAnswer {
  return {
    name,
    topicId: zeroUuid,
    errorCode: errorCodeOf(errorName),
    errorMessage,
    numPartitions: -1,
    replicationFactor: -1,
    configs: [],
  };
}

function answer(made: CreatedTopic, asked: AskedTopic | undefined, layers: BrokerConfigLayers): TopicAnswer {
  if (made.errorName !== "NONE") return refused(made.name, made.errorName, made.errorMessage);
  return {
    name: made.name,
    topicId: made.topicId,
    errorCode: errorCodeOf("NONE"),
    errorMessage: null,
    numPartitions: made.partitionCount,
    replicationFactor: made.replicationFactor,
    configs: configsOf(asked?.configs ?? [], layers),
  };
}

/** Sorted by name. What was asked for is repeated as it was asked, blanks and all. */
function configsOf(asked: AskedTopic["configs"], layers: BrokerConfigLayers): readonly ConfigAnswer[] {
  const overrides = new Map(asked.map(({ name, value }) => [name, value ?? ""]));
  return [...topicConfigs.keys()].sort().map((name) => ({
    name,
    value: overrides.get(name) ?? inheritedTopicConfig(name, layers),
    readOnly: false,
    configSource: configSourceCodes[resolveTopicConfig(name, overrides, layers).source],
    isSensitive: false,
  }));
}
