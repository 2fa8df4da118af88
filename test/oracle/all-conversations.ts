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
import { framingConversations } from "./conversations/framing.ts";
import { generatedConversations } from "./conversations/generated.ts";

/** Every conversation, by the file under `test/golden/conversations/` that holds Apache Kafka's part of it. */
export const conversationFiles: ReadonlyMap<string, readonly ConversationScript[]> = new Map([
  ["00-produce", produceConversations],
  ["00-produce-configs", produceConfigConversations],
  ["00-produce-idempotent", idempotentConversations],
  ["01-fetch", fetchConversations],
  ["01-fetch-sessions", fetchSessionConversations],
  ["02-list-offsets", listOffsetsConversations],
  ["03-metadata", metadataConversations],
  ["10-find-coordinator", findCoordinatorConversations],
  ["18-api-versions", apiVersionsConversations],
  ["19-create-topics", createTopicsConversations],
  ["20-delete-topics", deleteTopicsConversations],
  ["21-delete-records", deleteRecordsConversations],
  ["22-init-producer-id", initProducerIdConversations],
  ["23-offset-for-leader-epoch", offsetForLeaderEpochConversations],
  ["32-describe-configs", describeConfigsConversations],
  ["33-alter-configs", alterConfigsConversations],
  ["37-create-partitions", createPartitionsConversations],
  ["60-describe", describeConversations],
  ["framing", framingConversations],
  ["generated", generatedConversations],
]);
