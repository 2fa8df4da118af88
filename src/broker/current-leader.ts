import type { ServingBroker } from "./serving-broker.ts";

/** Who leads a partition now, as far as this broker knows, and where to find it (KIP-951). */
export interface CurrentLeader {
  /** -1: nobody. */
  readonly leaderId: number;
  readonly leaderEpoch: number;
}

export interface NodeEndpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

/**
 * Collects, for one response, the leaders that clients who asked the wrong broker should turn to, each broker's address
 * once. A partition without a leader is told as such, with no address.
 */
export class CurrentLeaders {
  private readonly broker: ServingBroker;
  private readonly endpoints = new Map<number, NodeEndpoint>();

  constructor(broker: ServingBroker) {
    this.broker = broker;
  }

  get nodeEndpoints(): readonly NodeEndpoint[] {
    return [...this.endpoints.values()];
  }

  of(topic: string, index: number): CurrentLeader {
    const partition = this.broker.metadata.topics.get(topic)?.partitions[index];
    if (partition === undefined) return { leaderId: -1, leaderEpoch: -1 };
    const { leaderId, leaderEpoch } = partition;
    const node = this.broker.metadata.brokers.get(leaderId);
    if (node?.isAlive === true) {
      this.endpoints.set(leaderId, { nodeId: leaderId, host: node.host, port: node.port, rack: node.rack });
    }
    return { leaderId, leaderEpoch };
  }
}
