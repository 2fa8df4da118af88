import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync, type ZstdDecompress } from "node:zlib";

import { assert } from "../../base/assert.ts";
import type { NativeCompression } from "../runtime.ts";

/** The content is larger than the reader was ready to take. */
export class InflatedTooLargeError extends Error {
  override readonly name = "InflatedTooLargeError";
}

/** gzip and zstd as Node has them built in. Concatenated members (gzip) and frames (zstd) are read as one stream. */
export const nodeCompression: NativeCompression = {
  gzip: (bytes, level) => gzipSync(bytes, { level }),
  gunzip: (bytes, byteCountMax) => refusingTooLarge(() => gunzipSync(bytes, { maxOutputLength: byteCountMax })),
  zstdCompress: (bytes, level) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } }),
  zstdDecompress: (bytes, byteCountMax) => refusingTooLarge(() => zstdDecompressFrames(bytes, byteCountMax)),
};

/** Node stops without a word after the first frame, which may be one that is to be skipped: so frame by frame. */
function zstdDecompressFrames(bytes: Buffer, byteCountMax: number): Buffer {
  const contents: Buffer[] = [];
  let byteCount = 0;
  let position = 0;
  do {
    const options = { maxOutputLength: Math.max(1, byteCountMax - byteCount), info: true };
    // The type of the function does not know what `info` does to the result.
    const result: unknown = zstdDecompressSync(bytes.subarray(position), options);
    const { buffer, engine } = result as { readonly buffer: Buffer; readonly engine: ZstdDecompress };
    assert(engine.bytesWritten > 0, "a frame that was read has taken some bytes");
    position += engine.bytesWritten;
    byteCount += buffer.byteLength;
    if (byteCount > byteCountMax) throw new InflatedTooLargeError(`more than ${String(byteCountMax)} bytes`);
    contents.push(buffer);
  } while (position < bytes.byteLength);
  const [first] = contents;
  return contents.length === 1 && first !== undefined ? first : Buffer.concat(contents);
}

function refusingTooLarge(inflate: () => Buffer): Buffer {
  try {
    return inflate();
  } catch (error) {
    if (!(error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE")) throw error;
    throw new InflatedTooLargeError(error.message);
  }
}
