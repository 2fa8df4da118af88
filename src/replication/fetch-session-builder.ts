import type { FetchPosition, FollowerReplica } from "./follower-replica.ts";

const newSessionEpoch = 0;
const epochMax = 2147483647;

/** The part of a fetch request that is about a session. */
export interface SessionedFetch {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  /** What the leader doesn't know yet: everything, in a first request. */
  readonly wanted: readonly WantedPartition[];
  readonly forgotten: readonly FollowerReplica[];
}

export interface WantedPartition {
  readonly replica: FollowerReplica;
  readonly position: FetchPosition;
}

/** Names a partition within a session. */
export function sessionKey(topicId: string, index: number): string {
  return `${topicId}/${index}`;
}

function isSamePosition(one: FetchPosition, other: FetchPosition): boolean {
  return (
    one.fetchOffset === other.fetchOffset &&
    one.currentLeaderEpoch === other.currentLeaderEpoch &&
    one.lastFetchedEpoch === other.lastFetchedEpoch &&
    one.logStartOffset === other.logStartOffset
  );
}

/**
 * A follower's half of a fetch session (KIP-227, KAFKA.md J.5): it remembers what the leader was told, so that the next
 * request says only what has changed.
 */
export class FetchSessionBuilder {
  private sessionId = 0;
  private epoch = newSessionEpoch;
  private known = new Map<string, WantedPartition>();

  /** The next request, for `replicas` as they are now. */
  next(replicas: Iterable<FollowerReplica>): SessionedFetch {
    const current = new Map<string, WantedPartition>();
    const wanted: WantedPartition[] = [];
    for (const replica of replicas) {
      const key = sessionKey(replica.topicId, replica.index);
      const known = this.known.get(key);
      const { position } = replica;
      const isNew = known?.replica !== replica || !isSamePosition(known.position, position);
      const entry = isNew ? { replica, position } : known;
      current.set(key, entry);
      if (isNew) wanted.push(entry);
    }
    const forgotten = [...this.known].filter(([key]) => !current.has(key)).map(([, { replica }]) => replica);
    this.known = current;
    return { sessionId: this.sessionId, sessionEpoch: this.epoch, wanted, forgotten };
  }

  /** What the request that is being answered asked about this partition. */
  asked(topicId: string, index: number): WantedPartition | undefined {
    return this.known.get(sessionKey(topicId, index));
  }

  /** The leader has answered under this session; 0: it made none. */
  answered(sessionId: number): void {
    this.sessionId = sessionId;
    if (sessionId === 0) this.reset();
    else this.epoch = this.epoch === epochMax ? 1 : this.epoch + 1;
  }

  /** Nobody knows what the leader knows: begin anew. The session that there was is closed by the same request. */
  reset(): void {
    this.epoch = newSessionEpoch;
    this.known = new Map();
  }
}
