import { assert } from "../../base/assert.ts";

const pageByteCount = 1024 * 1024;
const firstPageByteCountMin = 512;

/**
 * The bytes of one file: pages of 1 MiB, so that an append never copies what is already there. The first page grows by
 * doubling, so that ten thousand nearly empty files cost next to nothing. A page that nobody wrote to is a hole and
 * reads as zeros.
 */
export class MemoryContent {
  private readonly pages: (Buffer | undefined)[] = [];
  private size = 0;

  get byteCount(): number {
    return this.size;
  }

  write(position: number, bytes: Buffer): void {
    assert(position >= 0, "a file position is not negative");
    let done = 0;
    while (done < bytes.byteLength) {
      const at = position + done;
      const start = at % pageByteCount;
      const count = Math.min(bytes.byteLength - done, pageByteCount - start);
      const page = this.pageFor(Math.floor(at / pageByteCount), start + count);
      bytes.copy(page, start, done, done + count);
      done += count;
    }
    this.size = Math.max(this.size, position + bytes.byteLength);
  }

  read(position: number, target: Buffer): number {
    assert(position >= 0, "a file position is not negative");
    const byteCount = Math.max(0, Math.min(target.byteLength, this.size - position));
    let done = 0;
    while (done < byteCount) {
      const at = position + done;
      const start = at % pageByteCount;
      const count = Math.min(byteCount - done, pageByteCount - start);
      const page = this.pages[Math.floor(at / pageByteCount)];
      const copied = page?.copy(target, done, start, start + count) ?? 0;
      target.fill(0, done + copied, done + count);
      done += count;
    }
    return byteCount;
  }

  truncate(byteCount: number): void {
    const lastIndex = Math.floor(byteCount / pageByteCount);
    if (byteCount < this.size) {
      this.pages.length = Math.min(this.pages.length, lastIndex + 1);
      // What was cut off must not come back when the file grows again.
      this.pages[lastIndex]?.fill(0, byteCount % pageByteCount);
    }
    this.size = byteCount;
  }

  /** The page at `index` with room for `end` bytes. Its bytes beyond what was written are zero. */
  private pageFor(index: number, end: number): Buffer {
    const page = this.pages[index];
    if (page !== undefined && page.byteLength >= end) return page;
    const grown = Buffer.alloc(index === 0 ? roundedUp(end) : pageByteCount);
    page?.copy(grown);
    while (this.pages.length < index) this.pages.push(undefined);
    this.pages[index] = grown;
    return grown;
  }
}

function roundedUp(byteCount: number): number {
  let rounded = firstPageByteCountMin;
  while (rounded < byteCount) rounded *= 2;
  return rounded;
}
