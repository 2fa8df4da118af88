import { commands, type CommandId } from "../contributions.ts";
import type { Choice } from "../ui.ts";
import type { Tools } from "./tools.ts";

const whenStopped: readonly CommandId[] = ["tapedeck.startCluster", "tapedeck.showLog"];
const whenRunning: readonly CommandId[] = [
  "tapedeck.produceRecord",
  "tapedeck.consumeTopic",
  "tapedeck.createTopic",
  "tapedeck.copyBootstrapServers",
  "tapedeck.stopCluster",
  "tapedeck.showLog",
];

/** What the status-bar item opens: what can be done now. */
export async function showMenu(tools: Tools): Promise<void> {
  const { cluster } = tools.session;
  const command = await tools.ui.pick({
    title: "Tapedeck",
    placeholder: cluster === undefined ? "No cluster is running" : `Running at ${cluster.bootstrapServers}`,
    choices: (cluster === undefined ? whenStopped : whenRunning).map(choiceOf),
  });
  if (command !== undefined) await tools.runCommand(command);
}

function choiceOf(id: CommandId): Choice<CommandId> {
  const declared = commands.find(({ command }) => command === id);
  const icon = declared !== undefined && "icon" in declared ? declared.icon.slice(2, -1) : "output";
  return { label: declared?.title ?? id, icon, value: id };
}
