import { crc32c as wasmCrc32c, lz4Compress, lz4Decompress } from "@platformatic/wasm-utils/bundled";
import assert from "node:assert/strict";
import { constants, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, it } from "mocha";
import { Compression, codecIds, codecOf, type CompressionCodec } from "../../../src/protocol/records/compression.ts";
import { CorruptCompressionError } from "../../../src/protocol/records/corrupt-compression-error.ts";
import { xxh32OfShort } from "../../../src/protocol/records/xxh32.ts";
import { nodeCompression } from "../../../src/runtime/node/node-compression.ts";

const compression = new Compression(nodeCompression);
const packing = ["gzip", "snappy", "lz4", "zstd"] as const;
const oneMebibyte = 1024 * 1024;
/** Text with repetitions near and far, over several blocks of every format. */
const text = Buffer.from(
  Array.from({ length: 30_000 }, (_, line) => `the record of line ${(line * 7919) % 100_003}\n`).join(""),
);

function decompress(codec: CompressionCodec, bytes: Buffer, byteCountMax = oneMebibyte): Buffer {
  return compression.decompress(codec, bytes, byteCountMax);
}

function assertCorrupt(codec: CompressionCodec, bytes: Buffer, why: string, byteCountMax = oneMebibyte): void {
  assert.throws(() => decompress(codec, bytes, byteCountMax), CorruptCompressionError, why);
}

describe("compression", () => {
  it("knows the codecs by the ids of the attributes, 5 to 7 not at all", () => {
    assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7].map(codecOf), [
      ...Object.keys(codecIds),
      undefined,
      undefined,
      undefined,
    ]);
  });

  for (const codec of packing) {
    it(`unpacks what it packed with ${codec}, around the block sizes of the formats`, () => {
      for (const byteCount of [0, 1, 2, 15, 64, 32767, 32768, 32769, 65535, 65536, 65537, 131_073, text.length]) {
        const bytes = text.subarray(0, byteCount);
        assert.ok(decompress(codec, compression.compress(codec, bytes)).equals(bytes), `${byteCount} bytes`);
      }
      assert.ok(compression.compress(codec, text).length < text.length / 2);
    });

    it(`unpacks any bytes that it packed with ${codec}`, () => {
      const few = fc.array(fc.constantFrom(0, 1, 2), { maxLength: 400 }).map((bytes) => Buffer.from(bytes));
      const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
      fc.assert(
        fc.property(fc.oneof(few, any), (bytes) => {
          assert.ok(decompress(codec, compression.compress(codec, bytes)).equals(bytes));
        }),
        { seed: 5, numRuns: 150 },
      );
    });

    it(`refuses to unpack more with ${codec} than its reader takes`, () => {
      const zeros = Buffer.alloc(oneMebibyte + 1);
      const packed = compression.compress(codec, zeros);
      assertCorrupt(codec, packed, "one byte too many");
      assert.equal(decompress(codec, packed, oneMebibyte + 1).length, oneMebibyte + 1);
    });

    it(`answers broken ${codec} with CorruptCompressionError or some bytes, never otherwise`, () => {
      const packed = compression.compress(codec, text.subarray(0, 40_000));
      const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
      const cut = fc.integer({ min: 0, max: packed.length - 1 }).map((byteCount) => packed.subarray(0, byteCount));
      const flips = fc.array(fc.tuple(fc.nat(packed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 });
      const flipped = flips.map((changes) => {
        const bytes = Buffer.from(packed);
        for (const [position, value] of changes) bytes[position] = value;
        return bytes;
      });
      fc.assert(
        fc.property(fc.oneof(random, cut, flipped), (bytes) => {
          try {
            assert.ok(decompress(codec, bytes, 100_000).length <= 100_000);
          } catch (error) {
            assert.ok(error instanceof CorruptCompressionError, String(error));
          }
        }),
        { seed: 11, numRuns: 2000 },
      );
      assert.equal(wasmCrc32c(Buffer.from("123456789")), 0xe3069283, "the library still works");
    });
  }

  it("reads gzip of two members and zstd of two frames as one", () => {
    for (const codec of ["gzip", "zstd"] as const) {
      const two = Buffer.concat(["one ", "two"].map((part) => compression.compress(codec, Buffer.from(part))));
      assert.equal(decompress(codec, two, 7).toString(), "one two");
      assertCorrupt(codec, two, "more than fits", 6);
      assertCorrupt(codec, two.subarray(0, -1), "cut off");
    }
  });

  it("skips zstd frames that are there to be skipped, and refuses what is no frame", () => {
    const skipped = Buffer.from("5a2a4d1803000000aabbcc", "hex");
    const packed = compression.compress("zstd", Buffer.from("seen"));
    assert.equal(decompress("zstd", Buffer.concat([skipped, packed, skipped])).toString(), "seen");
    assertCorrupt("zstd", Buffer.concat([packed, Buffer.alloc(9)]), "zeros behind");
    assertCorrupt("zstd", Buffer.alloc(0), "nothing");
    assertCorrupt("zstd", skipped, "only a skipped frame");
  });

  it("reads zstd of many blocks, with a checksum and without a content size", () => {
    const checked = zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
    const sizeless = zstdCompressSync(text, { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } });
    for (const packed of [checked, sizeless]) {
      assert.ok(
        decompress("zstd", Buffer.concat([packed, packed]), 4 * oneMebibyte).equals(Buffer.concat([text, text])),
      );
    }
  });
});

describe("snappy", () => {
  it("is written in xerial's container, in blocks of 32 KiB", () => {
    const packed = compression.compress("snappy", text.subarray(0, 70_000));
    assert.equal(packed.subarray(0, 16).toString("hex"), "82534e41505059000000000100000001");
    const blocks: Buffer[] = [];
    for (let position = 16; position < packed.length; position += 4 + packed.readInt32BE(position)) {
      blocks.push(packed.subarray(position + 4, position + 4 + packed.readInt32BE(position)));
    }
    const claims = blocks.map((block) => decompress("snappy", block).length);
    assert.deepEqual(claims, [32768, 32768, 70_000 - 65536]);
  });

  it("is read as one bare block, as containers one behind the other, and with any version number", () => {
    const packed = compression.compress("snappy", Buffer.from("hello hello hello"));
    assert.equal(decompress("snappy", packed.subarray(20)).toString(), "hello hello hello");
    const oddVersion = Buffer.from(packed);
    oddVersion.writeInt32BE(-7, 8);
    assert.equal(decompress("snappy", Buffer.concat([packed, oddVersion])).toString().length, 34);
  });

  it("copies from near and far, with each width of length and distance", () => {
    // Literal "abcd", a copy with one byte of distance, one with two, one with four.
    const block = Buffer.from([18, 0x0c, 0x61, 0x62, 0x63, 0x64, 0x01, 4, 0x12, 2, 0, 0x13, 1, 0, 0, 0]);
    const copied = "abcd" + "abcd" + "cdcdc" + "ccccc";
    assert.equal(decompress("snappy", block).toString(), copied);
  });

  it("is refused where a block claims or reaches too much", () => {
    assertCorrupt("snappy", Buffer.alloc(0), "no block");
    assertCorrupt("snappy", Buffer.from("ffffffff0f00", "hex"), "4 GiB in a byte");
    assertCorrupt("snappy", Buffer.from([4, 0x0c, 0x61]), "literal cut off");
    assertCorrupt("snappy", Buffer.from([8, 0x0c, 0x61, 0x62, 0x63, 0x64, 0x01, 5]), "copy from before the start");
    assertCorrupt("snappy", Buffer.from([8, 0x0c, 0x61, 0x62, 0x63, 0x64, 0x01, 0]), "copy of distance 0");
    assertCorrupt("snappy", Buffer.from([5, 0x0c, 0x61, 0x62, 0x63, 0x64]), "less than claimed");
  });
});

/** An LZ4 frame with these flags and blocks; each block is stored as it is. */
function frame(flags: number, blocks: readonly string[], behind = "00000000", dictionary = ""): Buffer {
  const descriptor = Buffer.from([flags, 0x40, ...Buffer.from(dictionary, "hex")]);
  const stored = blocks.flatMap((block) => {
    const byteCount = Buffer.alloc(4);
    byteCount.writeUInt32LE((block.length | 0x80000000) >>> 0);
    const checksum = Buffer.alloc((flags & 0x10) === 0 ? 0 : 4, 0xaa);
    return [byteCount, Buffer.from(block), checksum];
  });
  const checksum = Buffer.from([(xxh32OfShort(descriptor) >>> 8) & 0xff]);
  return Buffer.concat([Buffer.from("04224d18", "hex"), descriptor, checksum, ...stored, Buffer.from(behind, "hex")]);
}

describe("LZ4", () => {
  it("is written as one frame of independent blocks of 64 KiB with the header that Kafka writes", () => {
    const packed = compression.compress("lz4", text.subarray(0, 200_000));
    assert.equal(packed.subarray(0, 7).toString("hex"), "04224d18604082");
    let blockCount = 0;
    let position = 7;
    for (; packed.readUInt32LE(position) !== 0; blockCount++) {
      position += 4 + (packed.readUInt32LE(position) & 0x7fffffff);
    }
    assert.equal(blockCount, 4);
    assert.ok(lz4Decompress(packed).equals(text.subarray(0, 200_000)), "another decoder reads it");
    assert.equal(position + 4, packed.length);
    assert.equal(compression.compress("lz4", Buffer.alloc(0)).toString("hex"), "04224d1860408200000000");
  });

  it("stores what doesn't pack, and reads it", () => {
    const noise = Buffer.from(
      Array.from({ length: 5000 }, (_, index) => (index * index * 31 + (index >> 3) * 17) & 0xff),
    );
    assert.ok(decompress("lz4", lz4Compress(noise)).equals(noise));
    assert.equal(decompress("lz4", frame(0x60, ["stored ", "blocks"])).toString(), "stored blocks");
  });

  it("reads blocks larger than it writes, content sizes it doesn't check, and checksums it doesn't verify", () => {
    assert.ok(decompress("lz4", lz4Compress(text)).equals(text));
    assert.equal(decompress("lz4", frame(0x68, ["abc"], "00000000", "6300000000000000")).toString(), "abc");
    assert.equal(decompress("lz4", frame(0x74, ["abc", "def"], "00000000aaaaaaaa")).toString(), "abcdef");
  });

  it("ignores what lies behind the end mark, a second frame too", () => {
    assert.equal(decompress("lz4", Buffer.concat([frame(0x60, ["one"]), frame(0x60, ["two"])])).toString(), "one");
  });

  it("refuses what Kafka's reader refuses", () => {
    assertCorrupt("lz4", frame(0x40, ["abc"]), "dependent blocks");
    assertCorrupt("lz4", frame(0x61, ["abc"], "00000000", "01000000"), "a dictionary");
    assertCorrupt("lz4", frame(0x62, ["abc"]), "a reserved flag");
    assertCorrupt("lz4", frame(0xa0, ["abc"]), "another version");
    assertCorrupt("lz4", frame(0x60, ["abc"], ""), "no end mark");
    assertCorrupt("lz4", frame(0x64, ["abc"]), "no content checksum");
    const wrongChecksum = frame(0x60, ["abc"]);
    wrongChecksum[6] = 0x83;
    assertCorrupt("lz4", wrongChecksum, "a wrong checksum of the header");
    const wrongMagic = frame(0x60, ["abc"]);
    wrongMagic[0] = 0x05;
    assertCorrupt("lz4", wrongMagic, "another magic");
    assertCorrupt("lz4", frame(0x60, ["x".repeat(65537)]), "a block larger than its frame allows");
  });
});
