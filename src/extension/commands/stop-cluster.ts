import type { Tools } from "./tools.ts";

export async function stopCluster(tools: Tools): Promise<void> {
  await tools.ui.withProgress(() => tools.session.stop());
}
