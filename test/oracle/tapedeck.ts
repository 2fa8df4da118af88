import { startCluster } from "../../src/cli/engine.ts";
import type { Target } from "./talk.ts";

/** A Tapedeck cluster of one broker to hold conversations with. */
export interface Tapedeck extends Target {
  stop(): Promise<void>;
}

/** The same settings as Apache Kafka has beside it (`apache-kafka.ts`), so that what is described can be compared. */
const configs = {
  "offsets.topic.replication.factor": "1",
  "transaction.state.log.replication.factor": "1",
  "transaction.state.log.min.isr": "1",
  "share.coordinator.state.topic.replication.factor": "1",
  "share.coordinator.state.topic.min.isr": "1",
  "group.initial.rebalance.delay.ms": "0",
};

export async function startTapedeck(): Promise<Tapedeck> {
  const cluster = await startCluster({ brokers: 1, port: 0, configs });
  const [broker] = cluster.brokers;
  if (broker === undefined) throw new Error("Tapedeck has no broker");
  return { host: broker.host, port: broker.port, lags: false, stop: () => cluster.stop() };
}
