import { errorCodeOf } from "../../protocol/error-code.ts";
import type { Api } from "../api.ts";
import { alterResources } from "../config-requests.ts";

/**
 * Changes the configurations that are named and leaves the others alone (KIP-339). v1 is the first flexible version.
 */
export const incrementalAlterConfigs: Api<44> = {
  handle(request, context, respond) {
    const alterations = request.resources.map(({ resourceType, resourceName, configs }) => ({
      resourceType,
      resourceName,
      kind: "change" as const,
      operations: configs.map(({ name, value, configOperation }) => ({ name, value, operation: configOperation })),
    }));
    alterResources(context.broker, alterations, request.validateOnly, (altered) => {
      respond({
        responses: altered.map(({ errorName, ...resource }) => ({ ...resource, errorCode: errorCodeOf(errorName) })),
      });
    });
  },
};
