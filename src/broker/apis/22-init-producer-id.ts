import { errorCodeOf } from "../../protocol/error-code.ts";
import type { ErrorName } from "../../protocol/error-code.ts";
import type { RequestOf } from "../../protocol/api-messages.ts";
import type { Api } from "../api.ts";

/**
 * Gives an idempotent producer its identity (KIP-98). v3 lets a producer name the one it has, to have its epoch bumped
 * (KIP-360); without a transactional id that is ignored and a new one is given, as Kafka does.
 *
 * Transactions are not there yet: a transactional id is refused with INVALID_REQUEST, which clients take as final.
 */
export const initProducerId: Api<22> = {
  handle(request, context, respond) {
    const errorName = refusal(request);
    if (errorName !== undefined) {
      respond({ errorCode: errorCodeOf(errorName), producerId: -1, producerEpoch: -1 });
      return;
    }
    context.broker.producerIds.take((producerId) => {
      respond({ errorCode: errorCodeOf("NONE"), producerId, producerEpoch: 0 });
    });
  },
};

function refusal(request: RequestOf<22>): ErrorName | undefined {
  if (request.transactionalId !== null) return "INVALID_REQUEST";
  const hasProducerId = request.producerId !== -1;
  const hasProducerEpoch = request.producerEpoch !== -1;
  return hasProducerId === hasProducerEpoch ? undefined : "INVALID_REQUEST";
}
