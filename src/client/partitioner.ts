import { murmur2 } from "../base/murmur2.ts";

/** The partition of a record with this key, counted over all partitions of its topic, led or not (KAFKA.md H.1). */
export function partitionOfKey(key: Uint8Array, partitionCount: number): number {
  return (murmur2(key) & 0x7fffffff) % partitionCount;
}

/** What a choice needs to know of a partition. */
export interface PartitionChoice {
  readonly partition: number;
  readonly isLed: boolean;
}

/**
 * Chooses the partition of records that have neither key nor partition: uniformly among those that have a leader, among
 * all where none has, and then stays with it until a batch's worth of bytes went there (KIP-480, KIP-794), so that such
 * records fill batches.
 */
export class StickyPartitioner {
  private readonly random: { below(limitExclusive: number): number };
  private readonly stickyByteCount: number;
  private partition = -1;
  private byteCount = 0;

  /** `stickyByteCount` is the producer's batch.size; 0 chooses anew for every record. */
  constructor(random: { below(limitExclusive: number): number }, stickyByteCount: number) {
    this.random = random;
    this.stickyByteCount = stickyByteCount;
  }

  /** The partition of a record of `recordByteCount` bytes; undefined for a topic without partitions. */
  choose(partitions: readonly PartitionChoice[], recordByteCount: number): number | undefined {
    const led = partitions.filter((choice) => choice.isLed);
    const candidates = led.length > 0 ? led : partitions;
    const staysValid = candidates.some((choice) => choice.partition === this.partition);
    if (!staysValid || this.byteCount >= this.stickyByteCount) {
      if (candidates.length === 0) return undefined;
      this.partition = candidates[this.random.below(candidates.length)]?.partition ?? -1;
      this.byteCount = 0;
    }
    this.byteCount += recordByteCount;
    return this.partition;
  }
}
