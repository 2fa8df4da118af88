import { array, bool, int16, int32, int64, int8, string, uuid } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * A controller tells a broker which replicas it hosts, who leads each, and who is in sync (KAFKA.md D.6, E.4).
 *
 * Only brokers and controllers speak it, in the one version that those of Kafka 3.9 with ZooKeeper use: v5 brought
 * topic ids, v6 leaderRecoveryState, v7 isKRaftController.
 */
export const leaderAndIsrRequest = message({
  apiKey: 4,
  name: "LeaderAndIsrRequest",
  validVersions: "7",
  flexibleVersions: "4+",
  fields: {
    controllerId: int32({ versions: "0+", about: "Broker id of the controller that asks." }),
    isKRaftController: bool({ versions: "7+", default: false, about: "The controller is a KRaft one (KIP-866)." }),
    controllerEpoch: int32({ versions: "0+", about: "Epoch of that controller; an older one is refused." }),
    brokerEpoch: int64({
      versions: "2+",
      default: -1,
      ignorable: true,
      about: "Registration of the broker that this is meant for; -1 is any.",
    }),
    type: int8({ versions: "5+", about: "1 if only some partitions are told, 2 if all; 0 if that is not said." }),
    topicStates: array(
      { versions: "2+", about: "What is decided, by topic." },
      {
        topicName: string({ versions: "2+", about: "Name of the topic." }),
        topicId: uuid({ versions: "5+", ignorable: true, about: "Id of the topic." }),
        partitionStates: array(
          { versions: "2+", about: "What is decided, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition that is meant." }),
            controllerEpoch: int32({ versions: "0+", about: "Epoch of the controller that decided this." }),
            leader: int32({ versions: "0+", about: "Broker id of the leader; -1 for none." }),
            leaderEpoch: int32({ versions: "0+", about: "Epoch of that leader." }),
            isr: array({ versions: "0+", about: "Broker ids of the replicas in sync." }, "int32"),
            partitionEpoch: int32({ versions: "0+", about: "Version of this state; it grows with every change." }),
            replicas: array(
              { versions: "0+", about: "Broker ids of all replicas, the preferred leader first." },
              "int32",
            ),
            addingReplicas: array(
              { versions: "3+", ignorable: true, about: "Broker ids that a reassignment is adding." },
              "int32",
            ),
            removingReplicas: array(
              { versions: "3+", ignorable: true, about: "Broker ids that a reassignment will take away." },
              "int32",
            ),
            isNew: bool({
              versions: "1+",
              default: false,
              ignorable: true,
              about: "The replica is new, so that the broker need not have it yet.",
            }),
            leaderRecoveryState: int8({
              versions: "6+",
              default: 0,
              about: "1 while the leader recovers from an unclean election; 0 otherwise.",
            }),
          },
        ),
      },
    ),
    liveLeaders: array(
      { versions: "0+", about: "How to reach the leaders that are named." },
      {
        brokerId: int32({ versions: "0+", about: "Broker id of the leader." }),
        hostName: string({ versions: "0+", about: "Host to connect to." }),
        port: int32({ versions: "0+", about: "Port to connect to." }),
      },
    ),
  },
});

/** What the broker made of it. Only brokers and controllers speak it, in the one version of Kafka 3.9. */
export const leaderAndIsrResponse = message({
  apiKey: 4,
  name: "LeaderAndIsrResponse",
  validVersions: "7",
  flexibleVersions: "4+",
  fields: {
    errorCode: int16({ versions: "0+", about: "Why nothing was applied at all; 0 if there is no error." }),
    topics: array(
      { versions: "5+", about: "What became of it, by topic." },
      {
        topicId: uuid({ versions: "5+", about: "Id of the topic." }),
        partitionErrors: array(
          { versions: "5+", about: "What became of it, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition that was meant." }),
            errorCode: int16({ versions: "0+", about: "Why it was not applied; 0 if it was." }),
          },
        ),
      },
    ),
  },
});
