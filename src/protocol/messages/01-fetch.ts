import { array, int16, int32, int64, int8, records, string, struct, uuid } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * Reads record batches; consumers and follower replicas both use it.
 *
 * v3 adds maxBytes, v4 isolationLevel, v5 logStartOffset of a follower, v7 fetch sessions (KIP-227), v9
 * currentLeaderEpoch (KIP-320), v11 rackId (KIP-392). v10 allows zstd in what is answered. v12 is the first flexible
 * version and adds lastFetchedEpoch and clusterId. v13 names topics by id. v15 moves replicaId into replicaState
 * (KIP-903). v17 adds replicaDirectoryId. v18 adds highWatermark (KIP-1166).
 */
export const fetchRequest = message({
  apiKey: 1,
  name: "FetchRequest",
  validVersions: "4-18",
  flexibleVersions: "12+",
  fields: {
    clusterId: string({
      versions: "12+",
      nullable: "12+",
      default: null,
      tag: 0,
      ignorable: true,
      about: "Cluster that the asker believes it is in, if it knows.",
    }),
    replicaId: int32({ versions: "0-14", default: -1, about: "Broker id of a follower; -1 for a consumer." }),
    replicaState: struct(
      { versions: "15+", tag: 1, about: "Which follower asks; absent for a consumer." },
      {
        replicaId: int32({ versions: "15+", default: -1, about: "Broker id of a follower; -1 for a consumer." }),
        replicaEpoch: int64({ versions: "15+", default: -1, about: "Broker epoch of the follower; -1 if unknown." }),
      },
    ),
    maxWaitMs: int32({ versions: "0+", about: "How long to wait for minBytes to gather." }),
    minBytes: int32({ versions: "0+", about: "Fewest bytes worth answering with before maxWaitMs is over." }),
    maxBytes: int32({
      versions: "3+",
      default: 0x7fffffff,
      ignorable: true,
      about: "Most bytes wanted in all; one larger batch is still sent alone (KIP-74).",
    }),
    isolationLevel: int8({
      versions: "4+",
      default: 0,
      ignorable: true,
      about: "0 reads everything below the high watermark, 1 only what committed transactions and others wrote.",
    }),
    sessionId: int32({
      versions: "7+",
      default: 0,
      ignorable: true,
      about: "Fetch session to go on with; 0 for none.",
    }),
    sessionEpoch: int32({
      versions: "7+",
      default: -1,
      ignorable: true,
      about: "Place of the request in its session: 0 opens one, -1 closes it.",
    }),
    topics: array(
      { versions: "0+", about: "What to read, by topic; in a session only what changed." },
      {
        topic: string({ versions: "0-12", ignorable: true, about: "Name of the topic." }),
        topicId: uuid({ versions: "13+", ignorable: true, about: "Id of the topic." }),
        partitions: array(
          { versions: "0+", about: "What to read, by partition." },
          {
            partition: int32({ versions: "0+", about: "Partition to read." }),
            currentLeaderEpoch: int32({
              versions: "9+",
              default: -1,
              ignorable: true,
              about: "Leader epoch that the asker believes in; -1 is any.",
            }),
            fetchOffset: int64({ versions: "0+", about: "Offset to read from." }),
            lastFetchedEpoch: int32({
              versions: "12+",
              default: -1,
              about: "Leader epoch of the last record that the asker has; -1 for none.",
            }),
            logStartOffset: int64({
              versions: "5+",
              default: -1,
              ignorable: true,
              about: "First offset that the follower still has; -1 for a consumer.",
            }),
            partitionMaxBytes: int32({ versions: "0+", about: "Most bytes wanted from this partition." }),
            replicaDirectoryId: uuid({
              versions: "17+",
              tag: 0,
              ignorable: true,
              about: "Id of the directory that holds the follower's copy.",
            }),
            highWatermark: int64({
              versions: "18+",
              default: Number.MAX_SAFE_INTEGER,
              tag: 1,
              ignorable: true,
              about: "High watermark that the follower knows; the largest number if it has told none.",
            }),
          },
        ),
      },
    ),
    forgottenTopicsData: array(
      { versions: "7+", about: "What to take out of the fetch session." },
      {
        topic: string({ versions: "7-12", ignorable: true, about: "Name of the topic." }),
        topicId: uuid({ versions: "13+", ignorable: true, about: "Id of the topic." }),
        partitions: array({ versions: "7+", about: "Partitions to forget." }, "int32"),
      },
    ),
    rackId: string({ versions: "11+", default: "", ignorable: true, about: "Rack of the consumer, if it has one." }),
  },
});

/**
 * The batches that were found, and how far each log reaches.
 *
 * v4 adds lastStableOffset and abortedTransactions, v5 logStartOffset, v7 an error and a session for the whole
 * response, v11 preferredReadReplica. v12 is the first flexible version and adds divergingEpoch, currentLeader and
 * snapshotId. v13 names topics by id. v16 adds nodeEndpoints (KIP-951).
 */
export const fetchResponse = message({
  apiKey: 1,
  name: "FetchResponse",
  validVersions: "4-18",
  flexibleVersions: "12+",
  fields: {
    throttleTimeMs: int32({
      versions: "1+",
      default: 0,
      ignorable: true,
      about: "How long the client should hold back because of a quota.",
    }),
    errorCode: int16({ versions: "7+", ignorable: true, about: "What is wrong with the request as a whole." }),
    sessionId: int32({ versions: "7+", default: 0, about: "Fetch session that this belongs to; 0 for none." }),
    responses: array(
      { versions: "0+", about: "What was read, by topic." },
      {
        topic: string({ versions: "0-12", ignorable: true, about: "Name of the topic." }),
        topicId: uuid({ versions: "13+", ignorable: true, about: "Id of the topic." }),
        partitions: array(
          { versions: "0+", about: "What was read, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition that was read." }),
            errorCode: int16({ versions: "0+", about: "Why nothing was read; 0 if there is no error." }),
            highWatermark: int64({ versions: "0+", about: "First offset that consumers can't see yet; -1 on error." }),
            lastStableOffset: int64({
              versions: "4+",
              default: -1,
              ignorable: true,
              about: "First offset whose transaction is still open; -1 on error.",
            }),
            logStartOffset: int64({
              versions: "5+",
              default: -1,
              ignorable: true,
              about: "First offset that the log still has; -1 on error.",
            }),
            divergingEpoch: struct(
              { versions: "12+", tag: 0, about: "Where the follower's log and the leader's part; it must cut there." },
              {
                epoch: int32({ versions: "12+", default: -1, about: "Largest leader epoch that both have." }),
                endOffset: int64({ versions: "12+", default: -1, about: "First offset after that epoch." }),
              },
            ),
            currentLeader: struct(
              { versions: "12+", tag: 1, about: "Who leads the partition now, when the wrong broker was asked." },
              {
                leaderId: int32({ versions: "12+", default: -1, about: "Broker id of the leader; -1 if unknown." }),
                leaderEpoch: int32({ versions: "12+", default: -1, about: "Epoch of that leader; -1 if unknown." }),
              },
            ),
            snapshotId: struct(
              {
                versions: "12+",
                tag: 2,
                about: "Snapshot to fetch instead, where the log no longer goes back so far.",
              },
              {
                endOffset: int64({ versions: "0+", default: -1, about: "First offset after the snapshot." }),
                epoch: int32({ versions: "0+", default: -1, about: "Leader epoch of the snapshot." }),
              },
            ),
            abortedTransactions: array(
              {
                versions: "4+",
                nullable: "4+",
                ignorable: true,
                about: "Transactions in the range that were aborted.",
              },
              {
                producerId: int64({ versions: "4+", about: "Producer whose transaction it was." }),
                firstOffset: int64({ versions: "4+", about: "First offset of the transaction." }),
              },
            ),
            preferredReadReplica: int32({
              versions: "11+",
              default: -1,
              about: "Broker id that a consumer should read from instead; -1 for none.",
            }),
            records: records({
              versions: "0+",
              nullable: "0+",
              about: "Whole record batches; empty if there are none.",
            }),
          },
        ),
      },
    ),
    nodeEndpoints: array(
      { versions: "16+", tag: 0, about: "How to reach the leaders that this response names." },
      {
        nodeId: int32({ versions: "16+", about: "Broker id." }),
        host: string({ versions: "16+", about: "Host to connect to." }),
        port: int32({ versions: "16+", about: "Port to connect to." }),
        rack: string({ versions: "16+", nullable: "16+", default: null, about: "Rack of the broker, if it has one." }),
      },
    ),
  },
});
