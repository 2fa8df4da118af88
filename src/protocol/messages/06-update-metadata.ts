import { array, bool, int16, int32, int64, int8, string, uuid } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * A controller tells a broker what clients may ask it about: who is there, and who leads what (KAFKA.md E.4).
 *
 * Only brokers and controllers speak it, in the one version that those of Kafka 3.9 with ZooKeeper use: v7 brought
 * topic ids, v8 isKRaftController.
 */
export const updateMetadataRequest = message({
  apiKey: 6,
  name: "UpdateMetadataRequest",
  validVersions: "8",
  flexibleVersions: "6+",
  fields: {
    controllerId: int32({ versions: "0+", about: "Broker id of the controller that asks." }),
    isKRaftController: bool({ versions: "8+", default: false, about: "The controller is a KRaft one (KIP-866)." }),
    type: int8({
      versions: "8+",
      default: 0,
      tag: 0,
      about: "1 if only some partitions are told, 2 if all; 0 if that is not said.",
    }),
    controllerEpoch: int32({ versions: "0+", about: "Epoch of that controller; an older one is refused." }),
    brokerEpoch: int64({
      versions: "5+",
      default: -1,
      ignorable: true,
      about: "Registration of the broker that this is meant for; -1 is any.",
    }),
    topicStates: array(
      { versions: "5+", about: "What to know, by topic." },
      {
        topicName: string({ versions: "5+", about: "Name of the topic." }),
        topicId: uuid({ versions: "7+", ignorable: true, about: "Id of the topic." }),
        partitionStates: array(
          { versions: "5+", about: "What to know, by partition." },
          {
            partitionIndex: int32({ versions: "0+", about: "Partition that is meant." }),
            controllerEpoch: int32({ versions: "0+", about: "Epoch of the controller that decided this." }),
            leader: int32({
              versions: "0+",
              about: "Broker id of the leader; -1 for none, -2 while the topic is being deleted.",
            }),
            leaderEpoch: int32({ versions: "0+", about: "Epoch of that leader." }),
            isr: array({ versions: "0+", about: "Broker ids of the replicas in sync." }, "int32"),
            zkVersion: int32({ versions: "0+", about: "Version of this state; it grows with every change." }),
            replicas: array(
              { versions: "0+", about: "Broker ids of all replicas, the preferred leader first." },
              "int32",
            ),
            offlineReplicas: array(
              { versions: "4+", ignorable: true, about: "Broker ids of the replicas that are not there." },
              "int32",
            ),
          },
        ),
      },
    ),
    liveBrokers: array(
      { versions: "0+", about: "The brokers that are there." },
      {
        id: int32({ versions: "0+", about: "Broker id." }),
        endpoints: array(
          { versions: "1+", ignorable: true, about: "How to reach the broker, by listener." },
          {
            port: int32({ versions: "1+", about: "Port to connect to." }),
            host: string({ versions: "1+", about: "Host to connect to." }),
            listener: string({ versions: "3+", ignorable: true, about: "Name of the listener." }),
            securityProtocol: int16({ versions: "1+", about: "What is spoken there; 0 is PLAINTEXT." }),
          },
        ),
        rack: string({ versions: "2+", nullable: "0+", ignorable: true, about: "Rack of the broker, if it has one." }),
      },
    ),
  },
});

/** What the broker made of it. Only brokers and controllers speak it, in the one version of Kafka 3.9. */
export const updateMetadataResponse = message({
  apiKey: 6,
  name: "UpdateMetadataResponse",
  validVersions: "8",
  flexibleVersions: "6+",
  fields: {
    errorCode: int16({ versions: "0+", about: "Why it was not taken over; 0 if it was." }),
  },
});
