import { array, bool, int16, int32, string, struct, uuid } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/** A place in the list of all partitions, which is ordered by topic name and partition. */
const cursorFields = {
  topicName: string({ versions: "0+", about: "Topic to go on with." }),
  partitionIndex: int32({ versions: "0+", about: "Partition to go on with." }),
};

/** Asks about partitions of topics page by page (KIP-966). One version, flexible. */
export const describeTopicPartitionsRequest = message({
  apiKey: 75,
  name: "DescribeTopicPartitionsRequest",
  validVersions: "0",
  flexibleVersions: "0+",
  fields: {
    topics: array(
      { versions: "0+", about: "Topics to tell about; empty for all." },
      {
        name: string({ versions: "0+", about: "Name of the topic." }),
      },
    ),
    responsePartitionLimit: int32({ versions: "0+", default: 2000, about: "Most partitions wanted in one response." }),
    cursor: struct(
      { versions: "0+", nullable: "0+", default: null, about: "Where to go on; null to begin." },
      cursorFields,
    ),
  },
});

/** One page of partitions. One version, flexible. */
export const describeTopicPartitionsResponse = message({
  apiKey: 75,
  name: "DescribeTopicPartitionsResponse",
  validVersions: "0",
  flexibleVersions: "0+",
  fields: {
    throttleTimeMs: int32({
      versions: "0+",
      default: 0,
      ignorable: true,
      about: "How long the client should hold back because of a quota.",
    }),
    topics: array(
      { versions: "0+", about: "The topics of this page." },
      {
        errorCode: int16({ versions: "0+", about: "Why nothing is known of the topic; 0 if there is no error." }),
        name: string({ versions: "0+", nullable: "0+", about: "Name of the topic." }),
        topicId: uuid({ versions: "0+", ignorable: true, about: "Id of the topic; zero if it doesn't exist." }),
        isInternal: bool({
          versions: "0+",
          default: false,
          ignorable: true,
          about: "True for topics that Kafka keeps for itself.",
        }),
        partitions: array(
          { versions: "0+", about: "The partitions of the topic." },
          {
            errorCode: int16({ versions: "0+", about: "What is wrong with the partition; 0 if nothing is." }),
            partitionIndex: int32({ versions: "0+", about: "Which partition this is." }),
            leaderId: int32({ versions: "0+", about: "Broker id of the leader; -1 if there is none." }),
            leaderEpoch: int32({
              versions: "0+",
              default: -1,
              ignorable: true,
              about: "Leader epoch of the partition; -1 if unknown.",
            }),
            replicaNodes: array(
              { versions: "0+", about: "Brokers that hold a replica, the preferred one first." },
              "int32",
            ),
            isrNodes: array({ versions: "0+", about: "Brokers whose replica is in sync." }, "int32"),
            eligibleLeaderReplicas: array(
              {
                versions: "0+",
                nullable: "0+",
                default: null,
                about: "Brokers out of sync that may lead all the same; null if this is not kept.",
              },
              "int32",
            ),
            lastKnownElr: array(
              {
                versions: "0+",
                nullable: "0+",
                default: null,
                about: "Brokers that were last known to be eligible; null if this is not kept.",
              },
              "int32",
            ),
            offlineReplicas: array(
              { versions: "0+", ignorable: true, about: "Brokers whose replica is offline." },
              "int32",
            ),
          },
        ),
        topicAuthorizedOperations: int32({
          versions: "0+",
          default: -0x80000000,
          about: "What the asker may do with the topic, a bit for each operation.",
        }),
      },
    ),
    nextCursor: struct(
      { versions: "0+", nullable: "0+", default: null, about: "Where the next page begins; null after the last." },
      cursorFields,
    ),
  },
});
