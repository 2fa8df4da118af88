import { array, bool, int16, int32, int64, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Asks a broker what lies in its data directories (KIP-113). v2 is the first flexible version; the rest change the
 * answer.
 */
export const describeLogDirsRequest = message({
  apiKey: 35,
  name: "DescribeLogDirsRequest",
  validVersions: "1-4",
  flexibleVersions: "2+",
  fields: {
    topics: array(
      { versions: "0+", nullable: "0+", about: "What is asked about, by topic; null for everything." },
      {
        topic: string({ versions: "0+", about: "Name of the topic." }),
        partitions: array({ versions: "0+", about: "Partitions that are meant." }, "int32"),
      },
    ),
  },
});

/**
 * The data directories of a broker.
 *
 * v2 is the first flexible version. v3 adds an error for the whole response. v4 adds the size of the disk (KIP-827).
 */
export const describeLogDirsResponse = message({
  apiKey: 35,
  name: "DescribeLogDirsResponse",
  validVersions: "1-4",
  flexibleVersions: "2+",
  fields: {
    throttleTimeMs: int32({
      versions: "0+",
      default: 0,
      about: "How long the client should hold back because of a quota.",
    }),
    errorCode: int16({ versions: "3+", ignorable: true, about: "What is wrong with the request as a whole." }),
    results: array(
      { versions: "0+", about: "The data directories." },
      {
        errorCode: int16({ versions: "0+", about: "What is wrong with the directory; 0 if nothing is." }),
        logDir: string({ versions: "0+", about: "Absolute path of the directory." }),
        topics: array(
          { versions: "0+", about: "What lies in it, by topic." },
          {
            name: string({ versions: "0+", about: "Name of the topic." }),
            partitions: array(
              { versions: "0+", about: "What lies in it, by partition." },
              {
                partitionIndex: int32({ versions: "0+", about: "Which partition this is." }),
                partitionSize: int64({ versions: "0+", about: "Bytes in the segments of its log." }),
                offsetLag: int64({ versions: "0+", about: "How many offsets the log is behind the high watermark." }),
                isFutureKey: bool({
                  versions: "0+",
                  about: "True for a copy that is to replace the log in another directory.",
                }),
              },
            ),
          },
        ),
        totalBytes: int64({ versions: "4+", default: -1, ignorable: true, about: "Size of the disk; -1 if unknown." }),
        usableBytes: int64({ versions: "4+", default: -1, ignorable: true, about: "Bytes free on it; -1 if unknown." }),
      },
    ),
  },
});
