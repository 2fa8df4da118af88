import { unreachable } from "../../base/assert.ts";
import type { ConfigOverrides } from "../../coordination/cluster-metadata.ts";
import { clientMetricsConfigs } from "../../coordination/configs/client-metrics-configs.ts";
import type { ResolvedConfig } from "../../coordination/configs/config-resolution.ts";
import {
  describeBroker,
  describeBrokerDefaults,
  describeOwn,
  describeTopic,
} from "../../coordination/configs/config-resolution.ts";
import { configSourceCodes, configTypeCodes, resourceKindOf } from "../../coordination/configs/config-resource.ts";
import { unknownTypeCode } from "../../coordination/configs/config-resource.ts";
import { groupConfigs } from "../../coordination/configs/group-configs.ts";
import { topicNameComplaint } from "../../coordination/topic-names.ts";
import type { RequestOf, ResponseDraftOf } from "../../protocol/api-messages.ts";
import { errorCodeOf } from "../../protocol/error-code.ts";
import type { ErrorName } from "../../protocol/error-code.ts";
import type { Api } from "../api.ts";
import { nodeIdOf } from "../config-requests.ts";
import { invalidRequestMessage } from "../default-messages.ts";
import type { ServingBroker } from "../serving-broker.ts";

type Request = RequestOf<32>;
type AskedResource = Request["resources"][number];
type ResourceAnswer = ResponseDraftOf<32>["results"][number];
type ConfigAnswer = ResourceAnswer["configs"][number];
type DescribingBroker = Pick<ServingBroker, "metadata" | "brokerId" | "layers">;

/**
 * What is configured, and who said so (KIP-133). v1 adds the source of each value and its synonyms (KIP-226), v3 types
 * and documentation (KIP-569).
 */
export const describeConfigs: Api<32> = {
  handle(request, context, respond) {
    const { resources } = request;
    // One resource of a kind that doesn't exist makes the whole request a bad one.
    if (resources.some(({ resourceType }) => resourceKindOf(resourceType) === undefined)) {
      respond({ results: resources.map((asked) => answer(asked, refusal("INVALID_REQUEST", invalidRequestMessage))) });
      return;
    }
    respond({ results: resources.map((asked) => answer(asked, describe(asked, context.broker), request)) });
  },
};

interface Refusal {
  readonly errorName: ErrorName;
  readonly errorMessage: string;
}

function refusal(errorName: ErrorName, errorMessage: string): Refusal {
  return { errorName, errorMessage };
}

type Described = readonly ResolvedConfig[] | Refusal;
const noOverrides: ConfigOverrides = new Map();

function describe({ resourceType, resourceName: name }: AskedResource, broker: DescribingBroker): Described {
  const kind = resourceKindOf(resourceType);
  switch (kind) {
    case "topic":
      return topicConfigsOf(name, broker);
    case "broker":
      return brokerConfigsOf(name, broker);
    case "brokerLogger":
      return loggersOf(name, broker);
    case "clientMetrics":
      return clientMetricsOf(name, broker);
    case "group":
      return groupConfigsOf(name, broker);
    case undefined:
      return refusal("INVALID_REQUEST", invalidRequestMessage);
    default:
      return unreachable(kind);
  }
}

function topicConfigsOf(name: string, broker: DescribingBroker): Described {
  const complaint = topicNameComplaint(name);
  if (complaint !== undefined) return refusal("INVALID_TOPIC_EXCEPTION", complaint);
  const topic = broker.metadata.topics.get(name);
  if (topic === undefined) return refusal("UNKNOWN_TOPIC_OR_PARTITION", "");
  return describeTopic(topic.configs, broker.layers);
}

function brokerConfigsOf(name: string, broker: DescribingBroker): Described {
  const layers = broker.layers;
  if (name === "") return describeBrokerDefaults(layers.dynamicDefault);
  const unexpected = `Unexpected broker id, expected ${broker.brokerId} or empty string, but received ${name}`;
  return nodeRefusal(name, broker, unexpected) ?? describeBroker(layers);
}

/** There are no loggers whose level could be asked for: the log of the host takes every line. */
function loggersOf(name: string, broker: DescribingBroker): Described {
  if (name === "") return refusal("INVALID_REQUEST", "Broker id must not be empty");
  return nodeRefusal(name, broker, `Unexpected broker id, expected ${broker.brokerId} but received ${name}`) ?? [];
}

function clientMetricsOf(name: string, { metadata }: DescribingBroker): Described {
  if (name === "") return refusal("INVALID_REQUEST", "Client metrics subscription name must not be empty");
  return describeOwn(clientMetricsConfigs, metadata.clientMetricsConfigs.get(name) ?? noOverrides, "clientMetrics");
}

function groupConfigsOf(name: string, { metadata }: DescribingBroker): Described {
  if (name === "") return refusal("INVALID_REQUEST", "Group name must not be empty");
  return describeOwn(groupConfigs, metadata.groupConfigs.get(name) ?? noOverrides, "group");
}

function nodeRefusal(name: string, { brokerId }: DescribingBroker, unexpected: string): Refusal | undefined {
  const nodeId = nodeIdOf(name);
  if (nodeId === undefined) return refusal("INVALID_REQUEST", `Broker id must be an integer, but it is: ${name}`);
  return nodeId === brokerId ? undefined : refusal("INVALID_REQUEST", unexpected);
}

function answer(
  { resourceType, resourceName, configurationKeys }: AskedResource,
  described: Described,
  wanted?: Pick<Request, "includeSynonyms" | "includeDocumentation">,
): ResourceAnswer {
  if ("errorName" in described) {
    const { errorName, errorMessage } = described;
    return { errorCode: errorCodeOf(errorName), errorMessage, resourceType, resourceName, configs: [] };
  }
  // No names at all ask for everything, as null does.
  const keys = configurationKeys === null || configurationKeys.length === 0 ? undefined : new Set(configurationKeys);
  const configs = described
    .filter(({ name }) => keys?.has(name) ?? true)
    .map((config) => configAnswer(config, wanted?.includeSynonyms === true, wanted?.includeDocumentation === true));
  return { errorCode: errorCodeOf("NONE"), errorMessage: "", resourceType, resourceName, configs };
}

function configAnswer(config: ResolvedConfig, withSynonyms: boolean, withDocumentation: boolean): ConfigAnswer {
  const synonyms = config.synonyms.map(({ name, value, source }) => ({
    name,
    value,
    source: configSourceCodes[source],
  }));
  return {
    name: config.name,
    value: config.value,
    readOnly: config.isReadOnly,
    configSource: configSourceCodes[config.source],
    isSensitive: config.isSensitive,
    synonyms: withSynonyms ? synonyms : [],
    configType: config.type === undefined ? unknownTypeCode : configTypeCodes[config.type],
    documentation: withDocumentation ? config.documentation : null,
  };
}
