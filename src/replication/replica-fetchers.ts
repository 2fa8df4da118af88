import type { Uuid } from "../base/uuid.ts";
import { sessionKey } from "./fetch-session-builder.ts";
import type { FollowerReplica } from "./follower-replica.ts";
import { type LeaderEndpoint, ReplicaFetcher, type ReplicaFetchOptions } from "./replica-fetcher.ts";

/** All that this broker follows: one fetcher for each broker that leads some of it, as long as it does. */
export class ReplicaFetchers implements Disposable {
  private readonly options: ReplicaFetchOptions;
  /** By who leads and where: a broker that comes back elsewhere is met by a new fetcher. */
  private readonly fetchers = new Map<string, ReplicaFetcher>();
  /** Where each partition is followed. */
  private readonly places = new Map<string, ReplicaFetcher>();

  constructor(options: ReplicaFetchOptions) {
    this.options = options;
  }

  get fetcherCount(): number {
    return this.fetchers.size;
  }

  /** Follow `leader`, and nobody else, for the partition of `replica`. */
  follow(leader: LeaderEndpoint, replica: FollowerReplica): void {
    const { topicId, index } = replica;
    this.unfollow(topicId, index);
    const fetcher = this.fetcherFor(leader);
    this.places.set(sessionKey(topicId, index), fetcher);
    fetcher.follow(replica);
  }

  /** This broker no longer follows anybody for this partition. */
  unfollow(topicId: Uuid, index: number): void {
    const key = sessionKey(topicId, index);
    const fetcher = this.places.get(key);
    if (fetcher === undefined) return;
    this.places.delete(key);
    fetcher.unfollow(topicId, index);
    if (fetcher.followedCount > 0) return;
    fetcher[Symbol.dispose]();
    this.fetchers.delete(endpointKey(fetcher.leader));
  }

  [Symbol.dispose](): void {
    for (const fetcher of this.fetchers.values()) fetcher[Symbol.dispose]();
    this.fetchers.clear();
    this.places.clear();
  }

  private fetcherFor(leader: LeaderEndpoint): ReplicaFetcher {
    const key = endpointKey(leader);
    let fetcher = this.fetchers.get(key);
    if (fetcher === undefined) {
      fetcher = new ReplicaFetcher(leader, this.options);
      this.fetchers.set(key, fetcher);
    }
    return fetcher;
  }
}

function endpointKey({ brokerId, address }: LeaderEndpoint): string {
  return `${brokerId}@${address.host}:${address.port}`;
}
