import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LoadOrder, LoadResult } from "./load-order.ts";

const generator = fileURLToPath(new URL("load-generator.ts", import.meta.url));
const timeoutMs = 120_000;

/** Put load on a broker from a process of its own, and wait for its end. */
export async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [generator, JSON.stringify(order)], {
    timeout: timeoutMs,
  });
  return JSON.parse(stdout) as LoadResult;
}
