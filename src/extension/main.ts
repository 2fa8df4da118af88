import * as vscode from "vscode";
import { Owner } from "../base/owner.ts";
import { consumeTopic } from "./commands/consume-topic.ts";
import { copyBootstrapServers } from "./commands/copy-bootstrap-servers.ts";
import { createTopic } from "./commands/create-topic.ts";
import { deleteTopic } from "./commands/delete-topic.ts";
import { produceRecord } from "./commands/produce-record.ts";
import { showMenu } from "./commands/show-menu.ts";
import { startCluster } from "./commands/start-cluster.ts";
import { stopCluster } from "./commands/stop-cluster.ts";
import type { Tools } from "./commands/tools.ts";
import { clusterViewId, topicsViewId, type CommandId } from "./contributions.ts";
import type { ClusterDelta } from "../cluster/cluster-view.ts";
import { ClusterSession } from "./engine/cluster-session.ts";
import { EngineClient } from "./engine/engine-client.ts";
import { crashProblem } from "./failure-sentences.ts";
import { MessagePanels } from "./messages/vscode-message-panels.ts";
import { clusterOptions } from "./settings.ts";
import { ClusterTree } from "./views/cluster-tree.ts";
import { later, RefreshSchedule } from "./views/refresh-schedule.ts";
import { TopicsTree } from "./views/topics-tree.ts";
import { TreeViewAdapter } from "./views/vscode-tree-view.ts";
import { vscodeDisposable } from "./vscode-disposable.ts";
import { Surroundings } from "./vscode-surroundings.ts";
import { VscodeUi } from "./vscode-ui.ts";

/** What other extensions and the tests in a real editor can look at. */
export interface TapedeckApi {
  readonly session: ClusterSession;
  readonly clusterTree: ClusterTree;
  readonly topicsTree: TopicsTree;
  readonly panels: MessagePanels;
  /** What integrated terminals get. */
  readonly environment: vscode.EnvironmentVariableCollection;
  /** How long `activate` took. */
  readonly activatedInMs: number;
}

/** Sidebar refreshes a second: five. */
const refreshIntervalMs = 200;

let sessionToStop: ClusterSession | undefined;

export function activate(context: vscode.ExtensionContext): TapedeckApi {
  const startedMs = performance.now();
  const owner = new Owner();
  const ownedByEditor = <T extends vscode.Disposable>(item: T): T => {
    owner.own({ [Symbol.dispose]: () => void item.dispose() });
    return item;
  };
  context.subscriptions.push(vscodeDisposable(owner));
  const log = ownedByEditor(vscode.window.createOutputChannel("Tapedeck", { log: true }));
  const session = new ClusterSession(
    (listener) => new EngineClient(vscode.Uri.joinPath(context.extensionUri, "dist", "engine.js").fsPath, listener),
  );
  sessionToStop = session;

  const runCommand = async (command: string, argument?: string): Promise<void> => {
    if (command === "openSettings") await vscode.commands.executeCommand("workbench.action.openSettings", "tapedeck");
    else await vscode.commands.executeCommand(command, argument);
  };
  const runAside = (command: string, argument?: string): void => {
    runCommand(command, argument).catch((error: unknown) => log.error(String(error)));
  };
  const ui = new VscodeUi(runAside);
  const panels = owner.own(
    new MessagePanels({
      session,
      extensionUri: context.extensionUri,
      runCommand: runAside,
      copy: (text) => void ui.copy(text).then(undefined, (error: unknown) => log.error(String(error))),
    }),
  );
  const tools: Tools = {
    session,
    ui,
    optionsNow: () => optionsNow(context),
    openMessages: (topic) => panels.show(topic),
    focusedTopic: () => panels.focusedTopic(),
    showLog: () => log.show(),
    runCommand,
  };

  for (const [id, run] of Object.entries(commandTable(tools))) {
    ownedByEditor(vscode.commands.registerCommand(id, run));
  }
  const { clusterTree, topicsTree } = wireViews(session, owner, context);
  owner.own(session.logLines.add(({ level, sentence }) => log[level](sentence)));
  owner.own(session.crashes.add(() => ui.complain(crashProblem)));
  return {
    session,
    clusterTree,
    topicsTree,
    panels,
    environment: context.environmentVariableCollection,
    activatedInMs: performance.now() - startedMs,
  };
}

/** Ports are free when this is done. */
export async function deactivate(): Promise<void> {
  await sessionToStop?.stop();
}

function commandTable(tools: Tools): Record<CommandId, (argument?: unknown) => unknown> {
  return {
    "tapedeck.startCluster": () => startCluster(tools),
    "tapedeck.stopCluster": () => stopCluster(tools),
    "tapedeck.createTopic": () => createTopic(tools),
    "tapedeck.deleteTopic": (argument) => deleteTopic(tools, argument),
    "tapedeck.produceRecord": (argument) => produceRecord(tools, argument),
    "tapedeck.consumeTopic": (argument) => consumeTopic(tools, argument),
    "tapedeck.copyBootstrapServers": () => copyBootstrapServers(tools),
    "tapedeck.showLog": () => tools.showLog(),
    "tapedeck.showMenu": () => showMenu(tools),
  };
}

function wireViews(session: ClusterSession, owner: Owner, context: vscode.ExtensionContext) {
  const pictureNow = () => session.cluster?.picture;
  const clusterTree = new ClusterTree(pictureNow);
  const topicsTree = new TopicsTree(pictureNow);
  const clusterView = owner.own(new TreeViewAdapter(clusterViewId, clusterTree));
  const topicsView = owner.own(new TreeViewAdapter(topicsViewId, topicsTree));
  const surroundings = owner.own(new Surroundings(session, context.environmentVariableCollection));
  const schedule = owner.own(
    new RefreshSchedule<ClusterDelta>(refreshIntervalMs, later, (deltas) => {
      clusterView.refresh(clusterTree.changedBy(deltas));
      topicsView.refresh(topicsTree.changedBy(deltas));
    }),
  );
  owner.own(session.deltas.add((delta) => schedule.add(delta)));
  owner.own(
    session.stateChanges.add(() => {
      surroundings.refresh();
      clusterView.refresh("all");
      topicsView.refresh("all");
    }),
  );
  return { clusterTree, topicsTree };
}

function optionsNow(context: vscode.ExtensionContext) {
  const settings = vscode.workspace.getConfiguration("tapedeck");
  const storage = context.storageUri ?? context.globalStorageUri;
  const [brokers, port, kind, dataDirectory] = ["brokers", "port", "storage", "dataDirectory"].map((name): unknown =>
    settings.get(name),
  );
  return clusterOptions({ brokers, port, storage: kind, dataDirectory }, storage.fsPath);
}
