import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { kafkaClassPath } from "../oracle/apache-kafka.ts";

const fetchProgram = fileURLToPath(new URL("java/FetchPerformance.java", import.meta.url));
const logging = fileURLToPath(new URL("../oracle/log4j2.properties", import.meta.url));
const timeoutMs = 120_000;
/** As Apache Kafka's own start script gives to its tools. */
const heap = "-Xmx512M";

export interface KafkaLoad {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly recordByteCount: number;
  readonly recordsCount: number;
}

/** Times from a record's sending to its arrival, in ms. */
export interface EndToEnd {
  readonly averageMs: number;
  readonly percentile99Ms: number;
}

async function java(...options: readonly string[]): Promise<string> {
  const common = [heap, "-cp", kafkaClassPath(), `-Dlog4j2.configurationFile=${logging}`];
  const { stdout } = await promisify(execFile)("java", [...common, ...options], { timeout: timeoutMs });
  return stdout;
}

/** Runs `ProducerPerformance` with its defaults and acks=1; answers with MB/s, of a million bytes. */
export async function producerPerformance(load: KafkaLoad): Promise<number> {
  const text = await java(
    "org.apache.kafka.tools.ProducerPerformance",
    ...["--topic", load.topic, "--num-records", `${load.recordsCount}`, "--record-size", `${load.recordByteCount}`],
    ...["--throughput", "-1", "--producer-props", `bootstrap.servers=${load.bootstrapServers}`, "acks=1"],
  );
  // The last line is about all of the run; the lines before it about 5 seconds each.
  const recordsPerSecond = [...text.matchAll(/records sent, ([\d.]+) records\/sec/g)].at(-1)?.[1];
  if (recordsPerSecond === undefined) throw new Error(`ProducerPerformance said: ${text}`);
  return (Number(recordsPerSecond) * load.recordByteCount) / 1e6;
}

/** Reads a topic from its start, as `ConsumerPerformance` does but for the group; MB/s, of a million bytes. */
export async function fetchPerformance(load: KafkaLoad): Promise<number> {
  const text = await java(fetchProgram, load.bootstrapServers, load.topic, `${load.recordsCount}`);
  const [byteCount = 0, , durationMs = 1] = text.trim().split(" ").map(Number);
  return byteCount / 1_000 / durationMs;
}

/**
 * Runs `EndToEndLatency` with acks=1. It assigns its partition and so needs no group, until it commits its offsets once
 * all is measured and told: where a broker has no groups, that failure is not looked at.
 */
export async function endToEndLatency(load: KafkaLoad): Promise<EndToEnd> {
  const { bootstrapServers, topic, recordsCount, recordByteCount } = load;
  const numbers = [`${recordsCount}`, "1", `${recordByteCount}`];
  const run = java("org.apache.kafka.tools.EndToEndLatency", bootstrapServers, topic, ...numbers);
  const text = await run.catch((error: unknown) => {
    if (error instanceof Error && "stdout" in error && typeof error.stdout === "string") return error.stdout;
    throw error;
  });
  const average = /Avg latency: ([\d.]+) ms/.exec(text)?.[1];
  const percentile99 = /99th = (\d+)/.exec(text)?.[1];
  if (average === undefined || percentile99 === undefined) throw new Error(`EndToEndLatency said: ${text}`);
  return { averageMs: Number(average), percentile99Ms: Number(percentile99) };
}
