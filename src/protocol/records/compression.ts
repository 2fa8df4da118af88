import type { NativeCompression } from "../../runtime/runtime.ts";
import { CorruptCompressionError } from "./corrupt-compression-error.ts";
import { compressLz4, decompressLz4 } from "./lz4.ts";
import { compressSnappy, decompressSnappy } from "./snappy.ts";
import { zstdFrames } from "./zstd-frames.ts";

/** Codecs by Kafka's names; the number is what the attributes of a batch hold (KAFKA.md B.1). */
export const codecIds = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

export type CompressionCodec = keyof typeof codecIds;

const codecs = Object.keys(codecIds) as readonly CompressionCodec[];

/** The codec with this id; undefined for 5 to 7, which stand for none. */
export function codecOf(codecId: number): CompressionCodec | undefined {
  return codecs[codecId];
}

/** Kafka's own default levels (KAFKA.md B.7). */
const gzipLevelDefault = -1;
const zstdLevelDefault = 3;

/**
 * Packs and unpacks the records of batches, each codec in the framing that Kafka's Java client reads and writes
 * (KAFKA.md B.7). Whatever the bytes are, unpacking ends in at most `byteCountMax` bytes or in CorruptCompressionError.
 */
export class Compression {
  private readonly native: NativeCompression;

  constructor(native: NativeCompression) {
    this.native = native;
  }

  /** What `bytes` hold; `bytes` itself, not a copy, for "none". */
  decompress(codec: CompressionCodec, bytes: Buffer, byteCountMax: number): Buffer {
    switch (codec) {
      case "none":
        return bytes;
      case "gzip":
        return refused(codec, () => this.native.gunzip(bytes, byteCountMax));
      case "snappy":
        return decompressSnappy(bytes, byteCountMax);
      case "lz4":
        return decompressLz4(bytes, byteCountMax);
      case "zstd":
        return this.decompressZstd(bytes, byteCountMax);
    }
  }

  /** `bytes` packed, at Kafka's default level unless told otherwise. Snappy has no levels, LZ4 only its fast one. */
  compress(codec: CompressionCodec, bytes: Buffer, level?: number): Buffer {
    switch (codec) {
      case "none":
        return bytes;
      case "gzip":
        return this.native.gzip(bytes, level ?? gzipLevelDefault);
      case "snappy":
        return compressSnappy(bytes);
      case "lz4":
        return compressLz4(bytes);
      case "zstd":
        return this.native.zstdCompress(bytes, level ?? zstdLevelDefault);
    }
  }

  private decompressZstd(bytes: Buffer, byteCountMax: number): Buffer {
    const parts: Buffer[] = [];
    let byteCount = 0;
    for (const frame of zstdFrames(bytes)) {
      const room = byteCountMax - byteCount;
      // The codec takes no bound of 0, so a frame that has no room left is given a byte and refused for using it.
      const part = refused("zstd", () => this.native.zstdDecompress(frame, Math.max(1, room)));
      byteCount += part.length;
      if (byteCount > byteCountMax) throw new CorruptCompressionError("zstd", `more than ${byteCountMax} bytes`);
      parts.push(part);
    }
    const [first] = parts;
    if (first === undefined) throw new CorruptCompressionError("zstd", "no frame");
    return parts.length === 1 ? first : Buffer.concat(parts);
  }
}

/** The native codecs throw whatever their library does; here that becomes the one error for a broken payload. */
function refused(codec: CompressionCodec, decompress: () => Buffer): Buffer {
  try {
    return decompress();
  } catch (cause) {
    throw new CorruptCompressionError(codec, cause instanceof Error ? cause.message : String(cause));
  }
}
