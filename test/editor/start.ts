import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startServer } from "./code-server.ts";
import { root } from "./places.ts";
import { workbenchAddress } from "./workbench-address.ts";

/**
 * `npm start`: builds the extension and opens it in VS Code. Desktop VS Code where its command `code` is installed,
 * otherwise VS Code in the browser, served from this machine until Ctrl-C. `TAPEDECK_EDITOR=web` asks for the browser.
 */
const wantedPort = 8000;

async function main(): Promise<void> {
  const built = spawnSync(process.execPath, ["esbuild.js"], { cwd: root, stdio: "inherit" });
  if (built.status !== 0) process.exit(1);
  const workspace = playground();
  if (process.env["TAPEDECK_EDITOR"] !== "web" && hasDesktopEditor()) openOnDesktop(workspace);
  else await serveInBrowser(workspace);
}

/** A folder to be in, with nothing in it: the project's own sources are not what one wants to see first. */
function playground(): string {
  const workspace = join(root, ".cache", "playground");
  mkdirSync(workspace, { recursive: true });
  writeFileSync(
    join(workspace, "README.md"),
    "# Playground\n\nOpen Tapedeck in the activity bar and start a cluster.\n" +
      "Terminals that you open then have `KAFKA_BOOTSTRAP_SERVERS`.\n",
  );
  return workspace;
}

function hasDesktopEditor(): boolean {
  const shell = process.platform === "win32";
  return spawnSync("code", ["--version"], { encoding: "utf8", shell, timeout: 20_000 }).status === 0;
}

function openOnDesktop(workspace: string): void {
  console.log("Opening VS Code with Tapedeck: look for the cassette in its activity bar.");
  const shell = process.platform === "win32";
  spawn("code", ["--new-window", `--extensionDevelopmentPath=${root}`, workspace], { stdio: "inherit", shell });
}

async function serveInBrowser(workspace: string): Promise<void> {
  await using server = await startServer({ wantedPort });
  const address = workbenchAddress({ port: server.port, workspace, withDevelopedExtension: true });
  console.log(`VS Code with Tapedeck runs at\n\n  ${address}\n`);
  console.log("Open it in a browser, and look for the cassette in the activity bar. Ctrl-C stops it.");
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  console.log("\nStopping ...");
}

await main();
