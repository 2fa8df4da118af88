import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { SeededRandom } from "../../../src/base/seeded-random.ts";
import { ControllerElection, type ControllerTenure } from "../../../src/coordination/zookeeper/controller-election.ts";
import { readControllerEpoch } from "../../../src/coordination/zookeeper/znode-content.ts";
import { CoordinationScene, type SceneClient } from "./coordination-scene.ts";

const paths = ["/a", "/b", "/c"];

/** Keeps a copy of some nodes as Kafka's brokers do: read, leave a watch, and read again when it tells. */
class Copy {
  readonly values = new Map<string, string>();
  private readonly client: SceneClient;
  private session = 0;

  constructor(client: SceneClient) {
    this.client = client;
    this.follow();
    client.onSession = (event) => {
      if (event !== "expired") return;
      client.client.renew();
      this.session += 1;
      this.follow();
    };
  }

  private follow(): void {
    for (const path of paths) this.read(path, this.session);
  }

  private read(path: string, session: number): void {
    const { patient } = this.client.client;
    const again = (): void => {
      if (session === this.session) this.read(path, session);
    };
    // Two watches, of which one tells: on the path while there is no node, and on the node's data.
    patient.exists(path, () => undefined, again);
    patient.getData(path, (answer) => {
      if (answer.error === "NONODE") this.values.delete(path);
      if (answer.error === "OK") this.values.set(path, String(answer.value.data?.toString()));
    });
  }
}

/** Cables are pulled and servers killed, as a seed decides; `act` happens in between. */
function trouble(
  scene: CoordinationScene,
  clients: readonly SceneClient[],
  random: SeededRandom,
  act: () => void,
): void {
  for (let round = 0; round < 80; round += 1) {
    const client = clients[random.below(clients.length)]!;
    if (random.chance(6)) client.link.cut();
    else if (random.chance(3)) client.link.heal();
    else if (random.chance(12)) {
      scene.killServer();
      scene.world.runFor(random.below(400));
      assert.ok(scene.startServer().isListening);
    } else act();
    scene.world.runFor(random.below(400));
  }
  for (const client of clients) client.link.heal();
  scene.world.runFor(5000);
}

describe("the coordination node in trouble", () => {
  it("leaves no client with an old picture of what it watches", () => {
    let expiredCount = 0;
    let reconnectedCount = 0;
    for (let seed = 1; seed <= 15; seed += 1) {
      const scene = new CoordinationScene({ seed, isChopping: true }, { transactionsPerSnapshot: 10 });
      const random = new SeededRandom(seed);
      const watchers = [1, 2].map((index) => scene.client(`watcher${String(index)}`, 1500));
      const copies = watchers.map((watcher) => new Copy(watcher));
      const writer = scene.client("writer", 10_000);
      trouble(scene, watchers, random, () => {
        const path = paths[random.below(paths.length)]!;
        const data = Buffer.from(String(random.below(1000)));
        const { patient } = writer.client;
        if (random.chance(3)) patient.delete(path, -1, () => undefined);
        else if (random.chance(2)) patient.create({ path, data, mode: "persistent" }, () => undefined);
        else patient.setData({ path, data, version: -1 }, () => undefined);
      });
      const { tree } = scene.server;
      const wanted = paths.filter((path) => tree.has(path)).map((path) => [path, tree.data(path)?.toString()] as const);
      for (const copy of copies) assert.deepEqual([...copy.values].sort(), wanted, `seed ${String(seed)}`);
      const events = watchers.flatMap((watcher) => watcher.events);
      expiredCount += events.filter((event) => event === "expired").length;
      reconnectedCount += events.filter((event) => event === "connected").length;
    }
    // Thirty began connected, and every session that expired was followed by a new one.
    const backInTimeCount = reconnectedCount - expiredCount - 30;
    assert.ok(
      expiredCount > 20 && backInTimeCount > 20,
      `${String(expiredCount)} expired, ${String(backInTimeCount)} back`,
    );
  });

  it("never has two controllers of one epoch, nor a write by one whose time is over", () => {
    let electionCount = 0;
    let movedCount = 0;
    let writtenCount = 0;
    for (let seed = 1; seed <= 15; seed += 1) {
      const scene = new CoordinationScene({ seed, isChopping: true }, { transactionsPerSnapshot: 10 });
      const random = new SeededRandom(seed);
      const tenures = new Map<number, number>();
      scene.connected("operator").create("/epochs");
      const clients = [1, 2, 3].map((id) => scene.client(`broker${String(id)}`, 1500));
      const lastTenures: (ControllerTenure | undefined)[] = [];
      const elections = clients.map((client, index) => {
        const election = new ControllerElection({
          client: client.client,
          clock: client.node.clock,
          brokerId: index + 1,
          listener: {
            onElected: (tenure) => {
              assert.ok(!tenures.has(tenure.controllerEpoch), `seed ${String(seed)}: one controller per epoch`);
              tenures.set(tenure.controllerEpoch, index + 1);
              lastTenures[index] = tenure;
            },
            onResigned: () => undefined,
            onControllerKnown: () => undefined,
            onFailed: (reason) => assert.fail(reason),
          },
        });
        client.onSession = (event) => {
          if (event !== "expired") return;
          election.stop();
          client.client.renew();
          election.start();
        };
        election.start();
        return election;
      });
      trouble(scene, clients, random, () => {
        const index = random.below(3);
        const tenure = lastTenures[index];
        if (tenure === undefined) return;
        // Whether it still is the controller or not: it writes its epoch, and only a current one must get through.
        const data = Buffer.from(String(tenure.controllerEpoch));
        const path = "/epochs/epoch_";
        const note = { type: "create", path, data, mode: "persistentSequential" } as const;
        elections[index]!.write(tenure, [note], ({ kind }) => {
          if (kind === "moved") movedCount += 1;
        });
      });
      const { tree } = scene.server;
      const leaders = elections.filter((election) => election.tenure !== undefined);
      assert.equal(leaders.length, 1, `seed ${String(seed)}: one leads in the end`);
      assert.equal(leaders[0]!.tenure?.controllerEpoch, readControllerEpoch(tree.data("/controller_epoch") ?? null));
      const written = tree.children("/epochs")!.map((name) => Number(tree.data(`/epochs/${name}`)?.toString()));
      const inOrder = [...written].sort((left, right) => left - right);
      assert.deepEqual(written, inOrder, `seed ${String(seed)}: no epoch writes after a later one`);
      electionCount += tenures.size;
      writtenCount += written.length;
    }
    const counts = [electionCount, movedCount, writtenCount];
    assert.ok(electionCount > 40 && movedCount > 20 && writtenCount > 100, counts.join());
  });
});
