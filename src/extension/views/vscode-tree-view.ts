import * as vscode from "vscode";
import type { Tooltip, TreeModel, TreeNode } from "./tree-node.ts";

/** Shows a tree model in the sidebar. The elements are the nodes' ids, so that they stay the same while numbers run. */
export class TreeViewAdapter implements vscode.TreeDataProvider<string>, Disposable {
  private readonly model: TreeModel;
  private readonly changes = new vscode.EventEmitter<string[] | undefined>();
  readonly onDidChangeTreeData = this.changes.event;
  readonly view: vscode.TreeView<string>;

  constructor(viewId: string, model: TreeModel) {
    this.model = model;
    this.view = vscode.window.createTreeView(viewId, { treeDataProvider: this, showCollapseAll: model.hasLevels });
  }

  refresh(ids: readonly string[] | "all"): void {
    if (ids === "all") this.changes.fire(undefined);
    else if (ids.length > 0) this.changes.fire([...ids]);
  }

  getChildren(id?: string): string[] {
    return [...this.model.childIds(id)];
  }

  getTreeItem(id: string): vscode.TreeItem {
    const node = this.model.node(id);
    return node === undefined ? new vscode.TreeItem(id) : itemOf(node);
  }

  resolveTreeItem(item: vscode.TreeItem, id: string): vscode.TreeItem {
    const tooltip = this.model.tooltip(id);
    if (tooltip !== undefined) item.tooltip = markdownOf(tooltip);
    return item;
  }

  [Symbol.dispose](): void {
    this.view.dispose();
    this.changes.dispose();
  }
}

function itemOf(node: TreeNode): vscode.TreeItem {
  const item = new vscode.TreeItem(
    node.label,
    vscode.TreeItemCollapsibleState[node.hasChildren ? "Collapsed" : "None"],
  );
  const { id, description, contextValue, icon, iconColor } = node;
  const iconPath = new vscode.ThemeIcon(icon, iconColor === undefined ? undefined : new vscode.ThemeColor(iconColor));
  return Object.assign(item, {
    id,
    description,
    contextValue,
    iconPath,
    accessibilityInformation: { label: node.spoken },
  });
}

function markdownOf(tooltip: Tooltip): vscode.MarkdownString {
  const text = new vscode.MarkdownString()
    .appendMarkdown("**")
    .appendText(tooltip.title)
    .appendMarkdown("**\n\n|  |  |\n|:--|--:|\n");
  for (const [name, value] of tooltip.rows)
    text.appendMarkdown("| ").appendText(name).appendMarkdown(" | ").appendText(value).appendMarkdown(" |\n");
  return text;
}
