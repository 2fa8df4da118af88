import type { Watch } from "../coordination/zookeeper/client-watches.ts";
import type { ControllerTenure } from "../coordination/zookeeper/controller-election.ts";
import {
  brokerIdsPath,
  brokerPath,
  deleteTopicsPath,
  logDirEventsPath,
  partitionStatePath,
  topicPath,
  topicsPath,
} from "../coordination/zookeeper/layout.ts";
import { readBroker, readLogDirEvent, readPartitionState, readTopic } from "../coordination/zookeeper/znode-content.ts";
import { MalformedZnodeError } from "../coordination/zookeeper/znode-json.ts";
import type { ZnodeStat } from "../coordination/zookeeper/znode.ts";
import type { Znodes } from "../coordination/zookeeper/znodes.ts";
import type { LogSink } from "../runtime/runtime.ts";
import type { ControlledTopic, Leadership, LiveBroker } from "./controller-context.ts";
import type { FoundCluster } from "./controller-start.ts";
import { topicFound } from "./topic-changes.ts";

/** Whom changes are told to, once each, after the read that they go with. */
export interface ClusterWatches {
  readonly onBrokers: Watch;
  readonly onTopics: Watch;
  readonly onTopicDeletions: Watch;
  readonly onLogDirEvents: Watch;
  /** The same one for the same topic, so that a second read doesn't leave a second watch. */
  ofTopic(name: string): Watch;
}

interface FoundNode {
  readonly data: Buffer | null;
  readonly stat: ZnodeStat;
}

/**
 * Reads what a controller must know out of the znodes. A node that is gone by the time it is read, or that nobody can
 * read, is left out. Where the session is over nothing is told: the controller is none any more.
 */
export class ClusterReader {
  private readonly znodes: Pick<Znodes, "getData" | "getChildren">;
  private readonly watches: ClusterWatches;
  private readonly log: LogSink;

  /** `znodes` are the patient ones. */
  constructor(znodes: Pick<Znodes, "getData" | "getChildren">, watches: ClusterWatches, log: LogSink) {
    this.znodes = znodes;
    this.watches = watches;
    this.log = log;
  }

  /** All that a new controller begins with. */
  cluster(brokerId: number, tenure: ControllerTenure, told: (found: FoundCluster) => void): void {
    const { controllerEpoch, epochVersion: controllerEpochVersion } = tenure;
    this.brokers((brokers) =>
      this.topicNames((names) =>
        this.topics([...names], (topics) =>
          this.leaderships(topics, (led) =>
            this.topicsToDelete((topicsToDelete) => {
              const byName = new Map(led.map((topic) => [topic.name, topic]));
              const shuttingDownBrokers = new Set<number>();
              const known = { brokers, shuttingDownBrokers, topics: byName };
              told({ context: { brokerId, controllerEpoch, controllerEpochVersion, ...known }, topicsToDelete });
            }),
          ),
        ),
      ),
    );
  }

  brokers(told: (brokers: ReadonlyMap<number, LiveBroker>) => void): void {
    this.children(brokerIdsPath, this.watches.onBrokers, (names) => {
      const ids = names.map(Number).filter((id) => Number.isSafeInteger(id));
      this.nodes(ids, { pathOf: brokerPath }, (nodes) => {
        const brokers = new Map<number, LiveBroker>();
        for (const [id, { data, stat }] of nodes) {
          const znode = this.parsed(brokerPath(id), () => readBroker(data));
          if (znode === undefined) continue;
          brokers.set(id, { id, brokerEpoch: stat.czxid, endpoints: znode.endpoints, rack: znode.rack });
        }
        told(brokers);
      });
    });
  }

  topicNames(told: (names: ReadonlySet<string>) => void): void {
    this.children(topicsPath, this.watches.onTopics, (names) => told(new Set(names)));
  }

  /** As their znodes have them: without leaders. */
  topics(names: readonly string[], told: (topics: readonly ControlledTopic[]) => void): void {
    const watchOf = (name: string): Watch => this.watches.ofTopic(name);
    this.nodes(names, { pathOf: topicPath, watchOf }, (nodes) => {
      const topics = Array.from(nodes, ([name, { data }]) =>
        this.parsed(topicPath(name), () => topicFound(name, readTopic(data))),
      );
      told(topics.filter((topic) => topic !== undefined));
    });
  }

  topicsToDelete(told: (names: readonly string[]) => void): void {
    this.children(deleteTopicsPath, this.watches.onTopicDeletions, told);
  }

  /** Brokers with failed log directories, and the nodes that say so. */
  logDirEvents(told: (brokerIds: readonly number[], paths: readonly string[]) => void): void {
    this.children(logDirEventsPath, this.watches.onLogDirEvents, (names) => {
      const paths = names.map((name) => `${logDirEventsPath}/${name}`);
      this.nodes(paths, { pathOf: (path) => path }, (nodes) => {
        const brokerIds = Array.from(nodes, ([path, { data }]) => this.parsed(path, () => readLogDirEvent(data)));
        told(
          brokerIds.filter((brokerId) => brokerId !== undefined),
          paths,
        );
      });
    });
  }

  private leaderships(topics: readonly ControlledTopic[], told: (topics: readonly ControlledTopic[]) => void): void {
    const partitions = topics.flatMap((topic) => topic.partitions);
    const pathOf = ({ topic, index }: (typeof partitions)[number]): string => partitionStatePath(topic, index);
    this.nodes(partitions, { pathOf }, (nodes) => {
      const led = (partition: (typeof partitions)[number]): Leadership | undefined => {
        const node = nodes.get(partition);
        if (node === undefined) return undefined;
        const state = this.parsed(pathOf(partition), () => readPartitionState(node.data));
        return state === undefined ? undefined : { ...state, partitionEpoch: node.stat.version };
      };
      told(
        topics.map((topic) => ({
          ...topic,
          partitions: topic.partitions.map((partition) => ({ ...partition, leadership: led(partition) })),
        })),
      );
    });
  }

  private children(path: string, watch: Watch, told: (names: readonly string[]) => void): void {
    this.znodes.getChildren(
      path,
      (answer) => {
        if (answer.error === "OK") told(answer.value.names);
        else this.fail(path, answer.error);
      },
      watch,
    );
  }

  /** Read a node for each of `keys`. Answers come in the order of asking, so the last one ends it. */
  private nodes<Key>(
    keys: readonly Key[],
    { pathOf, watchOf }: { readonly pathOf: (key: Key) => string; readonly watchOf?: (key: Key) => Watch },
    told: (nodes: ReadonlyMap<Key, FoundNode>) => void,
  ): void {
    const nodes = new Map<Key, FoundNode>();
    let missing = keys.length;
    let hasFailed = false;
    if (missing === 0) told(nodes);
    for (const key of keys) {
      this.znodes.getData(
        pathOf(key),
        (answer) => {
          missing -= 1;
          if (answer.error === "OK") nodes.set(key, answer.value);
          else if (answer.error !== "NONODE") hasFailed = this.fail(pathOf(key), answer.error);
          if (missing === 0 && !hasFailed) told(nodes);
        },
        watchOf?.(key),
      );
    }
  }

  private parsed<Content>(path: string, read: () => Content): Content | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MalformedZnodeError)) throw error;
      this.log.write("error", `The controller can't read ${path}, and leaves it out: ${error.message}.`);
      return undefined;
    }
  }

  private fail(path: string, error: string): true {
    if (error !== "SESSIONEXPIRED") this.log.write("error", `The controller can't read ${path}: ${error}.`);
    return true;
  }
}
