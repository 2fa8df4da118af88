import assert from "node:assert/strict";
import { Cluster, type ClusterSpec } from "../../src/cluster/cluster.ts";
import type { EngineFailure, NewRecord, ProducedRecord } from "../../src/cluster/engine-messages.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import {
  type DiskOptions,
  type SimulatedNode,
  World,
  type WorldOptions,
} from "../../src/runtime/simulated/simulated-runtime.ts";

/** A cluster in a world of its own, stepped until what was asked for has happened. */
export class SimulatedCluster {
  readonly world: World;
  cluster: Cluster;
  private spec: ClusterSpec;
  private readonly disks: Readonly<Record<string, DiskOptions>>;
  private nodes: SimulatedNode[] = [];

  constructor(
    spec: Partial<ClusterSpec> = {},
    world: Partial<WorldOptions> = {},
    disks: Readonly<Record<string, DiskOptions>> = {},
  ) {
    this.spec = { brokerCount: 1, address: { host: "127.0.0.1", port: 9092 }, configs: {}, topics: [], ...spec };
    this.world = new World({ seed: 1, compression: nodeCompression, ...world });
    this.disks = disks;
    this.cluster = this.made();
  }

  private made(): Cluster {
    return new Cluster(this.spec, {
      runtimeOf: (name) => {
        const node = this.world.node(name, this.disks[name]);
        this.nodes.push(node);
        return node;
      },
      directoryOf: () => null,
      onCrash: (error) => assert.fail(error instanceof Error ? error : String(error)),
    });
  }

  /** The failure where it does not start. */
  start(): EngineFailure | undefined {
    return this.settle((told) => this.cluster.start(told));
  }

  /** Stop all of it and make it anew on the same disks, with some of the spec changed. */
  restart(changed: Partial<ClusterSpec> = {}): EngineFailure | undefined {
    this.cluster.stop();
    this.spec = { ...this.spec, ...changed };
    for (const node of this.nodes.splice(0)) node[Symbol.dispose]();
    this.cluster = this.made();
    return this.start();
  }

  createTopic(
    name: string,
    partitionCount: number,
    configs: Readonly<Record<string, string>> = {},
  ): EngineFailure | undefined {
    return this.settle((told) =>
      this.cluster.createTopic({ name, partitionCount, replicationFactor: 1, configs }, told),
    );
  }

  produce(record: Pick<NewRecord, "topic"> & { readonly key?: string; readonly value: string }): ProducedRecord {
    const { topic, key, value } = record;
    let produced: ProducedRecord | undefined;
    const asked = { topic, key: key === undefined ? null : Buffer.from(key), value: Buffer.from(value), headers: [] };
    this.cluster.produce(asked, (outcome) => {
      assert.ok(outcome.kind === "produced", JSON.stringify(outcome));
      produced = outcome.record;
    });
    this.world.runUntil(() => produced !== undefined);
    assert.ok(produced !== undefined);
    return produced;
  }

  settle(ask: (told: (failure: EngineFailure | undefined) => void) => void): EngineFailure | undefined {
    let failure: EngineFailure | undefined;
    let isTold = false;
    ask((said) => {
      failure = said;
      isTold = true;
    });
    this.world.runUntil(() => isTold);
    return failure;
  }
}
