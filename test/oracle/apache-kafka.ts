import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WireConnection } from "./wire-connection.ts";

/**
 * Starts Apache Kafka 4.1.1 beside the tests, where a JDK and Maven are there. Its jars come from Maven Central once,
 * into `.cache/`. Every broker is a process of its own with a temporary directory, stopped by its process id.
 */
const release = "4.1.1";
const root = fileURLToPath(new URL("../..", import.meta.url));
const jars = join(root, ".cache", `kafka-${release}`);
const javaMajorMin = 17;
const startTimeoutMs = 60_000;
const stopTimeoutMs = 8_000;
/** Any uuid does: the answers name it by order of appearance. */
const clusterId = "ORACLEORACLEORACLEORAA";

/** A running Apache Kafka. */
export interface ApacheKafka {
  readonly bootstrapServers: string;
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  /** Ids of the brokers' processes, for whoever measures their memory. */
  readonly processIds: readonly number[];
  readonly directory: string;
  /** When the first broker's process was started, its directory ready, on the clock of `performance.now()`. */
  readonly startedMs: number;
  stop(): Promise<void>;
}

export interface ApacheKafkaOptions {
  readonly brokerCount?: number;
  /** Broker configurations by Kafka's names, beside those of a small cluster. */
  readonly configs?: Readonly<Record<string, string>>;
  readonly heapMegabytes?: number;
}

/** Why Apache Kafka can't run here; undefined where it can. */
export function whyNoApacheKafka(): string | undefined {
  const java = spawnSync("java", ["-version"], { encoding: "utf8" });
  if (java.status !== 0) return "there is no java";
  const major = Number(/version "(\d+)/.exec(java.stderr)?.[1] ?? 0);
  if (major < javaMajorMin) return `java is version ${major}, older than ${javaMajorMin}`;
  if (existsSync(join(jars, `kafka_2.13-${release}.jar`))) return undefined;
  const maven = spawnSync("mvn", ["-version"], { encoding: "utf8" });
  return maven.status === 0 ? undefined : "there is no mvn";
}

/** The class path of Apache Kafka's own tools; fetches the jars where they are not there yet. */
export function kafkaClassPath(): string {
  if (!existsSync(join(jars, `kafka_2.13-${release}.jar`))) {
    const pom = fileURLToPath(new URL("pom.xml", import.meta.url));
    const options = ["-q", "-B", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${jars}`];
    const maven = spawnSync("mvn", options, { encoding: "utf8" });
    if (maven.status !== 0) throw new Error(`mvn could not fetch Apache Kafka: ${maven.stdout}${maven.stderr}`);
  }
  // Java expands the star itself; no shell may do so before it.
  return join(jars, "*");
}

/** Start Apache Kafka and wait until every broker lists all of them. */
export async function startApacheKafka(options: ApacheKafkaOptions = {}): Promise<ApacheKafka> {
  const { brokerCount = 1, configs = {}, heapMegabytes = 512 } = options;
  const classPath = kafkaClassPath();
  const directory = mkdtempSync(join(tmpdir(), "tapedeck-oracle-"));
  const ports = await freePorts(brokerCount * 2);
  const brokers = ports.slice(0, brokerCount).map((port, index) => ({ id: index + 1, host: "127.0.0.1", port }));
  const voters = brokers.map(({ id }, index) => `${id}@127.0.0.1:${ports[brokerCount + index] ?? 0}`).join(",");
  const processes: ChildProcess[] = [];
  let startedMs: number | undefined;
  const stop = async () => {
    await Promise.all(processes.map(stopProcess));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    for (const [index, broker] of brokers.entries()) {
      const controllerPort = ports[brokerCount + index] ?? 0;
      const properties = {
        ...smallCluster(brokerCount),
        ...nodeProperties({ broker, controllerPort, voters, directory }),
      };
      processes.push(
        startBroker({ classPath, directory, id: broker.id, heapMegabytes }, { ...properties, ...configs }),
      );
      startedMs ??= performance.now();
    }
    for (const broker of brokers) await untilItAnswers(broker.port, brokerCount, processes);
  } catch (error) {
    const log = brokers.map(({ id }) => tailOf(join(directory, `broker-${id}.log`))).join("\n");
    await stop();
    throw new Error(`Apache Kafka did not start:\n${log}`, { cause: error });
  }
  const bootstrapServers = brokers.map(({ host, port }) => `${host}:${port}`).join(",");
  const processIds = processes.map(({ pid }) => pid ?? 0);
  return { bootstrapServers, brokers, processIds, directory, startedMs: startedMs ?? 0, stop };
}

interface NodeOptions {
  readonly broker: { readonly id: number; readonly port: number };
  readonly controllerPort: number;
  readonly voters: string;
  readonly directory: string;
}

function nodeProperties({ broker, controllerPort, voters, directory }: NodeOptions): Record<string, string> {
  return {
    "process.roles": "broker,controller",
    "node.id": `${broker.id}`,
    "controller.quorum.voters": voters,
    listeners: `PLAINTEXT://127.0.0.1:${broker.port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "controller.listener.names": "CONTROLLER",
    "log.dirs": join(directory, `data-${broker.id}`),
  };
}

function smallCluster(brokerCount: number): Record<string, string> {
  const replicationFactor = `${Math.min(3, brokerCount)}`;
  return {
    "offsets.topic.replication.factor": replicationFactor,
    "transaction.state.log.replication.factor": replicationFactor,
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": replicationFactor,
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
  };
}

interface JavaOptions {
  readonly classPath: string;
  readonly directory: string;
  readonly id: number;
  readonly heapMegabytes: number;
}

function startBroker(options: JavaOptions, properties: Readonly<Record<string, string>>): ChildProcess {
  const { classPath, directory, id, heapMegabytes } = options;
  const file = join(directory, `broker-${id}.properties`);
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
  mkdirSync(join(directory, `data-${id}`), { recursive: true });
  writeFileSync(file, `${lines.join("\n")}\n`);
  const logging = fileURLToPath(new URL("log4j2.properties", import.meta.url));
  const java = [`-Xmx${heapMegabytes}M`, "-cp", classPath, `-Dlog4j2.configurationFile=${logging}`];
  const format = ["kafka.tools.StorageTool", "format", "--cluster-id", clusterId, "-c", file];
  const formatted = spawnSync("java", [...java, ...format], { encoding: "utf8" });
  if (formatted.status !== 0) throw new Error(`format failed: ${formatted.stdout}${formatted.stderr}`);
  const child = spawn("java", [...java, "kafka.Kafka", file], { stdio: ["ignore", "pipe", "pipe"] });
  const log = createWriteStream(join(directory, `broker-${id}.log`));
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  return child;
}

async function untilItAnswers(port: number, brokerCount: number, processes: readonly ChildProcess[]): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    if (processes.some(({ exitCode }) => exitCode !== null)) throw new Error("a broker ended by itself");
    if ((await listedBrokers(port).catch(() => 0)) === brokerCount) return;
    await sleep(50);
  }
  throw new Error(`no answer on port ${port} for ${startTimeoutMs} ms`);
}

/** Metadata v1 without topics, by hand: this must work before and without any codec. */
async function listedBrokers(port: number): Promise<number> {
  const connection = await WireConnection.open("127.0.0.1", port);
  try {
    connection.send(Buffer.from("0000000e00030001000000010000" + "00000000", "hex"));
    const frame = await connection.receive(2_000);
    return Buffer.isBuffer(frame) && frame.length >= 8 ? frame.readInt32BE(4) : 0;
  } finally {
    connection.close();
  }
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  await ended;
  clearTimeout(killer);
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    ports.push(typeof address === "object" && address !== null ? address.port : 0);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function tailOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8").slice(-4_000) : "";
}
