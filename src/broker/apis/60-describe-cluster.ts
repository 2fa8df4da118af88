import type { ResponseDraftOf } from "../../protocol/api-messages.ts";
import { errorCodeOf } from "../../protocol/error-code.ts";
import type { ErrorName } from "../../protocol/error-code.ts";
import type { Api } from "../api.ts";
import { clusterAuthorizedOperations, operationsNotAsked } from "../authorized-operations.ts";

const brokerEndpoints = 1;
const controllerEndpoints = 2;

/**
 * Which brokers there are (KIP-700). v1 can ask for controllers instead, which a broker's listener doesn't know
 * (KIP-919); v2 can include the brokers that are fenced: known, but not alive (KIP-1073).
 */
export const describeCluster: Api<60> = {
  handle(request, context, respond) {
    const { endpointType, includeFencedBrokers, includeClusterAuthorizedOperations } = request;
    if (endpointType !== brokerEndpoints) {
      respond(refused(endpointType));
      return;
    }
    const { brokers, clusterId } = context.broker.metadata;
    const known = [...brokers.values()].sort((left, right) => left.id - right.id);
    const alive = known.filter(({ isAlive }) => isAlive);
    respond({
      errorCode: errorCodeOf("NONE"),
      errorMessage: null,
      endpointType,
      clusterId,
      // Clients can't reach a KRaft controller: Kafka names any broker that is alive, since each one forwards.
      controllerId: alive[0]?.id ?? -1,
      brokers: (includeFencedBrokers ? known : alive).map(({ id, host, port, rack, isAlive }) => ({
        brokerId: id,
        host,
        port,
        rack,
        isFenced: !isAlive,
      })),
      clusterAuthorizedOperations: includeClusterAuthorizedOperations
        ? clusterAuthorizedOperations
        : operationsNotAsked,
    });
  },
};

function refused(endpointType: number): ResponseDraftOf<60> {
  const isKnown = endpointType === controllerEndpoints;
  const errorName: ErrorName = isKnown ? "MISMATCHED_ENDPOINT_TYPE" : "UNSUPPORTED_ENDPOINT_TYPE";
  const errorMessage = isKnown
    ? "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER"
    : `Unsupported endpoint type ${endpointType}`;
  return { errorCode: errorCodeOf(errorName), errorMessage, clusterId: "", controllerId: -1, brokers: [] };
}
