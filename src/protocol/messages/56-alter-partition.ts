import { array, int16, int32, int64, int8, uuid } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * A leader proposes to the controller who is in sync from now on (KIP-497, KAFKA.md D.5).
 *
 * Only brokers and controllers speak it, in the one version that those of Kafka 3.9 use: v2 brought topic ids, v3
 * broker epochs of the replicas in sync (KIP-903).
 */
export const alterPartitionRequest = message({
  apiKey: 56,
  name: "AlterPartitionRequest",
  validVersions: "3",
  flexibleVersions: "0+",
  fields: {
    brokerId: int32({ versions: "0+", about: "Broker id of the leader that asks." }),
    brokerEpoch: int64({ versions: "0+", default: -1, about: "Registration of that broker; -1 if unknown." }),
    topics: array(
      { versions: "0+", about: "Proposals, by topic." },
      {
        topicId: uuid({ versions: "2+", ignorable: true, about: "Id of the topic." }),
        partitions: array(
          { versions: "0+", about: "Proposals, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition that is meant." }),
            leaderEpoch: int32({ versions: "0+", about: "Epoch in which the asker leads." }),
            newIsrWithEpochs: array(
              { versions: "3+", about: "The replicas that are to be in sync." },
              {
                brokerId: int32({ versions: "3+", about: "Broker id." }),
                brokerEpoch: int64({
                  versions: "3+",
                  default: -1,
                  about: "Registration with which the broker fetched; -1 leaves it unchecked.",
                }),
              },
            ),
            leaderRecoveryState: int8({
              versions: "1+",
              default: 0,
              about: "1 while the leader recovers from an unclean election; 0 otherwise.",
            }),
            partitionEpoch: int32({ versions: "0+", about: "Version of the state that the proposal starts from." }),
          },
        ),
      },
    ),
  },
});

/** What the controller decided. Only brokers and controllers speak it, in the one version of Kafka 3.9. */
export const alterPartitionResponse = message({
  apiKey: 56,
  name: "AlterPartitionResponse",
  validVersions: "3",
  flexibleVersions: "0+",
  fields: {
    throttleTimeMs: int32({ versions: "0+", about: "How long the asker should hold back because of a quota." }),
    errorCode: int16({ versions: "0+", about: "Why nothing was decided at all; 0 if there is no error." }),
    topics: array(
      { versions: "0+", about: "Decisions, by topic." },
      {
        topicId: uuid({ versions: "2+", ignorable: true, about: "Id of the topic." }),
        partitions: array(
          { versions: "0+", about: "Decisions, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition that is meant." }),
            errorCode: int16({ versions: "0+", about: "Why the proposal was refused; 0 if it holds." }),
            leaderId: int32({ versions: "0+", about: "Broker id of the leader." }),
            leaderEpoch: int32({ versions: "0+", about: "Epoch of that leader." }),
            isr: array({ versions: "0+", about: "Broker ids of the replicas in sync." }, "int32"),
            leaderRecoveryState: int8({
              versions: "1+",
              default: 0,
              ignorable: true,
              about: "1 while the leader recovers from an unclean election; 0 otherwise.",
            }),
            partitionEpoch: int32({ versions: "0+", about: "Version of the state as it is now." }),
          },
        ),
      },
    ),
  },
});
