import type { Random } from "../runtime/runtime.ts";

/*
 * Where the replicas of new partitions go: Kafka's striped placement (KAFKA.md D.13, KRaft).
 *
 * Taking the brokers in turn would give each of them equally many leaders, but always pair the same brokers, so that
 * one that dies would load a single other. And a cluster of two full racks and a small one must not put everything on
 * the small one's few brokers. So a partition takes its racks in turn, each rack takes its brokers in turn, the first
 * is one that is alive (it will lead), and when every broker has had its turn the order is shuffled.
 */

/** A broker that replicas may be placed on. */
export interface UsableBroker {
  readonly id: number;
  readonly rack: string | null;
  readonly isAlive: boolean;
}

export type Placement =
  | { readonly isPossible: true; readonly assignments: readonly (readonly number[])[] }
  /** Why not, in Kafka's words. */
  | { readonly isPossible: false; readonly complaint: string };

/** Replicas for `partitionCount` new partitions, in the order of assignment. */
export function placeReplicas(
  brokers: Iterable<UsableBroker>,
  partitionCount: number,
  replicationFactor: number,
  random: Random,
): Placement {
  const racks = new RackList([...brokers], random);
  const complaint = complaintAbout(racks, replicationFactor);
  if (complaint !== undefined) return { isPossible: false, complaint };
  const assignments = Array.from({ length: partitionCount }, () => racks.place(replicationFactor));
  return { isPossible: true, assignments };
}

function complaintAbout(racks: RackList, replicationFactor: number): string | undefined {
  if (replicationFactor <= 0) {
    return `Invalid replication factor ${replicationFactor}: the replication factor must be positive.`;
  }
  if (racks.aliveCount === 0) return "All brokers are currently fenced.";
  if (replicationFactor <= racks.brokerCount) return undefined;
  return (
    `The target replication factor of ${replicationFactor} cannot be reached because only ` +
    `${racks.brokerCount} broker(s) are registered.`
  );
}

/** Brokers that are taken in turn, each at most once per epoch. */
class BrokerTurns {
  private readonly brokerIds: number[];
  private readonly random: Random;
  private epoch = 0;
  private index = 0;
  private offset: number;

  constructor(brokerIds: readonly number[], random: Random) {
    this.brokerIds = [...brokerIds].sort((left, right) => left - right);
    this.random = random;
    this.offset = brokerIds.length === 0 ? 0 : random.below(brokerIds.length);
  }

  /** Undefined once all had their turn in this epoch. */
  next(epoch: number): number | undefined {
    const count = this.brokerIds.length;
    if (count === 0) return undefined;
    if (this.epoch !== epoch) {
      this.epoch = epoch;
      this.index = 0;
      this.offset = (this.offset + 1) % count;
    }
    if (this.index >= count) return undefined;
    return this.brokerIds[(this.index++ + this.offset) % count];
  }

  shuffle(): void {
    shuffle(this.brokerIds, this.random);
  }
}

class Rack {
  private readonly alive: BrokerTurns;
  private readonly fenced: BrokerTurns;

  constructor(brokers: readonly UsableBroker[], random: Random) {
    const idsOf = (isAlive: boolean): number[] =>
      brokers.filter((broker) => broker.isAlive === isAlive).map(({ id }) => id);
    this.fenced = new BrokerTurns(idsOf(false), random);
    this.alive = new BrokerTurns(idsOf(true), random);
  }

  nextAlive(epoch: number): number | undefined {
    return this.alive.next(epoch);
  }

  next(epoch: number): number | undefined {
    return this.alive.next(epoch) ?? this.fenced.next(epoch);
  }

  shuffle(): void {
    this.fenced.shuffle();
    this.alive.shuffle();
  }
}

class RackList {
  readonly aliveCount: number;
  readonly brokerCount: number;
  private readonly racks: Rack[];
  private readonly random: Random;
  /** One per partition; brokers have one turn in each. */
  private epoch = 0;
  /** The rack that the next partition begins with. */
  private offset = 0;

  constructor(brokers: readonly UsableBroker[], random: Random) {
    const byRack = new Map<string, UsableBroker[]>();
    for (const broker of brokers) {
      const key = broker.rack === null ? "" : `rack ${broker.rack}`;
      byRack.set(key, [...(byRack.get(key) ?? []), broker]);
    }
    this.racks = [...byRack.keys()].sort().map((key) => new Rack(byRack.get(key) ?? [], random));
    this.random = random;
    this.aliveCount = brokers.filter(({ isAlive }) => isAlive).length;
    this.brokerCount = brokers.length;
  }

  /** Needs an alive broker, and as many brokers as replicas. */
  place(replicationFactor: number): readonly number[] {
    if (this.epoch === this.aliveCount && this.aliveCount > 1) this.shuffle();
    if (this.offset === this.racks.length) this.offset = 0;
    const { brokerId, rackIndex: leaderRack } = this.firstAlive();
    const replicas = [brokerId];
    // The leader's rack is passed over once, so that a follower goes to another one where there is another.
    let skipped = leaderRack;
    for (let rackIndex = this.offset; replicas.length < replicationFactor; rackIndex = this.after(rackIndex)) {
      if (rackIndex === skipped) {
        skipped = -1;
        continue;
      }
      const follower = this.racks[rackIndex]?.next(this.epoch);
      if (follower !== undefined) replicas.push(follower);
    }
    this.epoch++;
    this.offset++;
    return replicas;
  }

  private firstAlive(): { readonly brokerId: number; readonly rackIndex: number } {
    for (let rackIndex = this.offset; ; rackIndex = this.after(rackIndex)) {
      const brokerId = this.racks[rackIndex]?.nextAlive(this.epoch);
      if (brokerId !== undefined) return { brokerId, rackIndex };
    }
  }

  private after(rackIndex: number): number {
    return rackIndex + 1 === this.racks.length ? 0 : rackIndex + 1;
  }

  private shuffle(): void {
    shuffle(this.racks, this.random);
    for (const rack of this.racks) rack.shuffle();
    this.epoch = 0;
  }
}

/** Fisher and Yates. */
function shuffle(items: unknown[], random: Random): void {
  for (let last = items.length - 1; last > 0; last--) {
    const chosen = random.below(last + 1);
    const item = items[last];
    items[last] = items[chosen];
    items[chosen] = item;
  }
}
