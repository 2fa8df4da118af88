import type { ConversationScript } from "./conversation.ts";
import { produceConfigConversations } from "./conversations/00-produce-configs.ts";
import { idempotentConversations } from "./conversations/00-produce-idempotent.ts";
import { produceConversations } from "./conversations/00-produce.ts";
import { fetchSessionConversations } from "./conversations/01-fetch-sessions.ts";
import { fetchConversations } from "./conversations/01-fetch.ts";
import { listOffsetsConversations } from "./conversations/02-list-offsets.ts";
import { metadataConversations } from "./conversations/03-metadata.ts";
import { findCoordinatorConversations } from "./conversations/10-find-coordinator.ts";
import { apiVersionsConversations } from "./conversations/18-api-versions.ts";
import { createTopicsConversations } from "./conversations/19-create-topics.ts";
import { deleteTopicsConversations } from "./conversations/20-delete-topics.ts";
import { deleteRecordsConversations } from "./conversations/21-delete-records.ts";
import { initProducerIdConversations } from "./conversations/22-init-producer-id.ts";
import { offsetForLeaderEpochConversations } from "./conversations/23-offset-for-leader-epoch.ts";
import { describeConfigsConversations } from "./conversations/32-describe-configs.ts";
import { alterConfigsConversations } from "./conversations/33-alter-configs.ts";
import { createPartitionsConversations } from "./conversations/37-create-partitions.ts";
import { describeConversations } from "./conversations/60-describe.ts";
import { brokersConversations } from "./conversations/brokers.ts";
import { framingConversations } from "./conversations/framing.ts";
import { generatedConversations } from "./conversations/generated.ts";

/** What one file under `test/golden/conversations/` holds Apache Kafka's part of. */
export interface ConversationFile {
  readonly name: string;
  /** How many brokers the cluster has. */
  readonly brokerCount: number;
  readonly scripts: readonly ConversationScript[];
}

function file(name: string, scripts: readonly ConversationScript[], brokerCount = 1): ConversationFile {
  return { name, brokerCount, scripts };
}

export const conversationFiles: readonly ConversationFile[] = [
  file("00-produce", produceConversations),
  file("00-produce-configs", produceConfigConversations),
  file("00-produce-idempotent", idempotentConversations),
  file("01-fetch", fetchConversations),
  file("01-fetch-sessions", fetchSessionConversations),
  file("02-list-offsets", listOffsetsConversations),
  file("03-metadata", metadataConversations),
  file("10-find-coordinator", findCoordinatorConversations),
  file("18-api-versions", apiVersionsConversations),
  file("19-create-topics", createTopicsConversations),
  file("20-delete-topics", deleteTopicsConversations),
  file("21-delete-records", deleteRecordsConversations),
  file("22-init-producer-id", initProducerIdConversations),
  file("23-offset-for-leader-epoch", offsetForLeaderEpochConversations),
  file("32-describe-configs", describeConfigsConversations),
  file("33-alter-configs", alterConfigsConversations),
  file("37-create-partitions", createPartitionsConversations),
  file("60-describe", describeConversations),
  file("framing", framingConversations),
  file("generated", generatedConversations),
  file("brokers", brokersConversations, 3),
];
