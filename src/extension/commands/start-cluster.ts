import { problemOf } from "../failure-sentences.ts";
import { settingProblem, type Tools } from "./tools.ts";

export async function startCluster(tools: Tools): Promise<void> {
  const { session, ui } = tools;
  if (session.state !== "stopped") return;
  const options = tools.optionsNow();
  if (typeof options === "string") {
    ui.complain(settingProblem(options));
    return;
  }
  const failure = await ui.withProgress(() => session.start(options));
  if (failure !== undefined) {
    ui.complain(problemOf(failure));
    return;
  }
  const { cluster } = session;
  if (cluster !== undefined) ui.say(`Tapedeck is ready at ${cluster.bootstrapServers}`);
}
