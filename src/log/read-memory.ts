/** As much as a consumer wants of one partition unless told otherwise (`max.partition.fetch.bytes`). */
const slabByteCount = 1024 * 1024;
/** Less than this gets memory of its own: it would keep a slab from better use while it is on its way. */
const slabFillMin = 256 * 1024;
const spareSlabsMax = 4;

/**
 * Memory for stretches of files on their way to a reader. A fresh megabyte for every fetch costs more than reading it
 * does: the kernel clears its pages, and V8 collects the whole heap after every 64 MB. So whoever has sent what was
 * read
 * gives it back, to be filled anew. What nobody gives back is the garbage collector's.
 */
export class ReadMemory {
  private readonly spareSlabs: Buffer[] = [];
  private readonly lentSlabs = new WeakSet<ArrayBufferLike>();

  /** `byteCount` bytes, with whatever in them. */
  take(byteCount: number): Buffer {
    if (byteCount < slabFillMin || byteCount > slabByteCount) return Buffer.allocUnsafeSlow(byteCount);
    const slab = this.spareSlabs.pop() ?? Buffer.allocUnsafeSlow(slabByteCount);
    this.lentSlabs.add(slab.buffer);
    return slab.subarray(0, byteCount);
  }

  /** Nobody looks at `bytes` any more, nor at what else was cut from the same taking. Bytes from elsewhere are left. */
  giveBack(bytes: Buffer): void {
    if (!this.lentSlabs.delete(bytes.buffer)) return;
    if (this.spareSlabs.length < spareSlabsMax) this.spareSlabs.push(Buffer.from(bytes.buffer));
  }
}
