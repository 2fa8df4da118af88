const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/** MurmurHash 2 of `bytes` with Kafka's seed, as the signed 32-bit number of the Java client (KAFKA.md H.1). */
export function murmur2(bytes: Uint8Array): number {
  let hash = seed ^ bytes.length;
  const wordLimit = bytes.length & ~3;
  for (let position = 0; position < wordLimit; position += 4) {
    let word =
      (bytes[position] as number) |
      ((bytes[position + 1] as number) << 8) |
      ((bytes[position + 2] as number) << 16) |
      ((bytes[position + 3] as number) << 24);
    word = Math.imul(word, multiplier);
    word = Math.imul(word ^ (word >>> 24), multiplier);
    hash = Math.imul(hash, multiplier) ^ word;
  }
  for (let position = bytes.length - 1; position >= wordLimit; position--) {
    hash ^= (bytes[position] as number) << (8 * (position - wordLimit));
  }
  if (bytes.length > wordLimit) hash = Math.imul(hash, multiplier);
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}
