/* The sending half of the raw limit, in a process of its own: arguments are port, bytes per batch, count of batches. */
import { connect } from "node:net";

import { crc32c } from "../../src/base/crc32c.ts";

const [port = 0, batchByteCount = 0, batchCount = 0] = process.argv.slice(2).map(Number);

/** The CRC-32C of what follows it, then as many bytes as there is room for. */
const batch = Buffer.alloc(batchByteCount, "Tapedeck measures what this machine can do. ");
batch.writeUInt32BE(crc32c(batch.subarray(4)), 0);

let sentCount = 0;
const socket = connect({ host: "127.0.0.1", port, noDelay: true });

function send(): void {
  while (sentCount < batchCount) {
    sentCount += 1;
    if (!socket.write(batch) && socket.writableLength > 1024 * 1024) return;
  }
  socket.end();
}

socket.on("connect", send);
socket.on("drain", send);
