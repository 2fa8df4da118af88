import { assert } from "../../base/assert.ts";

/** Something that will happen at a virtual time. */
export interface QueuedEvent {
  readonly timeUs: number;
  /** The order in which events were queued: ties in time break by it. */
  sequence: number;
  /** Place in the queue; -1 when not in it. */
  index: number;
}

/**
 * Events by (time, sequence), the earliest first. Each knows its place in the heap, so that a cancelled timer leaves at
 * once: otherwise every request's timeout would stay queued long after its answer.
 */
export class EventQueue<Event extends QueuedEvent> {
  private readonly heap: Event[] = [];
  private nextSequence = 0;

  get count(): number {
    return this.heap.length;
  }

  get first(): Event | undefined {
    return this.heap[0];
  }

  add(event: Event): void {
    assert(event.index === -1, "an event is queued once");
    event.sequence = this.nextSequence;
    this.nextSequence += 1;
    this.heap.push(event);
    this.siftUp(event, this.heap.length - 1);
  }

  takeFirst(): Event | undefined {
    const { first } = this;
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Nothing happens where `event` is not queued any more. */
  remove(event: Event): void {
    const { index } = event;
    if (index === -1) return;
    assert(this.heap[index] === event, "an event knows its place");
    event.index = -1;
    const last = this.heap.pop();
    if (last === undefined || last === event) return;
    this.siftDown(last, index);
    if (last.index === index) this.siftUp(last, index);
  }

  private siftUp(event: Event, from: number): void {
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.heap[parentIndex];
      if (parent === undefined || !isBefore(event, parent)) break;
      this.place(parent, index);
      index = parentIndex;
    }
    this.place(event, index);
  }

  private siftDown(event: Event, from: number): void {
    let index = from;
    for (;;) {
      const childIndex = this.earlierChildOf(index);
      const child = this.heap[childIndex];
      if (child === undefined || !isBefore(child, event)) break;
      this.place(child, index);
      index = childIndex;
    }
    this.place(event, index);
  }

  private earlierChildOf(index: number): number {
    const leftIndex = 2 * index + 1;
    const left = this.heap[leftIndex];
    const right = this.heap[leftIndex + 1];
    return left !== undefined && right !== undefined && isBefore(right, left) ? leftIndex + 1 : leftIndex;
  }

  private place(event: Event, index: number): void {
    this.heap[index] = event;
    event.index = index;
  }
}

function isBefore(left: QueuedEvent, right: QueuedEvent): boolean {
  return left.timeUs < right.timeUs || (left.timeUs === right.timeUs && left.sequence < right.sequence);
}
