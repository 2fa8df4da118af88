import { int16, int32, int64, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Asks for a producer id, which makes a producer idempotent (KIP-98).
 *
 * v2 is the first flexible version. v3 adds producerId and producerEpoch, so that a producer can have its epoch raised
 * (KIP-360). v4 and v5 add error codes only.
 */
export const initProducerIdRequest = message({
  apiKey: 22,
  name: "InitProducerIdRequest",
  validVersions: "0-5",
  flexibleVersions: "2+",
  fields: {
    transactionalId: string({
      versions: "0+",
      nullable: "0+",
      about: "Transactional id of the producer; null if it is only idempotent.",
    }),
    transactionTimeoutMs: int32({ versions: "0+", about: "How long its transactions may stay open." }),
    producerId: int64({ versions: "3+", default: -1, about: "Producer id that it has already; -1 for none." }),
    producerEpoch: int16({ versions: "3+", default: -1, about: "Epoch that it has already; -1 for none." }),
  },
});

/** The producer id and its epoch. v1 is as v0. v2 is the first flexible version. */
export const initProducerIdResponse = message({
  apiKey: 22,
  name: "InitProducerIdResponse",
  validVersions: "0-5",
  flexibleVersions: "2+",
  fields: {
    throttleTimeMs: int32({
      versions: "0+",
      ignorable: true,
      default: 0,
      about: "How long the client should hold back because of a quota.",
    }),
    errorCode: int16({ versions: "0+", about: "Why there is no producer id; 0 if there is one." }),
    producerId: int64({ versions: "0+", default: -1, about: "The producer id; -1 on error." }),
    producerEpoch: int16({ versions: "0+", about: "Its epoch; -1 on error." }),
  },
});
