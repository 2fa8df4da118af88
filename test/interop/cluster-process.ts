import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** A `tapedeck up` in a process of its own, as a person would start it. */
export interface ClusterProcess {
  readonly bootstrapServers: string;
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  readonly pid: number;
  /** Sends SIGTERM and answers with the exit code. */
  stop(): Promise<number>;
}

let isBuilt = false;

function buildOnce(): void {
  if (isBuilt) return;
  const build = spawnSync(process.execPath, ["esbuild.js"], { cwd: projectRoot, encoding: "utf8" });
  if (build.status !== 0) throw new Error(`the build failed: ${build.stderr}`);
  isBuilt = true;
}

/** Start the built command line with free ports, and wait for its ready line. */
export async function startClusterProcess(...options: readonly string[]): Promise<ClusterProcess> {
  buildOnce();
  const child = spawn(process.execPath, ["dist/cli.js", "up", "--json", "--port", "0", ...options], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ready = JSON.parse(await firstLine(child)) as Pick<ClusterProcess, "bootstrapServers" | "brokers">;
  return {
    bootstrapServers: ready.bootstrapServers,
    brokers: ready.brokers,
    pid: child.pid ?? 0,
    stop: async () => {
      if (child.exitCode !== null) return child.exitCode;
      child.kill("SIGTERM");
      const [code] = (await once(child, "exit")) as [number | null];
      return code ?? -1;
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
    });
    child.once("exit", (code) => reject(new Error(`tapedeck up ended with ${String(code)} before it was ready`)));
  });
}
