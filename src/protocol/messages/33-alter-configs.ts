import { array, bool, int16, int32, int8, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Replaces all configurations of a resource; what is not named falls back to its default. IncrementalAlterConfigs took
 * its place (KIP-339). v1 is as v0. v2 is the first flexible version.
 */
export const alterConfigsRequest = message({
  apiKey: 33,
  name: "AlterConfigsRequest",
  validVersions: "0-2",
  flexibleVersions: "2+",
  fields: {
    resources: array(
      { versions: "0+", about: "What to change." },
      {
        resourceType: int8({ versions: "0+", about: "Kind of resource: 2 topic, 4 broker." }),
        resourceName: string({ versions: "0+", about: "Name of the topic, or id of the broker." }),
        configs: array(
          { versions: "0+", about: "All configurations that are to be set afterwards." },
          {
            name: string({ versions: "0+", about: "Name of the configuration." }),
            value: string({ versions: "0+", nullable: "0+", about: "Its new value." }),
          },
        ),
      },
    ),
    validateOnly: bool({ versions: "0+", about: "Only say whether it would work." }),
  },
});

/** What became of each resource. v1 is as v0. v2 is the first flexible version. */
export const alterConfigsResponse = message({
  apiKey: 33,
  name: "AlterConfigsResponse",
  validVersions: "0-2",
  flexibleVersions: "2+",
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
