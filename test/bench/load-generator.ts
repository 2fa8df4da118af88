/**
 * A process of its own that puts load on one broker, as it was told in its argument, and reports what it did to its
 * parent. In the broker's process, or the bench's, it would measure how they share a thread.
 */
import process from "node:process";
import { zeroUuid } from "../../src/base/uuid.ts";
import { buildBatch } from "../../src/protocol/records/batch-builder.ts";
import { Compression } from "../../src/protocol/records/compression.ts";
import { encodeRequest, readResponse } from "../../src/protocol/frame.ts";
import { nodeCompression } from "../../src/runtime/node/node-compression.ts";
import { LoadClient } from "./load-client.ts";
import type { LoadOrder, LoadResult } from "./load-order.ts";

const produceVersion = 12;
const fetchVersion = 12;
/** As much again of the load goes before the clock is started, as with the raw limit. */
const warmUpShare = 1 / 4;

interface LoadBatch {
  readonly bytes: Buffer;
  readonly recordsCount: number;
}

/** As many records as fit, with values that no one could guess. */
function fullBatch({ recordByteCount, batchByteCountMax }: LoadOrder): LoadBatch {
  const value = Buffer.alloc(recordByteCount);
  for (let index = 0; index < value.length; index++) value[index] = (index * 7919) % 251;
  const compression = new Compression(nodeCompression);
  const timestamp = Date.now();
  const batchOf = (count: number) =>
    buildBatch(
      Array.from({ length: count }, () => ({ timestamp, key: null, value })),
      compression,
    );
  const emptyByteCount = batchOf(0).length;
  const perRecordByteCount = (batchOf(1_000).length - emptyByteCount) / 1_000;
  let recordsCount = Math.max(1, Math.floor((batchByteCountMax - emptyByteCount) / perRecordByteCount) - 1);
  while (batchOf(recordsCount + 1).length <= batchByteCountMax) recordsCount += 1;
  return { bytes: batchOf(recordsCount), recordsCount };
}

/** Keep `inFlightMax` requests on their way until `count` were answered. */
function pipeline(count: number, inFlightMax: number, sendOne: (index: number, done: Settle) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentCount = 0;
    let doneCount = 0;
    const done: Settle = (problem) => {
      if (problem !== undefined) return reject(new Error(problem));
      doneCount += 1;
      if (doneCount === count) return resolve();
      if (sentCount < count) sendOne(sentCount++, done);
    };
    while (sentCount < Math.min(count, inFlightMax)) sendOne(sentCount++, done);
  });
}

type Settle = (problem: string | undefined) => void;

async function produce(client: LoadClient, order: LoadOrder, batch: LoadBatch): Promise<LoadResult> {
  const header = { correlationId: 1, clientId: "bench" };
  const request = encodeRequest(0, produceVersion, header, {
    transactionalId: null,
    acks: 1,
    timeoutMs: 30_000,
    topicData: [{ name: order.topic, topicId: zeroUuid, partitionData: [{ index: 0, records: [batch.bytes] }] }],
  });
  const sendOne = (_index: number, done: Settle): void => {
    client.send(request, (frame) => {
      if (frame === undefined) return done("the broker closed the connection");
      const answer = readResponse(0, produceVersion, frame).responses[0]?.partitionResponses[0];
      done(answer?.errorCode === 0 ? undefined : `Produce was answered with error ${answer?.errorCode ?? -1}`);
    });
  };
  const count = Math.ceil(order.byteCount / batch.bytes.length);
  const warmUpCount = Math.ceil(count * warmUpShare);
  await pipeline(warmUpCount, order.inFlightMax, sendOne);
  const started = performance.now();
  await pipeline(count, order.inFlightMax, sendOne);
  return resultOf(batch, warmUpCount + count, count, performance.now() - started);
}

/** All batches are of one size, so where the next fetch starts is known before the last one was answered. */
async function fetch(client: LoadClient, order: LoadOrder, batch: LoadBatch): Promise<LoadResult> {
  const header = { correlationId: 1, clientId: "bench" };
  const fetchByteCount = order.batchesPerFetch * batch.bytes.length;
  const fetchesPerPass = Math.floor(order.byteCount / fetchByteCount);
  const sendOne = (index: number, done: Settle): void => {
    const fetchOffset = order.startOffset + (index % fetchesPerPass) * order.batchesPerFetch * batch.recordsCount;
    const request = encodeRequest(1, fetchVersion, header, {
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: fetchByteCount,
      sessionEpoch: -1,
      forgottenTopicsData: [],
      topics: [
        {
          topic: order.topic,
          topicId: zeroUuid,
          partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: fetchByteCount }],
        },
      ],
    });
    client.send(request, (frame) => {
      if (frame === undefined) return done("the broker closed the connection");
      const answer = readResponse(1, fetchVersion, frame).responses[0]?.partitions[0];
      const isWhole = answer?.errorCode === 0 && answer.records?.length === fetchByteCount;
      const got = `error ${answer?.errorCode ?? -1}, ${answer?.records?.length ?? 0} of ${fetchByteCount} bytes`;
      done(isWhole ? undefined : `Fetch from ${fetchOffset} got ${got}`);
    });
  };
  await pipeline(Math.ceil(fetchesPerPass * order.passCount * warmUpShare), order.inFlightMax, sendOne);
  const started = performance.now();
  await pipeline(fetchesPerPass * order.passCount, order.inFlightMax, sendOne);
  const batchCount = fetchesPerPass * order.passCount * order.batchesPerFetch;
  return resultOf(batch, batchCount, batchCount, performance.now() - started);
}

function resultOf(batch: LoadBatch, batchCount: number, timedCount: number, durationMs: number): LoadResult {
  const { recordsCount: recordsPerBatch } = batch;
  const batchByteCount = batch.bytes.length;
  return {
    byteCount: timedCount * batchByteCount,
    recordsCount: timedCount * recordsPerBatch,
    batchByteCount,
    recordsPerBatch,
    batchCount,
    durationMs,
  };
}

const order = JSON.parse(process.argv[2] ?? "{}") as LoadOrder;
const client = await LoadClient.connect(order.host, order.port);
const batch = fullBatch(order);
const result = await (order.kind === "produce" ? produce(client, order, batch) : fetch(client, order, batch));
client.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
