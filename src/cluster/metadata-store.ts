import { zeroUuid } from "../base/uuid.ts";
import type { Administration } from "../broker/administration.ts";
import { alterConfigs } from "../controller/config-alteration.ts";
import { growTopics } from "../controller/partition-growth.ts";
import { createTopics, type Decided, type DecisionBasis } from "../controller/topic-creation.ts";
import { deleteTopics } from "../controller/topic-deletion.ts";
import type {
  AdministrationResult,
  ConfigAlteration,
  CreatedTopic,
  TopicToCreate,
  TopicToGrow,
} from "../coordination/administration-requests.ts";
import { type ClusterMetadata, type ConfigOverrides, withProducerIds } from "../coordination/cluster-metadata.ts";
import { brokerConfigLayers } from "../coordination/configs/typed-configs.ts";
import { writeMetadataFile } from "../coordination/metadata-file.ts";
import { FileError, type Runtime } from "../runtime/runtime.ts";

/** Where the cluster keeps what it has agreed on, below its data directory. */
export const metadataPath = "cluster-metadata.json";

const storageRetryMs = 1000;
const storageError: AdministrationResult = {
  errorName: "KAFKA_STORAGE_ERROR",
  errorMessage: "The disk refused to keep the change, so it was not made.",
};
const uncreated = { topicId: zeroUuid, partitionCount: -1, replicationFactor: -1 };

/** Decides as if for a broker that has no configuration of its own: what a cluster decides holds for all of them. */
const anyBroker = -1;

/**
 * Holds what the cluster has agreed on, lets the controller's functions decide every change, writes it down before
 * anybody acts on it, and hands it to all brokers. The place of ZooKeeper and the controller until both are nodes of
 * their own (decision 4).
 */
export class MetadataStore implements Administration {
  private readonly runtime: Runtime;
  private readonly staticConfigs: ConfigOverrides;
  private readonly publish: (metadata: ClusterMetadata, previous: ClusterMetadata) => void;
  private current: ClusterMetadata;

  constructor(
    runtime: Runtime,
    initial: ClusterMetadata,
    staticConfigs: ConfigOverrides,
    publish: (metadata: ClusterMetadata, previous: ClusterMetadata) => void,
  ) {
    this.runtime = runtime;
    this.current = initial;
    this.staticConfigs = staticConfigs;
    this.publish = publish;
  }

  get metadata(): ClusterMetadata {
    return this.current;
  }

  /** Make `next` the state of the cluster. False where the disk refused to keep it; then nothing has changed. */
  change(next: ClusterMetadata): boolean {
    if (next === this.current) return true;
    try {
      this.runtime.files.writeAtomically(metadataPath, writeMetadataFile(next));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.runtime.log.write("error", `A decision of the controller could not be written down: ${error.message}`);
      return false;
    }
    const previous = this.current;
    this.current = next;
    this.publish(next, previous);
    return true;
  }

  createTopics(
    topics: readonly TopicToCreate[],
    validateOnly: boolean,
    done: (made: readonly CreatedTopic[]) => void,
  ): void {
    this.decide(
      validateOnly,
      (basis) => createTopics(basis, topics, validateOnly),
      (made) => done(made ?? topics.map(({ name }) => ({ ...storageError, ...uncreated, name }))),
    );
  }

  deleteTopics(topics: readonly string[], done: (gone: readonly AdministrationResult[]) => void): void {
    this.decide(
      false,
      ({ metadata }) => deleteTopics(metadata, topics),
      (gone) => done(gone ?? topics.map(() => storageError)),
    );
  }

  createPartitions(
    topics: readonly TopicToGrow[],
    validateOnly: boolean,
    done: (grown: readonly AdministrationResult[]) => void,
  ): void {
    this.decide(
      validateOnly,
      (basis) => growTopics(basis, topics, validateOnly),
      (grown) => done(grown ?? topics.map(() => storageError)),
    );
  }

  alterConfigs(
    resources: readonly ConfigAlteration[],
    validateOnly: boolean,
    done: (altered: readonly AdministrationResult[]) => void,
  ): void {
    this.decide(
      validateOnly,
      (basis) => alterConfigs(basis, resources, validateOnly),
      (altered) => done(altered ?? resources.map(() => storageError)),
    );
  }

  allocateProducerIds(count: number, done: (firstProducerId: number) => void): void {
    this.decide(
      false,
      ({ metadata }) => {
        const { metadata: next, firstProducerId } = withProducerIds(metadata, count);
        return { metadata: next, results: firstProducerId };
      },
      (firstProducerId) => {
        if (firstProducerId !== undefined) done(firstProducerId);
        else
          this.runtime.timers.schedule("retry producer ids", storageRetryMs, () =>
            this.allocateProducerIds(count, done),
          );
      },
    );
  }

  /**
   * Decide and act in an event of its own, so that `done` never runs inside the call that asked. `done` gets undefined
   * where the disk refused to keep the decision; it then was never taken.
   */
  private decide<Result>(
    validateOnly: boolean,
    decision: (basis: DecisionBasis) => Decided<Result>,
    done: (result: Result | undefined) => void,
  ): void {
    this.runtime.timers.schedule("controller decides", 0, () => {
      const layers = brokerConfigLayers(this.current, anyBroker, this.staticConfigs);
      const decided = decision({ metadata: this.current, layers, random: this.runtime.random });
      const isTaken = validateOnly || this.change(decided.metadata);
      done(isTaken ? decided.results : undefined);
    });
  }
}
