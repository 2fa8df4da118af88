import type { BrokerView, ClusterDelta } from "../../cluster/cluster-view.ts";
import type { ClusterPicture } from "../engine/cluster-picture.ts";
import { counted } from "../counted.ts";
import { ShownNodes, type Tooltip, type TreeModel, type TreeNode } from "./tree-node.ts";

export function brokerNode(broker: BrokerView): TreeNode {
  const isUp = broker.state === "up";
  const leads = counted(broker.leaderCount, "partition");
  return {
    id: brokerId(broker),
    label: `Broker ${broker.id}`,
    description: isUp ? `leader of ${broker.leaderCount} · up` : "down",
    icon: isUp ? "vm-running" : "vm-outline",
    ...(isUp ? {} : { iconColor: "list.warningForeground" }),
    contextValue: isUp ? "broker.up" : "broker.down",
    hasChildren: false,
    spoken: isUp
      ? `Broker ${broker.id}, up at ${broker.host} port ${broker.port}, leads ${leads}`
      : `Broker ${broker.id}, down`,
  };
}

/** The view Cluster: the brokers. */
export class ClusterTree implements TreeModel {
  readonly hasLevels = false;
  private readonly pictureNow: () => ClusterPicture | undefined;
  private readonly shown = new ShownNodes();
  private shownIds: readonly string[] = [];

  constructor(pictureNow: () => ClusterPicture | undefined) {
    this.pictureNow = pictureNow;
  }

  childIds(parentId: string | undefined): readonly string[] {
    if (parentId !== undefined) return [];
    this.shownIds = this.idsNow();
    return this.shownIds;
  }

  node(id: string): TreeNode | undefined {
    const broker = this.broker(id);
    return broker === undefined ? undefined : this.shown.shown(brokerNode(broker));
  }

  tooltip(id: string): Tooltip | undefined {
    const broker = this.broker(id);
    if (broker === undefined) return undefined;
    return {
      title: `Broker ${broker.id}`,
      rows: [
        ["Address", `${broker.host}:${broker.port}`],
        ["State", broker.state],
        ["Leads", counted(broker.leaderCount, "partition")],
        ["Clients", counted(broker.connectionCount, "connection")],
      ],
    };
  }

  changedBy(deltas: readonly ClusterDelta[]): readonly string[] | "all" {
    if (deltas.length === 0) return [];
    if (this.idsNow().join() !== this.shownIds.join()) return "all";
    return this.shownIds.filter((id) => {
      const broker = this.broker(id);
      return this.shown.looksDifferent(id, broker && brokerNode(broker));
    });
  }

  private idsNow(): readonly string[] {
    return this.pictureNow()?.brokers.map(brokerId) ?? [];
  }

  private broker(id: string): BrokerView | undefined {
    return this.pictureNow()?.brokers.find((broker) => brokerId(broker) === id);
  }
}

function brokerId(broker: BrokerView): string {
  return `broker/${broker.id}`;
}
