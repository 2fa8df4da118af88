import { array, int16, int32, int64, string } from "../schema/field.ts";
import { message } from "../schema/message.ts";

/**
 * A broker that wants to stop asks the controller to give its leaderships to others first (KAFKA.md E.7).
 *
 * Only brokers and controllers speak it, in the one version that those of Kafka 3.9 with ZooKeeper use.
 */
export const controlledShutdownRequest = message({
  apiKey: 7,
  name: "ControlledShutdownRequest",
  validVersions: "3",
  flexibleVersions: "3+",
  fields: {
    brokerId: int32({ versions: "0+", about: "Broker id of the one that wants to stop." }),
    brokerEpoch: int64({
      versions: "2+",
      default: -1,
      ignorable: true,
      about: "Its registration, so that a late request doesn't hit its successor; -1 is any.",
    }),
  },
});

/** What the broker still leads. Only brokers and controllers speak it, in the one version of Kafka 3.9. */
export const controlledShutdownResponse = message({
  apiKey: 7,
  name: "ControlledShutdownResponse",
  validVersions: "3",
  flexibleVersions: "3+",
  fields: {
    errorCode: int16({ versions: "0+", about: "Why nothing was moved; 0 if there is no error." }),
    remainingPartitions: array(
      { versions: "0+", about: "What could not be given to another leader." },
      {
        topicName: string({ versions: "0+", about: "Name of the topic." }),
        partitionIndex: int32({ versions: "0+", about: "Partition that the broker still leads." }),
      },
    ),
  },
});
