import { array, bool, int16, int32, int64, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Asks which APIs a broker has, in which versions. The first request on most connections.
 *
 * v3 is the first flexible version and says which client asks (KIP-511). v4 changes only the answer.
 */
export const apiVersionsRequest = message({
  apiKey: 18,
  name: "ApiVersionsRequest",
  validVersions: "0-4",
  flexibleVersions: "3+",
  fields: {
    clientSoftwareName: string({ versions: "3+", ignorable: true, about: "Name of the client library." }),
    clientSoftwareVersion: string({ versions: "3+", ignorable: true, about: "Version of the client library." }),
  },
});

/**
 * The APIs of a broker.
 *
 * v1 adds throttleTimeMs. v3 is the first flexible version and adds features (KIP-584); its header stays v0, because
 * the client can't know yet what the broker speaks. v4 also lists features whose lowest version is 0.
 */
export const apiVersionsResponse = message({
  apiKey: 18,
  name: "ApiVersionsResponse",
  validVersions: "0-4",
  flexibleVersions: "3+",
  fields: {
    errorCode: int16({ versions: "0+", about: "Why the request was refused; 0 if it was not." }),
    apiKeys: array(
      { versions: "0+", about: "The APIs that this broker has." },
      {
        apiKey: int16({ versions: "0+", about: "Which API this is." }),
        minVersion: int16({ versions: "0+", about: "Lowest version that is answered." }),
        maxVersion: int16({ versions: "0+", about: "Highest version that is answered." }),
      },
    ),
    throttleTimeMs: int32({
      versions: "1+",
      default: 0,
      ignorable: true,
      about: "How long the client should hold back because of a quota.",
    }),
    supportedFeatures: array(
      { versions: "3+", tag: 0, ignorable: true, about: "Features that this broker could run." },
      {
        name: string({ versions: "3+", about: "Name of the feature." }),
        minVersion: int16({ versions: "3+", about: "Lowest level that the broker could run." }),
        maxVersion: int16({ versions: "3+", about: "Highest level that the broker could run." }),
      },
    ),
    finalizedFeaturesEpoch: int64({
      versions: "3+",
      default: -1,
      tag: 1,
      ignorable: true,
      about: "Counts changes of finalizedFeatures; -1 if unknown.",
    }),
    finalizedFeatures: array(
      { versions: "3+", tag: 2, ignorable: true, about: "Features that the whole cluster has agreed on." },
      {
        name: string({ versions: "3+", about: "Name of the feature." }),
        maxVersionLevel: int16({ versions: "3+", about: "Highest level that the cluster has agreed on." }),
        minVersionLevel: int16({ versions: "3+", about: "Lowest level that the cluster has agreed on." }),
      },
    ),
    zkMigrationReady: bool({
      versions: "3+",
      default: false,
      tag: 3,
      ignorable: true,
      about: "True for a KRaft controller that is ready to take over from ZooKeeper.",
    }),
  },
});
