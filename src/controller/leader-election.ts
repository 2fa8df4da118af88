/*
 * Who leads next: one function per reason for asking (KAFKA.md D.8). The order of search is always that of assignment,
 * so that the preferred leader comes first where it can.
 */

/** What an election looks at. */
export interface Candidates {
  /** In the order of assignment. */
  readonly replicas: readonly number[];
  readonly inSyncReplicas: readonly number[];
  /** The broker is alive, not shutting down, and its disk holds the replica. */
  isOnline(brokerId: number): boolean;
}

export interface Election {
  readonly leaderId: number;
  readonly inSyncReplicas: readonly number[];
  /** The leader was not in sync: records may be lost, and the partition has to recover from that (KIP-704). */
  readonly isUnclean: boolean;
}

/**
 * The leader is gone. Where nobody in sync is there either, the first replica that is there may lead if the topic
 * allows that; undefined where nobody may.
 */
export function forOffline(candidates: Candidates, isUncleanAllowed: boolean): Election | undefined {
  const { replicas, inSyncReplicas } = candidates;
  const online = replicas.filter((brokerId) => candidates.isOnline(brokerId));
  const clean = online.find((brokerId) => inSyncReplicas.includes(brokerId));
  if (clean !== undefined) {
    const stillInSync = inSyncReplicas.filter((brokerId) => candidates.isOnline(brokerId));
    return { leaderId: clean, inSyncReplicas: stillInSync, isUnclean: false };
  }
  const [unclean] = online;
  if (unclean === undefined || !isUncleanAllowed) return undefined;
  return { leaderId: unclean, inSyncReplicas: [unclean], isUnclean: true };
}

/** The leader is not among those that a reassignment leaves: `replicas` are those. */
export function forReassignment(candidates: Candidates): Election | undefined {
  const { replicas, inSyncReplicas } = candidates;
  const leaderId = replicas.find((brokerId) => candidates.isOnline(brokerId) && inSyncReplicas.includes(brokerId));
  return leaderId === undefined ? undefined : { leaderId, inSyncReplicas, isUnclean: false };
}

/** Another broker leads than the one that was meant to. */
export function forPreferredReplica(candidates: Candidates): Election | undefined {
  const { replicas, inSyncReplicas } = candidates;
  const [preferred] = replicas;
  if (preferred === undefined || !candidates.isOnline(preferred)) return undefined;
  return inSyncReplicas.includes(preferred) ? { leaderId: preferred, inSyncReplicas, isUnclean: false } : undefined;
}

/** The leader is about to stop, or some are: whoever is shutting down leaves the in-sync replicas too. */
export function forControlledShutdown(candidates: Candidates, shuttingDown: ReadonlySet<number>): Election | undefined {
  const { replicas, inSyncReplicas } = candidates;
  const leaderId = replicas.find((brokerId) => candidates.isOnline(brokerId) && inSyncReplicas.includes(brokerId));
  if (leaderId === undefined) return undefined;
  const staying = inSyncReplicas.filter((brokerId) => !shuttingDown.has(brokerId));
  return { leaderId, inSyncReplicas: staying, isUnclean: false };
}
