import type { TailRecord } from "../../cluster/engine-messages.ts";

/** A record that the view keeps, with the number it got when it arrived. */
export interface KeptRecord {
  readonly id: number;
  readonly record: TailRecord;
}

export interface RingLimits {
  readonly recordCountMax: number;
  /** Keys, values and headers together. The newest record stays even where it alone is larger. */
  readonly byteCountMax: number;
}

/**
 * The newest records of a topic, bounded in number and in bytes, in order of arrival. Ids run on without a gap, so a
 * record is found by subtraction.
 */
export class MessageRing {
  readonly limits: RingLimits;
  private kept: (KeptRecord | undefined)[] = [];
  private startIndex = 0;
  private heldByteCount = 0;
  private nextId = 1;

  constructor(limits: RingLimits) {
    this.limits = limits;
  }

  get count(): number {
    return this.kept.length - this.startIndex;
  }

  /** The id of the oldest record that is kept, or the next id where none is. */
  get firstId(): number {
    return this.nextId - this.count;
  }

  /** Keys, values and headers of all that is kept. */
  get byteCount(): number {
    return this.heldByteCount;
  }

  push(record: TailRecord): KeptRecord {
    const kept = { id: this.nextId, record };
    this.nextId += 1;
    this.kept.push(kept);
    this.heldByteCount += byteCountOf(record);
    while (this.count > 1 && this.isOverLimit()) this.dropOldest();
    return kept;
  }

  get(id: number): KeptRecord | undefined {
    return id < this.firstId ? undefined : this.kept[this.startIndex + id - this.firstId];
  }

  *[Symbol.iterator](): Iterator<KeptRecord> {
    for (let index = this.startIndex; index < this.kept.length; index += 1) {
      const kept = this.kept[index];
      if (kept !== undefined) yield kept;
    }
  }

  /** Forget all records; ids run on. */
  clear(): void {
    this.kept = [];
    this.startIndex = 0;
    this.heldByteCount = 0;
  }

  private isOverLimit(): boolean {
    return this.count > this.limits.recordCountMax || this.heldByteCount > this.limits.byteCountMax;
  }

  private dropOldest(): void {
    const oldest = this.kept[this.startIndex];
    if (oldest !== undefined) this.heldByteCount -= byteCountOf(oldest.record);
    this.kept[this.startIndex] = undefined;
    this.startIndex += 1;
    // Moving the rest down only now and then keeps a drop cheap.
    if (this.startIndex > 256 && this.startIndex * 2 > this.kept.length) {
      this.kept = this.kept.slice(this.startIndex);
      this.startIndex = 0;
    }
  }
}

function byteCountOf({ key, value, headers }: TailRecord): number {
  const headerBytes = headers.reduce((sum, header) => sum + header.key.length + (header.value?.byteLength ?? 0), 0);
  return (key?.byteLength ?? 0) + (value?.byteLength ?? 0) + headerBytes;
}
