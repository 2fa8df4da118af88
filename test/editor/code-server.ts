import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { root } from "./places.ts";

const version = "4.139.1";
const folder = join(root, ".vscode-test", `code-server-${version}`);
const serverFolder = "node_modules/code-server/lib/vscode";
const startTimeoutMs = 60_000;

/** A VS Code server on this machine, without any token: for tests and for `npm start`, on 127.0.0.1 only. */
export interface Server extends AsyncDisposable {
  readonly port: number;
  /** The folder of extensions that it loads, empty at first. */
  readonly extensionsFolder: string;
}

/**
 * Installs VS Code's own server and workbench out of the npm registry, once. The folder gets its name only when all of
 * it is there, so that an install that was cut short is done again.
 */
export function installCodeServer(): void {
  if (existsSync(folder)) return;
  const partial = `${folder}.partial-${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  // A manifest of its own, or npm would climb up and install into the project.
  writeFileSync(join(partial, "package.json"), '{ "name": "tapedeck-editor", "private": true }\n');
  console.log(`Installing VS Code ${version} (code-server), once ...`);
  npmInstall(partial, [`code-server@${version}`]);
  npmInstall(join(partial, serverFolder), ["--omit=dev"]);
  try {
    renameSync(partial, folder);
  } catch (error) {
    // Another run may have been faster.
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

function npmInstall(directory: string, options: readonly string[]): void {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const run = spawnSync(npm, ["install", "--prefix", directory, ...options, ...quiet], {
    cwd: directory,
    encoding: "utf8",
    shell: process.platform === "win32",
    timeout: 300_000,
  });
  if (run.status !== 0) throw new Error(`npm could not install ${options.join(" ")}: ${run.stderr}`);
}

/** Which port is wanted (0, the default, takes a free one), and a packaged extension to install first. */
export interface ServerOptions {
  readonly wantedPort?: number;
  readonly vsix?: string;
}

/** Starts the server; resolves when it answers. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  installCodeServer();
  const port = await freePort(options.wantedPort ?? 0);
  const data = mkdtempSync(join(tmpdir(), "tapedeck-editor-"));
  const extensionsFolder = join(data, "extensions");
  mkdirSync(extensionsFolder);
  if (options.vsix !== undefined) installPackage(options.vsix, extensionsFolder);
  const server = spawn(
    process.execPath,
    [
      "out/server-main.js",
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--without-connection-token",
      "--accept-server-license-terms",
      "--disable-workspace-trust",
      "--enable-smoke-test-driver",
      "--user-data-dir",
      join(data, "user"),
      "--extensions-dir",
      extensionsFolder,
    ],
    { cwd: join(folder, serverFolder), stdio: ["ignore", "pipe", "pipe"] },
  );
  // Without native modules the server writes lines that mean nothing here (EDITOR.md); a failed start shows them.
  const said: string[] = [];
  for (const stream of [server.stdout, server.stderr])
    stream.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  try {
    await answers(port, server);
  } catch (error) {
    server.kill("SIGKILL");
    rmSync(data, { recursive: true, force: true });
    throw new Error(`VS Code's server did not start: ${said.join("").slice(-2_000)}`, { cause: error });
  }
  return {
    port,
    extensionsFolder,
    [Symbol.asyncDispose]: async () => {
      await ended(server);
      rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

function installPackage(vsix: string, extensionsFolder: string): void {
  const install = ["out/server-main.js", "--install-extension", resolve(vsix), "--extensions-dir", extensionsFolder];
  const run = spawnSync(process.execPath, install, {
    cwd: join(folder, serverFolder),
    encoding: "utf8",
    timeout: 60_000,
  });
  if (run.status !== 0) throw new Error(`${vsix} could not be installed: ${run.stdout}${run.stderr}`);
}

async function answers(port: number, server: ChildProcess): Promise<void> {
  const deadlineMs = performance.now() + startTimeoutMs;
  while (performance.now() < deadlineMs) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) });
      if (response.ok) return;
    } catch {
      await new Promise((wake) => setTimeout(wake, 100));
    }
  }
  throw new Error(`no answer within ${startTimeoutMs} ms`);
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = new Promise((ready) => server.once("exit", ready));
  server.kill("SIGTERM");
  const timer = setTimeout(() => server.kill("SIGKILL"), 8_000);
  await exited;
  clearTimeout(timer);
}

function freePort(wantedPort: number): Promise<number> {
  return new Promise((found, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" && wantedPort !== 0) found(freePort(0));
      else reject(error);
    });
    probe.listen(wantedPort, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => found(typeof address === "object" && address !== null ? address.port : wantedPort));
    });
  });
}
