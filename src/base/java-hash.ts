/** Java's `String.hashCode`: signed 32 bits over UTF-16 code units. Kafka places groups and transactions by it. */
export function javaHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}

/** Kafka's own absolute value of a hash: the smallest number, which has none, counts as 0. */
export function absoluteHash(hash: number): number {
  return hash === -0x8000_0000 ? 0 : Math.abs(hash);
}
