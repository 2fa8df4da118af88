import type { ClusterSession } from "./engine/cluster-session.ts";
import { counted } from "./counted.ts";

/** What the status bar says about the cluster. */
export interface StatusItem {
  readonly text: string;
  readonly tooltip: string;
  readonly spoken: string;
}

export function statusItem(session: Pick<ClusterSession, "state" | "cluster">): StatusItem {
  switch (session.state) {
    case "stopped":
      return item("$(server-process) Tapedeck", "No cluster is running");
    case "starting":
      return item("$(loading~spin) Tapedeck", "The cluster is starting");
    case "stopping":
      return item("$(loading~spin) Tapedeck", "The cluster is stopping");
    case "running": {
      const { cluster } = session;
      const brokers = counted(cluster?.picture.brokers.length ?? 0, "broker");
      const storage = cluster?.options.storage.kind === "disk" ? "on disk" : "in memory";
      return item(`$(server-process) Tapedeck ${brokers}`, `${cluster?.bootstrapServers ?? ""}, ${storage}`);
    }
  }
}

function item(text: string, tooltip: string): StatusItem {
  return { text, tooltip, spoken: `${text.replace(/\$\([^)]*\) /, "")}: ${tooltip}` };
}
