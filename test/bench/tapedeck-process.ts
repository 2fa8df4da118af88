import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const readyTimeoutMs = 30_000;
const stopTimeoutMs = 10_000;

/** Where a broker listens. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** A `tapedeck up` in a process of its own, as a person starts it. */
export interface TapedeckProcess extends AsyncDisposable {
  readonly bootstrapServers: string;
  readonly brokers: readonly BrokerAddress[];
  readonly processId: number;
  /** When it was started, on the clock of `performance.now()`, and how long its ready line took. */
  readonly startedMs: number;
  readonly readyAfterMs: number;
}

/** Start the built command line on free ports, with `options` for `up`, and wait for its ready line. */
export async function startTapedeck(...options: readonly string[]): Promise<TapedeckProcess> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ["dist/cli.js", "up", "--json", "--port", "0", ...options], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ready = JSON.parse(await firstLine(child)) as Pick<TapedeckProcess, "bootstrapServers" | "brokers">;
  return {
    bootstrapServers: ready.bootstrapServers,
    brokers: ready.brokers,
    processId: child.pid ?? 0,
    startedMs,
    readyAfterMs: performance.now() - startedMs,
    [Symbol.asyncDispose]: () => stopProcess(child),
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the process has no output");
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), readyTimeoutMs);
  const lines = createInterface(child.stdout);
  const ended = once(child, "exit", { signal: aborter.signal }).then(([code]) => {
    throw new Error(`tapedeck up ended with ${String(code)} before it was ready`);
  });
  try {
    const [line] = (await Promise.race([once(lines, "line", { signal: aborter.signal }), ended])) as [string];
    return line;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
    aborter.abort();
    ended.catch(() => undefined);
  }
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  await ended;
  clearTimeout(killer);
}
