import { assert } from "./assert.ts";

/** Something that will happen at a time, in whatever unit the owner of the queue counts. */
export interface Timed {
  readonly dueTime: number;
  /** The order in which items were queued: ties in time break by it. */
  sequence: number;
  /** Place in the queue; -1 when not in it. */
  index: number;
}

/**
 * Items by (time, sequence), the earliest first. Each knows its place in the heap, so that a cancelled timer leaves at
 * once: otherwise every request's timeout would stay queued long after its answer.
 */
export class TimedQueue<Item extends Timed> {
  private readonly heap: Item[] = [];
  private nextSequence = 0;

  get count(): number {
    return this.heap.length;
  }

  get first(): Item | undefined {
    return this.heap[0];
  }

  add(item: Item): void {
    assert(item.index === -1, "an item is queued once");
    item.sequence = this.nextSequence;
    this.nextSequence += 1;
    this.heap.push(item);
    this.siftUp(item, this.heap.length - 1);
  }

  takeFirst(): Item | undefined {
    const { first } = this;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Nothing happens where `item` is not queued any more. */
  remove(item: Item): void {
    const { index } = item;
    if (index === -1) return;
    assert(this.heap[index] === item, "an item knows its place");
    item.index = -1;
    const last = this.heap.pop();
    if (last === undefined || last === item) return;
    this.siftDown(last, index);
    if (last.index === index) this.siftUp(last, index);
  }

  private siftUp(item: Item, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.heap[parentIndex];
      if (parent === undefined || !isBefore(item, parent)) break;
      this.place(parent, index);
      index = parentIndex;
    }
    this.place(item, index);
  }

  private siftDown(item: Item, from: number): void {
    let index = from;
    for (;;) {
      const childIndex = this.earlierChildOf(index);
      const child = this.heap[childIndex];
      if (child === undefined || !isBefore(child, item)) break;
      this.place(child, index);
      index = childIndex;
    }
    this.place(item, index);
  }

  private earlierChildOf(index: number): number {
    const leftIndex = 2 * index + 1;
    const left = this.heap[leftIndex];
    const right = this.heap[leftIndex + 1];
    return left !== undefined && right !== undefined && isBefore(right, left) ? leftIndex + 1 : leftIndex;
  }

  private place(item: Item, index: number): void {
    this.heap[index] = item;
    item.index = index;
  }
}

function isBefore(left: Timed, right: Timed): boolean {
  return left.dueTime < right.dueTime || (left.dueTime === right.dueTime && left.sequence < right.sequence);
}
