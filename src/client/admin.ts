import { zeroUuid } from "../base/uuid.ts";
import { errorCodes, errorNameOf, type ErrorName } from "../protocol/error-code.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Backoff } from "./backoff.ts";
import type { ClusterClient } from "./cluster-client.ts";
import { done, failed, type Outcome } from "./outcome.ts";

export interface TopicToCreate {
  readonly name: string;
  /** -1 for the broker's default. */
  readonly partitionCount: number;
  /** -1 for the broker's default. */
  readonly replicationFactor: number;
  readonly configs?: Readonly<Record<string, string>>;
}

const createTopicsKey = 19;
const deleteTopicsKey = 20;
const adminTimeoutMs = 30_000;

/** What a broker said of the one topic that a request was about. */
interface TopicAnswer {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

type Ask = (controllerId: number, told: (outcome: Outcome<TopicAnswer | undefined>) => void) => void;

/** Create `topic` by the cluster's controller, whoever that is by then. `told` once it is there. */
export function createTopic(
  runtime: Runtime,
  cluster: ClusterClient,
  topic: TopicToCreate,
  told: (outcome: Outcome<void>) => void,
): void {
  const configs = Object.entries(topic.configs ?? {}).map(([name, value]) => ({ name, value }));
  const { name, partitionCount: numPartitions, replicationFactor } = topic;
  const topics = [{ name, numPartitions, replicationFactor, assignments: [], configs }];
  const ask: Ask = (controllerId, answered) => {
    cluster.request(controllerId, createTopicsKey, { topics, timeoutMs: adminTimeoutMs }, (outcome) => {
      answered(outcome.kind === "failed" ? outcome : done(outcome.value.topics[0]));
    });
  };
  new ControllerCall(runtime, cluster, ask, told).attempt();
}

/** Delete the topic called `name`. */
export function deleteTopic(
  runtime: Runtime,
  cluster: ClusterClient,
  name: string,
  told: (outcome: Outcome<void>) => void,
): void {
  const request = { topics: [{ name, topicId: zeroUuid }], topicNames: [], timeoutMs: adminTimeoutMs };
  const ask: Ask = (controllerId, answered) => {
    cluster.request(controllerId, deleteTopicsKey, request, (outcome) => {
      answered(outcome.kind === "failed" ? outcome : done(outcome.value.responses[0]));
    });
  };
  new ControllerCall(runtime, cluster, ask, told).attempt();
}

/** One call that only the controller can answer: finds it, asks it, and tries again while it moves. */
class ControllerCall {
  private readonly runtime: Runtime;
  private readonly cluster: ClusterClient;
  private readonly ask: Ask;
  private readonly told: (outcome: Outcome<void>) => void;
  private readonly backoff: Backoff;
  private readonly deadlineMs: number;

  constructor(runtime: Runtime, cluster: ClusterClient, ask: Ask, told: (outcome: Outcome<void>) => void) {
    this.runtime = runtime;
    this.cluster = cluster;
    this.ask = ask;
    this.told = told;
    this.backoff = new Backoff(runtime.random);
    this.deadlineMs = runtime.clock.monotonicMs() + adminTimeoutMs;
  }

  attempt(): void {
    this.cluster.metadata(undefined, (outcome) => {
      if (outcome.kind === "failed") {
        this.retryOrFail(outcome.failure.errorName, outcome.failure.sentence);
      } else if (this.cluster.controllerId < 0) {
        this.retryOrFail("NOT_CONTROLLER", "The cluster has no controller.");
      } else {
        this.ask(this.cluster.controllerId, (answer) => this.answered(answer));
      }
    });
  }

  private answered(outcome: Outcome<TopicAnswer | undefined>): void {
    if (outcome.kind === "failed") {
      this.retryOrFail(outcome.failure.errorName, outcome.failure.sentence);
      return;
    }
    const answer = outcome.value;
    const errorName = answer === undefined ? "UNKNOWN_SERVER_ERROR" : errorNameOf(answer.errorCode);
    if (errorName === "NONE") this.told(done(undefined));
    else this.retryOrFail(errorName, answer?.errorMessage ?? `The controller refused (${errorName}).`);
  }

  private retryOrFail(errorName: ErrorName, sentence: string): void {
    const delayMs = this.backoff.nextMs();
    const isLate = this.runtime.clock.monotonicMs() + delayMs >= this.deadlineMs;
    if (isLate || !isWorthAskingAgain(errorName)) this.told(failed(errorName, sentence));
    else this.runtime.timers.schedule("retry at the controller", delayMs, () => this.attempt());
  }
}

/** A topic that isn't there isn't there, though to a producer it may be on its way. */
function isWorthAskingAgain(errorName: ErrorName): boolean {
  if (errorName === "UNKNOWN_TOPIC_OR_PARTITION" || errorName === "REQUEST_TIMED_OUT") return false;
  return errorCodes[errorName].retriable || errorName === "BROKER_NOT_AVAILABLE";
}
