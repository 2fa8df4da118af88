import { needCluster, type Tools } from "./tools.ts";

export async function copyBootstrapServers(tools: Tools): Promise<void> {
  const cluster = needCluster(tools);
  if (cluster === undefined) return;
  await tools.ui.copy(cluster.bootstrapServers);
  tools.ui.say(`Copied ${cluster.bootstrapServers}`);
}
