/**
 * LZ4 in its frame format, as strict and as lenient as Kafka's Java reader (KAFKA.md B.7, S.1): independent blocks only,
 * no dictionary, the header's checksum must be right; checksums of blocks and content are not looked at, the end mark is
 * needed, and what lies behind it is ignored.
 *
 * Blocks are packed by the WebAssembly library and unpacked here, for the reason that snappy.ts gives.
 */
import { lz4Compress } from "@platformatic/wasm-utils/bundled";
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
    if (word >= storedBit) {
      if (byteCount > limit - to) throw corrupt(`more than ${byteCountMax} bytes`);
      target.set(bytes.subarray(from, from + byteCount), to);
      to += byteCount;
    } else {
      to = inflateBlock(bytes.subarray(from, from + byteCount), target, to, limit);
    }
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

/** Fill `target` from `start` with what `block` holds, `limit` at most; answers where it ended. */
function inflateBlock(block: Buffer, target: Buffer, start: number, limit: number): number {
  const end = block.length;
  let from = 0;
  let to = start;
  for (;;) {
    if (from >= end) throw corrupt("a block ends within a sequence");
    const token = block[from++] as number;
    let literalCount = token >>> 4;
    if (literalCount === 15) {
      let more = 255;
      while (more === 255) {
        if (from >= end) throw corrupt("a literal's length is cut off");
        more = block[from++] as number;
        literalCount += more;
      }
    }
    if (literalCount > end - from || literalCount > limit - to) throw corrupt("a literal runs over");
    to = copyLiteral(block, from, literalCount, target, to);
    from += literalCount;
    // The last sequence has literals only.
    if (from === end) return to;
    if (from + 2 > end) throw corrupt("a match is cut off");
    const distance = (block[from] as number) | ((block[from + 1] as number) << 8);
    from += 2;
    let matchCount = token & 15;
    if (matchCount === 15) {
      let more = 255;
      while (more === 255) {
        if (from >= end) throw corrupt("a match's length is cut off");
        more = block[from++] as number;
        matchCount += more;
      }
    }
    matchCount += 4;
    if (distance === 0 || distance > to - start || matchCount > limit - to) throw corrupt("a match runs over");
    to = copyMatch(target, to, distance, matchCount);
  }
}

function copyLiteral(source: Buffer, from: number, byteCount: number, target: Buffer, to: number): number {
  if (byteCount > 32) target.set(source.subarray(from, from + byteCount), to);
  else for (let index = 0; index < byteCount; index++) target[to + index] = source[from + index] as number;
  return to + byteCount;
}

/** A match may overlap what it writes: it then repeats the last `distance` bytes. */
function copyMatch(target: Buffer, start: number, distance: number, byteCount: number): number {
  const limit = start + byteCount;
  if (byteCount > 64 && distance >= byteCount) target.copyWithin(start, start - distance, limit - distance);
  else for (let to = start; to < limit; to++) target[to] = target[to - distance] as number;
  return limit;
}

function corrupt(reason: string): CorruptCompressionError {
  return new CorruptCompressionError("lz4", reason);
}
