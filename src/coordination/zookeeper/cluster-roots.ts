import type { Uuid } from "../../base/uuid.ts";
import { clusterIdPath, persistentPaths } from "./layout.ts";
import { readClusterId, writeClusterId } from "./znode-content.ts";
import { MalformedZnodeError } from "./znode-json.ts";
import type { Answer, Znodes } from "./znodes.ts";
import type { ZookeeperFailure } from "./zookeeper-error.ts";

type Roots = Pick<Znodes, "create" | "getData">;

/**
 * Create what every cluster has, where it is missing, in Kafka's order, and the cluster's id after it. Tells the id
 * that the cluster has, which is `freshClusterId` where it had none.
 */
export function ensureRoots(znodes: Roots, freshClusterId: Uuid, told: (answer: Answer<Uuid>) => void): void {
  let failure: ZookeeperFailure | undefined;
  for (const path of [...persistentPaths, "/cluster"]) {
    znodes.create({ path, data: null, mode: "persistent" }, ({ error }) => {
      if (error !== "OK" && error !== "NODEEXISTS") failure ??= error;
    });
  }
  const data = writeClusterId(freshClusterId);
  znodes.create({ path: clusterIdPath, data, mode: "persistent" }, ({ error }) => {
    if (error !== "OK" && error !== "NODEEXISTS") failure ??= error;
  });
  // Answers come in the order of asking: whatever failed has done so before this one.
  znodes.getData(clusterIdPath, (answer) => {
    if (failure !== undefined) told({ error: failure });
    else told(answer.error === "OK" ? clusterIdOf(answer.value.data) : answer);
  });
}

function clusterIdOf(data: Buffer | null): Answer<Uuid> {
  try {
    return { error: "OK", value: readClusterId(data) };
  } catch (error) {
    if (error instanceof MalformedZnodeError) return { error: "MARSHALLINGERROR" };
    throw error;
  }
}
