import { assert } from "../base/assert.ts";
import { zeroUuid } from "../base/uuid.ts";
import type { Uuid } from "../base/uuid.ts";
import type { ErrorName } from "../protocol/error-code.ts";
import type { Clock, Random } from "../runtime/runtime.ts";

/*
 * Fetch sessions (KIP-227, KAFKA.md J.5). A consumer of many partitions would repeat all of them in every request, and
 * the broker in every response, although next to nothing changed. So the broker remembers per session what the client
 * wants and what it was last told; both sides then send differences only. An epoch per request makes sure that both
 * talk about the same state.
 */

const sessionlessEpoch = -1;
const newSessionEpoch = 0;
const epochMax = 2147483647;
/** How long a session must be idle (or, for evicting a busy one, alive) before it may be thrown out for a new one. */
const evictionMs = 120_000;

/** One partition that a client wants, and what it was last told about it. */
export class FetchedPartition {
  /** Empty until the id was resolved. */
  topic: string;
  readonly topicId: Uuid;
  readonly index: number;
  fetchOffset = 0;
  maxBytes = 0;
  /** -1 (or less): the client doesn't say. */
  currentLeaderEpoch = -1;
  lastFetchedEpoch = -1;
  /** Where a follower's log starts; -1 for a consumer. */
  logStartOffset = -1;
  /** -1: nothing was told yet, or an error, so that the next good answer is news. */
  private toldHighWatermark = -1;
  private toldLogStartOffset = -1;

  constructor(topic: string, topicId: Uuid, index: number) {
    this.topic = topic;
    this.topicId = topicId;
    this.index = index;
  }

  /** Whether `told` differs from what the client knows; remembers it as told. */
  isNews(told: ToldPartition): boolean {
    const isDisturbed = told.errorName !== "NONE" || told.isDiverging;
    const isNews =
      isDisturbed ||
      told.byteCount > 0 ||
      told.highWatermark !== this.toldHighWatermark ||
      told.logStartOffset !== this.toldLogStartOffset;
    this.toldHighWatermark = isDisturbed ? -1 : told.highWatermark;
    this.toldLogStartOffset = told.logStartOffset;
    return isNews;
  }
}

/** What a response says about a partition, as far as a session cares. */
export interface ToldPartition {
  readonly errorName: ErrorName;
  readonly byteCount: number;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  readonly isDiverging: boolean;
}

/** The part of a fetch request that sessions are about. */
export interface SessionRequest {
  readonly sessionId: number;
  readonly epoch: number;
  readonly usesTopicIds: boolean;
  /** A follower's session is never thrown out for a consumer's. */
  readonly isPrivileged: boolean;
  readonly wanted: ReadonlyMap<string, FetchedPartition>;
  readonly forgotten: readonly string[];
}

/** Names a partition within one session, whose entries are either all by name or all by id. */
export function fetchedPartitionKey(topic: string, topicId: Uuid, index: number): string {
  return topicId === zeroUuid ? `${topic}/${index}` : `${topicId}/${index}`;
}

/** What is to be read for one request, and what to say of it. */
export interface FetchPlan {
  /** Not NONE: the whole request is refused, nothing is read. */
  readonly errorName: ErrorName;
  /** By key, in the order in which they are to be served. */
  readonly partitions: ReadonlyMap<string, FetchedPartition>;
  /**
   * The partitions have been read: which to tell (all, or only the news), and under which
   * session. Called once.
   */
  conclude<Told extends ToldFetch>(told: readonly Told[]): Conclusion<Told>;
}

export interface Conclusion<Told extends ToldFetch> {
  /** 0: none. */
  readonly sessionId: number;
  readonly told: readonly Told[];
}

export interface ToldFetch extends ToldPartition {
  readonly asked: FetchedPartition;
}

interface FetchSession {
  readonly id: number;
  readonly usesTopicIds: boolean;
  readonly isPrivileged: boolean;
  readonly createdMs: number;
  readonly partitions: Map<string, FetchedPartition>;
  lastUsedMs: number;
  /** The epoch that the next request must carry. */
  epoch: number;
}

const none: ReadonlyMap<string, FetchedPartition> = new Map();

function refusal(errorName: ErrorName): FetchPlan {
  return { errorName, partitions: none, conclude: () => ({ sessionId: 0, told: [] }) };
}

function sessionless(partitions: ReadonlyMap<string, FetchedPartition>): FetchPlan {
  return { errorName: "NONE", partitions, conclude: (told) => ({ sessionId: 0, told }) };
}

/** All fetch sessions of one broker. Sessions belong to no connection and don't survive a restart. */
export class FetchSessionCache {
  private readonly sessions = new Map<number, FetchSession>();
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly slotCountMax: () => number;

  constructor(clock: Clock, random: Random, slotCountMax: () => number) {
    this.clock = clock;
    this.random = random;
    this.slotCountMax = slotCountMax;
  }

  get sessionCount(): number {
    return this.sessions.size;
  }

  /** Decide what `request` asks for: the rows of the table in KAFKA.md J.5. */
  plan(request: SessionRequest): FetchPlan {
    if (request.epoch === sessionlessEpoch || request.epoch === newSessionEpoch) {
      this.sessions.delete(request.sessionId);
      return request.epoch === sessionlessEpoch ? sessionless(request.wanted) : this.full(request);
    }
    const session = this.sessions.get(request.sessionId);
    if (session === undefined) return refusal("FETCH_SESSION_ID_NOT_FOUND");
    if (session.epoch !== request.epoch) return refusal("INVALID_FETCH_SESSION_EPOCH");
    if (session.usesTopicIds !== request.usesTopicIds) return refusal("FETCH_SESSION_TOPIC_ID_ERROR");
    updateSession(session, request);
    if (session.partitions.size === 0) {
      this.sessions.delete(session.id);
      return sessionless(request.wanted);
    }
    session.lastUsedMs = this.clock.monotonicMs();
    session.epoch = session.epoch === epochMax ? 1 : session.epoch + 1;
    return this.incremental(session);
  }

  private full(request: SessionRequest): FetchPlan {
    return {
      errorName: "NONE",
      partitions: request.wanted,
      conclude: (told) => {
        const partitions = new Map<string, FetchedPartition>();
        for (const one of told) {
          one.asked.isNews(one);
          partitions.set(fetchedPartitionKey(one.asked.topic, one.asked.topicId, one.asked.index), one.asked);
        }
        return { sessionId: this.open(request, partitions), told };
      },
    };
  }

  private incremental(session: FetchSession): FetchPlan {
    const { partitions, epoch } = session;
    return {
      errorName: "NONE",
      partitions,
      conclude: (told) => {
        // A newer request of the same session overtook this one on another connection: its view must stay whole.
        if (session.epoch !== epoch) return { sessionId: session.id, told: [] };
        const news = told.filter((one) => one.asked.isNews(one));
        if (partitions.size > 1) rotate(partitions, news);
        return { sessionId: session.id, told: news };
      },
    };
  }

  /** The id of a new session; 0 when there is no room for one. */
  private open(request: SessionRequest, partitions: Map<string, FetchedPartition>): number {
    const nowMs = this.clock.monotonicMs();
    if (!this.hasRoomFor(request.isPrivileged, partitions.size, nowMs)) return 0;
    const id = this.freshId();
    this.sessions.set(id, {
      id,
      usesTopicIds: request.usesTopicIds,
      isPrivileged: request.isPrivileged,
      createdMs: nowMs,
      lastUsedMs: nowMs,
      partitions,
      epoch: 1,
    });
    return id;
  }

  private freshId(): number {
    for (;;) {
      const id = 1 + this.random.below(epochMax);
      if (!this.sessions.has(id)) return id;
    }
  }

  private hasRoomFor(isPrivileged: boolean, partitionCount: number, nowMs: number): boolean {
    if (this.sessions.size < this.slotCountMax()) return true;
    const victim = this.stalest(nowMs) ?? this.leastWorthy(isPrivileged, partitionCount, nowMs);
    return victim !== undefined && this.sessions.delete(victim.id);
  }

  private stalest(nowMs: number): FetchSession | undefined {
    let stalest: FetchSession | undefined;
    for (const session of this.sessions.values()) {
      if (stalest === undefined || session.lastUsedMs < stalest.lastUsedMs) stalest = session;
    }
    return stalest !== undefined && nowMs - stalest.lastUsedMs > evictionMs ? stalest : undefined;
  }

  /** Followers before consumers, large before small; a consumer may throw out only what has lived for a while. */
  private leastWorthy(isPrivileged: boolean, partitionCount: number, nowMs: number): FetchSession | undefined {
    let least: FetchSession | undefined;
    for (const session of this.sessions.values()) {
      const isOld = nowMs - session.lastUsedMs <= evictionMs && session.lastUsedMs - session.createdMs > evictionMs;
      const isEvictable = isOld || (isPrivileged && !session.isPrivileged);
      if (isEvictable && (least === undefined || compareWorth(session, least) < 0)) least = session;
    }
    if (least === undefined) return undefined;
    const proposed = { isPrivileged, partitions: { size: partitionCount }, id: 0 };
    return compareWorth(proposed, least) < 0 ? undefined : least;
  }
}

interface Worth {
  readonly isPrivileged: boolean;
  readonly partitions: { readonly size: number };
  readonly id: number;
}

function compareWorth(one: Worth, other: Worth): number {
  if (one.isPrivileged !== other.isPrivileged) return one.isPrivileged ? 1 : -1;
  return one.partitions.size - other.partitions.size || one.id - other.id;
}

/** Additions and changes first, then what is forgotten, even where one request names a partition in both. */
function updateSession(session: FetchSession, request: SessionRequest): void {
  for (const [key, wanted] of request.wanted) {
    const known = session.partitions.get(key);
    if (known === undefined) {
      session.partitions.set(key, wanted);
      continue;
    }
    known.fetchOffset = wanted.fetchOffset;
    known.maxBytes = wanted.maxBytes;
    known.currentLeaderEpoch = wanted.currentLeaderEpoch;
    known.lastFetchedEpoch = wanted.lastFetchedEpoch;
    known.logStartOffset = wanted.logStartOffset;
  }
  for (const key of request.forgotten) session.partitions.delete(key);
}

/** Who got records goes to the end of the line, so that a busy partition never starves the ones behind it. */
function rotate(partitions: Map<string, FetchedPartition>, news: readonly ToldFetch[]): void {
  for (const { asked, byteCount } of news) {
    if (byteCount === 0) continue;
    const key = fetchedPartitionKey(asked.topic, asked.topicId, asked.index);
    const isKnown = partitions.delete(key);
    assert(isKnown, "what a session read is part of it");
    partitions.set(key, asked);
  }
}
