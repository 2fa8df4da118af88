import { array, int16, int32, int64, int8, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Asks for offsets by timestamp, or for the ends of logs.
 *
 * v2 adds isolationLevel. v4 adds currentLeaderEpoch (KIP-320). v6 is the first flexible version. v7 knows timestamp
 * -3, v8 -4, v9 -5. v10 adds timeoutMs (KIP-1075).
 */
export const listOffsetsRequest = message({
  apiKey: 2,
  name: "ListOffsetsRequest",
  validVersions: "1-10",
  flexibleVersions: "6+",
  fields: {
    replicaId: int32({ versions: "0+", about: "Broker id of the asker; -1 for a client." }),
    isolationLevel: int8({
      versions: "2+",
      about: "What the latest offset is: 0 the high watermark, 1 the last stable offset.",
    }),
    topics: array(
      { versions: "0+", about: "What is asked, by topic." },
      {
        name: string({ versions: "0+", about: "Name of the topic." }),
        partitions: array(
          { versions: "0+", about: "What is asked, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition that is meant." }),
            currentLeaderEpoch: int32({
              versions: "4+",
              default: -1,
              ignorable: true,
              about: "Leader epoch that the asker believes in; -1 is any.",
            }),
            timestamp: int64({
              versions: "0+",
              about:
                "Find the first record not older than this; -1 latest, -2 earliest, -3 newest record, -4 earliest " +
                "on local disk, -5 latest in tiered storage.",
            }),
          },
        ),
      },
    ),
    timeoutMs: int32({ versions: "10+", ignorable: true, about: "How long to wait for tiered storage." }),
  },
});

/**
 * The offsets that were found.
 *
 * v1 answers one offset and its timestamp. v2 adds throttleTimeMs. v4 adds leaderEpoch. v6 is the first flexible
 * version.
 */
export const listOffsetsResponse = message({
  apiKey: 2,
  name: "ListOffsetsResponse",
  validVersions: "1-10",
  flexibleVersions: "6+",
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
        name: string({ versions: "0+", about: "Name of the topic." }),
        partitions: array(
          { versions: "0+", about: "What was found, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition that was asked about." }),
            errorCode: int16({ versions: "0+", about: "Why there is no answer; 0 if there is no error." }),
            timestamp: int64({
              versions: "1+",
              default: -1,
              about: "Timestamp of the record that was found; -1 where none was or an end was asked for.",
            }),
            offset: int64({ versions: "1+", default: -1, about: "The offset; -1 where there is no such record." }),
            // Kafka's own schema refuses to drop the epoch before v4; its broker leaves it out there, as this does.
            leaderEpoch: int32({
              versions: "4+",
              default: -1,
              ignorable: true,
              about: "Leader epoch of that offset; -1 if unknown.",
            }),
          },
        ),
      },
    ),
  },
});
