import { assert } from "../base/assert.ts";
import type { Segment } from "./segment.ts";

/** The segments of one log, in order and never none; the last one is the active one. */
export class SegmentList {
  private readonly segments: Segment[];

  constructor(segments: Segment[]) {
    assert(segments.length > 0, "a log has a segment");
    this.segments = segments;
  }

  get all(): readonly Segment[] {
    return this.segments;
  }

  get count(): number {
    return this.segments.length;
  }

  get first(): Segment {
    return this.at(0);
  }

  get active(): Segment {
    return this.at(this.segments.length - 1);
  }

  get byteCount(): number {
    return this.segments.reduce((sum, segment) => sum + segment.byteCount, 0);
  }

  at(index: number): Segment {
    const segment = this.segments[index];
    assert(segment !== undefined, "a segment is asked for within the list");
    return segment;
  }

  /** Where the segment at `index` ends; undefined for the active one. */
  nextBaseOf(index: number): number | undefined {
    return this.segments[index + 1]?.baseOffset;
  }

  /** Index of the segment that `offset` belongs to; the first for an offset below them all. */
  indexOf(offset: number): number {
    if (offset >= this.active.baseOffset) return this.segments.length - 1;
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle).baseOffset <= offset) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  push(segment: Segment): void {
    assert(segment.baseOffset > this.active.baseOffset, "segments are in the order of their offsets");
    this.segments.push(segment);
  }

  /** Take the oldest one out; the last one stays. */
  shift(): Segment {
    assert(this.segments.length > 1, "a log keeps its active segment");
    const segment = this.segments.shift();
    assert(segment !== undefined, "there was a segment to take out");
    return segment;
  }

  /** Take the newest one out; the last one stays. */
  pop(): Segment {
    assert(this.segments.length > 1, "a log keeps a segment");
    const segment = this.segments.pop();
    assert(segment !== undefined, "there was a segment to take out");
    return segment;
  }

  /** Begin anew with one segment. */
  replaceAll(segment: Segment): void {
    this.segments.splice(0, this.segments.length, segment);
  }
}
