/**
 * Snappy as Kafka frames it: the container of the xerial library, or one bare block (KAFKA.md B.7).
 *
 * Blocks are packed by the WebAssembly library and unpacked here. Its decoder panics on broken input, and a panic
 * leaves its stack pointer where it was: some thousands of broken payloads, which any client may send, and the module
 * refuses everything from then on, CRC-32C included. JavaScript cannot be broken that way, and knows its bound.
 */
import { snappyCompress } from "@platformatic/wasm-utils/bundled";
import { BlockInflation } from "./block-inflation.ts";
import { CorruptCompressionError } from "./corrupt-compression-error.ts";

const xerialMagic = Buffer.from("82534e4150505900", "hex");
const xerialHeader = Buffer.from("82534e41505059000000000100000001", "hex");
/** What xerial's writer puts into one block. */
const xerialBlockByteCount = 32 * 1024;
/** A three-byte copy yields 64 bytes: nothing in the format packs tighter. */
const expansionMax = 22;

/** The xerial container with blocks of 32 KiB, which every Kafka client reads. */
export function compressSnappy(bytes: Buffer): Buffer {
  const chunks: Buffer[] = [xerialHeader];
  for (let position = 0; position < bytes.length; position += xerialBlockByteCount) {
    const block = snappyCompress(bytes.subarray(position, position + xerialBlockByteCount));
    const byteCount = Buffer.allocUnsafe(4);
    byteCount.writeInt32BE(block.length);
    chunks.push(byteCount, block);
  }
  return Buffer.concat(chunks);
}

/** What a xerial container or one bare block holds. Versions in the container's header mean nothing (KAFKA.md S.1). */
export function decompressSnappy(bytes: Buffer, byteCountMax: number): Buffer {
  const blocks = hasMagic(bytes, 0) ? xerialBlocks(bytes) : [bytes];
  let byteCount = 0;
  for (const block of blocks) byteCount += preambleOf(block).byteCount;
  if (byteCount > byteCountMax) throw corrupt(`${byteCount} bytes are more than ${byteCountMax}`);
  const target = Buffer.allocUnsafe(byteCount);
  let position = 0;
  for (const block of blocks) {
    const preamble = preambleOf(block);
    const limit = position + preamble.byteCount;
    const source = { bytes: block, position: preamble.end };
    inflateBlock(new BlockInflation(source, { bytes: target, start: position, limit }, corrupt));
    position = limit;
  }
  return target;
}

function hasMagic(bytes: Buffer, position: number): boolean {
  return (
    bytes.length - position >= xerialMagic.length && bytes.compare(xerialMagic, 0, 8, position, position + 8) === 0
  );
}

function xerialBlocks(bytes: Buffer): readonly Buffer[] {
  const blocks: Buffer[] = [];
  let position = 0;
  while (position < bytes.length) {
    // Containers may follow one another: a length can't be mistaken for the magic, which is negative as one.
    if (hasMagic(bytes, position)) {
      position += xerialHeader.length;
      if (position > bytes.length) throw corrupt("the container's header is cut off");
      continue;
    }
    if (position + 4 > bytes.length) throw corrupt("a block's length is cut off");
    const byteCount = bytes.readInt32BE(position);
    position += 4;
    if (byteCount < 0 || byteCount > bytes.length - position) throw corrupt(`a block of ${byteCount} bytes`);
    blocks.push(bytes.subarray(position, position + byteCount));
    position += byteCount;
  }
  return blocks;
}

/** How much the block says it holds, and where its elements start. */
function preambleOf(block: Buffer): { readonly byteCount: number; readonly end: number } {
  let byteCount = 0;
  let scale = 1;
  for (let index = 0; index < 5 && index < block.length; index++) {
    const byte = block[index] as number;
    byteCount += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte >= 0x80) continue;
    // Checked before anything of that size is allocated.
    if (byteCount > block.length * expansionMax) throw corrupt("a block claims more than it can hold");
    return { byteCount, end: index + 1 };
  }
  throw corrupt("a block without its length");
}

/** Literals of up to this many bytes have their length in the tag, longer ones in one to four bytes behind it. */
const shortLiteralMax = 60;

function inflateBlock(inflation: BlockInflation): void {
  while (!inflation.isAtEnd) {
    const tag = inflation.byte();
    const kind = tag & 3;
    const upper = tag >>> 2;
    if (kind === 0) {
      const longer = upper - shortLiteralMax + 1;
      inflation.copyLiteral((longer > 0 ? inflation.number(longer) : upper) + 1);
    } else if (kind === 1) {
      const distance = ((upper >>> 3) << 8) | inflation.byte();
      inflation.copyMatch(distance, (upper & 7) + 4);
    } else {
      const distance = inflation.number(kind === 2 ? 2 : 4);
      inflation.copyMatch(distance, upper + 1);
    }
  }
  if (!inflation.isFull) throw corrupt("a block holds less than it claims");
}

function corrupt(reason: string): CorruptCompressionError {
  return new CorruptCompressionError("snappy", reason);
}
