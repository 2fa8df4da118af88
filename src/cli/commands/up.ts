import { resolve } from "node:path";
import process from "node:process";
import { ClusterFailure, type HostedCluster, hostCluster } from "../cluster-host.ts";
import { clusterOptionsFrom, type UpFlags } from "./up-options.ts";

export const usageExitCode = 2;

/** What only the engine can judge, and a person mistyped all the same. */
const usageErrors: ReadonlySet<string> = new Set([
  "INVALID_CONFIG",
  "INVALID_TOPIC_EXCEPTION",
  "INVALID_PARTITIONS",
  "INVALID_REPLICATION_FACTOR",
]);

/**
 * `tapedeck up`: run a cluster until SIGINT or SIGTERM. Prints one line on standard output when clients can connect;
 * everything else goes to standard error. Answers with the exit code.
 */
export async function up(flags: UpFlags & { readonly json?: boolean }): Promise<number> {
  const options = clusterOptionsFrom(flags, (path) => resolve(path));
  const stopped = nextSignal();
  let cluster: HostedCluster;
  try {
    cluster = await hostCluster(options, {
      onLog: (level, sentence) => {
        if (level !== "info") process.stderr.write(`${level}: ${sentence}\n`);
      },
      onCrash: (error) => {
        process.stderr.write(`tapedeck: the engine crashed, which is a bug: ${error.stack ?? String(error)}\n`);
        process.exit(5);
      },
    });
  } catch (error) {
    if (!(error instanceof ClusterFailure)) throw error;
    const nextStep = error.errorName === "DATA_DIRECTORY_IN_USE" ? " Stop that one, or name another with --data." : "";
    process.stderr.write(`tapedeck: ${error.message}${nextStep}\n`);
    return usageErrors.has(error.errorName) ? usageExitCode : 1;
  }
  process.stdout.write(readyLine(cluster, flags.json === true));
  await stopped;
  await cluster.stop();
  return 0;
}

function readyLine(cluster: HostedCluster, asJson: boolean): string {
  const { bootstrapServers, startedInMs } = cluster;
  const ms = Math.round(startedInMs);
  if (!asJson) return `ready bootstrap.servers=${bootstrapServers} in ${ms} ms\n`;
  const brokers = cluster.view().brokers.map(({ id, host, port }) => ({ id, host, port }));
  return `${JSON.stringify({ ready: true, bootstrapServers, startedInMs: ms, brokers })}\n`;
}

/** Ends when the person or the system asks the program to stop. */
function nextSignal(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => done());
  });
}
