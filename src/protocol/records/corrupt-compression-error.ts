/** A compressed payload isn't what its codec says, or holds more than its reader accepts. Kafka answers -1 to it. */
export class CorruptCompressionError extends Error {
  override readonly name = "CorruptCompressionError";
  readonly codec: string;

  constructor(codec: string, reason: string) {
    super(`${codec}: ${reason}`);
    this.codec = codec;
  }
}
