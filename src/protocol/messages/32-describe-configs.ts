import { array, bool, int16, int32, int8, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Asks for the configurations of topics, brokers and groups.
 *
 * v1 adds includeSynonyms (KIP-226). v3 adds includeDocumentation (KIP-569). v4 is the first flexible version.
 */
export const describeConfigsRequest = message({
  apiKey: 32,
  name: "DescribeConfigsRequest",
  validVersions: "1-4",
  flexibleVersions: "4+",
  fields: {
    resources: array(
      { versions: "0+", about: "What is asked about." },
      {
        resourceType: int8({
          versions: "0+",
          about: "Kind of resource: 2 topic, 4 broker, 8 broker logger, 16 client metrics, 32 group.",
        }),
        resourceName: string({ versions: "0+", about: "Name of the topic, id of the broker, and so on." }),
        configurationKeys: array(
          { versions: "0+", nullable: "0+", about: "Names of the configurations wanted; null for all." },
          "string",
        ),
      },
    ),
    includeSynonyms: bool({ versions: "1+", default: false, about: "Tell also the values that are hidden by others." }),
    includeDocumentation: bool({ versions: "3+", default: false, about: "Tell also what each configuration does." }),
  },
});

/**
 * Configurations and where their values come from.
 *
 * v1 adds configSource and synonyms. v3 adds configType and documentation. v4 is the first flexible version.
 */
export const describeConfigsResponse = message({
  apiKey: 32,
  name: "DescribeConfigsResponse",
  validVersions: "1-4",
  flexibleVersions: "4+",
  fields: {
    throttleTimeMs: int32({
      versions: "0+",
      default: 0,
      about: "How long the client should hold back because of a quota.",
    }),
    results: array(
      { versions: "0+", about: "The answer for each resource." },
      {
        errorCode: int16({ versions: "0+", about: "Why there is no answer; 0 if there is no error." }),
        errorMessage: string({ versions: "0+", nullable: "0+", about: "The error as a sentence." }),
        resourceType: int8({ versions: "0+", about: "Kind of resource, as in the request." }),
        resourceName: string({ versions: "0+", about: "Name of the resource." }),
        configs: array(
          { versions: "0+", about: "The configurations." },
          {
            name: string({ versions: "0+", about: "Name of the configuration." }),
            value: string({ versions: "0+", nullable: "0+", about: "Its value; null for secrets and where unset." }),
            readOnly: bool({ versions: "0+", about: "True if it can't be changed while the broker runs." }),
            configSource: int8({
              versions: "1+",
              default: -1,
              ignorable: true,
              about:
                "Where the value comes from: 1 topic, 2 broker, 3 all brokers, 4 start of the broker, 5 default, " +
                "6 logger, 7 client metrics, 8 group.",
            }),
            isSensitive: bool({ versions: "0+", about: "True for secrets, whose value is not told." }),
            synonyms: array(
              { versions: "1+", ignorable: true, about: "All values that are set, the one that counts first." },
              {
                name: string({ versions: "1+", about: "Name under which the value is set." }),
                value: string({ versions: "1+", nullable: "0+", about: "The value." }),
                source: int8({ versions: "1+", about: "Where the value comes from, as in configSource." }),
              },
            ),
            configType: int8({
              versions: "3+",
              default: 0,
              ignorable: true,
              about:
                "Type of the value: 1 boolean, 2 string, 3 int, 4 short, 5 long, 6 double, 7 list, 8 class, " +
                "9 password.",
            }),
            documentation: string({
              versions: "3+",
              nullable: "0+",
              ignorable: true,
              about: "What the configuration does.",
            }),
          },
        ),
      },
    ),
  },
});
