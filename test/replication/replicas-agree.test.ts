import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { SeededRandom } from "../../src/base/seeded-random.ts";
import { type FollowerRules, followerRules } from "../../src/replication/follower-rules.ts";
import { type ReplicaNode, topic } from "../builders/replica-node.ts";
import { type HeldRecord, ReplicaScene } from "../builders/replica-scene.ts";
import { brokenFollowerRules } from "./broken-follower-rules.ts";

const seedCount = Number(process.env["REPLICA_SEEDS"] ?? 30);
const mutantSeedCountMax = 1000;
const stepCount = 40;

/** A promise of replication that did not hold. */
class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
}

function expect(holds: boolean, promise: string): void {
  if (!holds) throw new BrokenPromise(promise);
}

function isSame(one: HeldRecord | undefined, other: HeldRecord | undefined): boolean {
  return one !== undefined && one.value === other?.value && one.leaderEpoch === other.leaderEpoch;
}

type Held = ReadonlyMap<number, ReadonlyMap<number, HeldRecord>>;

function heldBy(scene: ReplicaScene): Held {
  const ids = [...scene.nodes.keys()].filter((id) => scene.node(id).find(topic, 0) !== undefined);
  return new Map(ids.map((id) => [id, new Map(scene.held(id).map((record) => [record.offset, record]))]));
}

/** INVARIANTS.md 2: whatever a presumed leader has exposed is on every replica that could be elected. */
function checkStrongIsr(scene: ReplicaScene, held: Held): void {
  for (const [leaderId, log] of held) {
    const { partition } = scene.node(leaderId);
    if (!partition.isLeader) continue;
    for (const replicaId of scene.state.inSyncReplicas) {
      const other = held.get(replicaId);
      for (let offset = 0; other !== undefined && offset < partition.highWatermark; offset++) {
        expect(isSame(log.get(offset), other.get(offset)), `StrongIsr at ${offset}: ${leaderId} and ${replicaId}`);
      }
    }
  }
}

/** INVARIANTS.md 12: what is below the high watermark of two replicas is the same on both. */
function checkLogMatching(scene: ReplicaScene, held: Held): void {
  for (const [oneId, one] of held) {
    for (const [otherId, other] of held) {
      const limit = Math.min(scene.node(oneId).log.highWatermark, scene.node(otherId).log.highWatermark);
      for (let offset = 0; otherId > oneId && offset < limit; offset++) {
        expect(isSame(one.get(offset), other.get(offset)), `LogMatching at ${offset}: ${oneId} and ${otherId}`);
      }
    }
  }
}

/** INVARIANTS.md 10, 11: what was acknowledged is on every replica that could be elected. */
function checkAcknowledged(scene: ReplicaScene, held: Held, acknowledged: ReadonlyMap<number, string>): void {
  for (const replicaId of scene.state.inSyncReplicas) {
    const log = held.get(replicaId);
    if (log === undefined) continue;
    for (const [offset, value] of acknowledged) {
      expect(log.get(offset)?.value === value, `acknowledged ${value} at ${offset} is on ${replicaId}`);
    }
  }
}

/** INVARIANTS.md 18. */
function checkOffsets({ log }: ReplicaNode): void {
  const { logStartOffset, highWatermark, logEndOffset } = log;
  expect(logStartOffset <= highWatermark && highWatermark <= logEndOffset, "offsets are in order");
  const epochs = log.leaderEpochs.all();
  for (const [index, { epoch, startOffset }] of epochs.entries()) {
    const before = epochs[index - 1];
    expect(before === undefined || (before.epoch < epoch && before.startOffset < startOffset), "epochs grow");
  }
}

/** One run that its seed decides: produce, kill, expire, start, elect, lose a word of the controller; then heal. */
class RandomRun {
  private readonly random: SeededRandom;
  private readonly scene: ReplicaScene;
  private readonly produced: (ReturnType<ReplicaScene["produce"]> & { readonly acks: number })[] = [];
  private readonly acknowledged = new Map<number, string>();
  private readonly unexpired = new Set<number>();

  constructor(seed: number, rules: FollowerRules) {
    this.random = new SeededRandom(`replicas agree ${String(seed)}`);
    const fetchSettings = { backoffMs: 20, waitMaxMs: 50 };
    const replicaCount = 2 + this.random.below(2);
    const minInSyncReplicas = 1 + this.random.below(2);
    this.scene = new ReplicaScene({ seed, rules, fetchSettings, replicaCount, minInSyncReplicas });
  }

  run(): number {
    for (let step = 0; step < stepCount; step++) {
      this.act();
      for (let pause = this.random.below(12); pause > 0; pause--) this.advance(this.random.below(30) / 10);
    }
    this.heal();
    return this.acknowledged.size;
  }

  private act(): void {
    const { scene, random } = this;
    const choice = random.below(10);
    if (choice < 4) this.produce();
    else if (choice < 5) this.kill();
    else if (choice < 6) this.expire();
    else if (choice < 8) this.start();
    else this.elect(choice === 8 ? scene.replicaIds.filter(() => random.below(2) === 0) : []);
  }

  private pick(ids: readonly number[]): number | undefined {
    return ids.length === 0 ? undefined : ids[this.random.below(ids.length)];
  }

  private produce(): void {
    const to = this.pick([...this.scene.nodes.keys()]);
    if (to === undefined) return;
    const value = `v${String(this.produced.length)}`;
    const acks = this.random.below(3) === 0 ? 1 : -1;
    this.produced.push({ ...this.scene.produce(value, acks, to, 5000), acks });
  }

  private kill(): void {
    const id = this.pick([...this.scene.nodes.keys()]);
    if (id === undefined) return;
    if (this.random.below(2) === 0 && this.scene.node(id).find(topic, 0) !== undefined)
      this.scene.node(id).checkpoint();
    this.scene.kill(id);
    this.unexpired.add(id);
  }

  private expire(): void {
    for (const id of this.unexpired) this.scene.expire(id);
    this.unexpired.clear();
  }

  private start(): void {
    for (const id of this.scene.replicaIds) {
      if (this.scene.nodes.has(id)) continue;
      this.expire();
      this.scene.start(id);
      return;
    }
  }

  private elect(deaf: readonly number[]): void {
    const { scene } = this;
    const id = this.pick(scene.state.inSyncReplicas.filter((replica) => scene.nodes.has(replica)));
    if (id !== undefined) scene.elect(id, deaf);
  }

  private advance(ms: number): void {
    this.scene.world.runFor(ms);
    this.check();
  }

  private check(): void {
    const { scene } = this;
    for (const { answer, value, acks } of this.produced) {
      const told = answer();
      if (told?.errorName === "NONE" && acks === -1) this.acknowledged.set(told.baseOffset, value);
    }
    for (const node of scene.nodes.values()) {
      expect(node.crashes.length === 0, `no broker breaks its own rules: ${String(node.crashes[0])}`);
      if (node.find(topic, 0) !== undefined) checkOffsets(node);
    }
    const held = heldBy(scene);
    checkAcknowledged(scene, held, this.acknowledged);
    checkStrongIsr(scene, held);
    checkLogMatching(scene, held);
  }

  /** INVARIANTS.md 20: with everybody back, all have one log, and every acknowledged record is in it. */
  private heal(): void {
    const { scene } = this;
    this.expire();
    for (const id of scene.replicaIds) if (!scene.nodes.has(id)) scene.start(id);
    scene.world.runFor(20);
    scene.decide({});
    scene.world.runFor(20);
    const last = scene.produce("last", -1, scene.state.leaderId, 60_000);
    for (let ms = 0; ms < 20_000 && last.answer() === undefined; ms += 100) this.advance(100);
    expect(last.answer()?.errorName === "NONE", "a healed partition takes records again");
    for (let ms = 0; ms < 20_000 && scene.state.inSyncReplicas.length < scene.replicaIds.length; ms += 100) {
      this.advance(100);
    }
    expect(scene.state.inSyncReplicas.length === scene.replicaIds.length, "all come back in sync");
    this.advance(500);
    const logs = scene.replicaIds.map((id) => JSON.stringify(scene.held(id)));
    expect(new Set(logs).size === 1, "all hold one log in the end");
  }
}

describe("Replicas under random kills, elections and lost words", () => {
  it(`keep what was acknowledged, and agree on all that is committed (${String(seedCount)} seeds)`, function () {
    this.timeout(60_000);
    let acknowledgedCount = 0;
    for (let seed = 1; seed <= seedCount; seed++) {
      try {
        acknowledgedCount += new RandomRun(seed, followerRules).run();
      } catch (error) {
        throw new Error(`seed ${String(seed)}`, { cause: error });
      }
    }
    console.log(`      ${String(acknowledgedCount)} acknowledged records in ${String(seedCount)} runs`);
    assert.ok(acknowledgedCount > seedCount);
  });
});

describe("The rules of the past", () => {
  for (const [name, rules] of Object.entries(brokenFollowerRules)) {
    it(`are caught: ${name}`, function () {
      this.timeout(120_000);
      let seed = 1;
      let broken: unknown;
      for (; seed <= mutantSeedCountMax && broken === undefined; seed++) {
        try {
          new RandomRun(seed, rules).run();
        } catch (error) {
          if (!(error instanceof BrokenPromise)) throw error;
          broken = error;
        }
      }
      assert.ok(broken instanceof BrokenPromise, `${name} lived through ${String(mutantSeedCountMax)} seeds`);
      console.log(`      ${name}: seed ${String(seed - 1)}, ${broken.message}`);
    });
  }
});
