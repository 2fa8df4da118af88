import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startApacheKafka, whyNoApacheKafka } from "../oracle/apache-kafka.ts";
import { acknowledgeFirstRecord } from "./first-record.ts";
import {
  type EndToEnd,
  endToEndLatency,
  fetchPerformance,
  type KafkaLoad,
  producerPerformance,
} from "./kafka-tools.ts";
import { ask } from "./load-client.ts";
import { comparisonRow, median, type Row } from "./report.ts";
import { type BrokerAddress, startTapedeck } from "./tapedeck-process.ts";

/** How often clusters of so many brokers are started. */
const starts = [
  { brokerCount: 1, runCount: 3 },
  { brokerCount: 3, runCount: 2 },
] as const;
const runCount = 3;
/** From a first record to when memory is looked at. */
const restMs = 5_000;
const loads = [
  { name: "1 KiB", recordByteCount: 1024, recordsCount: 400_000 },
  { name: "100 B", recordByteCount: 100, recordsCount: 2_000_000 },
] as const;
const latencyRecordsCount = 3_000;
const deleteTopicsVersion = 5;

type Contestant = "tapedeck" | "kafka";
const contestants = ["kafka", "tapedeck"] as const;

/** A cluster of one broker, whoever made it. */
interface Running extends AsyncDisposable {
  readonly bootstrapServers: string;
  readonly broker: BrokerAddress;
  readonly processIds: readonly number[];
  /** From the start of its process to a first acknowledged record. */
  readonly firstRecordMs: number;
}

/** Measurements by what is measured, for both. */
class Measurements {
  private readonly samples = new Map<string, Record<Contestant, number[]>>();

  add(what: string, who: Contestant, figure: number): void {
    let both = this.samples.get(what);
    if (both === undefined) {
      both = { tapedeck: [], kafka: [] };
      this.samples.set(what, both);
    }
    both[who].push(figure);
  }

  of(what: string): Record<Contestant, readonly number[]> {
    return this.samples.get(what) ?? { tapedeck: [], kafka: [] };
  }
}

/**
 * Apache Kafka and Tapedeck in turn under Apache Kafka's own load tools: one broker each, one partition, on the disk.
 * Both are up during the loads and only one of them has work; a first run of each load warms both and doesn't count.
 */
export async function measureBesideKafka(): Promise<readonly Row[]> {
  const reason = whyNoApacheKafka();
  if (reason !== undefined) {
    console.log(`beside Apache Kafka: skipped, ${reason}`);
    return [];
  }
  const measurements = new Measurements();
  await measureStarts(measurements);
  await using kafka = await startKafka(1);
  await using tapedeck = await startOurs(1);
  const running = { kafka, tapedeck };
  for (let run = 0; run <= runCount; run++) {
    for (const who of contestants) await measureLoads(running[who], who, run, measurements);
  }
  return rowsOf(measurements);
}

async function measureStarts(measurements: Measurements): Promise<void> {
  for (const { brokerCount, runCount: startCount } of starts) {
    for (let run = 0; run < startCount; run++) {
      for (const who of contestants) {
        await using cluster = await (who === "kafka" ? startKafka(brokerCount) : startOurs(brokerCount));
        measurements.add(`first record ${brokerCount}`, who, cluster.firstRecordMs);
        await sleep(restMs);
        measurements.add(`memory ${brokerCount}`, who, residentMegabytes(cluster.processIds));
      }
    }
  }
}

async function startKafka(brokerCount: number): Promise<Running> {
  const kafka = await startApacheKafka({ brokerCount });
  const broker = kafka.brokers[0] ?? { host: "", port: 0 };
  await acknowledgeFirstRecord(broker, "first");
  return {
    bootstrapServers: kafka.bootstrapServers,
    broker,
    processIds: kafka.processIds,
    firstRecordMs: performance.now() - kafka.startedMs,
    [Symbol.asyncDispose]: () => kafka.stop(),
  };
}

async function startOurs(brokerCount: number): Promise<Running> {
  const directory = mkdtempSync(join(tmpdir(), "tapedeck-bench-"));
  const tapedeck = await startTapedeck("--brokers", `${brokerCount}`, "--data", directory);
  const broker = tapedeck.brokers[0] ?? { host: "", port: 0 };
  await acknowledgeFirstRecord(broker, "first");
  return {
    bootstrapServers: tapedeck.bootstrapServers,
    broker,
    processIds: [tapedeck.processId],
    firstRecordMs: performance.now() - tapedeck.startedMs,
    [Symbol.asyncDispose]: async () => {
      await tapedeck[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Run 0 warms up. */
async function measureLoads(cluster: Running, who: Contestant, run: number, measurements: Measurements): Promise<void> {
  const { bootstrapServers, broker } = cluster;
  const add = (what: string, figure: number): void => {
    if (run > 0) measurements.add(what, who, figure);
  };
  const topic = `load-${run}`;
  for (const { name, recordByteCount, recordsCount } of loads) {
    const load: KafkaLoad = { bootstrapServers, topic: `${topic}-${recordByteCount}`, recordByteCount, recordsCount };
    await acknowledgeFirstRecord(broker, load.topic);
    add(`produce ${name}`, await producerPerformance(load));
    add(`fetch ${name}`, await fetchPerformance(load));
    await ask(broker, 20, deleteTopicsVersion, { topics: [], topicNames: [load.topic], timeoutMs: 10_000 });
  }
  const load = { bootstrapServers, topic: `${topic}-latency`, recordByteCount: 100, recordsCount: latencyRecordsCount };
  await acknowledgeFirstRecord(broker, load.topic);
  const latency: EndToEnd = await endToEndLatency(load);
  add("latency", latency.averageMs);
  add("latency 99 %", latency.percentile99Ms);
}

function residentMegabytes(processIds: readonly number[]): number {
  const kibibytes = processIds.map((id) =>
    Number(execFileSync("ps", ["-o", "rss=", "-p", `${id}`], { encoding: "utf8" })),
  );
  return kibibytes.reduce((sum, amount) => sum + amount, 0) / 1_000;
}

function rowsOf(measurements: Measurements): readonly Row[] {
  const throughput = loads.flatMap(({ name }) =>
    (["produce", "fetch"] as const).map((what) => {
      const { tapedeck, kafka } = measurements.of(`${what} ${name}`);
      const title = what === "produce" ? `ProducerPerformance acks=1, ${name}` : `reading from the start, ${name}`;
      return comparisonRow({
        what: title,
        ours: tapedeck,
        theirs: kafka,
        beside: "Apache Kafka",
        unit: "MB/s",
        ratioMin: 1,
        budget: "ahead",
      });
    }),
  );
  const lower = (what: string, title: string, unit: string, ratioMax: number) =>
    lowerRow(title, measurements.of(what), unit, ratioMax);
  return [
    ...throughput,
    lower("latency", "EndToEndLatency acks=1, average", "ms", 1),
    lower("latency 99 %", "EndToEndLatency acks=1, 99 % (told in whole ms)", "ms", 1),
    ...starts.flatMap(({ brokerCount }) => {
      const brokers = brokerCount === 1 ? "one broker" : `${brokerCount} brokers`;
      return [
        lower(`first record ${brokerCount}`, `process start to a first acknowledged record, ${brokers}`, "ms", 1 / 50),
        lower(`memory ${brokerCount}`, `resident memory at rest, ${brokers}`, "MB", 1 / 10),
      ];
    }),
  ];
}

/** A row of which less is better. */
function lowerRow(what: string, both: Record<Contestant, readonly number[]>, unit: string, ratioMax: number): Row {
  const [ours, theirs] = [median(both.tapedeck), median(both.kafka)];
  const ratio = ours / theirs;
  const text = (figure: number) => figure.toFixed(figure < 10 ? 2 : 0);
  return {
    what,
    figure: `${text(ours)} ${unit}; Apache Kafka ${text(theirs)} ${unit}; ratio ${ratio.toFixed(3)}`,
    budget: ratioMax === 1 ? "not behind" : `<= 1/${Math.round(1 / ratioMax)}`,
    holds: ratio <= ratioMax,
    samples: both.tapedeck,
    samplesBeside: both.kafka,
  };
}
