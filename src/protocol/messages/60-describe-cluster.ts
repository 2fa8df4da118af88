import { array, bool, int16, int32, int8, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Asks which brokers a cluster has (KIP-700). Flexible from the first version on.
 *
 * v1 adds endpointType (KIP-919). v2 adds includeFencedBrokers (KIP-1073).
 */
export const describeClusterRequest = message({
  apiKey: 60,
  name: "DescribeClusterRequest",
  validVersions: "0-2",
  flexibleVersions: "0+",
  fields: {
    includeClusterAuthorizedOperations: bool({
      versions: "0+",
      about: "Tell what the asker may do with the cluster.",
    }),
    endpointType: int8({ versions: "1+", default: 1, about: "Whose addresses to tell: 1 brokers', 2 controllers'." }),
    includeFencedBrokers: bool({ versions: "2+", default: false, about: "Tell also of brokers that are fenced." }),
  },
});

/** The brokers of a cluster. v1 adds endpointType. v2 adds isFenced. */
export const describeClusterResponse = message({
  apiKey: 60,
  name: "DescribeClusterResponse",
  validVersions: "0-2",
  flexibleVersions: "0+",
  fields: {
    throttleTimeMs: int32({
      versions: "0+",
      default: 0,
      about: "How long the client should hold back because of a quota.",
    }),
    errorCode: int16({ versions: "0+", about: "Why there is no answer; 0 if there is no error." }),
    errorMessage: string({ versions: "0+", nullable: "0+", default: null, about: "The error as a sentence." }),
    endpointType: int8({ versions: "1+", default: 1, about: "Whose addresses these are: 1 brokers', 2 controllers'." }),
    clusterId: string({ versions: "0+", about: "Id of the cluster." }),
    controllerId: int32({ versions: "0+", default: -1, about: "Broker id of the controller; -1 if there is none." }),
    brokers: array(
      { versions: "0+", about: "The brokers." },
      {
        brokerId: int32({ versions: "0+", about: "Broker id." }),
        host: string({ versions: "0+", about: "Host to connect to." }),
        port: int32({ versions: "0+", about: "Port to connect to." }),
        rack: string({ versions: "0+", nullable: "0+", default: null, about: "Rack of the broker, if it has one." }),
        isFenced: bool({ versions: "2+", default: false, ignorable: true, about: "True if it may not lead or serve." }),
      },
    ),
    clusterAuthorizedOperations: int32({
      versions: "0+",
      default: -0x80000000,
      about: "What the asker may do with the cluster, a bit for each operation; the lowest number if it did not ask.",
    }),
  },
});
