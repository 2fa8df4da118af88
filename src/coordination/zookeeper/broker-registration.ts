import { brokerPath } from "./layout.ts";
import { writeBroker, type BrokerZnode } from "./znode-content.ts";
import type { Znodes } from "./znodes.ts";
import type { ZookeeperFailure } from "./zookeeper-error.ts";

export type RegistrationOutcome =
  | { readonly kind: "registered"; readonly brokerEpoch: number }
  /** Another session has the broker's id: as a rule the one from before a crash, until it expires. */
  | { readonly kind: "held"; readonly ownerSessionId: number }
  | { readonly kind: "failed"; readonly error: ZookeeperFailure };

/** What registering needs of a client; `znodes` are the patient ones. */
interface RegistrationClient {
  readonly sessionId: number;
  readonly patient: Pick<Znodes, "multi" | "getData" | "exists">;
}

/**
 * Put a broker into /brokers/ids for as long as the client's session lives (KAFKA.md E.3). The node is created empty
 * and set in one transaction, as Kafka does, so that its data's version is 1. Its czxid is the broker epoch.
 *
 * Kafka ends its process where the id is held by another session; here the owner is told, and can wait for it
 * (`whenReleased`).
 */
export function registerBroker(
  client: RegistrationClient,
  brokerId: number,
  broker: BrokerZnode,
  told: (outcome: RegistrationOutcome) => void,
): void {
  const path = brokerPath(brokerId);
  const create = { type: "create", path, data: null, mode: "ephemeral" } as const;
  const setData = { type: "setData", path, data: writeBroker(broker), version: -1 } as const;
  client.patient.multi([create, setData], (answer) => {
    const stat = answer.value?.[1]?.stat;
    if (stat !== undefined && stat !== null) {
      told({ kind: "registered", brokerEpoch: stat.czxid });
      return;
    }
    if (answer.error !== "NODEEXISTS") {
      told({ kind: "failed", error: answer.error === "OK" ? "MARSHALLINGERROR" : answer.error });
      return;
    }
    client.patient.getData(path, (found) => {
      if (found.error === "NONODE") registerBroker(client, brokerId, broker, told);
      else if (found.error !== "OK") told({ kind: "failed", error: found.error });
      else told(outcomeFor(client.sessionId, found.value.stat));
    });
  });
}

/** A node of the client's own session is its own work, whose answer was lost with a connection. */
function outcomeFor(
  sessionId: number,
  stat: { readonly ephemeralOwner: number; readonly czxid: number },
): RegistrationOutcome {
  return stat.ephemeralOwner === sessionId
    ? { kind: "registered", brokerEpoch: stat.czxid }
    : { kind: "held", ownerSessionId: stat.ephemeralOwner };
}

/** Tells once when nobody holds the broker's id any more. Says nothing if the client's session ends before that. */
export function whenReleased(client: RegistrationClient, brokerId: number, told: () => void): void {
  client.patient.exists(
    brokerPath(brokerId),
    ({ error }) => {
      if (error === "NONODE") told();
    },
    (event) => {
      if (event.type === "deleted") told();
      else if (event.type === "dataChanged") whenReleased(client, brokerId, told);
    },
  );
}
