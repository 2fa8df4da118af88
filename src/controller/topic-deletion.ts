import type { AdministrationResult } from "../coordination/administration-requests.ts";
import { withoutTopics } from "../coordination/cluster-metadata.ts";
import type { ClusterMetadata } from "../coordination/cluster-metadata.ts";
import type { Decided } from "./topic-creation.ts";

/** Delete what of `names` is there; one answer for each, in their order. */
export function deleteTopics(
  metadata: ClusterMetadata,
  names: readonly string[],
): Decided<readonly AdministrationResult[]> {
  const results = names.map((name): AdministrationResult => {
    if (metadata.topics.has(name)) return { errorName: "NONE", errorMessage: null };
    return { errorName: "UNKNOWN_TOPIC_OR_PARTITION", errorMessage: "This server does not host this topic-partition." };
  });
  return { metadata: withoutTopics(metadata, names), results };
}
