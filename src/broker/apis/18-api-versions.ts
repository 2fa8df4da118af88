import { errorCodeOf } from "../../protocol/error-code.ts";
import type { Api } from "../api.ts";
import type { ApiClaim } from "../api-claims.ts";

const apiVersionsKey = 18;
/** From this version on clients say who they are. */
const softwareNameVersion = 3;
const softwarePattern = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;

/**
 * What this broker can do. Asked first on a connection; so a client that knows a newer version of the question itself
 * is answered in the oldest form, and can ask again (KAFKA.md J.2, KIP-511).
 */
export const apiVersions: Api<18> = {
  handle(request, context, respond) {
    const isNamed = context.apiVersion >= softwareNameVersion;
    const isProper =
      softwarePattern.test(request.clientSoftwareName) && softwarePattern.test(request.clientSoftwareVersion);
    if (isNamed && !isProper) respond({ errorCode: errorCodeOf("INVALID_REQUEST"), apiKeys: [] });
    else respond({ errorCode: errorCodeOf("NONE"), apiKeys: context.broker.apiClaims });
  },
};

/** The answer, in version 0, to an ApiVersions request of a version that this broker doesn't have. */
export function unsupportedApiVersions(claims: readonly ApiClaim[]) {
  const ownClaims = claims.filter((claim) => claim.apiKey === apiVersionsKey);
  return { errorCode: errorCodeOf("UNSUPPORTED_VERSION"), apiKeys: ownClaims };
}
