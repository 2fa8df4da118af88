import { array, bool, int16, int32, string, uuid } from "../schema/field.ts";
import { message } from "../schema/message.ts";

const noOperations = -0x80000000;

/**
 * Asks which brokers there are and who leads which partition.
 *
 * In v0 an empty list of topics means all of them; from v1 on null does. v4 adds allowAutoTopicCreation, v8 the wish
 * for authorized operations (KIP-430). v9 is the first flexible version. v10 adds topicId, but only v12 looks topics up
 * by it. v11 drops includeClusterAuthorizedOperations, which DescribeCluster took over (KIP-700). v13 changes only the
 * answer.
 */
export const metadataRequest = message({
  apiKey: 3,
  name: "MetadataRequest",
  validVersions: "0-13",
  flexibleVersions: "9+",
  fields: {
    topics: array(
      { versions: "0+", nullable: "1+", about: "Topics to tell about; null for all." },
      {
        topicId: uuid({ versions: "10+", ignorable: true, about: "Id of the topic, where it is asked for by id." }),
        name: string({ versions: "0+", nullable: "10+", about: "Name of the topic; null where asked for by id." }),
      },
    ),
    allowAutoTopicCreation: bool({
      versions: "4+",
      default: true,
      about: "Create topics that don't exist, if the broker is set to.",
    }),
    includeClusterAuthorizedOperations: bool({
      versions: "8-10",
      default: false,
      about: "Tell what the asker may do with the cluster.",
    }),
    includeTopicAuthorizedOperations: bool({
      versions: "8+",
      default: false,
      about: "Tell what the asker may do with each topic.",
    }),
  },
});

/**
 * Brokers, controller and leaders.
 *
 * v1 adds controllerId, rack and isInternal, v2 clusterId, v3 throttleTimeMs, v5 offlineReplicas, v7 leaderEpoch, v8
 * authorized operations. v9 is the first flexible version. v10 adds topicId. v11 drops clusterAuthorizedOperations.
 * From v12 on a topic that was asked for by id may have no name. v13 adds an error for the whole response (KIP-1102).
 */
export const metadataResponse = message({
  apiKey: 3,
  name: "MetadataResponse",
  validVersions: "0-13",
  flexibleVersions: "9+",
  fields: {
    throttleTimeMs: int32({
      versions: "3+",
      default: 0,
      ignorable: true,
      about: "How long the client should hold back because of a quota.",
    }),
    brokers: array(
      { versions: "0+", about: "The brokers that are alive." },
      {
        nodeId: int32({ versions: "0+", about: "Broker id." }),
        host: string({ versions: "0+", about: "Host to connect to." }),
        port: int32({ versions: "0+", about: "Port to connect to." }),
        rack: string({
          versions: "1+",
          nullable: "1+",
          default: null,
          ignorable: true,
          about: "Rack of the broker, if it has one.",
        }),
      },
    ),
    clusterId: string({
      versions: "2+",
      nullable: "2+",
      default: null,
      ignorable: true,
      about: "Id of the cluster.",
    }),
    controllerId: int32({
      versions: "1+",
      default: -1,
      ignorable: true,
      about: "Broker id of the controller; -1 if there is none.",
    }),
    topics: array(
      { versions: "0+", about: "The topics that were asked for." },
      {
        errorCode: int16({ versions: "0+", about: "Why nothing is known of the topic; 0 if there is no error." }),
        name: string({ versions: "0+", nullable: "12+", about: "Name of the topic; null for an unknown id." }),
        topicId: uuid({ versions: "10+", ignorable: true, about: "Id of the topic; zero for an unknown name." }),
        isInternal: bool({
          versions: "1+",
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
              versions: "7+",
              default: -1,
              ignorable: true,
              about: "Leader epoch of the partition; -1 if unknown.",
            }),
            replicaNodes: array(
              { versions: "0+", about: "Brokers that hold a replica, the preferred one first." },
              "int32",
            ),
            isrNodes: array({ versions: "0+", about: "Brokers whose replica is in sync." }, "int32"),
            offlineReplicas: array(
              { versions: "5+", ignorable: true, about: "Brokers whose replica is offline." },
              "int32",
            ),
          },
        ),
        topicAuthorizedOperations: int32({
          versions: "8+",
          default: noOperations,
          about: "What the asker may do with the topic, a bit for each operation; the lowest number if it did not ask.",
        }),
      },
    ),
    clusterAuthorizedOperations: int32({
      versions: "8-10",
      default: noOperations,
      about: "What the asker may do with the cluster, a bit for each operation; the lowest number if it did not ask.",
    }),
    errorCode: int16({
      versions: "13+",
      default: 0,
      ignorable: true,
      about: "What is wrong with the request as a whole.",
    }),
  },
});
