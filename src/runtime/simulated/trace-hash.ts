import type { TraceLine } from "./virtual-time.ts";

/** A trace in 16 hexadecimal digits: two runs that differ in one event differ here. Not for secrets. */
export class TraceHash {
  private high = 0xdeadbeef | 0;
  private low = 0x41c6ce57 | 0;

  /** A listener for `WorldOptions.onEvent`. */
  readonly add = (line: TraceLine): void => {
    this.addText(`${String(line.timeMs)} ${line.node} ${line.kind} ${line.label} ${String(line.byteCount)}\n`);
  };

  addText(text: string): void {
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      this.high = Math.imul(this.high ^ unit, 2654435761);
      this.low = Math.imul(this.low ^ unit, 1597334677);
    }
  }

  get hex(): string {
    const high =
      Math.imul(this.high ^ (this.high >>> 16), 2246822507) ^ Math.imul(this.low ^ (this.low >>> 13), 3266489909);
    const low =
      Math.imul(this.low ^ (this.low >>> 16), 2246822507) ^ Math.imul(this.high ^ (this.high >>> 13), 3266489909);
    return hexOf(high) + hexOf(low);
  }
}

function hexOf(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
