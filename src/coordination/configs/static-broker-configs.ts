import { hostPortText } from "../../base/host-port.ts";
import type { ConfigOverrides } from "../cluster-metadata.ts";
import { brokerValueComplaint } from "./broker-configs.ts";
import { inheritanceComplaint } from "./config-resolution.ts";

/**
 * What a cluster on one machine is started with where Kafka's own default is meant for production: internal topics
 * with one replica, since replication isn't there yet, and no waiting for more members of a new group. DescribeConfigs
 * shows them for what they are: set when the broker was started.
 */
export const smallClusterConfigs: ConfigOverrides = new Map([
  ["group.initial.rebalance.delay.ms", "0"],
  ["offsets.topic.replication.factor", "1"],
  ["share.coordinator.state.topic.min.isr", "1"],
  ["share.coordinator.state.topic.replication.factor", "1"],
  ["transaction.state.log.min.isr", "1"],
  ["transaction.state.log.replication.factor", "1"],
]);

/** What a broker is, in the words of its configuration. */
export interface BrokerIdentity {
  readonly brokerId: number;
  /** Where it listens. */
  readonly host: string;
  readonly port: number;
  /** How clients reach it, where that is not the address that it listens on. */
  readonly advertisedHost?: string | undefined;
  readonly rack: string | null;
  /** Null where logs are kept in memory. */
  readonly logDirectory: string | null;
}

/** What a broker is started with: who it is, then what the user said, then what suits a small cluster. */
export function staticBrokerConfigs(identity: BrokerIdentity, userConfigs: ConfigOverrides): ConfigOverrides {
  const { brokerId, host, port, advertisedHost = host, rack, logDirectory } = identity;
  const configs = new Map([
    ...smallClusterConfigs,
    ...userConfigs,
    ["node.id", String(brokerId)] as const,
    ["broker.id", String(brokerId)] as const,
    ["process.roles", "broker,controller"] as const,
    ["listeners", `PLAINTEXT://${hostPortText(host, port)}`] as const,
    ["advertised.listeners", `PLAINTEXT://${hostPortText(advertisedHost, port)}`] as const,
  ]);
  if (rack !== null) configs.set("broker.rack", rack);
  if (logDirectory !== null) configs.set("log.dirs", logDirectory);
  return configs;
}

/**
 * What is wrong with configurations that a user wants brokers to be started with; undefined where nothing is. Unknown
 * names are fine, as they are in Kafka's properties files.
 */
export function staticConfigComplaint(userConfigs: ConfigOverrides): string | undefined {
  return brokerValueComplaint(userConfigs) ?? inheritanceComplaint(userConfigs);
}
