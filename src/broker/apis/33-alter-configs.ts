import { errorCodeOf } from "../../protocol/error-code.ts";
import type { Api } from "../api.ts";
import { alterResources } from "../config-requests.ts";

const setOperation = 0;

/**
 * Replaces all configurations of a resource: what isn't named goes back to its default (KIP-133). Clients have
 * IncrementalAlterConfigs instead since KIP-339. v2 is the first flexible version.
 */
export const alterConfigs: Api<33> = {
  handle(request, context, respond) {
    const alterations = request.resources.map(({ resourceType, resourceName, configs }) => ({
      resourceType,
      resourceName,
      kind: "replace" as const,
      operations: configs.map(({ name, value }) => ({ name, value, operation: setOperation })),
    }));
    alterResources(context.broker, alterations, request.validateOnly, (altered) => {
      respond({
        responses: altered.map(({ errorName, ...resource }) => ({ ...resource, errorCode: errorCodeOf(errorName) })),
      });
    });
  },
};
