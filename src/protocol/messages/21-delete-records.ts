import { array, int16, int32, int64, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/** Deletes records from the beginning of logs (KIP-107). v1 is as v0. v2 is the first flexible version. */
export const deleteRecordsRequest = message({
  apiKey: 21,
  name: "DeleteRecordsRequest",
  validVersions: "0-2",
  flexibleVersions: "2+",
  fields: {
    topics: array(
      { versions: "0+", about: "What to delete, by topic." },
      {
        name: string({ versions: "0+", about: "Name of the topic." }),
        partitions: array(
          { versions: "0+", about: "What to delete, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition to shorten." }),
            offset: int64({
              versions: "0+",
              about: "First offset to keep; -1 keeps nothing below the high watermark.",
            }),
          },
        ),
      },
    ),
    timeoutMs: int32({ versions: "0+", about: "How long to wait for the replicas to follow." }),
  },
});

/** Where each log begins now. v1 is as v0. v2 is the first flexible version. */
export const deleteRecordsResponse = message({
  apiKey: 21,
  name: "DeleteRecordsResponse",
  validVersions: "0-2",
  flexibleVersions: "2+",
  fields: {
    throttleTimeMs: int32({
      versions: "0+",
      default: 0,
      about: "How long the client should hold back because of a quota.",
    }),
    topics: array(
      { versions: "0+", about: "What happened, by topic." },
      {
        name: string({ versions: "0+", about: "Name of the topic." }),
        partitions: array(
          { versions: "0+", about: "What happened, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition that was shortened." }),
            lowWatermark: int64({ versions: "0+", about: "Lowest log start among the replicas; -1 on error." }),
            errorCode: int16({ versions: "0+", about: "Why nothing was deleted; 0 if there is no error." }),
          },
        ),
      },
    ),
  },
});
