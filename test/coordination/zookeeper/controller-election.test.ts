import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ControllerElection, type FencedAnswer } from "../../../src/coordination/zookeeper/controller-election.ts";
import type { ControllerTenure } from "../../../src/coordination/zookeeper/controller-election.ts";
import type { Operation } from "../../../src/coordination/zookeeper/znode.ts";
import { readController } from "../../../src/coordination/zookeeper/znode-content.ts";
import { CoordinationScene, type SceneClient } from "./coordination-scene.ts";

/** A broker that does nothing but stand for controller, and starts over in a new session when the old one is over. */
class Candidate {
  readonly seen: string[] = [];
  readonly election: ControllerElection;
  readonly client: SceneClient;
  /** The last tenure that it was told of. */
  lastTenure: ControllerTenure | undefined;

  constructor(scene: CoordinationScene, brokerId: number, sessionTimeoutMs = 6000) {
    this.client = scene.client(`broker${String(brokerId)}`, sessionTimeoutMs);
    this.election = new ControllerElection({
      client: this.client.client,
      clock: this.client.node.clock,
      brokerId,
      listener: {
        onElected: (tenure) => {
          this.lastTenure = tenure;
          this.seen.push(`elected ${String(tenure.controllerEpoch)}`);
        },
        onResigned: () => this.seen.push("resigned"),
        onControllerKnown: (controllerId) => this.seen.push(`controller ${String(controllerId)}`),
        onFailed: (reason) => this.seen.push(`failed: ${reason}`),
      },
    });
    this.client.onSession = (event) => {
      if (event === "expired") {
        this.election.stop();
        this.client.client.renew();
        this.election.start();
      }
    };
    this.election.start();
  }
}

function candidates(scene: CoordinationScene, count: number): readonly Candidate[] {
  return Array.from({ length: count }, (_, index) => new Candidate(scene, index + 1));
}

/** Who leads by its own lights. */
function leaders(all: readonly Candidate[]): readonly Candidate[] {
  return all.filter(({ election }) => election.tenure !== undefined);
}

/** A candidate and what it is after. */
function settleLeader(scene: CoordinationScene, all: readonly Candidate[]): Candidate {
  scene.world.runUntil(() => leaders(all).length > 0);
  scene.world.runFor(100);
  const [leader, ...others] = leaders(all);
  assert.ok(leader !== undefined && others.length === 0, "one leads");
  const data = scene.server.tree.data("/controller");
  assert.ok(data);
  assert.equal(readController(data).brokerId, all.indexOf(leader) + 1);
  return leader;
}

function write(scene: CoordinationScene, by: Candidate, operations: readonly Operation[]): FencedAnswer {
  assert.ok(by.lastTenure);
  const tenure = by.lastTenure;
  return scene.settle((told: (answer: FencedAnswer) => void) => by.election.write(tenure, operations, told));
}

const createA: Operation = { type: "create", path: "/a", data: null, mode: "persistent" };

describe("the election of a controller", () => {
  it("makes the first broker of a new cluster the controller, with epoch 1", () => {
    const scene = new CoordinationScene();
    const leader = settleLeader(scene, candidates(scene, 1));
    assert.deepEqual(leader.seen, ["elected 1"]);
    assert.deepEqual(leader.election.tenure, { controllerEpoch: 1, epochVersion: 1 });
    const { tree } = scene.server;
    assert.equal(tree.data("/controller_epoch")?.toString(), "1");
    assert.equal(tree.stat("/controller_epoch")?.mzxid, tree.stat("/controller")?.czxid);
    assert.equal(tree.stat("/controller")?.ephemeralOwner, leader.client.sessionId);
  });

  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`makes one of several that stand at once the controller, and the others follow (seed ${String(seed)})`, () => {
      const scene = new CoordinationScene({ seed, isChopping: true });
      const all = candidates(scene, 4);
      const leader = settleLeader(scene, all);
      const leaderId = all.indexOf(leader) + 1;
      for (const other of all) {
        if (other !== leader) assert.deepEqual(other.seen, [`controller ${String(leaderId)}`]);
      }
      assert.equal(scene.server.tree.data("/controller_epoch")?.toString(), "1");
    });

    it(`goes to one of those who race when the controller dies (M25, seed ${String(seed)})`, () => {
      const scene = new CoordinationScene({ seed });
      const all = candidates(scene, 3);
      const first = settleLeader(scene, all);
      first.client.kill();
      const rest = all.map((candidate) => (candidate === first ? undefined : candidate));
      const others = rest.filter((candidate) => candidate !== undefined);
      scene.world.runUntil(() => leaders(others).length > 0);
      scene.world.runFor(1000);
      const [second, ...more] = leaders(others);
      assert.ok(second !== undefined && more.length === 0);
      const follower = others.find((candidate) => candidate !== second);
      const firstId = all.indexOf(first) + 1;
      const secondId = all.indexOf(second) + 1;
      assert.deepEqual(second.seen, [`controller ${String(firstId)}`, "controller -1", "elected 2"]);
      assert.deepEqual(follower?.seen, [
        `controller ${String(firstId)}`,
        "controller -1",
        `controller ${String(secondId)}`,
      ]);
      assert.deepEqual(second.election.tenure, { controllerEpoch: 2, epochVersion: 2 });
    });
  }

  it("moves when somebody deletes /controller, and the epoch with it", () => {
    const scene = new CoordinationScene();
    const all = candidates(scene, 2);
    settleLeader(scene, all);
    scene.connected("operator").delete("/controller");
    scene.world.runUntil(() => scene.server.tree.data("/controller_epoch")?.toString() === "2");
    const leader = settleLeader(scene, all);
    assert.equal(leader.election.tenure?.controllerEpoch, 2);
    const resignations = all.flatMap(({ seen }) => seen.filter((line) => line === "resigned"));
    assert.equal(resignations.length, 1);
  });

  it("goes on where it was through a lost connection within the session", () => {
    const scene = new CoordinationScene();
    const all = candidates(scene, 2);
    const leader = settleLeader(scene, all);
    leader.client.link.cut();
    leader.client.runUntil("disconnected");
    assert.ok(leader.election.tenure);
    leader.client.link.heal();
    leader.client.runUntil("connected");
    scene.world.runFor(20_000);
    assert.deepEqual(leader.seen, ["elected 1"]);
  });

  it("is known to who won it though the answer was lost with the connection", () => {
    const scene = new CoordinationScene();
    const candidate = new Candidate(scene, 1);
    scene.world.runUntil(() => scene.server.tree.has("/controller"));
    assert.deepEqual(candidate.seen, []);
    candidate.client.link.cut();
    candidate.client.runUntil("disconnected");
    candidate.client.link.heal();
    const leader = settleLeader(scene, [candidate]);
    assert.deepEqual(leader.seen, ["elected 1"]);
    assert.deepEqual(leader.election.tenure, { controllerEpoch: 1, epochVersion: 1 });
  });

  it("is known to who won it when the server ended before answering", () => {
    const scene = new CoordinationScene();
    const all = candidates(scene, 2);
    scene.world.runUntil(() => scene.server.tree.has("/controller"));
    scene.killServer();
    scene.world.runFor(100);
    scene.startServer();
    settleLeader(scene, all);
    assert.equal(scene.server.tree.data("/controller_epoch")?.toString(), "1");
  });

  it("is over with the session; the broker stands again in the next one", () => {
    const scene = new CoordinationScene();
    const all = candidates(scene, 2);
    const first = settleLeader(scene, all);
    first.client.link.cut();
    const second = all.find((candidate) => candidate !== first)!;
    scene.world.runUntil(() => second.election.tenure !== undefined);
    // It can't know: this is why its writes are fenced.
    assert.ok(first.election.tenure);
    first.client.link.heal();
    first.client.runUntil("expired");
    scene.world.runFor(1000);
    assert.deepEqual(first.seen, ["elected 1", "resigned", `controller ${String(all.indexOf(second) + 1)}`]);
    assert.equal(settleLeader(scene, all), second);
  });

  it("is not taken on from an earlier process of the same broker", () => {
    const scene = new CoordinationScene();
    const old = settleLeader(scene, candidates(scene, 1));
    old.client.kill();
    const restarted = new Candidate(scene, 1);
    restarted.client.runUntil("connected");
    scene.world.runFor(1000);
    assert.deepEqual(restarted.seen, ["controller 1"]);
    assert.equal(restarted.election.tenure, undefined);
    scene.world.runUntil(() => restarted.election.tenure !== undefined);
    assert.deepEqual(restarted.seen, ["controller 1", "controller -1", "elected 2"]);
  });

  it("says what keeps it from going on", () => {
    const scene = new CoordinationScene();
    scene.connected("operator").create("/controller_epoch", "many");
    const candidate = new Candidate(scene, 1);
    scene.world.runUntil(() => candidate.seen.length > 0);
    assert.deepEqual(candidate.seen, ['failed: "many" is not a controller epoch']);
  });

  it("does nothing any more when it is stopped", () => {
    const scene = new CoordinationScene();
    const all = candidates(scene, 2);
    const first = settleLeader(scene, all);
    const second = all.find((candidate) => candidate !== first)!;
    second.election.stop();
    first.client.kill();
    scene.world.runFor(30_000);
    assert.equal(second.election.tenure, undefined);
    assert.ok(!scene.server.tree.has("/controller"));
  });
});

describe("a controller's writes", () => {
  it("are done while its tenure lasts", () => {
    const scene = new CoordinationScene();
    const leader = settleLeader(scene, candidates(scene, 1));
    const answer = write(scene, leader, [createA, { type: "setData", path: "/a", data: null, version: 0 }]);
    assert.ok(answer.kind === "done");
    assert.deepEqual(
      answer.written.map(({ path }) => path),
      ["/a", ""],
    );
  });

  it("are refused one by one where they can't be done, and the tenure goes on", () => {
    const scene = new CoordinationScene();
    const leader = settleLeader(scene, candidates(scene, 1));
    const check: Operation = { type: "check", path: "/controller_epoch", version: 7 };
    assert.deepEqual(write(scene, leader, [createA, check]), {
      kind: "refused",
      error: "BADVERSION",
      errors: ["OK", "BADVERSION"],
    });
    assert.ok(leader.election.tenure);
  });

  it("are fenced when another was elected, as a whole, and it learns by that what it is (M25)", () => {
    const scene = new CoordinationScene();
    const all = candidates(scene, 2);
    const first = settleLeader(scene, all);
    const second = all.find((candidate) => candidate !== first)!;
    first.client.link.cut();
    scene.world.runUntil(() => second.election.tenure !== undefined);
    first.client.link.heal();
    first.client.runUntil("expired");
    first.client.runUntil("connected");
    assert.deepEqual(write(scene, first, [createA]), { kind: "moved" });
    assert.ok(!scene.server.tree.has("/a"));
    assert.equal(write(scene, second, [createA]).kind, "done");
  });

  it("are fenced when somebody sets the epoch by hand: it resigns and does not adopt the number", () => {
    const scene = new CoordinationScene();
    const leader = settleLeader(scene, candidates(scene, 1));
    const operator = scene.connected("operator");
    operator.set("/controller_epoch", "7");
    assert.deepEqual(write(scene, leader, [createA]), { kind: "moved" });
    scene.world.runFor(100);
    assert.deepEqual(leader.seen, ["elected 1", "resigned", "controller 1"]);
    // Whoever set it by hand can make it go on.
    operator.delete("/controller");
    scene.world.runFor(100);
    assert.equal(leader.election.tenure?.controllerEpoch, 8);
  });

  it("are fenced also within a session that lives on", () => {
    const scene = new CoordinationScene();
    const all = candidates(scene, 2);
    const first = settleLeader(scene, all);
    const operator = scene.connected("operator");
    // The write is on its way when /controller moves.
    const firstTenure = first.lastTenure!;
    operator.delete("/controller");
    scene.world.runUntil(() => scene.server.tree.data("/controller_epoch")?.toString() === "2");
    const answers: FencedAnswer[] = [];
    first.election.write(firstTenure, [createA], (answer) => answers.push(answer));
    scene.world.runUntil(() => answers.length === 1);
    assert.deepEqual(answers, [{ kind: "moved" }]);
    assert.ok(!scene.server.tree.has("/a"));
    assert.ok(first.seen.includes("resigned"));
    settleLeader(scene, all);
  });
});
