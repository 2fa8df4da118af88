import { array, int16, int32, int64, records, string, struct, uuid } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Appends record batches to partitions.
 *
 * v3 is the first with batches of format 2 and brings transactionalId. v7 allows zstd (KIP-110). v9 is the first
 * flexible version. v10 to v12 change only what is answered. v13 names topics by id (KIP-516).
 *
 * ApiVersions claims v0 to v2 as well, because librdkafka looks for them; a request in one of them is refused
 * (KIP-896).
 */
export const produceRequest = message({
  apiKey: 0,
  name: "ProduceRequest",
  validVersions: "3-13",
  flexibleVersions: "9+",
  fields: {
    transactionalId: string({
      versions: "3+",
      nullable: "3+",
      default: null,
      about: "Transactional id of the producer; null outside transactions.",
    }),
    acks: int16({
      versions: "0+",
      about: "Whose append to wait for: 0 nobody's (and no response), 1 the leader's, -1 all in-sync replicas'.",
    }),
    timeoutMs: int32({ versions: "0+", about: "How long to wait for the replicas." }),
    topicData: array(
      { versions: "0+", about: "What to append, by topic." },
      {
        name: string({ versions: "0-12", ignorable: true, about: "Name of the topic." }),
        topicId: uuid({ versions: "13+", ignorable: true, about: "Id of the topic." }),
        partitionData: array(
          { versions: "0+", about: "What to append, by partition." },
          {
            index: int32({ versions: "0+", about: "Partition to append to." }),
            records: records({ versions: "0+", nullable: "0+", about: "The record batch." }),
          },
        ),
      },
    ),
  },
});

/**
 * Where each batch was appended, or why not.
 *
 * v2 adds logAppendTimeMs, v5 logStartOffset, v8 what was wrong with which record (KIP-467). v9 is the first flexible
 * version. v10 adds the leader to turn to (KIP-951). v11 and v12 add error codes only. v13 names topics by id.
 */
export const produceResponse = message({
  apiKey: 0,
  name: "ProduceResponse",
  validVersions: "3-13",
  flexibleVersions: "9+",
  fields: {
    responses: array(
      { versions: "0+", about: "What happened, by topic." },
      {
        name: string({ versions: "0-12", ignorable: true, about: "Name of the topic." }),
        topicId: uuid({ versions: "13+", ignorable: true, about: "Id of the topic." }),
        partitionResponses: array(
          { versions: "0+", about: "What happened, by partition." },
          {
            index: int32({ versions: "0+", about: "Partition that was appended to." }),
            errorCode: int16({ versions: "0+", about: "Why nothing was appended; 0 if it was." }),
            baseOffset: int64({ versions: "0+", about: "Offset that the first record got; -1 on error." }),
            logAppendTimeMs: int64({
              versions: "2+",
              default: -1,
              ignorable: true,
              about: "When the broker appended, for topics that stamp records so; -1 for others.",
            }),
            logStartOffset: int64({
              versions: "5+",
              default: -1,
              ignorable: true,
              about: "First offset that the log still has.",
            }),
            recordErrors: array(
              {
                versions: "8+",
                default: [],
                ignorable: true,
                about: "The records because of which the batch was refused.",
              },
              {
                batchIndex: int32({ versions: "8+", about: "Index of the record in its batch." }),
                batchIndexErrorMessage: string({
                  versions: "8+",
                  nullable: "8+",
                  default: null,
                  about: "What is wrong with the record.",
                }),
              },
            ),
            errorMessage: string({
              versions: "8+",
              nullable: "8+",
              default: null,
              ignorable: true,
              about: "Why the whole batch was refused, as a sentence.",
            }),
            currentLeader: struct(
              { versions: "10+", tag: 0, about: "Who leads the partition now, when the wrong broker was asked." },
              {
                leaderId: int32({ versions: "10+", default: -1, about: "Broker id of the leader; -1 if unknown." }),
                leaderEpoch: int32({ versions: "10+", default: -1, about: "Epoch of that leader; -1 if unknown." }),
              },
            ),
          },
        ),
      },
    ),
    throttleTimeMs: int32({
      versions: "1+",
      default: 0,
      ignorable: true,
      about: "How long the client should hold back because of a quota.",
    }),
    nodeEndpoints: array(
      { versions: "10+", tag: 0, about: "How to reach the leaders that this response names." },
      {
        nodeId: int32({ versions: "10+", about: "Broker id." }),
        host: string({ versions: "10+", about: "Host to connect to." }),
        port: int32({ versions: "10+", about: "Port to connect to." }),
        rack: string({ versions: "10+", nullable: "10+", default: null, about: "Rack of the broker, if it has one." }),
      },
    ),
  },
});
