import assert from "node:assert/strict";
import { spawn } from "node:child_process";

/** One line that a client's script printed: `ok NAME` or `not ok NAME: WHY`. */
export interface ScriptResult {
  readonly name: string;
  readonly why: string | undefined;
}

/** Run a client's script to its end and answer with what it says of each of its checks. */
export function runScript(command: string, options: readonly string[]): Promise<readonly ScriptResult[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, options, { stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    let complaint = "";
    child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4000)));
    child.once("error", reject);
    child.once("exit", (code) => {
      const lines = printed.split("\n").flatMap((line) => {
        const match = /^(not )?ok (.*?)(?:: (.*))?$/.exec(line);
        if (match === null) return [];
        return [{ name: match[2] ?? "", why: match[1] === undefined ? undefined : (match[3] ?? "no reason given") }];
      });
      if (code === 0) resolve(lines);
      else
        reject(new Error(`the script ended with ${String(code)} after ${String(lines.length)} checks: ${complaint}`));
    });
  });
}

/** The named check was made, and held. */
export function expectOk(results: readonly ScriptResult[], name: string): void {
  const result = results.find((candidate) => candidate.name === name);
  assert.ok(result !== undefined, `the script did not get to '${name}'`);
  assert.equal(result.why, undefined, result.why);
}

export const codecs = ["none", "gzip", "snappy", "lz4", "zstd"] as const;

/** What the scripts of all clients check, by the names that they print. */
export const checkNames = [
  ...codecs.map((codec) => `sends 100,000 keyed records with ${codec} and reads them back`),
  "sends keys to the partitions that the Java client's murmur2 gives them",
  "finds offsets by timestamp",
  "creates and deletes topics",
  "changes configurations",
] as const;
