import { array, int16, int32, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/** Asks which partitions are being moved (KIP-455). Flexible. */
export const listPartitionReassignmentsRequest = message({
  apiKey: 46,
  name: "ListPartitionReassignmentsRequest",
  validVersions: "0",
  flexibleVersions: "0+",
  fields: {
    timeoutMs: int32({ versions: "0+", default: 60_000, about: "How long the request may take." }),
    topics: array(
      { versions: "0+", nullable: "0+", default: null, about: "What to ask about, by topic; null for everything." },
      {
        name: string({ versions: "0+", about: "Name of the topic." }),
        partitionIndexes: array({ versions: "0+", about: "Partitions of it." }, "int32"),
      },
    ),
  },
});

/** The moves that are under way. Flexible. */
export const listPartitionReassignmentsResponse = message({
  apiKey: 46,
  name: "ListPartitionReassignmentsResponse",
  validVersions: "0",
  flexibleVersions: "0+",
  fields: {
    throttleTimeMs: int32({ versions: "0+", about: "How long the client should hold back because of a quota." }),
    errorCode: int16({ versions: "0+", about: "Why there is no answer; 0 if there is no error." }),
    errorMessage: string({ versions: "0+", nullable: "0+", about: "That error as a sentence." }),
    topics: array(
      { versions: "0+", about: "Moves, by topic." },
      {
        name: string({ versions: "0+", about: "Name of the topic." }),
        partitions: array(
          { versions: "0+", about: "Moves, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition that is being moved." }),
            replicas: array({ versions: "0+", about: "Broker ids of all replicas as of now." }, "int32"),
            addingReplicas: array({ versions: "0+", about: "Broker ids that are being added." }, "int32"),
            removingReplicas: array({ versions: "0+", about: "Broker ids that will be taken away." }, "int32"),
          },
        ),
      },
    ),
  },
});
