import type {
  AdministrationResult,
  ConfigAlteration,
  CreatedTopic,
  TopicToCreate,
  TopicToGrow,
} from "../coordination/administration-requests.ts";

/**
 * What a broker asks of whoever decides for the whole cluster: the controller. A broker forwards, and hands on the
 * answer when it comes; it decides none of this by itself. `done` is called exactly once, never before the call
 * returns, and not before the asking broker knows the new state.
 */
export interface Administration {
  /** In the order of `topics`. */
  createTopics(
    topics: readonly TopicToCreate[],
    validateOnly: boolean,
    done: (made: readonly CreatedTopic[]) => void,
  ): void;
  /** In the order of `topics`. */
  deleteTopics(topics: readonly string[], done: (gone: readonly AdministrationResult[]) => void): void;
  /** In the order of `topics`. */
  createPartitions(
    topics: readonly TopicToGrow[],
    validateOnly: boolean,
    done: (grown: readonly AdministrationResult[]) => void,
  ): void;
  /** In the order of `resources`. */
  alterConfigs(
    resources: readonly ConfigAlteration[],
    validateOnly: boolean,
    done: (altered: readonly AdministrationResult[]) => void,
  ): void;
  /** Reserve a block of producer ids that no other broker will be given. */
  allocateProducerIds(count: number, done: (firstProducerId: number) => void): void;
}
