import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { SeededRandom } from "../../src/base/seeded-random.ts";
import type { Placement, UsableBroker } from "../../src/controller/replica-placement.ts";
import { placeReplicas } from "../../src/controller/replica-placement.ts";

function brokers(count: number, overrides: (id: number) => Partial<UsableBroker> = () => ({})): UsableBroker[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    rack: null,
    isAlive: true,
    ...overrides(index + 1),
  }));
}

function assignmentsOf(placement: Placement): readonly (readonly number[])[] {
  assert.ok(placement.isPossible);
  return placement.assignments;
}

/** How often each broker comes first. */
function leaderCounts(assignments: readonly (readonly number[])[]): readonly number[] {
  const counts = new Map<number, number>();
  for (const [leader = -1] of assignments) counts.set(leader, (counts.get(leader) ?? 0) + 1);
  return [...counts.values()].sort();
}

describe("placing replicas", () => {
  it("gives every broker equally many partitions to lead", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const assignments = assignmentsOf(placeReplicas(brokers(3), 12, 1, new SeededRandom(seed)));
      assert.deepEqual(leaderCounts(assignments), [4, 4, 4]);
    }
  });

  it("starts anywhere, so that many small topics don't all land on the first broker", () => {
    const leaders = new Set<number>();
    for (let seed = 1; seed <= 30; seed++) {
      leaders.add(assignmentsOf(placeReplicas(brokers(3), 1, 1, new SeededRandom(seed)))[0]?.[0] ?? -1);
    }
    assert.deepEqual([...leaders].sort(), [1, 2, 3]);
  });

  it("never puts two replicas of a partition on one broker", () => {
    for (let seed = 1; seed <= 20; seed++) {
      for (const replicas of assignmentsOf(placeReplicas(brokers(5), 25, 3, new SeededRandom(seed)))) {
        assert.equal(new Set(replicas).size, 3);
      }
    }
  });

  it("spreads the replicas of a partition over the racks", () => {
    const racks = ["west", "west", "east", "east", "north", "north"];
    const spread = brokers(6, (id) => ({ rack: racks[id - 1] ?? null }));
    for (let seed = 1; seed <= 20; seed++) {
      for (const replicas of assignmentsOf(placeReplicas(spread, 12, 3, new SeededRandom(seed)))) {
        assert.equal(new Set(replicas.map((id) => racks[id - 1])).size, 3);
      }
    }
  });

  it("lets only a broker that is alive come first, and takes dead ones where the others don't suffice", () => {
    const some = brokers(4, (id) => ({ isAlive: id !== 2 }));
    for (let seed = 1; seed <= 20; seed++) {
      for (const replicas of assignmentsOf(placeReplicas(some, 8, 4, new SeededRandom(seed)))) {
        assert.notEqual(replicas[0], 2);
        assert.deepEqual([...replicas].sort(), [1, 2, 3, 4]);
      }
      for (const replicas of assignmentsOf(placeReplicas(some, 8, 1, new SeededRandom(seed)))) {
        assert.notDeepEqual(replicas, [2]);
      }
    }
  });

  it("says in Kafka's words why it can't", () => {
    const complaintOf = (placement: Placement): string => (placement.isPossible ? "" : placement.complaint);
    const random = new SeededRandom(1);
    assert.equal(
      complaintOf(placeReplicas(brokers(3), 1, 4, random)),
      "The target replication factor of 4 cannot be reached because only 3 broker(s) are registered.",
    );
    assert.equal(
      complaintOf(
        placeReplicas(
          brokers(2, () => ({ isAlive: false })),
          1,
          1,
          random,
        ),
      ),
      "All brokers are currently fenced.",
    );
    assert.match(complaintOf(placeReplicas(brokers(2), 1, 0, random)), /the replication factor must be positive/);
  });

  it("is the same for the same seed", () => {
    const place = (): Placement => placeReplicas(brokers(7), 50, 2, new SeededRandom(9));
    assert.deepEqual(place(), place());
  });
});
