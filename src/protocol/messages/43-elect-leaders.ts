import { array, int16, int32, int8, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Has leaders elected: the preferred ones, or any that is alive where none in sync is (KIP-460). v1 adds electionType.
 * v2 is the first flexible version.
 */
export const electLeadersRequest = message({
  apiKey: 43,
  name: "ElectLeadersRequest",
  validVersions: "0-2",
  flexibleVersions: "2+",
  fields: {
    electionType: int8({
      versions: "1+",
      about: "0 elects the preferred leader, 1 the first replica that is alive where none is in sync.",
    }),
    topicPartitions: array(
      { versions: "0+", nullable: "0+", about: "Where to elect; null for everywhere." },
      {
        topic: string({ versions: "0+", about: "Name of the topic." }),
        partitions: array({ versions: "0+", about: "Partitions of it." }, "int32"),
      },
    ),
    timeoutMs: int32({ versions: "0+", default: 60_000, about: "How long to wait for the new leaders." }),
  },
});

/** What became of each election. v1 adds the error of the whole request. v2 is the first flexible version. */
export const electLeadersResponse = message({
  apiKey: 43,
  name: "ElectLeadersResponse",
  validVersions: "0-2",
  flexibleVersions: "2+",
  fields: {
    throttleTimeMs: int32({ versions: "0+", about: "How long the client should hold back because of a quota." }),
    errorCode: int16({ versions: "1+", about: "Why there was no election at all; 0 if there is no error." }),
    replicaElectionResults: array(
      { versions: "0+", about: "What happened, by topic." },
      {
        topic: string({ versions: "0+", about: "Name of the topic." }),
        partitionResult: array(
          { versions: "0+", about: "What happened, by partition." },
          {
            partitionId: int32({ versions: "0+", about: "Partition that is meant." }),
            errorCode: int16({ versions: "0+", about: "Why it has no new leader; 0 if it has one." }),
            errorMessage: string({ versions: "0+", nullable: "0+", about: "The error as a sentence." }),
          },
        ),
      },
    ),
  },
});
