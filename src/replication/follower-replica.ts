import type { Uuid } from "../base/uuid.ts";
import type { EpochEnd } from "../log/leader-epoch-cache.ts";
import type { PartitionLog } from "../log/partition-log.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import type { FollowerRules } from "./follower-rules.ts";

/** Where a follower wants to read on, as a fetch says it. */
export interface FetchPosition {
  readonly fetchOffset: number;
  readonly currentLeaderEpoch: number;
  readonly lastFetchedEpoch: number;
  readonly logStartOffset: number;
}

/** What the leader answered for one partition. */
export interface FetchAnswer {
  readonly errorName: ErrorName;
  /** The leader's; -1 on error. */
  readonly highWatermark: number;
  readonly logStartOffset: number;
  /** Where the logs part; undefined where they don't. */
  readonly diverging: EpochEnd | undefined;
  readonly records: Buffer | null;
}

/**
 * What to do after an answer: fetch on, try again after `replica.fetch.backoff.ms`, ask for the ends of the leader's
 * log, or do nothing until the controller says who leads.
 */
export type FollowerStep = "fetch" | "backOff" | "askForEnds" | "awaitMetadata";

export interface FollowerReplicaOptions {
  readonly topicId: Uuid;
  readonly leaderEpoch: number;
  readonly log: PartitionLog;
  readonly rules: FollowerRules;
  /** Something that a reader of this replica waits for may have changed. */
  readonly onMoved: () => void;
}

/**
 * A replica's part as a follower in one leader epoch: what it asks its leader, and what the answers do to its log. Who
 * carries questions and answers is not its business.
 *
 * The fetch offset is the follower's word for what it has. So before an answer counts it must be cut to what the leader
 * has too, which the leader sees from the epoch of the last record, and says in place of records (KAFKA.md D.7).
 */
export class FollowerReplica {
  readonly topic: string;
  readonly topicId: Uuid;
  readonly index: number;
  readonly leaderEpoch: number;
  private readonly log: PartitionLog;
  private readonly rules: FollowerRules;
  private readonly onMoved: () => void;
  private divergenceCount = 0;
  private hasAgreed = false;

  constructor(options: FollowerReplicaOptions) {
    this.topic = options.log.topic;
    this.topicId = options.topicId;
    this.index = options.log.partition;
    this.leaderEpoch = options.leaderEpoch;
    this.log = options.log;
    this.rules = options.rules;
    this.onMoved = options.onMoved;
  }

  /** Cut what must go before the first fetch. To be called once, first of all. */
  begin(): ErrorName {
    return this.log.truncateTo(this.rules.startOffset(this.log));
  }

  get position(): FetchPosition {
    const { log, rules, divergenceCount, hasAgreed } = this;
    return {
      fetchOffset: log.logEndOffset,
      currentLeaderEpoch: rules.fencingEpoch(this.leaderEpoch),
      lastFetchedEpoch: rules.lastFetchedEpoch(log, { divergenceCount, hasAgreed }),
      logStartOffset: log.logStartOffset,
    };
  }

  /** The answer to a fetch from where the log ends now. */
  take(answer: FetchAnswer): FollowerStep {
    const { errorName, diverging } = answer;
    if (errorName === "NONE") return diverging === undefined ? this.follow(answer) : this.cut(diverging);
    if (errorName === "OFFSET_OUT_OF_RANGE") return "askForEnds";
    // This replica's epoch is old: the controller's word about the new one is on its way. Anything else may pass: the
    // leader has not heard yet that it leads (UNKNOWN_LEADER_EPOCH, 6), or is in trouble.
    return errorName === "FENCED_LEADER_EPOCH" ? "awaitMetadata" : "backOff";
  }

  /**
   * The leader said that the fetch offset is out of its log, which ends at `leaderEndOffset`. A shorter log means an
   * unclean election: follow it. Answers undefined where the leader's start must be known first (KAFKA.md D.2).
   */
  takeLeaderEnd(leaderEndOffset: number): FollowerStep | undefined {
    if (leaderEndOffset >= this.log.logEndOffset) return undefined;
    return this.afterChange(this.log.truncateTo(leaderEndOffset));
  }

  /** The leader's log starts at `leaderStartOffset`, and not because it is shorter than this one. */
  takeLeaderStart(leaderStartOffset: number): FollowerStep {
    if (leaderStartOffset <= this.log.logEndOffset) return "fetch";
    return this.afterChange(this.log.truncateFullyAndStartAt(leaderStartOffset));
  }

  private cut(diverging: EpochEnd): FollowerStep {
    this.divergenceCount += 1;
    return this.afterChange(this.log.truncateTo(this.rules.truncationOffset(this.log, diverging)));
  }

  private follow({ records, highWatermark, logStartOffset }: FetchAnswer): FollowerStep {
    const { log } = this;
    const before = log.highWatermark;
    if (records !== null && records.byteLength > 0) {
      const errorName = log.appendAsFollower(records);
      if (errorName !== "NONE") return "backOff";
    }
    this.hasAgreed = true;
    log.advanceHighWatermark(Math.min(highWatermark, log.logEndOffset));
    const errorName = logStartOffset > log.logStartOffset ? log.advanceLogStartOffset(logStartOffset) : "NONE";
    if (log.highWatermark !== before) this.onMoved();
    return errorName === "NONE" ? "fetch" : "backOff";
  }

  private afterChange(errorName: ErrorName): FollowerStep {
    this.onMoved();
    return errorName === "NONE" ? "fetch" : "backOff";
  }
}
