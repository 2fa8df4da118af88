import type { ClusterDelta } from "../../cluster/cluster-view.ts";

/** One line of a tree, as data. The id is stable; what changes while a cluster runs stands in the description. */
export interface TreeNode {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** A codicon's name. */
  readonly icon: string;
  /** A theme colour's id, for what needs a look. The icon says the same, so that colour is never alone. */
  readonly iconColor?: string;
  readonly contextValue: string;
  readonly hasChildren: boolean;
  /** The line as a sentence, for a screen reader. */
  readonly spoken: string;
}

/** Names and values, shown when the pointer rests on a node. */
export interface Tooltip {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

/** What a tree view shows: ids and what stands behind them. Children are asked for when they are unfolded. */
export interface TreeModel {
  /** Whether any node has children. */
  readonly hasLevels: boolean;
  childIds(parentId: string | undefined): readonly string[];
  node(id: string): TreeNode | undefined;
  tooltip(id: string): Tooltip | undefined;
  /** Which lines on the screen look different after `deltas`; "all" where lines came or went at the root. */
  changedBy(deltas: readonly ClusterDelta[]): readonly string[] | "all";
}

/**
 * Remembers how each line looked when the screen last asked for it, so that a delta refreshes only the lines that
 * really look different: most deltas of a busy topic change one partition of ten.
 */
export class ShownNodes {
  private readonly looks = new Map<string, string>();

  shown(node: TreeNode): TreeNode {
    this.looks.set(node.id, lookOf(node));
    return node;
  }

  forget(id: string): void {
    this.looks.delete(id);
  }

  /** False for a line that was never on the screen: it will be asked for when it comes there. */
  looksDifferent(id: string, node: TreeNode | undefined): boolean {
    const look = this.looks.get(id);
    return look !== undefined && node !== undefined && look !== lookOf(node);
  }
}

function lookOf(node: TreeNode): string {
  return [node.description, node.icon, node.iconColor ?? "", node.contextValue].join("\n");
}
