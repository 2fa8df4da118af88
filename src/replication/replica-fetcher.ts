/*
 * The pull between a follower's broker and a leader's.
 *
 * A follower has to copy its leader's log, and the leader has to know how far it is, or nothing is ever committed. Were
 * leaders to push, each would keep a queue and a retry for every follower, slow ones included. So followers fetch, like
 * consumers: where a fetch begins is what the follower has, and the answer is what it lacks. One request at a time goes
 * from this broker to that one, for all partitions that the one follows and the other leads, and waits there while
 * nothing is new (KAFKA.md D.2).
 *
 * The pieces: `FollowerReplica` decides for one partition what to ask and what an answer means; `FetchSessionBuilder`
 * leaves out of a request what the leader knows; `WireClient` is the connection. Here they are put together with what
 * may go wrong: a connection breaks, a partition is in trouble while the others are not, leadership moves while an
 * answer is on its way.
 */
import type { Uuid } from "../base/uuid.ts";
import type { Outcome } from "../client/outcome.ts";
import { WireClient, type WireRuntime } from "../client/wire-client.ts";
import type { RequestDraftOf, ResponseOf } from "../protocol/api-messages.ts";
import { errorNameOf } from "../protocol/error-code.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import type { Address } from "../runtime/runtime.ts";
import { FetchSessionBuilder, type SessionedFetch, sessionKey } from "./fetch-session-builder.ts";
import type { FollowerReplica, FollowerStep } from "./follower-replica.ts";

/** What brokers of 3.9 fetch with: it names topics by id and the follower by its registration. */
const fetchVersion = 17;
const listOffsetsVersion = 10;
const latestTimestamp = -1;
const earliestTimestamp = -2;

type FetchTopic = RequestDraftOf<1>["topics"][number];
type PartitionAnswer = ResponseOf<1>["responses"][number]["partitions"][number];

/** The broker configurations that rule fetching. */
export interface ReplicaFetchSettings {
  /** `replica.fetch.wait.max.ms` */
  readonly waitMaxMs: number;
  /** `replica.fetch.min.bytes` */
  readonly minBytes: number;
  /** `replica.fetch.response.max.bytes` */
  readonly responseBytesMax: number;
  /** `replica.fetch.max.bytes` */
  readonly partitionBytesMax: number;
  /** `replica.fetch.backoff.ms` */
  readonly backoffMs: number;
  /** `replica.socket.timeout.ms` */
  readonly socketTimeoutMs: number;
}

/** What Apache Kafka does where nothing is said. */
export const defaultReplicaFetchSettings: ReplicaFetchSettings = {
  waitMaxMs: 500,
  minBytes: 1,
  responseBytesMax: 10 * 1024 * 1024,
  partitionBytesMax: 1024 * 1024,
  backoffMs: 1000,
  socketTimeoutMs: 30_000,
};

export interface LeaderEndpoint {
  readonly brokerId: number;
  readonly address: Address;
}

/** What a broker's fetchers share. */
export interface ReplicaFetchOptions {
  readonly runtime: WireRuntime;
  readonly brokerId: number;
  /** Registration of this broker, by which leaders tell its lives apart; -1 if unknown. */
  readonly brokerEpoch: () => number;
  readonly settings: () => ReplicaFetchSettings;
  /** Runs what an answer or a timer does as a turn of the broker's. */
  readonly runTurn: (work: () => void) => void;
}

/**
 * "asking": for the ends of the leader's log. "resting": until its back-off is over. "failed": until it is replaced.
 */
type FollowedState = "fetching" | "asking" | "resting" | "failed";

interface Followed {
  readonly replica: FollowerReplica;
  state: FollowedState;
  timer: Disposable | undefined;
}

/** Copies from one leader's broker what this broker follows there. */
export class ReplicaFetcher implements Disposable {
  readonly leader: LeaderEndpoint;
  private readonly options: ReplicaFetchOptions;
  private readonly followed = new Map<string, Followed>();
  private session = new FetchSessionBuilder();
  private client: WireClient | undefined;
  private isInFlight = false;
  /** Set while the next request is put off: to gather partitions, or because the leader can't be reached. */
  private pause: Disposable | undefined;
  private isDisposed = false;

  constructor(leader: LeaderEndpoint, options: ReplicaFetchOptions) {
    this.leader = leader;
    this.options = options;
  }

  /** How many partitions are followed here. */
  get followedCount(): number {
    return this.followed.size;
  }

  /** Follow from now on, in the place of whatever replica of this partition was followed. */
  follow(replica: FollowerReplica): void {
    this.unfollow(replica.topicId, replica.index);
    const followed: Followed = { replica, state: "fetching", timer: undefined };
    this.followed.set(sessionKey(replica.topicId, replica.index), followed);
    const errorName = replica.begin();
    this.step(followed, errorName === "NONE" ? "fetch" : "backOff");
    // Leadership is told for many partitions at once: they fit in one request.
    if (this.pause === undefined) this.fetchAfter("replica fetch begins", 0);
  }

  unfollow(topicId: Uuid, index: number): void {
    const key = sessionKey(topicId, index);
    this.followed.get(key)?.timer?.[Symbol.dispose]();
    this.followed.delete(key);
  }

  [Symbol.dispose](): void {
    this.isDisposed = true;
    this.pause?.[Symbol.dispose]();
    for (const { timer } of this.followed.values()) timer?.[Symbol.dispose]();
    this.followed.clear();
    this.client?.close();
  }

  private fetchAfter(label: string, delayMs: number): void {
    this.pause?.[Symbol.dispose]();
    this.pause = this.schedule(label, delayMs, () => {
      this.pause = undefined;
      this.fetch();
    });
  }

  private schedule(label: string, delayMs: number, work: () => void): Disposable {
    return this.options.runtime.timers.schedule(label, delayMs, () => this.inTurn(work));
  }

  /** The fetcher may be gone by the time that the broker gets round to `work`. */
  private inTurn(work: () => void): void {
    this.options.runTurn(() => {
      if (!this.isDisposed) work();
    });
  }

  private fetch(): void {
    if (this.isInFlight || this.pause !== undefined) return;
    const fetching = [...this.followed.values()].filter(({ state }) => state === "fetching");
    if (fetching.length === 0) return;
    this.isInFlight = true;
    const request = this.requestOf(this.session.next(fetching.map(({ replica }) => replica)));
    this.connected().request(1, fetchVersion, request, (outcome) => this.inTurn(() => this.take(outcome)));
  }

  private connected(): WireClient {
    if (this.client === undefined || this.client.isClosed) {
      const { runtime, brokerId, settings } = this.options;
      const clientId = `broker-${brokerId}-fetcher-0`;
      this.client = new WireClient(runtime, this.leader.address, {
        clientId,
        requestTimeoutMs: settings().socketTimeoutMs,
      });
    }
    return this.client;
  }

  private requestOf({ sessionId, sessionEpoch, wanted, forgotten }: SessionedFetch): RequestDraftOf<1> {
    const { brokerId, brokerEpoch } = this.options;
    const { waitMaxMs, minBytes, responseBytesMax, partitionBytesMax } = this.options.settings();
    const topics = new Map<Uuid, FetchTopic["partitions"][number][]>();
    for (const { replica, position } of wanted) {
      const entry = { partition: replica.index, ...position, partitionMaxBytes: partitionBytesMax };
      pushTo(topics, replica.topicId, entry);
    }
    const forgottenIndexes = new Map<Uuid, number[]>();
    for (const { topicId, index } of forgotten) pushTo(forgottenIndexes, topicId, index);
    return {
      replicaState: { replicaId: brokerId, replicaEpoch: brokerEpoch() },
      maxWaitMs: waitMaxMs,
      minBytes,
      maxBytes: responseBytesMax,
      sessionId,
      sessionEpoch,
      topics: [...topics].map(([topicId, partitions]) => ({ topic: "", topicId, partitions })),
      forgottenTopicsData: [...forgottenIndexes].map(([topicId, partitions]) => ({ topic: "", topicId, partitions })),
    };
  }

  private take(outcome: Outcome<ResponseOf<1>>): void {
    this.isInFlight = false;
    if (outcome.kind === "failed") {
      this.session.reset();
      this.fetchAfter("replica fetch back-off", this.options.settings().backoffMs);
      return;
    }
    const { errorCode, responses, sessionId } = outcome.value;
    if (errorCode !== 0) {
      this.session.reset();
      const delayMs = isSessionLost(errorNameOf(errorCode)) ? 0 : this.options.settings().backoffMs;
      this.fetchAfter("replica fetch back-off", delayMs);
      return;
    }
    for (const { topicId, partitions } of responses) {
      for (const answer of partitions) this.takePartition(topicId, answer);
    }
    this.session.answered(sessionId);
    this.fetch();
  }

  private takePartition(topicId: Uuid, answer: PartitionAnswer): void {
    const followed = this.followed.get(sessionKey(topicId, answer.partitionIndex));
    const asked = this.session.asked(topicId, answer.partitionIndex);
    // Leadership may have moved while the answer was on its way: it then is an answer to another replica's question.
    if (followed?.state !== "fetching" || asked?.replica !== followed.replica) return;
    const { epoch, endOffset } = answer.divergingEpoch;
    const step = followed.replica.take({
      errorName: errorNameOf(answer.errorCode),
      highWatermark: answer.highWatermark,
      logStartOffset: answer.logStartOffset,
      diverging: endOffset < 0 ? undefined : { leaderEpoch: epoch, endOffset },
      records: answer.records,
    });
    this.step(followed, step);
  }

  private step(followed: Followed, step: FollowerStep): void {
    switch (step) {
      case "fetch":
        followed.state = "fetching";
        return;
      case "backOff":
        followed.state = "resting";
        followed.timer = this.schedule("replica fetch back-off", this.options.settings().backoffMs, () => {
          followed.timer = undefined;
          this.resume(followed, "fetch");
        });
        return;
      case "askForEnds":
        followed.state = "asking";
        this.askForEnd(followed);
        return;
      case "awaitMetadata":
        followed.state = "failed";
    }
  }

  /** After something else than an answer to a fetch. */
  private resume(followed: Followed, step: FollowerStep): void {
    this.step(followed, step);
    this.fetch();
  }

  /** An unclean election may have left the leader with less than this follower; else it has deleted old records. */
  private askForEnd(followed: Followed): void {
    this.askForOffset(followed, latestTimestamp, (leaderEndOffset) => {
      const step = followed.replica.takeLeaderEnd(leaderEndOffset);
      if (step !== undefined) this.resume(followed, step);
      else
        this.askForOffset(followed, earliestTimestamp, (leaderStartOffset) => {
          this.resume(followed, followed.replica.takeLeaderStart(leaderStartOffset));
        });
    });
  }

  private askForOffset(followed: Followed, timestamp: number, told: (offset: number) => void): void {
    const { replica } = followed;
    const { currentLeaderEpoch } = replica.position;
    const partitions = [{ partitionIndex: replica.index, currentLeaderEpoch, timestamp }];
    const request = {
      replicaId: this.options.brokerId,
      isolationLevel: 0,
      topics: [{ name: replica.topic, partitions }],
      timeoutMs: this.options.settings().socketTimeoutMs,
    };
    this.connected().request(2, listOffsetsVersion, request, (outcome) => {
      this.inTurn(() => {
        if (this.followed.get(sessionKey(replica.topicId, replica.index)) !== followed) return;
        const answer = outcome.kind === "done" ? outcome.value.topics[0]?.partitions[0] : undefined;
        if (answer?.errorCode === 0 && answer.offset >= 0) told(answer.offset);
        else this.step(followed, "backOff");
      });
    });
  }
}

function isSessionLost(errorName: ErrorName): boolean {
  return (
    errorName === "FETCH_SESSION_ID_NOT_FOUND" ||
    errorName === "INVALID_FETCH_SESSION_EPOCH" ||
    errorName === "FETCH_SESSION_TOPIC_ID_ERROR"
  );
}

function pushTo<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
