import type { Difference } from "./compare.ts";

/**
 * Where Tapedeck says something else than Apache Kafka on purpose. `DIFFERENCES.md` tells why, line by line, under the
 * same id. What is not accepted here fails the suite, and so does what is accepted here and no longer differs.
 */
export interface AcceptedDifference {
  readonly id: string;
  covers(difference: Difference): boolean;
}

interface Place {
  /** The conversation's name, or how it begins where it ends in "*". */
  readonly conversation: string;
  readonly path: RegExp;
  readonly steps?: readonly number[];
  /** What Apache Kafka says there; anything, where left out. */
  readonly kafka?: unknown;
}

function at(id: string, { conversation, path, steps, kafka }: Place): AcceptedDifference {
  return {
    id,
    covers(difference) {
      const isThere = conversation.endsWith("*")
        ? difference.conversation.startsWith(conversation.slice(0, -1))
        : difference.conversation === conversation;
      return (
        isThere &&
        path.test(difference.path) &&
        (steps?.includes(difference.step) ?? true) &&
        (kafka === undefined || difference.kafka === kafka)
      );
    },
  };
}

const unknownServerError = "-1 UNKNOWN_SERVER_ERROR";

export const acceptedDifferences: readonly AcceptedDifference[] = [
  {
    id: "sentence-beside-an-error",
    covers: ({ path, kafka, tapedeck }) =>
      /\.errorMessage$/.test(path) && (kafka === null || kafka === "") && typeof tapedeck === "string",
  },
  at("features-of-kraft", {
    conversation: "api versions: *",
    path: /^answer\.(supportedFeatures|finalizedFeatures|finalizedFeaturesEpoch)$/,
  }),
  at("configs-of-a-resource-twice", { conversation: "alter configs: a resource twice", path: /^(event|answer)$/ }),
  at("unknown-operation", {
    conversation: "incremental alter: operations that do not exist",
    path: /\.errorCode$/,
    kafka: unknownServerError,
  }),
  at("empty-topic-name-described", {
    conversation: "describe topic partitions: topics by name",
    path: /^answer\.topics\.\d\.(errorCode|topicAuthorizedOperations)$/,
    steps: [7],
  }),
  at("no-disk-in-memory", { conversation: "describe log dirs: *", path: /\.(totalBytes|usableBytes)$/ }),
  at("no-transactions-yet", {
    conversation: "find coordinator: of a transactional id",
    path: /^answer\.(coordinators\.0\.)?(errorCode|errorMessage|nodeId|host|port)$/,
  }),
  at("no-replication-yet", {
    conversation: "brokers: replication factors and assignments",
    path: /^answer\.topics\.0\./,
    steps: [3],
  }),
  at("aborted-transactions-of-nothing", {
    conversation: "fetch: deleting the topic ends the wait",
    path: /\.abortedTransactions$/,
  }),
  at("null-records", { conversation: "produce: null records", path: /^(event|answer)$/ }),
  at("timestamps-beyond-2-53", {
    conversation: "produce: timestamps that no clock reaches",
    path: /\.(errorCode|baseOffset|recordErrors|errorMessage)$/,
  }),
  at("record-lengths-that-do-not-add-up", {
    conversation: "produce: compressed records whose lengths do not add up",
    path: /\.(errorCode|baseOffset)$/,
  }),
  at("two-faults-in-one-stream", {
    conversation: "produce: a malformed record in a gzip stream whose check sum is wrong",
    path: /\.errorCode$/,
    steps: [3],
  }),
  at("unreadable-record-length", {
    conversation: "produce: malformed records",
    path: /\.errorCode$/,
    kafka: unknownServerError,
  }),
];
