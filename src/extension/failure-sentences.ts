import type { EngineFailure } from "../cluster/engine-messages.ts";
import type { CommandId } from "./contributions.ts";

/** A failure as a person is told it: what happened and what to do next, in one sentence, and a button that helps. */
export interface Problem {
  readonly sentence: string;
  readonly actions: readonly ProblemAction[];
}

export interface ProblemAction {
  readonly title: string;
  readonly command: CommandId | "openSettings";
}

export const showLog: ProblemAction = { title: "Show Log", command: "tapedeck.showLog" };
export const startAgain: ProblemAction = { title: "Start Again", command: "tapedeck.startCluster" };
const openSettings: ProblemAction = { title: "Open Settings", command: "openSettings" };

const nextSteps: Readonly<Record<string, readonly [nextStep: string, ...actions: ProblemAction[]]>> = {
  EADDRINUSE: ["set tapedeck.port to another port.", openSettings],
  EACCES: ["choose a port or a data directory that you may use.", openSettings],
  ENOSPC: ["free some disk space and try again."],
  DATA_DIRECTORY_IN_USE: ["stop the other cluster or choose another data directory.", openSettings],
  KAFKA_STORAGE_ERROR: ["check the disk, or choose another data directory.", openSettings],
  TOPIC_ALREADY_EXISTS: ["choose another name."],
  INVALID_TOPIC_EXCEPTION: ["choose another name."],
  INVALID_PARTITIONS: ["choose another number of partitions."],
  INVALID_REPLICATION_FACTOR: ["use a replication factor of 1."],
  UNKNOWN_TOPIC_OR_PARTITION: ["create the topic first.", { title: "Create Topic", command: "tapedeck.createTopic" }],
  MESSAGE_TOO_LARGE: ["send a smaller record or raise the topic's max.message.bytes."],
  RECORD_TOO_LARGE: ["send a smaller record or raise the topic's max.message.bytes."],
  INVALID_RECORD: ["check the key and the value: a compacted topic needs a key."],
  NOT_RUNNING: ["start it first.", { title: "Start Cluster", command: "tapedeck.startCluster" }],
  ENGINE_GONE: ["start the cluster again.", startAgain],
};

export function problemOf(failure: EngineFailure): Problem {
  const [nextStep, ...actions] = nextSteps[failure.errorName] ?? ["see the log for more.", showLog];
  const happened = failure.sentence.replace(/[.\s]+$/, "");
  return { sentence: `${happened}: ${nextStep}`, actions };
}

/** The engine is gone though nobody stopped it. */
export const crashProblem: Problem = {
  sentence: "The cluster stopped because its engine crashed: see the log for the cause, or start it again.",
  actions: [showLog, startAgain],
};
