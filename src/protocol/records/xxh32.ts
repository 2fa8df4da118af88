const prime1 = 0x9e3779b1;
const prime2 = 0x85ebca77;
const prime3 = 0xc2b2ae3d;
const prime4 = 0x27d4eb2f;
const prime5 = 0x165667b1;

/** xxHash32 with seed 0, unsigned, of fewer than 16 bytes: enough for the header of an LZ4 frame. */
export function xxh32OfShort(bytes: Buffer): number {
  let hash = (prime5 + bytes.length) | 0;
  let position = 0;
  for (; position + 4 <= bytes.length; position += 4) {
    hash = (hash + Math.imul(bytes.readUInt32LE(position), prime3)) | 0;
    hash = Math.imul(rotateLeft(hash, 17), prime4);
  }
  for (; position < bytes.length; position++) {
    hash = (hash + Math.imul(bytes[position] as number, prime5)) | 0;
    hash = Math.imul(rotateLeft(hash, 11), prime1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2);
  hash = Math.imul(hash ^ (hash >>> 13), prime3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function rotateLeft(word: number, count: number): number {
  return (word << count) | (word >>> (32 - count));
}
