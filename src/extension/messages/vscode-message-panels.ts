import * as vscode from "vscode";
import type { ViewMessage } from "../../webview/messages.ts";
import { messagesPanelId } from "../contributions.ts";
import type { ClusterSession } from "../engine/cluster-session.ts";
import { later } from "../views/refresh-schedule.ts";
import { MessageFeed } from "./message-feed.ts";
import { messagePage } from "./message-page.ts";

/** What a panel asks of the rest of the extension. */
export interface PanelSurroundings {
  readonly session: ClusterSession;
  readonly extensionUri: vscode.Uri;
  readonly runCommand: (command: string, argument?: string) => void;
  readonly copy: (text: string) => void;
}

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly feed: MessageFeed;
}

/** The message views: one panel a topic, each fed by a model of its own. */
export class MessagePanels implements Disposable {
  private readonly surroundings: PanelSurroundings;
  private readonly open = new Map<string, OpenPanel>();

  constructor(surroundings: PanelSurroundings) {
    this.surroundings = surroundings;
  }

  show(topic: string): void {
    const existing = this.open.get(topic);
    if (existing === undefined) this.open.set(topic, this.create(topic));
    else existing.panel.reveal();
  }

  /** The topic of the panel that has the focus. */
  focusedTopic(): string | undefined {
    return [...this.open].find(([, { panel }]) => panel.active)?.[0];
  }

  feedOf(topic: string): MessageFeed | undefined {
    return this.open.get(topic)?.feed;
  }

  [Symbol.dispose](): void {
    for (const { panel } of [...this.open.values()]) panel.dispose();
  }

  private create(topic: string): OpenPanel {
    const { session, extensionUri } = this.surroundings;
    const root = vscode.Uri.joinPath(extensionUri, "dist");
    const options = { enableScripts: true, localResourceRoots: [root] };
    const panel = vscode.window.createWebviewPanel(messagesPanelId, topic, vscode.ViewColumn.Active, options);
    const feed = new MessageFeed(topic, {
      session,
      later,
      post: (message) => void panel.webview.postMessage(message).then(undefined, () => feed.pageGone()),
    });
    const address = (file: string): string => panel.webview.asWebviewUri(vscode.Uri.joinPath(root, file)).toString();
    const tabIcon = (shade: string): vscode.Uri =>
      vscode.Uri.joinPath(extensionUri, "media", `tapedeck-tab-${shade}.svg`);
    panel.iconPath = { light: tabIcon("light"), dark: tabIcon("dark") };
    panel.webview.onDidReceiveMessage((message: ViewMessage) => this.answer(feed, message));
    panel.onDidChangeViewState(() => {
      if (!panel.visible) feed.pageGone();
    });
    panel.onDidDispose(() => {
      feed[Symbol.dispose]();
      this.open.delete(topic);
    });
    panel.webview.html = messagePage({
      cspSource: panel.webview.cspSource,
      scriptUri: address("webview.js"),
      styleUri: address("webview.css"),
    });
    return { panel, feed };
  }

  private answer(feed: MessageFeed, message: ViewMessage): void {
    switch (message.kind) {
      case "ready":
        return feed.pageReady();
      case "shown":
        return feed.pageShows(message.sequence);
      case "pause":
        return feed.setPaused(message.isPaused);
      case "filter":
        return feed.setFilter(message.text, message.partition);
      case "readFrom":
        return feed.readFrom(message.from);
      case "details":
        return feed.sendDetails(message.id);
      case "copy":
        return this.surroundings.copy(feed.textOf(message.id, message.part) ?? "");
      case "produce":
        return this.surroundings.runCommand("tapedeck.produceRecord", feed.topic);
      case "act":
        return message.command === "reopen"
          ? feed.readFrom("earliest")
          : this.surroundings.runCommand(`tapedeck.${message.command}`);
    }
  }
}
