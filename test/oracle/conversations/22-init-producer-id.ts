import { conversation, request, requestEach, versions, type ConversationScript, type Fields } from "../conversation.ts";

/** A fresh broker has no ids to give until its first block has arrived. */
const isThere = (answer: Fields) => answer["errorCode"] !== 14;

export const initProducerIdConversations: readonly ConversationScript[] = [
  conversation("init producer id: every version", () => [
    request(
      "InitProducerId",
      0,
      { transactionalId: null, transactionTimeoutMs: 1_000 },
      { isSilent: true, until: isThere },
    ),
    requestEach("InitProducerId", versions(0, 5), () => ({ transactionalId: null, transactionTimeoutMs: 60_000 })),
  ]),
  conversation("init producer id: timeout and given ids do not matter", () => [
    request(
      "InitProducerId",
      0,
      { transactionalId: null, transactionTimeoutMs: 1_000 },
      { isSilent: true, until: isThere },
    ),
    [0, -1, 2_147_483_647].map((transactionTimeoutMs) =>
      request("InitProducerId", 4, { transactionalId: null, transactionTimeoutMs }),
    ),
    request("InitProducerId", 4, { transactionalId: null, transactionTimeoutMs: 1, producerId: 5, producerEpoch: 3 }),
  ]),
  conversation("init producer id: half an identity", () => [
    request("InitProducerId", 3, { transactionalId: null, transactionTimeoutMs: 1, producerId: 5 }),
    request("InitProducerId", 3, { transactionalId: null, transactionTimeoutMs: 1, producerEpoch: 5 }),
  ]),
  conversation("init producer id: empty transactional id", () => [
    requestEach("InitProducerId", [0, 2, 5], () => ({ transactionalId: "", transactionTimeoutMs: 60_000 })),
  ]),
];
