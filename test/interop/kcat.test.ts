import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type ClusterProcess, startClusterProcess } from "./cluster-process.ts";
import { difference, goldenKeys, keyedRecords } from "./records.ts";

const hasKcat = spawnSync("kcat", ["-V"]).status === 0;

/** Run kcat and answer with what it printed; it must end well. */
function kcat(options: readonly string[], input?: Buffer | string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("kcat", options, { stdio: ["pipe", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    let complaint = "";
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
    child.once("exit", (code) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString());
      else reject(new Error(`kcat ended with ${String(code)}: ${complaint}`));
    });
    child.stdin.end(input);
  });
}

describe("kcat (librdkafka)", function () {
  let cluster: ClusterProcess;
  let directory = "";

  before(async function () {
    if (!hasKcat) {
      console.log("      skipped: kcat is not installed");
      this.skip();
    }
    cluster = await startClusterProcess("--brokers", "3", "--config", "num.partitions=12");
    directory = mkdtempSync(join(tmpdir(), "tapedeck-kcat-"));
  });

  after(async () => {
    if (directory !== "") rmSync(directory, { recursive: true });
    if (hasKcat) assert.equal(await cluster.stop(), 0);
  });

  for (const codec of ["none", "gzip", "snappy", "lz4", "zstd"]) {
    it(`sends 100,000 keyed records with ${codec} and reads them back byte for byte`, async () => {
      const sent = keyedRecords();
      const file = join(directory, codec);
      writeFileSync(file, sent.map(({ key, value }) => `${key}\t${value}\n`).join(""));
      const to = ["-b", cluster.bootstrapServers, "-t", `round-trip-${codec}`];
      await kcat(["-P", ...to, "-K", "\t", "-z", codec, "-l", file]);
      const printed = await kcat(["-C", ...to, "-e", "-q", "-f", "%k\t%s\n"]);
      const read = printed
        .split("\n")
        .slice(0, -1)
        .map((line) => line.split("\t"));
      assert.equal(
        difference(
          sent,
          read.map(([key = "", value = ""]) => ({ key, value })),
        ),
        undefined,
      );
    });
  }

  it("sends keys to the partitions that the Java client's murmur2 gives them", async function () {
    const keys = goldenKeys()?.filter(({ key }) => !key.includes(9) && !key.includes(10) && !key.includes(0));
    if (keys === undefined) {
      console.log("      skipped: ../shared/golden is not there");
      return this.skip();
    }
    const to = ["-b", cluster.bootstrapServers, "-t", "murmur2"];
    const input = Buffer.concat(keys.flatMap(({ key }, index) => [key, Buffer.from(`\t${String(index)}\n`)]));
    await kcat(["-P", ...to, "-K", "\t", "-X", "partitioner=murmur2"], input);
    const printed = await kcat(["-C", ...to, "-e", "-q", "-f", "%p %s\n"]);
    const lines = printed
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number));
    assert.equal(lines.length, keys.length);
    for (const [partition, index = -1] of lines) assert.equal(partition, keys[index]?.partition);
  });

  it("finds offsets by timestamp", async () => {
    const to = ["-b", cluster.bootstrapServers, "-t", "times", "-p", "0"];
    const timeOf = async (value: string) => {
      await kcat(["-P", ...to], `${value}\n`);
      const printed = await kcat(["-C", ...to, "-o", "-1", "-e", "-q", "-f", "%T"]);
      await new Promise((done) => setTimeout(done, 5));
      return Number(printed);
    };
    await timeOf("first");
    const second = await timeOf("second");
    await timeOf("third");
    const answer = await kcat(["-Q", "-b", cluster.bootstrapServers, "-t", `times:0:${String(second)}`]);
    assert.match(answer, /times \[0\] offset 1\b/);
    const late = await kcat(["-Q", "-b", cluster.bootstrapServers, "-t", `times:0:${String(second + 60_000)}`]);
    assert.match(late, /times \[0\] offset -1\b/);
  });

  it("lists brokers, topics, partitions and leaders", async () => {
    const listed = JSON.parse(await kcat(["-L", "-J", "-b", cluster.bootstrapServers])) as {
      brokers: { id: number }[];
      topics: { topic: string; partitions: { leader: number }[] }[];
    };
    assert.deepEqual(listed.brokers.map(({ id }) => id).sort(), [1, 2, 3]);
    const leaders = listed.topics.find(({ topic }) => topic === "times")?.partitions.map(({ leader }) => leader) ?? [];
    assert.equal(leaders.length, 12);
    for (const id of [1, 2, 3]) assert.equal(leaders.filter((leader) => leader === id).length, 4);
  });
});
