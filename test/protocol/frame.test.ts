import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  encodeRequest,
  encodeResponse,
  FrameSplitter,
  isVersionOf,
  readCorrelationId,
  readRequest,
  readRequestHeader,
  readResponse,
} from "../../src/protocol/frame.ts";
import { MalformedMessageError } from "../../src/protocol/schema/message-error.ts";
import { propertySeed } from "./message-arbitrary.ts";

const limit = 1000;
const asked = { correlationId: 7, clientId: "kcat" };

function hex(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("hex");
}

const noClient = { clientSoftwareName: "", clientSoftwareVersion: "" };

/** A length and as many bytes, each of `fill`. */
function frame(byteCount: number, fill: number): Buffer {
  const bytes = Buffer.alloc(4 + byteCount, fill);
  bytes.writeInt32BE(byteCount);
  return bytes;
}

/** The bytes of a frame without its length. */
function body(chunks: readonly Buffer[]): Buffer {
  return Buffer.concat(chunks).subarray(4);
}

describe("A request header", () => {
  it("keeps the int16 length of clientId in flexible requests, and ends there in a tagged section", () => {
    const chunks = encodeRequest(18, 3, asked, { clientSoftwareName: "a", clientSoftwareVersion: "1" });
    assert.equal(hex(chunks), "00000014" + "00120003" + "00000007" + "00046b636174" + "00" + "0261" + "0231" + "00");
    const header = readRequestHeader(body(chunks));
    assert.deepEqual(header, { apiKey: 18, apiVersion: 3, correlationId: 7, clientId: "kcat", bodyPosition: 15 });
    const request = readRequest(18, header, body(chunks));
    assert.deepEqual(request, { clientSoftwareName: "a", clientSoftwareVersion: "1" });
  });

  it("and the body behind it are the bytes that other clients send (KAFKA.md L.8)", () => {
    const request = { clientSoftwareName: "kjs1", clientSoftwareVersion: "1.0" };
    const chunks = encodeRequest(18, 3, { correlationId: 1, clientId: "c1" }, request);
    assert.equal(hex(chunks), "0000001700120003000000010002633100056b6a733104312e3000");
  });

  it("has no tagged section in requests that are not flexible", () => {
    const chunks = encodeRequest(18, 2, asked, { clientSoftwareName: "dropped", clientSoftwareVersion: "dropped" });
    assert.equal(hex(chunks), "0000000e" + "00120002" + "00000007" + "00046b636174");
    assert.equal(readRequestHeader(body(chunks)).bodyPosition, 14);
  });

  it("reads a client id of null as an empty one", () => {
    const chunks = encodeRequest(18, 0, { correlationId: 1, clientId: null }, noClient);
    assert.equal(readRequestHeader(body(chunks)).clientId, "");
  });

  it("is read in versions that nobody has heard of, as a flexible one", () => {
    const header = readRequestHeader(Buffer.from("00120063" + "00000007" + "0001" + "78" + "00" + "ffff", "hex"));
    assert.deepEqual(header, { apiKey: 18, apiVersion: 99, correlationId: 7, clientId: "x", bodyPosition: 12 });
    assert.ok(!isVersionOf(18, header.apiVersion));
    assert.ok(isVersionOf(18, 4));
  });

  it("is read for APIs that nobody has heard of", () => {
    const header = readRequestHeader(Buffer.from("03e70000" + "00000007" + "ffff", "hex"));
    assert.deepEqual(header, { apiKey: 999, apiVersion: 0, correlationId: 7, clientId: "", bodyPosition: 10 });
  });

  it("skips tags that it doesn't know", () => {
    const header = readRequestHeader(Buffer.from("00120003" + "00000007" + "ffff" + "01" + "0502aabb", "hex"));
    assert.equal(header.bodyPosition, 15);
  });

  it("is refused wherever it is cut off", () => {
    const whole = body(encodeRequest(18, 3, asked, noClient)).subarray(0, 15);
    for (let byteCount = 0; byteCount < whole.length; byteCount++) {
      assert.throws(() => readRequestHeader(whole.subarray(0, byteCount)), MalformedMessageError);
    }
  });
});

describe("A response", () => {
  it("of a flexible version has a tagged section in its header", () => {
    const chunks = encodeResponse(22, 2, 7, { errorCode: 0, producerId: 5, producerEpoch: 1 });
    const expected = "00000016" + "00000007" + "00" + "00000000" + "0000" + "0000000000000005" + "0001" + "00";
    assert.equal(hex(chunks), expected);
    assert.equal(readCorrelationId(body(chunks)), 7);
    const response = readResponse(22, 2, body(chunks));
    assert.deepEqual(response, { throttleTimeMs: 0, errorCode: 0, producerId: 5, producerEpoch: 1 });
  });

  it("of a version that isn't flexible has none", () => {
    const chunks = encodeResponse(22, 1, 7, { errorCode: 0, producerId: 5, producerEpoch: 1 });
    assert.equal(hex(chunks), "00000014" + "00000007" + "00000000" + "0000" + "0000000000000005" + "0001");
    assert.equal(readResponse(22, 1, body(chunks)).producerId, 5);
  });

  it("to ApiVersions has none in any version, since the client can't know yet what the broker speaks", () => {
    const chunks = encodeResponse(18, 3, 7, { errorCode: 35, apiKeys: [] });
    assert.equal(hex(chunks), "0000000c" + "00000007" + "0023" + "01" + "00000000" + "00");
    assert.equal(readResponse(18, 3, body(chunks)).errorCode, 35);
  });

  it("carries record batches as chunks of their own, the very buffers that were given", () => {
    const batches = [Buffer.alloc(5000, 1), Buffer.alloc(2000, 2)];
    const topicId = "mFUNxwuGgomD3zHmU7uFFA";
    const offsets = { highWatermark: 9, lastStableOffset: 9, logStartOffset: 0 };
    const partition = { partitionIndex: 0, errorCode: 0, ...offsets, abortedTransactions: null, records: batches };
    const responses = [{ topic: "orders", topicId, partitions: [partition] }];
    const chunks = encodeResponse(1, 13, 7, { errorCode: 0, responses });
    assert.ok(batches.every((batch) => chunks.some((chunk) => chunk === batch)));
    const frameBytes = Buffer.concat(chunks);
    assert.equal(frameBytes.readInt32BE(0), frameBytes.length - 4);
    const read = readResponse(1, 13, frameBytes.subarray(4)).responses[0]?.partitions[0]?.records;
    assert.deepEqual(read, Buffer.concat(batches));
    assert.equal(read.buffer, frameBytes.buffer);
  });
});

describe("FrameSplitter", () => {
  const frames = [frame(1, 1), frame(10, 2), frame(300, 3)];
  const bodies = frames.map((bytes) => bytes.subarray(4));
  const stream = Buffer.concat(frames);

  it("cuts pipelined requests out of one chunk without copying them", () => {
    const cut = [...new FrameSplitter(limit).push(stream)];
    assert.deepEqual(cut, bodies);
    assert.deepEqual(
      cut.map(({ buffer, byteOffset }) => [buffer, byteOffset - stream.byteOffset]),
      [4, 9, 23].map((position) => [stream.buffer, position]),
    );
  });

  it("puts frames together wherever the stream was cut in two", () => {
    for (let position = 0; position <= stream.length; position++) {
      const splitter = new FrameSplitter(limit);
      const first = [...splitter.push(stream.subarray(0, position))];
      const second = [...splitter.push(stream.subarray(position))];
      assert.deepEqual([...first, ...second], bodies, `cut at ${String(position)}`);
    }
  });

  it("puts frames together from single bytes", () => {
    const splitter = new FrameSplitter(limit);
    const cut = [...stream].flatMap((byte) => [...splitter.push(Buffer.from([byte]))]);
    assert.deepEqual(cut, bodies);
  });

  it("puts frames together wherever the stream was cut", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 });
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
    const run = fc.property(sizes, cuts, (byteCounts, pieces) => {
      const sent = byteCounts.map((byteCount, index) => frame(byteCount, index));
      const bytes = Buffer.concat(sent);
      const splitter = new FrameSplitter(50);
      const received: Buffer[] = [];
      for (let position = 0, index = 0; position < bytes.length; index++) {
        const piece = pieces[index % pieces.length]!;
        received.push(...splitter.push(bytes.subarray(position, position + piece)));
        position += piece;
      }
      assert.deepEqual(
        received,
        sent.map((one) => one.subarray(4)),
      );
    });
    fc.assert(run, { seed: propertySeed });
  });

  it("takes a frame of just the limit", () => {
    assert.equal([...new FrameSplitter(limit).push(frame(limit, 1))].length, 1);
  });

  for (const byteCount of [0, -1, -0x80000000, limit + 1, 0x7fffffff]) {
    it(`refuses a frame of ${String(byteCount)} bytes, after the good ones before it and for ever`, () => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(byteCount);
      const splitter = new FrameSplitter(limit);
      const good: Buffer[] = [];
      assert.throws(() => {
        for (const one of splitter.push(Buffer.concat([stream, length, stream]))) good.push(one);
      }, MalformedMessageError);
      assert.deepEqual(good, bodies);
      assert.throws(() => [...splitter.push(stream)], MalformedMessageError);
    });
  }

  it("refuses a bad length as soon as its last byte is there", () => {
    const splitter = new FrameSplitter(limit);
    assert.deepEqual([...splitter.push(Buffer.from([0x7f, 0xff, 0xff]))], []);
    assert.throws(() => [...splitter.push(Buffer.from([0xff]))], MalformedMessageError);
  });
});
