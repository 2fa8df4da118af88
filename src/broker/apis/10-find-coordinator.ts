import { absoluteHash, javaHash } from "../../base/java-hash.ts";
import type { BrokerMetadata } from "../../coordination/cluster-metadata.ts";
import { errorCodeOf } from "../../protocol/error-code.ts";
import type { ErrorName } from "../../protocol/error-code.ts";
import type { Api } from "../api.ts";
import { groupTopic, topicToAutoCreate } from "../internal-topics.ts";
import type { ServingBroker } from "../serving-broker.ts";

/** From this version on several keys are asked for at once (KIP-699). */
const batchedVersion = 4;
const groupKeyType = 0;
const transactionKeyType = 1;

/** Which broker looks after a key. */
export interface FoundCoordinator {
  readonly errorName: ErrorName;
  readonly errorMessage: string;
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

/**
 * Which broker looks after a consumer group: the leader of the partition of `__consumer_offsets` that the group's name
 * hashes to (KAFKA.md F.1). v1 adds the key type, v4 several keys (KIP-699), v6 share groups.
 *
 * Transactions and share groups are not there yet: their keys are refused with INVALID_REQUEST.
 */
export const findCoordinator: Api<10> = {
  handle(request, context, respond) {
    const { broker } = context;
    const find = (key: string): FoundCoordinator => coordinatorOf(request.keyType, key, broker);
    if (context.apiVersion >= batchedVersion) {
      const coordinators = request.coordinatorKeys.map((key) => {
        const { errorName, errorMessage, ...node } = find(key);
        return { key, ...node, errorCode: errorCodeOf(errorName), errorMessage };
      });
      respond({ coordinators });
      return;
    }
    const { errorName, errorMessage, ...node } = find(request.key);
    // Only here Kafka spells out success.
    const message = errorName === "NONE" ? "NONE" : errorMessage;
    respond({ ...node, errorCode: errorCodeOf(errorName), errorMessage: message });
  },
};

function missing(errorName: ErrorName, errorMessage: string): FoundCoordinator {
  return { errorName, errorMessage, nodeId: -1, host: "", port: -1 };
}

function coordinatorOf(keyType: number, key: string, broker: ServingBroker): FoundCoordinator {
  if (keyType === transactionKeyType) return missing("INVALID_REQUEST", "This cluster has no transactions yet.");
  if (keyType !== groupKeyType)
    return missing("INVALID_REQUEST", `This cluster has no coordinators of type ${keyType}.`);
  const topic = broker.metadata.topics.get(groupTopic);
  if (topic === undefined) {
    // The client comes back until the topic is there.
    broker.administration.createTopics([topicToAutoCreate(groupTopic, broker.settings)], false, () => undefined);
    return unavailable;
  }
  const index = absoluteHash(javaHash(key)) % topic.partitions.length;
  const leader = broker.metadata.brokers.get(topic.partitions[index]?.leaderId ?? -1);
  return leader?.isAlive === true ? found(leader) : unavailable;
}

const unavailable = missing("COORDINATOR_NOT_AVAILABLE", "The coordinator is not available.");

function found(leader: BrokerMetadata): FoundCoordinator {
  return { errorName: "NONE", errorMessage: "", nodeId: leader.id, host: leader.host, port: leader.port };
}
