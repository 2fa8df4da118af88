import { startCluster } from "../../src/cli/engine.ts";
import type { Target } from "./talk.ts";

/** A Tapedeck cluster to hold conversations with. */
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

export async function startTapedeck(brokerCount: number): Promise<Tapedeck> {
  const cluster = await startCluster({ brokers: brokerCount, port: 0, configs });
  return { brokers: cluster.brokers, lags: false, stop: () => cluster.stop() };
}
