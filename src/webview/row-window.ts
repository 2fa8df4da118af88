import type { Row } from "./messages.ts";

/**
 * The lines that the view has, in order of arrival. Ids ascend but have gaps where a filter took some out, so an id is
 * found by halving.
 */
export class RowWindow {
  private rows: readonly Row[] = [];

  get count(): number {
    return this.rows.length;
  }

  at(index: number): Row | undefined {
    return this.rows[index];
  }

  replace(rows: readonly Row[]): void {
    this.rows = rows;
  }

  /** Answers how many lines fell off at the top. */
  append(rows: readonly Row[], firstKeptId: number): number {
    const dropped = this.indexFrom(firstKeptId);
    if (dropped > 0 || rows.length > 0) this.rows = [...this.rows.slice(dropped), ...rows];
    return dropped;
  }

  /** -1 where no line has this id. */
  indexOf(id: number | undefined): number {
    if (id === undefined) return -1;
    const index = this.indexFrom(id);
    return this.rows[index]?.id === id ? index : -1;
  }

  /** Index of the first line whose id is `id` or above. */
  private indexFrom(id: number): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.rows[middle]?.id ?? Infinity) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
