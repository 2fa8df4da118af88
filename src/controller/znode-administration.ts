import { zeroUuid } from "../base/uuid.ts";
import type {
  AdministrationResult,
  ConfigAlteration,
  CreatedTopic,
  TopicToCreate,
  TopicToGrow,
} from "../coordination/administration-requests.ts";
import { withConfigs, withTopics } from "../coordination/cluster-metadata.ts";
import type { ClusterMetadata, ConfigOverrides, TopicMetadata } from "../coordination/cluster-metadata.ts";
import { resourceKindOf } from "../coordination/configs/config-resource.ts";
import {
  configChangePrefix,
  configEntityPath,
  configPath,
  controllerPath,
  deleteTopicPath,
  producerIdBlockPath,
  topicPath,
} from "../coordination/zookeeper/layout.ts";
import {
  readConfigs,
  readProducerIdBlock,
  readTopic,
  writeConfigChange,
  writeConfigs,
  writeProducerIdBlock,
  writeTopic,
  type TopicZnode,
} from "../coordination/zookeeper/znode-content.ts";
import { MalformedZnodeError } from "../coordination/zookeeper/znode-json.ts";
import { anyVersion } from "../coordination/zookeeper/znode.ts";
import type { Znodes } from "../coordination/zookeeper/znodes.ts";
import type { ZookeeperErrorName } from "../coordination/zookeeper/zookeeper-error.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { isBeingReassigned } from "./assignment.ts";
import { alterConfigs } from "./config-alteration.ts";
import { noLeader, type ControllerContext } from "./controller-context.ts";
import { refusal, type Refusal } from "./new-partitions.ts";
import { growTopics } from "./partition-growth.ts";
import { createTopics, type DecisionBasis } from "./topic-creation.ts";
import { deleteTopics } from "./topic-deletion.ts";

export interface AdministrationOptions {
  readonly runtime: Pick<Runtime, "timers" | "log">;
  readonly brokerId: number;
  /** The patient ones of this broker's session. */
  readonly znodes: Pick<Znodes, "create" | "setData" | "getData" | "multi">;
  /** What is decided from: the cluster as this broker knows it. What is to be changed is read anew. */
  readonly basis: () => DecisionBasis;
  /** Of the controller in this broker; undefined where it is another's. */
  readonly context: () => ControllerContext | undefined;
}

const notController = refusal("NOT_CONTROLLER", "This is not the correct controller for this cluster.");
const uncreated = { topicId: zeroUuid, partitionCount: -1, replicationFactor: -1 };

type Told = (error: ZookeeperErrorName) => void;

/**
 * What people ask of a cluster, as Kafka 3.9 does it with ZooKeeper: it is decided here, written into the znodes in
 * Kafka's order (KAFKA.md S.3), and the controller sees it there. `done` says that it is written; partitions get their
 * leaders, and topics go away, a little later. Topics are created, grown and deleted by the controller's broker alone,
 * configurations by any.
 */
export class ZnodeAdministration {
  private readonly options: AdministrationOptions;

  constructor(options: AdministrationOptions) {
    this.options = options;
  }

  createTopics(
    topics: readonly TopicToCreate[],
    validateOnly: boolean,
    done: (made: readonly CreatedTopic[]) => void,
  ): void {
    this.asController("create topics", (context) => {
      if (context === undefined) {
        done(topics.map(({ name }) => ({ ...notController, ...uncreated, name })));
        return;
      }
      const { metadata, results } = createTopics(this.options.basis(), topics, validateOnly);
      this.forAll(results, done, (result, told) => {
        const topic = metadata.topics.get(result.name);
        if (result.errorName !== "NONE" || validateOnly || topic === undefined) told(result);
        else this.createTopic(topic, (error) => told(error === "OK" ? result : uncreatedBy(error, result.name)));
      });
    });
  }

  deleteTopics(names: readonly string[], done: (gone: readonly AdministrationResult[]) => void): void {
    this.asController("delete topics", (context) => {
      if (context === undefined) {
        done(names.map(() => notController));
        return;
      }
      const { results } = deleteTopics(this.options.basis().metadata, names);
      const asked = results.map((result, index) => ({ result, name: names[index] ?? "" }));
      this.forAll(asked, done, ({ result, name }, told) => {
        if (result.errorName !== "NONE") {
          told(result);
          return;
        }
        const marker = { path: deleteTopicPath(name), data: null, mode: "persistent" } as const;
        // One that is there says that somebody was quicker with the same wish.
        this.options.znodes.create(marker, ({ error }) => told(error === "NODEEXISTS" ? result : resultOf(error)));
      });
    });
  }

  createPartitions(
    topics: readonly TopicToGrow[],
    validateOnly: boolean,
    done: (grown: readonly AdministrationResult[]) => void,
  ): void {
    this.asController("create partitions", (context) => {
      if (context === undefined) {
        done(topics.map(() => notController));
        return;
      }
      this.forAll(topics, (found) => this.growAll({ topics, found, validateOnly, context }, done), this.readTopic);
    });
  }

  alterConfigs(
    resources: readonly ConfigAlteration[],
    validateOnly: boolean,
    done: (altered: readonly AdministrationResult[]) => void,
  ): void {
    this.options.runtime.timers.schedule("alter configurations", 0, () =>
      this.forAll(
        resources,
        (found: readonly (Buffer | null | undefined)[]) => this.alterAll({ resources, found, validateOnly }, done),
        (resource, told: (found: Buffer | null | undefined) => void) => {
          const path = entityPathOf(resource);
          if (path === undefined) told(undefined);
          else this.options.znodes.getData(configPath(path), (answer) => told(answer.value?.data ?? null));
        },
      ),
    );
  }

  /** Claim the next `count` producer ids (KAFKA.md E.2). Nothing is told where the session is over. */
  allocateProducerIds(count: number, done: (firstProducerId: number) => void): void {
    const { znodes, brokerId } = this.options;
    znodes.getData(producerIdBlockPath, (answer) => {
      if (answer.error !== "OK") return;
      const { data, stat } = answer.value;
      const isFirst = data === null || data.length === 0;
      const firstProducerId = isFirst
        ? 0
        : this.parsed(producerIdBlockPath, () => readProducerIdBlock(data).limitExclusive);
      if (firstProducerId === undefined) return;
      const block = writeProducerIdBlock({ brokerId, firstProducerId, limitExclusive: firstProducerId + count });
      znodes.setData({ path: producerIdBlockPath, data: block, version: stat.version }, ({ error }) => {
        if (error === "OK") done(firstProducerId);
        // Another broker was quicker, or this one itself was and the answer was lost: those ids are nobody's then.
        else if (error === "BADVERSION") this.allocateProducerIds(count, done);
      });
    });
  }

  // --- Writes

  /** Configurations first, so that they are there when the controller sees the topic. */
  private createTopic(topic: TopicMetadata, told: Told): void {
    const configs = { path: configPath(configEntityPath("topics", topic.name)), data: writeConfigs(topic.configs) };
    this.setOrCreate(configs, (error) => {
      if (error !== "OK") {
        told(error);
        return;
      }
      const data = writeTopic(newTopicZnode(topic));
      this.options.znodes.create({ path: topicPath(topic.name), data, mode: "persistent" }, (answer) =>
        told(answer.error),
      );
    });
  }

  private readonly readTopic = ({ name }: TopicToGrow, told: (found: FoundTopic | undefined) => void): void => {
    this.options.znodes.getData(topicPath(name), (answer) => {
      const { value } = answer;
      const znode = value === undefined ? undefined : this.parsed(topicPath(name), () => readTopic(value.data));
      told(znode === undefined || value === undefined ? undefined : { znode, version: value.stat.version });
    });
  };

  private growAll(
    asked: {
      readonly topics: readonly TopicToGrow[];
      readonly found: readonly (FoundTopic | undefined)[];
      readonly validateOnly: boolean;
      readonly context: ControllerContext;
    },
    done: (grown: readonly AdministrationResult[]) => void,
  ): void {
    const { topics, found, validateOnly, context } = asked;
    const basis = this.options.basis();
    const current = topics.flatMap(({ name }, index) => metadataOf(name, found[index]?.znode));
    const { metadata, results } = growTopics(
      { ...basis, metadata: withTopics(basis.metadata, current) },
      topics,
      false,
    );
    this.forAll(topics, done, (topic, told, index) => {
      const { znode, version } = found[index] ?? {};
      const result = results[index] ?? notController;
      const isGone = found[index] === undefined;
      const unknown = refusal("UNKNOWN_TOPIC_OR_PARTITION", null);
      const refused = result.errorName === "NONE" ? (isGone ? unknown : growthRefusal(context, topic.name)) : result;
      if (refused !== undefined || validateOnly || znode === undefined || version === undefined) {
        told(refused ?? result);
        return;
      }
      const grown = metadata.topics.get(topic.name)?.partitions ?? [];
      const partitions = new Map(grown.map((partition) => [partition.index, partition.assignedReplicas]));
      const data = writeTopic({ ...znode, partitions });
      this.options.znodes.setData({ path: topicPath(topic.name), data, version }, ({ error }) => {
        // Somebody else has changed the topic meanwhile: it is looked at again.
        if (error === "BADVERSION") this.createPartitions([topic], false, ([again]) => told(again ?? notController));
        else told(resultOf(error));
      });
    });
  }

  private alterAll(
    asked: {
      readonly resources: readonly ConfigAlteration[];
      readonly found: readonly (Buffer | null | undefined)[];
      readonly validateOnly: boolean;
    },
    done: (altered: readonly AdministrationResult[]) => void,
  ): void {
    const { resources, found, validateOnly } = asked;
    const basis = this.options.basis();
    let { metadata } = basis;
    for (const [index, resource] of resources.entries()) {
      const data = found[index];
      if (data === undefined) continue;
      const overrides = this.parsed(entityPathOf(resource) ?? "", () => readConfigs(data));
      if (overrides !== undefined) metadata = withOverrides(metadata, resource, overrides);
    }
    const altered = alterConfigs({ ...basis, metadata }, resources, validateOnly);
    this.forAll(resources, done, (resource, told, index) => {
      const result = altered.results[index] ?? notController;
      const path = entityPathOf(resource);
      if (result.errorName !== "NONE" || validateOnly) told(result);
      else if (path === undefined) {
        told(refusal("INVALID_REQUEST", "Only topics and brokers have configurations in ZooKeeper."));
      } else {
        this.setConfigs(path, overridesOf(altered.metadata, resource), (error) => told(resultOf(error)));
      }
    });
  }

  /** The configurations, and then the notice that makes brokers read them. */
  private setConfigs(entityPath: string, overrides: ConfigOverrides, told: Told): void {
    this.setOrCreate({ path: configPath(entityPath), data: writeConfigs(overrides) }, (error) => {
      if (error !== "OK") {
        told(error);
        return;
      }
      const notice = { path: configChangePrefix, data: writeConfigChange(entityPath) };
      this.options.znodes.create({ ...notice, mode: "persistentSequential" }, (answer) => told(answer.error));
    });
  }

  private setOrCreate(node: { readonly path: string; readonly data: Buffer }, told: Told): void {
    const { znodes } = this.options;
    const check = { type: "check", path: controllerPath, version: anyVersion } as const;
    znodes.multi([check, { type: "setData", ...node, version: anyVersion }], (set) => {
      if (set.error !== "NONODE" || set.errors[0] !== "OK") {
        told(set.error);
        return;
      }
      znodes.multi([check, { type: "create", ...node, mode: "persistent" }], (made) => {
        // Somebody else has made it meanwhile.
        if (made.error === "NODEEXISTS") this.setOrCreate(node, told);
        else told(made.error);
      });
    });
  }

  /** In an event of its own, so that nobody is told before the call has returned. */
  private asController(label: string, act: (context: ControllerContext | undefined) => void): void {
    this.options.runtime.timers.schedule(label, 0, () => act(this.options.context()));
  }

  private parsed<Content>(path: string, read: () => Content): Content | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MalformedZnodeError)) throw error;
      this.options.runtime.log.write("error", `${path} can't be read: ${error.message}.`);
      return undefined;
    }
  }

  /** One after another, in their order: what is asked for together may depend on what came before. */
  private forAll<Asked, Result>(
    asked: readonly Asked[],
    done: (results: readonly Result[]) => void,
    act: (one: Asked, told: (result: Result) => void, index: number) => void,
  ): void {
    const results: Result[] = [];
    const next = (): void => {
      const index = results.length;
      if (index === asked.length) {
        done(results);
        return;
      }
      const told = (result: Result): void => {
        results.push(result);
        next();
      };
      act(asked[index] as Asked, told, index);
    };
    next();
  }
}

interface FoundTopic {
  readonly znode: TopicZnode;
  readonly version: number;
}

function newTopicZnode({ topicId, partitions }: TopicMetadata): TopicZnode {
  const assigned = new Map(partitions.map(({ index, assignedReplicas }) => [index, assignedReplicas]));
  return { topicId, partitions: assigned, addingReplicas: new Map(), removingReplicas: new Map() };
}

/** As much of a topic as its growth depends on. */
function metadataOf(name: string, znode: TopicZnode | undefined): readonly TopicMetadata[] {
  if (znode === undefined) return [];
  const unled = { inSyncReplicas: [], leaderId: noLeader, leaderEpoch: 0, partitionEpoch: 0 };
  const partitions = Array.from(znode.partitions, ([index, assignedReplicas]) => ({
    index,
    assignedReplicas,
    ...unled,
  }));
  return [{ name, topicId: znode.topicId ?? zeroUuid, isInternal: false, configs: new Map(), partitions }];
}

/** Kafka doesn't let a topic grow while one of its partitions moves: both rewrite the same node. */
function growthRefusal(context: ControllerContext, name: string): Refusal | undefined {
  const topic = context.topics.get(name);
  if (topic === undefined || topic.deletion !== undefined) return refusal("UNKNOWN_TOPIC_OR_PARTITION", null);
  const moving = topic.partitions.some(({ assignment }) => isBeingReassigned(assignment));
  return moving
    ? refusal("REASSIGNMENT_IN_PROGRESS", `A partition reassignment is in progress for topic '${name}'.`)
    : undefined;
}

/** Undefined for what has no place in the znodes of 3.9: groups and client metrics. */
function entityPathOf({ resourceType, resourceName }: ConfigAlteration): string | undefined {
  const kind = resourceKindOf(resourceType);
  if (kind === "topic") return configEntityPath("topics", resourceName);
  return kind === "broker" ? configEntityPath("brokers", resourceName === "" ? "<default>" : resourceName) : undefined;
}

function overridesOf(metadata: ClusterMetadata, { resourceType, resourceName }: ConfigAlteration): ConfigOverrides {
  const isTopic = resourceKindOf(resourceType) === "topic";
  const found = isTopic ? metadata.topics.get(resourceName)?.configs : metadata.brokerConfigs.get(resourceName);
  return found ?? new Map<string, string>();
}

function withOverrides(
  metadata: ClusterMetadata,
  { resourceType, resourceName }: ConfigAlteration,
  overrides: ConfigOverrides,
): ClusterMetadata {
  if (resourceKindOf(resourceType) !== "topic") return withConfigs(metadata, "brokerConfigs", resourceName, overrides);
  const topic = metadata.topics.get(resourceName);
  return topic === undefined ? metadata : withTopics(metadata, [{ ...topic, configs: overrides }]);
}

function uncreatedBy(error: ZookeeperErrorName, name: string): CreatedTopic {
  const refused =
    error === "NODEEXISTS" ? refusal("TOPIC_ALREADY_EXISTS", `Topic '${name}' already exists.`) : resultOf(error);
  return { ...refused, ...uncreated, name };
}

/** Where there is no controller, or the session is over, the same may be asked again later. */
function resultOf(error: ZookeeperErrorName): AdministrationResult {
  if (error === "OK") return { errorName: "NONE", errorMessage: null };
  if (error === "NONODE" || error === "SESSIONEXPIRED") return notController;
  return refusal("UNKNOWN_SERVER_ERROR", `The coordination node answered ${error}.`);
}
