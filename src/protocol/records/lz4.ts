/**
 * LZ4 in its frame format, as strict and as lenient as Kafka's Java reader (KAFKA.md B.7, S.1): independent blocks
 * only, no dictionary, the header's checksum must be right; checksums of blocks and content are not looked at, the end
 * mark is needed, and what lies behind it is ignored.
 *
 * Blocks are packed by the WebAssembly library and unpacked here, for the reason that snappy.ts gives.
 */
import { lz4Compress } from "@platformatic/wasm-utils/bundled";
import { BlockInflation } from "./block-inflation.ts";
import { CorruptCompressionError } from "./corrupt-compression-error.ts";
import { xxh32OfShort } from "./xxh32.ts";

/** Magic, FLG (version 1, independent blocks), BD (blocks of 64 KiB), checksum of the two: what Kafka writes. */
const frameHeader = Buffer.from("04224d18604082", "hex");
const frameMagic = 0x184d2204;
const endMark = Buffer.alloc(4);
/** Block size 4 of the format. */
const blockByteCount = 64 * 1024;
const storedBit = 0x8000_0000;
/** A run of length bytes 255 yields 255 bytes each: nothing in the format packs tighter. */
const expansionMax = 255;
const matchCountMin = 4;

/** One frame with blocks of 64 KiB. */
export function compressLz4(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [frameHeader];
  for (let position = 0; position < bytes.length; position += blockByteCount) {
    // The library chooses the block size by the input: of at most 64 KiB it makes this very header and one block.
    const frame = lz4Compress(bytes.subarray(position, position + blockByteCount));
    chunks.push(frame.subarray(frameHeader.length, frame.length - endMark.length));
  }
  chunks.push(endMark);
  return Buffer.concat(chunks);
}

/** What the first frame of `bytes` holds. */
export function decompressLz4(bytes: Buffer, byteCountMax: number): Buffer {
  const frame = readFrameHeader(bytes);
  let target: Buffer = Buffer.allocUnsafe(Math.min(byteCountMax, expectedByteCount(bytes, frame)));
  let from = frame.position;
  let to = 0;
  for (;;) {
    const word = readWord(bytes, from);
    from += 4;
    if (word === 0) break;
    const byteCount = word & ~storedBit;
    if (byteCount > frame.blockByteCountMax) throw corrupt(`a block of ${byteCount} bytes`);
    if (byteCount > bytes.length - from) throw corrupt("a block is cut off");
    const room = Math.min(frame.blockByteCountMax, byteCountMax - to);
    target = withRoom(target, to, Math.min(room, byteCount * expansionMax));
    const limit = Math.min(target.length, to + room);
    const block = bytes.subarray(from, from + byteCount);
    const inflation = new BlockInflation({ bytes: block, position: 0 }, { bytes: target, start: to, limit }, corrupt);
    if (word >= storedBit) inflation.copyLiteral(byteCount);
    else inflateBlock(inflation);
    to = inflation.to;
    from += byteCount + (frame.hasBlockChecksums ? 4 : 0);
  }
  if (frame.hasContentChecksum) readWord(bytes, from);
  return target.subarray(0, to);
}

interface FrameHeader {
  readonly blockByteCountMax: number;
  readonly hasBlockChecksums: boolean;
  readonly hasContentChecksum: boolean;
  /** Where the first block is. */
  readonly position: number;
}

function readFrameHeader(bytes: Buffer): FrameHeader {
  if (readWord(bytes, 0) !== frameMagic) throw corrupt("not a frame");
  if (bytes.length < frameHeader.length) throw corrupt("the frame's header is cut off");
  const flags = bytes[4] as number;
  const blockDescriptor = bytes[5] as number;
  if (flags >>> 6 !== 1) throw corrupt("unknown version of the frame format");
  if ((flags & 0x20) === 0) throw corrupt("dependent blocks");
  if ((flags & 0x03) !== 0) throw corrupt("a dictionary or a reserved flag");
  const blockSizeId = blockDescriptor >>> 4;
  if ((blockDescriptor & 0x0f) !== 0 || blockSizeId < 4 || blockSizeId > 7) throw corrupt("unknown block size");
  const checksumPosition = (flags & 0x08) === 0 ? 6 : 14;
  if (bytes.length <= checksumPosition) throw corrupt("the frame's header is cut off");
  const checksum = (xxh32OfShort(bytes.subarray(4, checksumPosition)) >>> 8) & 0xff;
  if (bytes[checksumPosition] !== checksum) throw corrupt("wrong checksum of the frame's header");
  return {
    blockByteCountMax: 1 << (8 + 2 * blockSizeId),
    hasBlockChecksums: (flags & 0x10) !== 0,
    hasContentChecksum: (flags & 0x04) !== 0,
    position: checksumPosition + 1,
  };
}

function readWord(bytes: Buffer, position: number): number {
  if (position + 4 > bytes.length) throw corrupt("the frame is cut off");
  return bytes.readUInt32LE(position);
}

/** A first guess of how much the frame holds, so that most need no second allocation. */
function expectedByteCount(bytes: Buffer, frame: FrameHeader): number {
  const guess = Math.max(bytes.length * 4, 4096);
  return Math.min(guess, Math.ceil(bytes.length / 16 / 1024) * frame.blockByteCountMax);
}

/** `target` with at least `byteCount` bytes behind `used`. */
function withRoom(target: Buffer, used: number, byteCount: number): Buffer {
  if (target.length - used >= byteCount) return target;
  const grown = Buffer.allocUnsafe(Math.max(used + byteCount, target.length * 2));
  grown.set(target.subarray(0, used));
  return grown;
}

/** A length of 15 in the token goes on in the bytes behind it, as long as they are 255. */
const openLength = 15;

function inflateBlock(inflation: BlockInflation): void {
  for (;;) {
    const token = inflation.byte();
    const literalCount = token >>> 4;
    inflation.copyLiteral(literalCount === openLength ? longLength(inflation) : literalCount);
    // The last sequence has literals only.
    if (inflation.isAtEnd) return;
    const distance = inflation.number(2);
    const matchCount = token & 15;
    inflation.copyMatch(distance, (matchCount === openLength ? longLength(inflation) : matchCount) + matchCountMin);
  }
}

function longLength(inflation: BlockInflation): number {
  let length = openLength;
  for (;;) {
    const more = inflation.byte();
    length += more;
    if (more !== 255) return length;
  }
}

function corrupt(reason: string): CorruptCompressionError {
  return new CorruptCompressionError("lz4", reason);
}
