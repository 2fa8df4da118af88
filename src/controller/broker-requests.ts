import { zeroUuid } from "../base/uuid.ts";
import type { RequestDraftOf } from "../protocol/api-messages.ts";
import { isOnline, isToBeDeleted } from "./controller-context.ts";
import type { ControlledPartition, ControllerContext, Leadership, LiveBroker } from "./controller-context.ts";

/** What a controller says to a broker: LeaderAndIsr (4), StopReplica (5) or UpdateMetadata (6). */
export type ControlKey = 4 | 5 | 6;

export type BrokerRequest = {
  readonly [Key in ControlKey]: {
    readonly brokerId: number;
    readonly apiKey: Key;
    readonly request: RequestDraftOf<Key>;
  };
}[ControlKey];

type LeaderAndIsrState = RequestDraftOf<4>["topicStates"][number]["partitionStates"][number];
type StopReplicaState = RequestDraftOf<5>["topicStates"][number]["partitionStates"][number];
type MetadataState = RequestDraftOf<6>["topicStates"][number]["partitionStates"][number];

/** Leader of a partition that is being deleted. */
const leaderDuringDelete = -2;
/** Leader epoch that overrides every other: the topic is being deleted. */
const epochDuringDelete = -2;
const noEpoch = -1;

const securityProtocols: Readonly<Record<string, number>> = { PLAINTEXT: 0, SSL: 1, SASL_PLAINTEXT: 2, SASL_SSL: 3 };

/** By topic and partition; what is put twice counts as it was put last. */
class PartitionTable<State> {
  private readonly topics = new Map<string, Map<number, State>>();

  get(topic: string, index: number): State | undefined {
    return this.topics.get(topic)?.get(index);
  }

  put(topic: string, index: number, state: State): void {
    const partitions = this.topics.get(topic);
    if (partitions === undefined) this.topics.set(topic, new Map([[index, state]]));
    else partitions.set(index, state);
  }

  byTopic(): readonly { readonly topicName: string; readonly partitionStates: State[] }[] {
    return Array.from(this.topics, ([topicName, states]) => ({ topicName, partitionStates: [...states.values()] }));
  }
}

/**
 * What brokers are to be told of one step of a decision: collected, and then said to each of them in one message of
 * each kind, in the order LeaderAndIsr, UpdateMetadata, StopReplica (KAFKA.md E.4).
 */
export class RequestBatch {
  private readonly leaderships = new Map<number, PartitionTable<LeaderAndIsrState>>();
  private readonly stops = new Map<number, PartitionTable<StopReplicaState>>();
  private readonly metadata = new PartitionTable<MetadataState>();
  private readonly metadataBrokers = new Set<number>();

  /** Tell `brokerIds` who leads a partition, and everybody that something has changed about it. */
  tellLeadership(
    context: ControllerContext,
    brokerIds: readonly number[],
    partition: ControlledPartition,
    isNew = false,
  ): void {
    const { topic, index, leadership, assignment } = partition;
    if (leadership === undefined) return;
    for (const brokerId of brokerIds) {
      const table = this.leaderships.get(brokerId) ?? new PartitionTable<LeaderAndIsrState>();
      this.leaderships.set(brokerId, table);
      table.put(topic, index, {
        partitionIndex: index,
        controllerEpoch: leadership.controllerEpoch,
        leader: leadership.leaderId,
        leaderEpoch: leadership.leaderEpoch,
        isr: [...leadership.inSyncReplicas],
        partitionEpoch: leadership.partitionEpoch,
        replicas: [...assignment.replicas],
        addingReplicas: [...assignment.addingReplicas],
        removingReplicas: [...assignment.removingReplicas],
        isNew: isNew || table.get(topic, index)?.isNew === true,
        leaderRecoveryState: leadership.isRecovering ? 1 : 0,
      });
    }
    this.tellMetadata(context, [...context.brokers.keys()], [partition]);
  }

  /** Tell `brokerIds` about `partitions`, and who is alive also where there are none. */
  tellMetadata(
    context: ControllerContext,
    brokerIds: readonly number[],
    partitions: readonly ControlledPartition[],
  ): void {
    for (const brokerId of brokerIds) this.metadataBrokers.add(brokerId);
    for (const partition of partitions) {
      const { topic, index, leadership, assignment } = partition;
      if (leadership === undefined) continue;
      const told = isToBeDeleted(context, topic) ? duringDelete(leadership) : leadership;
      this.metadata.put(topic, index, {
        partitionIndex: index,
        controllerEpoch: leadership.controllerEpoch,
        leader: told.leaderId,
        leaderEpoch: told.leaderEpoch,
        isr: [...told.inSyncReplicas],
        zkVersion: told.partitionEpoch,
        replicas: [...assignment.replicas],
        offlineReplicas: assignment.replicas.filter((brokerId) => !isOnline(context, partition, brokerId)),
      });
    }
  }

  stopReplica(context: ControllerContext, brokerId: number, partition: ControlledPartition, isDeleted: boolean): void {
    const { topic, index, leadership } = partition;
    const table = this.stops.get(brokerId) ?? new PartitionTable<StopReplicaState>();
    this.stops.set(brokerId, table);
    table.put(topic, index, {
      partitionIndex: index,
      leaderEpoch: isToBeDeleted(context, topic) ? epochDuringDelete : (leadership?.leaderEpoch ?? noEpoch),
      deletePartition: isDeleted || table.get(topic, index)?.deletePartition === true,
    });
  }

  /** All of it as messages. Who is not registered (any more) is told nothing. */
  requests(context: ControllerContext, listenerName: string): readonly BrokerRequest[] {
    const from = { controllerId: context.brokerId, controllerEpoch: context.controllerEpoch };
    const brokers = [...context.brokers.values()].sort((one, other) => one.id - other.id);
    const idOf = (topic: string): string | undefined => context.topics.get(topic)?.topicId;
    const requests: BrokerRequest[] = [];
    for (const { id, brokerEpoch } of brokers) {
      const table = this.leaderships.get(id);
      if (table === undefined) continue;
      const topicStates = table.byTopic().map((states) => ({ ...states, ...topicIdField(idOf(states.topicName)) }));
      const liveLeaders = leadersIn(topicStates, brokers, listenerName);
      requests.push({ brokerId: id, apiKey: 4, request: { ...from, brokerEpoch, type: 0, topicStates, liveLeaders } });
    }
    const topicStates = this.metadata
      .byTopic()
      .map((states) => ({ ...states, ...topicIdField(idOf(states.topicName)) }));
    const liveBrokers = brokers.map(liveBrokerOf);
    for (const { id, brokerEpoch } of brokers) {
      if (!this.metadataBrokers.has(id)) continue;
      requests.push({ brokerId: id, apiKey: 6, request: { ...from, brokerEpoch, topicStates, liveBrokers } });
    }
    for (const { id, brokerEpoch } of brokers) {
      const table = this.stops.get(id);
      if (table === undefined) continue;
      requests.push({ brokerId: id, apiKey: 5, request: { ...from, brokerEpoch, topicStates: [...table.byTopic()] } });
    }
    return requests;
  }
}

/** Where brokers reach `broker`: at the listener that is meant for them, or at its first one. */
export function endpointFor(
  broker: LiveBroker,
  listenerName: string,
): { readonly host: string; readonly port: number } | undefined {
  return broker.endpoints.find((endpoint) => endpoint.listenerName === listenerName) ?? broker.endpoints[0];
}

function duringDelete({ inSyncReplicas }: Leadership): Omit<Leadership, "controllerEpoch" | "isRecovering"> {
  return { leaderId: leaderDuringDelete, leaderEpoch: 0, inSyncReplicas, partitionEpoch: 0 };
}

/** A topic that is gone has no id any more. */
function topicIdField(topicId: string | undefined): { readonly topicId: string } {
  return { topicId: topicId ?? zeroUuid };
}

function leadersIn(
  topics: readonly { readonly partitionStates: readonly LeaderAndIsrState[] }[],
  brokers: readonly LiveBroker[],
  listenerName: string,
): RequestDraftOf<4>["liveLeaders"] {
  const leaderIds = new Set(topics.flatMap(({ partitionStates }) => partitionStates.map(({ leader }) => leader)));
  return brokers.flatMap((broker) => {
    const endpoint = endpointFor(broker, listenerName);
    if (!leaderIds.has(broker.id) || endpoint === undefined) return [];
    return [{ brokerId: broker.id, hostName: endpoint.host, port: endpoint.port }];
  });
}

function liveBrokerOf({ id, endpoints, rack }: LiveBroker): RequestDraftOf<6>["liveBrokers"][number] {
  return {
    id,
    rack,
    endpoints: endpoints.map(({ host, port, listenerName, securityProtocol }) => ({
      host,
      port,
      listener: listenerName,
      securityProtocol: securityProtocols[securityProtocol] ?? 0,
    })),
  };
}
