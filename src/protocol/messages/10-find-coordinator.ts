import { array, int16, int32, int8, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Asks which broker coordinates a group or a transactional id.
 *
 * v1 adds keyType. v3 is the first flexible version. v4 asks for many keys at once (KIP-699). v5 adds an error code, v6
 * the keys of share groups.
 */
export const findCoordinatorRequest = message({
  apiKey: 10,
  name: "FindCoordinatorRequest",
  validVersions: "0-6",
  flexibleVersions: "3+",
  fields: {
    key: string({ versions: "0-3", default: "", about: "Group or transactional id." }),
    keyType: int8({
      versions: "1+",
      default: 0,
      about: "What the keys are: 0 groups, 1 transactional ids, 2 partitions of share groups.",
    }),
    coordinatorKeys: array({ versions: "4+", about: "Groups or transactional ids." }, "string"),
  },
});

/**
 * The coordinators.
 *
 * v1 adds throttleTimeMs and errorMessage. v3 is the first flexible version. v4 answers many keys at once.
 *
 * Whoever answers fills in both forms, and the version decides which one is sent: this is why the fields of both may be
 * dropped here, while Kafka's schema lets its broker look at the version instead.
 */
export const findCoordinatorResponse = message({
  apiKey: 10,
  name: "FindCoordinatorResponse",
  validVersions: "0-6",
  flexibleVersions: "3+",
  fields: {
    throttleTimeMs: int32({
      versions: "1+",
      default: 0,
      ignorable: true,
      about: "How long the client should hold back because of a quota.",
    }),
    errorCode: int16({
      versions: "0-3",
      default: 0,
      ignorable: true,
      about: "Why there is no coordinator; 0 if there is one.",
    }),
    errorMessage: string({
      versions: "1-3",
      nullable: "1-3",
      default: "",
      ignorable: true,
      about: "The error as a sentence.",
    }),
    nodeId: int32({ versions: "0-3", default: 0, ignorable: true, about: "Broker id of the coordinator." }),
    host: string({ versions: "0-3", default: "", ignorable: true, about: "Host to connect to." }),
    port: int32({ versions: "0-3", default: 0, ignorable: true, about: "Port to connect to." }),
    coordinators: array(
      { versions: "4+", default: [], ignorable: true, about: "The coordinator of each key." },
      {
        key: string({ versions: "4+", about: "Group or transactional id." }),
        nodeId: int32({ versions: "4+", about: "Broker id of the coordinator." }),
        host: string({ versions: "4+", about: "Host to connect to." }),
        port: int32({ versions: "4+", about: "Port to connect to." }),
        errorCode: int16({ versions: "4+", about: "Why there is no coordinator; 0 if there is one." }),
        errorMessage: string({ versions: "4+", nullable: "4+", ignorable: true, about: "The error as a sentence." }),
      },
    ),
  },
});
