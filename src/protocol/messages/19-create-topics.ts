import { array, bool, int16, int32, int8, string, uuid } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Creates topics.
 *
 * v1 adds validateOnly. v4 makes the counts optional (KIP-464). v5 is the first flexible version. v6 and v7 change only
 * the answer.
 */
export const createTopicsRequest = message({
  apiKey: 19,
  name: "CreateTopicsRequest",
  validVersions: "2-7",
  flexibleVersions: "5+",
  fields: {
    topics: array(
      { versions: "0+", about: "The topics to create." },
      {
        name: string({ versions: "0+", about: "Name of the topic." }),
        numPartitions: int32({ versions: "0+", about: "How many partitions; -1 for the default or with assignments." }),
        replicationFactor: int16({
          versions: "0+",
          about: "How many replicas of each partition; -1 for the default or with assignments.",
        }),
        assignments: array(
          { versions: "0+", about: "Which brokers get which partition; empty to let the controller choose." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition to place." }),
            brokerIds: array(
              { versions: "0+", about: "Brokers that get a replica, the preferred leader first." },
              "int32",
            ),
          },
        ),
        configs: array(
          { versions: "0+", about: "Configurations that differ from the default." },
          {
            name: string({ versions: "0+", about: "Name of the configuration." }),
            value: string({ versions: "0+", nullable: "0+", about: "Value of the configuration." }),
          },
        ),
      },
    ),
    timeoutMs: int32({ versions: "0+", default: 60000, about: "How long to wait for the topics to be there." }),
    validateOnly: bool({ versions: "1+", default: false, about: "Only say whether it would work." }),
  },
});

/**
 * What became of each topic.
 *
 * v1 adds errorMessage, v2 throttleTimeMs. v5 is the first flexible version and tells counts and configurations of the
 * new topic (KIP-525). v7 adds topicId.
 */
export const createTopicsResponse = message({
  apiKey: 19,
  name: "CreateTopicsResponse",
  validVersions: "2-7",
  flexibleVersions: "5+",
  fields: {
    throttleTimeMs: int32({
      versions: "2+",
      default: 0,
      ignorable: true,
      about: "How long the client should hold back because of a quota.",
    }),
    topics: array(
      { versions: "0+", about: "What happened, by topic." },
      {
        name: string({ versions: "0+", about: "Name of the topic." }),
        topicId: uuid({ versions: "7+", ignorable: true, about: "Id that the topic got." }),
        errorCode: int16({ versions: "0+", about: "Why it was not created; 0 if it was." }),
        errorMessage: string({ versions: "1+", nullable: "0+", ignorable: true, about: "The error as a sentence." }),
        topicConfigErrorCode: int16({
          versions: "5+",
          tag: 0,
          ignorable: true,
          about: "Why counts and configurations are not told.",
        }),
        numPartitions: int32({ versions: "5+", default: -1, ignorable: true, about: "How many partitions it got." }),
        replicationFactor: int16({
          versions: "5+",
          default: -1,
          ignorable: true,
          about: "How many replicas each partition got.",
        }),
        configs: array(
          { versions: "5+", nullable: "5+", ignorable: true, about: "Configurations of the new topic." },
          {
            name: string({ versions: "5+", about: "Name of the configuration." }),
            value: string({ versions: "5+", nullable: "5+", about: "Value of the configuration." }),
            readOnly: bool({ versions: "5+", about: "True if it can't be changed." }),
            configSource: int8({ versions: "5+", default: -1, ignorable: true, about: "Where the value comes from." }),
            isSensitive: bool({ versions: "5+", about: "True for secrets, whose value is not told." }),
          },
        ),
      },
    ),
  },
});
