import { CorruptCompressionError } from "./corrupt-compression-error.ts";

const frameMagic = 0xfd2fb528;
/** The low four bits of a skippable frame's magic are free. */
const skippableMagic = 0x184d2a50;
const dictionaryIdByteCounts = [0, 1, 2, 4] as const;
const contentSizeByteCounts = [0, 2, 4, 8] as const;
const blockTypeRle = 1;

/**
 * The zstd frames in `bytes`, skippable ones left out (RFC 8878). Kafka reads several as one (KAFKA.md S.1); Node's
 * codec stops silently behind the first, so that it has to be handed one at a time.
 */
export function zstdFrames(bytes: Buffer): readonly Buffer[] {
  const frames: Buffer[] = [];
  let position = 0;
  while (position < bytes.length) {
    if (position + 8 > bytes.length) throw corrupt("a frame's header is cut off");
    const magic = bytes.readUInt32LE(position);
    if ((magic & ~0x0f) === skippableMagic) {
      position += 8 + bytes.readUInt32LE(position + 4);
      if (position > bytes.length) throw corrupt("a frame is cut off");
      continue;
    }
    if (magic !== frameMagic) throw corrupt("not a frame");
    const limit = frameLimitOf(bytes, position);
    frames.push(bytes.subarray(position, limit));
    position = limit;
  }
  return frames;
}

/** Where the frame at `start` ends, by walking over its blocks. */
function frameLimitOf(bytes: Buffer, start: number): number {
  const descriptor = bytes[start + 4] as number;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentSizeFlag = (descriptor >>> 6) as 0 | 1 | 2 | 3;
  let position = start + 5 + (isSingleSegment ? 0 : 1);
  position += dictionaryIdByteCounts[(descriptor & 3) as 0 | 1 | 2 | 3];
  position += isSingleSegment && contentSizeFlag === 0 ? 1 : contentSizeByteCounts[contentSizeFlag];
  for (;;) {
    if (position + 3 > bytes.length) throw corrupt("a frame is cut off");
    const header = bytes.readUIntLE(position, 3);
    const isRle = ((header >>> 1) & 3) === blockTypeRle;
    position += 3 + (isRle ? 1 : header >>> 3);
    if ((header & 1) !== 0) break;
  }
  if ((descriptor & 0x04) !== 0) position += 4;
  if (position > bytes.length) throw corrupt("a frame is cut off");
  return position;
}

function corrupt(reason: string): CorruptCompressionError {
  return new CorruptCompressionError("zstd", reason);
}
