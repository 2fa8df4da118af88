import { array, int16, int32, string, uuid } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Deletes topics.
 *
 * v4 is the first flexible version. v5 changes only the answer. v6 names topics by name or by id (KIP-516).
 */
export const deleteTopicsRequest = message({
  apiKey: 20,
  name: "DeleteTopicsRequest",
  validVersions: "1-6",
  flexibleVersions: "4+",
  fields: {
    topics: array(
      { versions: "6+", about: "The topics to delete, each by name or by id." },
      {
        name: string({ versions: "6+", nullable: "6+", default: null, about: "Name of the topic; null if by id." }),
        topicId: uuid({ versions: "6+", about: "Id of the topic; zero if by name." }),
      },
    ),
    topicNames: array({ versions: "0-5", ignorable: true, about: "Names of the topics to delete." }, "string"),
    timeoutMs: int32({ versions: "0+", about: "How long to wait for the topics to be gone." }),
  },
});

/**
 * What became of each topic.
 *
 * v1 adds throttleTimeMs. v4 is the first flexible version. v5 adds errorMessage, v6 topicId.
 */
export const deleteTopicsResponse = message({
  apiKey: 20,
  name: "DeleteTopicsResponse",
  validVersions: "1-6",
  flexibleVersions: "4+",
  fields: {
    throttleTimeMs: int32({
      versions: "1+",
      default: 0,
      ignorable: true,
      about: "How long the client should hold back because of a quota.",
    }),
    responses: array(
      { versions: "0+", about: "What happened, by topic." },
      {
        name: string({ versions: "0+", nullable: "6+", about: "Name of the topic; null for an unknown id." }),
        topicId: uuid({ versions: "6+", ignorable: true, about: "Id of the topic." }),
        errorCode: int16({ versions: "0+", about: "Why it was not deleted; 0 if it was." }),
        errorMessage: string({
          versions: "5+",
          nullable: "5+",
          default: null,
          ignorable: true,
          about: "The error as a sentence.",
        }),
      },
    ),
  },
});
