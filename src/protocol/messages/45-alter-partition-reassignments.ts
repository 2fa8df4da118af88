import { array, bool, int16, int32, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Moves partitions to other brokers, or stops moving them (KIP-455). v1 adds allowReplicationFactorChange (KIP-860).
 * All versions are flexible.
 */
export const alterPartitionReassignmentsRequest = message({
  apiKey: 45,
  name: "AlterPartitionReassignmentsRequest",
  validVersions: "0-1",
  flexibleVersions: "0+",
  fields: {
    timeoutMs: int32({ versions: "0+", default: 60_000, about: "How long the request may take." }),
    allowReplicationFactorChange: bool({
      versions: "1+",
      default: true,
      about: "A partition may get more or fewer replicas than it has.",
    }),
    topics: array(
      { versions: "0+", about: "What to move, by topic." },
      {
        name: string({ versions: "0+", about: "Name of the topic." }),
        partitions: array(
          { versions: "0+", about: "What to move, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition to move." }),
            replicas: array(
              {
                versions: "0+",
                nullable: "0+",
                default: null,
                about: "Broker ids to move it to, the preferred leader first; null stops a move that is under way.",
              },
              "int32",
            ),
          },
        ),
      },
    ),
  },
});

/** What became of each move. v1 adds allowReplicationFactorChange. All versions are flexible. */
export const alterPartitionReassignmentsResponse = message({
  apiKey: 45,
  name: "AlterPartitionReassignmentsResponse",
  validVersions: "0-1",
  flexibleVersions: "0+",
  fields: {
    throttleTimeMs: int32({ versions: "0+", about: "How long the client should hold back because of a quota." }),
    allowReplicationFactorChange: bool({
      versions: "1+",
      default: true,
      ignorable: true,
      about: "As in the request.",
    }),
    errorCode: int16({ versions: "0+", about: "Why nothing is moved at all; 0 if there is no error." }),
    errorMessage: string({ versions: "0+", nullable: "0+", about: "That error as a sentence." }),
    responses: array(
      { versions: "0+", about: "What happened, by topic." },
      {
        name: string({ versions: "0+", about: "Name of the topic." }),
        partitions: array(
          { versions: "0+", about: "What happened, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition that is meant." }),
            errorCode: int16({ versions: "0+", about: "Why it is not moved; 0 if it is." }),
            errorMessage: string({ versions: "0+", nullable: "0+", about: "The error as a sentence." }),
          },
        ),
      },
    ),
  },
});
