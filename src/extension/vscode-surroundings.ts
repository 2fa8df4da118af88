import * as vscode from "vscode";
import { clusterStateKey } from "./contributions.ts";
import type { ClusterSession } from "./engine/cluster-session.ts";
import { statusItem } from "./status-item.ts";

/** Shows the cluster's state around the views: in the status bar, in context keys, in the terminals' environment. */
export class Surroundings implements Disposable {
  private readonly session: ClusterSession;
  private readonly environment: vscode.EnvironmentVariableCollection;
  private readonly item: vscode.StatusBarItem;

  constructor(session: ClusterSession, environment: vscode.EnvironmentVariableCollection) {
    this.session = session;
    this.environment = environment;
    // A cluster ends with its window, so a restored terminal must not remember where it was.
    environment.persistent = false;
    environment.description = "Where the Tapedeck cluster of this window listens";
    this.item = vscode.window.createStatusBarItem("tapedeck.status", vscode.StatusBarAlignment.Left, 10);
    this.item.name = "Tapedeck";
    this.item.command = "tapedeck.showMenu";
    this.item.show();
    this.refresh();
  }

  refresh(): void {
    const { text, tooltip, spoken } = statusItem(this.session);
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: spoken, role: "button" };
    const { cluster } = this.session;
    if (cluster === undefined) this.environment.clear();
    else this.environment.replace("KAFKA_BOOTSTRAP_SERVERS", cluster.bootstrapServers);
    vscode.commands.executeCommand("setContext", clusterStateKey, this.session.state).then(undefined, () => undefined);
  }

  [Symbol.dispose](): void {
    this.environment.clear();
    this.item.dispose();
  }
}
