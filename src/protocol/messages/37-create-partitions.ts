import { array, bool, int16, int32, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/** Adds partitions to topics (KIP-195). v1 is as v0. v2 is the first flexible version. v3 adds an error code only. */
export const createPartitionsRequest = message({
  apiKey: 37,
  name: "CreatePartitionsRequest",
  validVersions: "0-3",
  flexibleVersions: "2+",
  fields: {
    topics: array(
      { versions: "0+", about: "The topics that grow." },
      {
        name: string({ versions: "0+", about: "Name of the topic." }),
        count: int32({ versions: "0+", about: "How many partitions it is to have in all." }),
        assignments: array(
          {
            versions: "0+",
            nullable: "0+",
            about: "Which brokers get each new partition; null to let the controller choose.",
          },
          {
            brokerIds: array(
              { versions: "0+", about: "Brokers that get a replica, the preferred leader first." },
              "int32",
            ),
          },
        ),
      },
    ),
    timeoutMs: int32({ versions: "0+", about: "How long to wait for the partitions to be there." }),
    validateOnly: bool({ versions: "0+", about: "Only say whether it would work." }),
  },
});

/** What became of each topic. v1 is as v0. v2 is the first flexible version. */
export const createPartitionsResponse = message({
  apiKey: 37,
  name: "CreatePartitionsResponse",
  validVersions: "0-3",
  flexibleVersions: "2+",
  fields: {
    throttleTimeMs: int32({
      versions: "0+",
      default: 0,
      about: "How long the client should hold back because of a quota.",
    }),
    results: array(
      { versions: "0+", about: "What happened, by topic." },
      {
        name: string({ versions: "0+", about: "Name of the topic." }),
        errorCode: int16({ versions: "0+", about: "Why it did not grow; 0 if it did." }),
        errorMessage: string({ versions: "0+", nullable: "0+", default: null, about: "The error as a sentence." }),
      },
    ),
  },
});
