import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";

import type { NativeCompression } from "../runtime.ts";

/** gzip and zstd as Node has them built in. Concatenated members (gzip) and frames (zstd) are read as one stream. */
export const nodeCompression: NativeCompression = {
  gzip: (bytes, level) => gzipSync(bytes, { level }),
  gunzip: (bytes, byteCountMax) => gunzipSync(bytes, { maxOutputLength: byteCountMax }),
  zstdCompress: (bytes, level) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } }),
  zstdDecompress: (bytes, byteCountMax) => zstdDecompressSync(bytes, { maxOutputLength: byteCountMax }),
};
