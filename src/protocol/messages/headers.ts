import { int16, int32, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Goes before every request (KAFKA.md J.1).
 *
 * v0 is used by ControlledShutdown v0 alone. v1 adds clientId. v2 belongs to flexible requests and adds a tagged
 * section; clientId keeps its int16 length even there, because a broker must read the header of a version it doesn't
 * know.
 */
export const requestHeader = message({
  name: "RequestHeader",
  validVersions: "0-2",
  flexibleVersions: "2+",
  fields: {
    requestApiKey: int16({ versions: "0+", about: "Which API is asked." }),
    requestApiVersion: int16({ versions: "0+", about: "Version of the API that the body is written in." }),
    correlationId: int32({
      versions: "0+",
      about: "Number that the response repeats, so that the client can match it.",
    }),
    clientId: string({
      versions: "1+",
      nullable: "1+",
      ignorable: true,
      flexibleVersions: "none",
      about: "Name that the client gave itself.",
    }),
  },
});

/** Goes before every response. v1 belongs to flexible responses (ApiVersions excepted) and adds a tagged section. */
export const responseHeader = message({
  name: "ResponseHeader",
  validVersions: "0-1",
  flexibleVersions: "1+",
  fields: {
    correlationId: int32({ versions: "0+", about: "Number of the request that this answers." }),
  },
});
