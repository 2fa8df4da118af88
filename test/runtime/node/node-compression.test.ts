import assert from "node:assert/strict";
import { describe, it } from "mocha";

import { SeededRandom } from "../../../src/base/seeded-random.ts";
import { nodeCompression } from "../../../src/runtime/node/node-compression.ts";

const text = Buffer.alloc(100_000, "the quick brown fox ");
const zstdSkippableFrame = Buffer.from("502a4d1804000000aabbccdd", "hex");

interface Codec {
  readonly name: string;
  readonly pack: (bytes: Buffer, level: number) => Buffer;
  readonly unpack: (bytes: Buffer, byteCountMax: number) => Buffer;
  readonly levels: readonly number[];
}

describe("nodeCompression", () => {
  const codecs: readonly Codec[] = [
    {
      name: "gzip",
      pack: (bytes, level) => nodeCompression.gzip(bytes, level),
      unpack: (bytes, byteCountMax) => nodeCompression.gunzip(bytes, byteCountMax),
      levels: [1, 6, 9],
    },
    {
      name: "zstd",
      pack: (bytes, level) => nodeCompression.zstdCompress(bytes, level),
      unpack: (bytes, byteCountMax) => nodeCompression.zstdDecompress(bytes, byteCountMax),
      levels: [1, 3, 19],
    },
  ];

  for (const { name, pack, unpack, levels } of codecs) {
    it(`${name} reads what it wrote at every level`, () => {
      for (const level of levels) {
        const packed = pack(text, level);
        assert.ok(packed.byteLength < 2000);
        assert.ok(unpack(packed, text.byteLength).equals(text));
      }
      assert.equal(unpack(pack(Buffer.alloc(0), 1), 10).byteLength, 0);
    });

    it(`${name} reads concatenated members as one stream`, () => {
      const parts = [text.subarray(0, 10), Buffer.alloc(0), text.subarray(10)];
      const packed = Buffer.concat(parts.map((part) => pack(part, 1)));
      assert.ok(unpack(packed, text.byteLength).equals(text));
    });

    it(`${name} refuses to inflate beyond the given size`, () => {
      const packed = pack(text, 6);
      assert.throws(() => unpack(packed, text.byteLength - 1), { name: "InflatedTooLargeError" });
      const twice = Buffer.concat([packed, packed]);
      for (const byteCountMax of [text.byteLength, text.byteLength + 1]) {
        assert.throws(() => unpack(twice, byteCountMax), { name: "InflatedTooLargeError" });
      }
    });

    it(`${name} refuses what is cut off or is something else`, () => {
      const packed = pack(text, 6);
      const followedByJunk = Buffer.concat([packed, Buffer.from("something else")]);
      for (const bytes of [packed.subarray(0, -1), packed.subarray(0, 5), text, Buffer.alloc(100), followedByJunk]) {
        assert.throws(() => unpack(bytes, text.byteLength), Error);
      }
    });
  }

  it("compresses harder at a higher level", () => {
    const random = new SeededRandom("words");
    const words = Buffer.from(Array.from({ length: 20_000 }, () => `word${String(random.below(500))}`).join(" "));
    assert.ok(nodeCompression.zstdCompress(words, 19).byteLength < nodeCompression.zstdCompress(words, 1).byteLength);
    assert.ok(nodeCompression.gzip(words, 9).byteLength < nodeCompression.gzip(words, 1).byteLength);
  });

  it("skips zstd frames that carry no data", () => {
    const packed = Buffer.concat([zstdSkippableFrame, nodeCompression.zstdCompress(text, 3)]);
    assert.ok(nodeCompression.zstdDecompress(packed, text.byteLength).equals(text));
  });
});
