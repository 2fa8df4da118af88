import { array, bool, int16, int32, int64, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * A controller tells a broker to stop replicating, and to delete what it has where that is said (KAFKA.md D.6, E.6).
 *
 * Only brokers and controllers speak it, in the one version that those of Kafka 3.9 with ZooKeeper use: v3 brought
 * leader epochs, v4 isKRaftController.
 */
export const stopReplicaRequest = message({
  apiKey: 5,
  name: "StopReplicaRequest",
  validVersions: "4",
  flexibleVersions: "2+",
  fields: {
    controllerId: int32({ versions: "0+", about: "Broker id of the controller that asks." }),
    isKRaftController: bool({ versions: "4+", default: false, about: "The controller is a KRaft one (KIP-866)." }),
    controllerEpoch: int32({ versions: "0+", about: "Epoch of that controller; an older one is refused." }),
    brokerEpoch: int64({
      versions: "1+",
      default: -1,
      ignorable: true,
      about: "Registration of the broker that this is meant for; -1 is any.",
    }),
    topicStates: array(
      { versions: "3+", about: "What to stop, by topic." },
      {
        topicName: string({ versions: "3+", about: "Name of the topic." }),
        partitionStates: array(
          { versions: "3+", about: "What to stop, by partition." },
          {
            partitionIndex: int32({ versions: "3+", about: "Partition to stop." }),
            leaderEpoch: int32({
              versions: "3+",
              default: -1,
              about: "Leader epoch that the controller knows; -2 if the topic is being deleted, -1 is any.",
            }),
            deletePartition: bool({ versions: "3+", about: "The log is to be deleted too." }),
          },
        ),
      },
    ),
  },
});

/** What the broker made of it. Only brokers and controllers speak it, in the one version of Kafka 3.9. */
export const stopReplicaResponse = message({
  apiKey: 5,
  name: "StopReplicaResponse",
  validVersions: "4",
  flexibleVersions: "2+",
  fields: {
    errorCode: int16({ versions: "0+", about: "Why nothing was stopped at all; 0 if there is no error." }),
    partitionErrors: array(
      { versions: "0+", about: "What became of it, by partition." },
      {
        topicName: string({ versions: "0+", about: "Name of the topic." }),
        partitionIndex: int32({ versions: "0+", about: "Partition that was meant." }),
        errorCode: int16({ versions: "0+", about: "Why it was not stopped; 0 if it was." }),
      },
    ),
  },
});
