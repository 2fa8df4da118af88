import type { Uuid } from "../base/uuid.ts";
import type { PartitionMetadata } from "../coordination/cluster-metadata.ts";
import type { RequestOf, ResponseDraftOf } from "../protocol/api-messages.ts";
import { type ErrorName, errorCodeOf } from "../protocol/error-code.ts";
import type { FollowerRules } from "./follower-rules.ts";
import type { Partition } from "./partition.ts";
import type { LeaderEndpoint } from "./replica-fetcher.ts";
import type { ReplicaFetchers } from "./replica-fetchers.ts";

type LeaderAndIsrTopic = RequestOf<4>["topicStates"][number];
type LeaderAndIsrState = LeaderAndIsrTopic["partitionStates"][number];
type StopReplicaState = RequestOf<5>["topicStates"][number]["partitionStates"][number];

/** In StopReplica: whatever the epoch, because the topic goes, or because the controller doesn't say. */
const epochDuringDelete = -2;
const noEpoch = -1;
/** Before a replica was told anything. */
const nothingDecided: Omit<PartitionMetadata, "index"> = {
  assignedReplicas: [],
  inSyncReplicas: [],
  leaderId: -1,
  leaderEpoch: -1,
  partitionEpoch: -1,
};

/** The replicas of this broker, and how they come and go. */
export interface ReplicaHost {
  find(topic: string, index: number): Partition | undefined;
  /** Open or make its log; it plays no role until it is told one. */
  create(topic: string, topicId: Uuid, metadata: PartitionMetadata): Partition | ErrorName;
  /** Host it no longer, and delete its log too if that is asked; also where only a log is left. */
  remove(topic: string, index: number, deletesLog: boolean): ErrorName;
  /** It plays another role: whoever waits for it must look again. */
  touch(partition: Partition): void;
}

export interface ReplicaControlOptions {
  readonly brokerId: number;
  /** Registration of this broker; what is meant for an earlier one is refused. */
  readonly brokerEpoch: () => number;
  readonly host: ReplicaHost;
  readonly fetchers: ReplicaFetchers;
  readonly rules: FollowerRules;
}

/**
 * Makes a broker's replicas what the controller says: leaders, followers, gone. It refuses controllers that have been
 * replaced and words meant for an earlier life of this broker (KAFKA.md D.6).
 */
export class ReplicaControl {
  private readonly options: ReplicaControlOptions;
  private newestControllerEpoch = 0;

  constructor(options: ReplicaControlOptions) {
    this.options = options;
  }

  /** The newest controller that was heard of. */
  get controllerEpoch(): number {
    return this.newestControllerEpoch;
  }

  /** Whether to listen to a controller's request at all; UpdateMetadata asks too. */
  admit(request: { readonly controllerEpoch: number; readonly brokerEpoch: number }): ErrorName {
    // A higher one is of a registration that this broker itself hasn't heard of yet (KAFKA.md T.3).
    if (request.brokerEpoch !== -1 && request.brokerEpoch < this.options.brokerEpoch()) return "STALE_BROKER_EPOCH";
    if (request.controllerEpoch < this.newestControllerEpoch) return "STALE_CONTROLLER_EPOCH";
    this.newestControllerEpoch = request.controllerEpoch;
    return "NONE";
  }

  leaderAndIsr(request: RequestOf<4>): ResponseDraftOf<4> {
    const refusal = this.admit(request);
    if (refusal !== "NONE") return { errorCode: errorCodeOf(refusal), topics: [] };
    const leaders = new Map(
      request.liveLeaders.map(({ brokerId, hostName, port }) => [
        brokerId,
        { brokerId, address: { host: hostName, port } },
      ]),
    );
    const topics = request.topicStates.map((topic) => ({
      topicId: topic.topicId,
      partitionErrors: topic.partitionStates.map((state) => ({
        partitionIndex: state.partitionIndex,
        errorCode: errorCodeOf(this.apply(topic, state, leaders)),
      })),
    }));
    return { errorCode: errorCodeOf("NONE"), topics };
  }

  stopReplica(request: RequestOf<5>): ResponseDraftOf<5> {
    const refusal = this.admit(request);
    if (refusal !== "NONE") return { errorCode: errorCodeOf(refusal), partitionErrors: [] };
    const partitionErrors = request.topicStates.flatMap(({ topicName, partitionStates }) =>
      partitionStates.map((state) => ({
        topicName,
        partitionIndex: state.partitionIndex,
        errorCode: errorCodeOf(this.stop(topicName, state)),
      })),
    );
    return { errorCode: errorCodeOf("NONE"), partitionErrors };
  }

  private apply(
    { topicName, topicId }: LeaderAndIsrTopic,
    state: LeaderAndIsrState,
    leaders: ReadonlyMap<number, LeaderEndpoint>,
  ): ErrorName {
    const { brokerId, host } = this.options;
    const known = host.find(topicName, state.partitionIndex);
    if (known !== undefined && known.topicId !== topicId) return "INCONSISTENT_TOPIC_ID";
    if (known !== undefined && state.leaderEpoch <= known.leaderEpoch) return "STALE_CONTROLLER_EPOCH";
    if (!state.replicas.includes(brokerId)) return "UNKNOWN_TOPIC_OR_PARTITION";
    const partition = known ?? host.create(topicName, topicId, { index: state.partitionIndex, ...nothingDecided });
    if (typeof partition === "string") return partition;
    const errorName = partition.applyLeadership(metadataOf(state));
    if (errorName !== "NONE") return errorName;
    this.followOrNot(partition, leaders.get(state.leader));
    host.touch(partition);
    return "NONE";
  }

  /** A leader that nobody can reach, or none at all, is not followed: the next election will be told. */
  private followOrNot(partition: Partition, leader: LeaderEndpoint | undefined): void {
    const { fetchers, rules } = this.options;
    if (partition.isLeader || leader === undefined) fetchers.unfollow(partition.topicId, partition.index);
    else fetchers.follow(leader, partition.asFollower(rules));
  }

  private stop(topic: string, { partitionIndex, leaderEpoch, deletePartition }: StopReplicaState): ErrorName {
    const { host, fetchers } = this.options;
    const partition = host.find(topic, partitionIndex);
    if (partition === undefined) return deletePartition ? host.remove(topic, partitionIndex, true) : "NONE";
    const isAnyEpoch = leaderEpoch === epochDuringDelete || leaderEpoch === noEpoch;
    if (!isAnyEpoch && leaderEpoch < partition.leaderEpoch) return "FENCED_LEADER_EPOCH";
    fetchers.unfollow(partition.topicId, partition.index);
    const errorName = host.remove(topic, partitionIndex, deletePartition);
    host.touch(partition);
    return errorName;
  }
}

function metadataOf(state: LeaderAndIsrState): PartitionMetadata {
  return {
    index: state.partitionIndex,
    assignedReplicas: state.replicas,
    inSyncReplicas: state.isr,
    leaderId: state.leader,
    leaderEpoch: state.leaderEpoch,
    partitionEpoch: state.partitionEpoch,
  };
}
