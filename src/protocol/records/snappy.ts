/**
 * Snappy as Kafka frames it: the container of the xerial library, or one bare block (KAFKA.md B.7).
 *
 * Blocks are packed by the WebAssembly library and unpacked here. Its decoder panics on broken input, and a panic
 * leaves its stack pointer where it was: some thousands of broken payloads, which any client may send, and the module
 * refuses everything from then on, CRC-32C included. JavaScript cannot be broken that way, and knows its bound.
 */
import { snappyCompress } from "@platformatic/wasm-utils/bundled";
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
    inflateBlock(block, preamble.end, target, position, position + preamble.byteCount);
    position += preamble.byteCount;
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

/** Fill `[start, limit)` of `target` from the elements of `block`. */
function inflateBlock(block: Buffer, elements: number, target: Buffer, start: number, limit: number): void {
  let from = elements;
  let to = start;
  const end = block.length;
  while (from < end) {
    const tag = block[from++] as number;
    if ((tag & 3) === 0) {
      let byteCount = tag >>> 2;
      if (byteCount >= 60) {
        const width = byteCount - 59;
        if (from + width > end) throw corrupt("a literal's length is cut off");
        byteCount = block.readUIntLE(from, width);
        from += width;
      }
      byteCount++;
      if (byteCount > end - from || byteCount > limit - to) throw corrupt("a literal runs over");
      to = copyLiteral(block, from, byteCount, target, to);
      from += byteCount;
      continue;
    }
    const width = (tag & 3) === 3 ? 4 : tag & 3;
    if (from + width > end) throw corrupt("a copy is cut off");
    const byteCount = width === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const distance = width === 1 ? ((tag >>> 5) << 8) | (block[from] as number) : block.readUIntLE(from, width);
    from += width;
    if (distance === 0 || distance > to - start || byteCount > limit - to) throw corrupt("a copy runs over");
    for (const last = to + byteCount; to < last; to++) target[to] = target[to - distance] as number;
  }
  if (to !== limit) throw corrupt("a block holds less than it claims");
}

function copyLiteral(source: Buffer, from: number, byteCount: number, target: Buffer, to: number): number {
  if (byteCount > 32) target.set(source.subarray(from, from + byteCount), to);
  else for (let index = 0; index < byteCount; index++) target[to + index] = source[from + index] as number;
  return to + byteCount;
}

function corrupt(reason: string): CorruptCompressionError {
  return new CorruptCompressionError("snappy", reason);
}
