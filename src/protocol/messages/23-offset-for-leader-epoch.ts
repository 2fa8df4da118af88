import { array, int16, int32, int64, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Asks a leader where a leader epoch ends, so that a follower can cut off what diverged (KIP-101).
 *
 * v2 adds currentLeaderEpoch for fencing (KIP-320). v3 adds replicaId. v4 is the first flexible version.
 */
export const offsetForLeaderEpochRequest = message({
  apiKey: 23,
  name: "OffsetForLeaderEpochRequest",
  validVersions: "2-4",
  flexibleVersions: "4+",
  fields: {
    replicaId: int32({
      versions: "3+",
      default: -2,
      ignorable: true,
      about: "Broker id of the asker; -1 for a consumer.",
    }),
    topics: array(
      { versions: "0+", about: "What is asked, by topic." },
      {
        topic: string({ versions: "0+", about: "Name of the topic." }),
        partitions: array(
          { versions: "0+", about: "What is asked, by partition." },
          {
            partition: int32({ versions: "0+", about: "Partition that is meant." }),
            currentLeaderEpoch: int32({
              versions: "2+",
              default: -1,
              ignorable: true,
              about: "Leader epoch that the asker believes in; -1 is any.",
            }),
            leaderEpoch: int32({ versions: "0+", about: "Epoch whose end is wanted." }),
          },
        ),
      },
    ),
  },
});

/** Where the epochs end. v1 adds leaderEpoch, v2 throttleTimeMs. v4 is the first flexible version. */
export const offsetForLeaderEpochResponse = message({
  apiKey: 23,
  name: "OffsetForLeaderEpochResponse",
  validVersions: "2-4",
  flexibleVersions: "4+",
  fields: {
    throttleTimeMs: int32({
      versions: "2+",
      default: 0,
      ignorable: true,
      about: "How long the client should hold back because of a quota.",
    }),
    topics: array(
      { versions: "0+", about: "What was found, by topic." },
      {
        topic: string({ versions: "0+", about: "Name of the topic." }),
        partitions: array(
          { versions: "0+", about: "What was found, by partition." },
          {
            errorCode: int16({ versions: "0+", about: "Why there is no answer; 0 if there is no error." }),
            partition: int32({ versions: "0+", about: "Partition that was asked about." }),
            leaderEpoch: int32({
              versions: "1+",
              default: -1,
              ignorable: true,
              about: "Largest epoch up to the one asked for that the leader has; -1 for none.",
            }),
            endOffset: int64({ versions: "0+", default: -1, about: "First offset after that epoch; -1 if unknown." }),
          },
        ),
      },
    ),
  },
});
