import { batch, numbered } from "../batches.ts";
import { createTopic, produce } from "../scripts.ts";
import { conversation, request, requestEach, versions, type ConversationScript, type Fields } from "../conversation.ts";

/** The first call for a missing internal topic says 15 while the topic is made. */
const isThere = (answer: Fields) => !JSON.stringify(answer).includes('"errorCode":15');
const settled = { isSilent: true, until: isThere };

export const findCoordinatorConversations: readonly ConversationScript[] = [
  conversation("find coordinator: of a group in every version", () => [
    request("FindCoordinator", 0, { key: "group" }, settled),
    requestEach("FindCoordinator", versions(0, 3), () => ({ key: "group" })),
    requestEach("FindCoordinator", versions(4, 6), () => ({
      keyType: 0,
      coordinatorKeys: ["group", "other", "group"],
    })),
  ]),
  conversation("find coordinator: odd keys", () => [
    request("FindCoordinator", 0, { key: "group" }, settled),
    ["", " ", "ü", "a".repeat(1_000)].map((key) => [
      request("FindCoordinator", 1, { key }),
      request("FindCoordinator", 4, { keyType: 0, coordinatorKeys: [key] }),
    ]),
    request("FindCoordinator", 4, { keyType: 0, coordinatorKeys: [] }),
  ]),
  conversation("find coordinator: of a transactional id", () => [
    request("FindCoordinator", 1, { key: "tx", keyType: 1 }, settled),
    requestEach("FindCoordinator", versions(1, 3), () => ({ key: "tx", keyType: 1 })),
    requestEach("FindCoordinator", versions(4, 6), () => ({ keyType: 1, coordinatorKeys: ["tx"] })),
  ]),
  conversation("find coordinator: a transactional batch outside a transaction", ({ topic, recordTime }) => [
    request("FindCoordinator", 1, { key: "tx", keyType: 1 }, { ...settled, timeoutMs: 1_000 }),
    createTopic(topic("t")),
    [9, 10, 11, 12].map((version) =>
      produce(
        topic("t"),
        batch({
          records: numbered(1),
          attributes: 0x10,
          producerId: 7_777,
          producerEpoch: 0,
          baseSequence: 0,
          baseTimestamp: recordTime(0),
        }),
        { version, transactionalId: "tx" },
      ),
    ),
  ]),
  conversation("find coordinator: types that do not exist", () => [
    [2, 3, 7, -1].map((keyType) => [
      request("FindCoordinator", 1, { key: "k", keyType }),
      request("FindCoordinator", 3, { key: "k", keyType }),
      request("FindCoordinator", 5, { keyType, coordinatorKeys: ["k", "l"] }),
    ]),
    request("FindCoordinator", 6, { keyType: 3, coordinatorKeys: ["k"] }),
    request("FindCoordinator", 4, { keyType: 9, coordinatorKeys: [] }),
  ]),
];
