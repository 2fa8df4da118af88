import { array, bool, int16, int32, int8, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/** Changes single configurations and leaves the others alone (KIP-339). v1 is the first flexible version. */
export const incrementalAlterConfigsRequest = message({
  apiKey: 44,
  name: "IncrementalAlterConfigsRequest",
  validVersions: "0-1",
  flexibleVersions: "1+",
  fields: {
    resources: array(
      { versions: "0+", about: "What to change." },
      {
        resourceType: int8({
          versions: "0+",
          about: "Kind of resource: 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.",
        }),
        resourceName: string({ versions: "0+", about: "Name of the topic, id of the broker, and so on." }),
        configs: array(
          { versions: "0+", about: "The changes." },
          {
            name: string({ versions: "0+", about: "Name of the configuration." }),
            configOperation: int8({
              versions: "0+",
              about: "What to do: 0 set, 1 delete, 2 append to a list, 3 subtract from a list.",
            }),
            value: string({ versions: "0+", nullable: "0+", about: "The value to set, append or subtract." }),
          },
        ),
      },
    ),
    validateOnly: bool({ versions: "0+", about: "Only say whether it would work." }),
  },
});

/** What became of each resource. v1 is the first flexible version. */
export const incrementalAlterConfigsResponse = message({
  apiKey: 44,
  name: "IncrementalAlterConfigsResponse",
  validVersions: "0-1",
  flexibleVersions: "1+",
  fields: {
    throttleTimeMs: int32({
      versions: "0+",
      default: 0,
      about: "How long the client should hold back because of a quota.",
    }),
    responses: array(
      { versions: "0+", about: "What happened, by resource." },
      {
        errorCode: int16({ versions: "0+", about: "Why nothing was changed; 0 if it was." }),
        errorMessage: string({ versions: "0+", nullable: "0+", about: "The error as a sentence." }),
        resourceType: int8({ versions: "0+", about: "Kind of resource, as in the request." }),
        resourceName: string({ versions: "0+", about: "Name of the resource." }),
      },
    ),
  },
});
