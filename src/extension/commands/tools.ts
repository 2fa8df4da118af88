import type { ClusterOptions, EngineRequest } from "../../cluster/engine-messages.ts";
import type { ClusterSession, RunningCluster } from "../engine/cluster-session.ts";
import { problemOf, type Problem } from "../failure-sentences.ts";
import type { Ui } from "../ui.ts";

/** What a command works with. */
export interface Tools {
  readonly session: ClusterSession;
  readonly ui: Ui;
  /** The settings as they are now: options, or a sentence about the setting that is wrong. */
  readonly optionsNow: () => ClusterOptions | string;
  /** Open the message view of a topic, or bring it to the front. */
  readonly openMessages: (topic: string) => void;
  /** The topic of the message view that has the focus. */
  readonly focusedTopic: () => string | undefined;
  readonly showLog: () => void;
  readonly runCommand: (command: string) => Promise<void>;
}

/** The running cluster; says what to do where there is none. */
export function needCluster(tools: Tools): RunningCluster | undefined {
  const { cluster } = tools.session;
  if (cluster === undefined) {
    tools.ui.complain(problemOf({ errorName: "NOT_RUNNING", sentence: "No cluster is running" }));
  }
  return cluster;
}

/** Ask the engine to do something; true when it was done. A failure is shown. */
export async function done(tools: Tools, request: EngineRequest): Promise<boolean> {
  const result = await tools.ui.withProgress(() => tools.session.request(request));
  if (result.kind === "failed") tools.ui.complain(problemOf(result.failure));
  return result.kind === "done";
}

/** A problem that only a setting can solve. */
export function settingProblem(sentence: string): Problem {
  return { sentence, actions: [{ title: "Open Settings", command: "openSettings" }] };
}
