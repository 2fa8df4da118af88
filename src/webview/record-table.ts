import { element, setAttribute, setText } from "./element.ts";
import { hueOf, shortTime } from "./figures.ts";
import type { Preview, Row } from "./messages.ts";
import { RowWindow } from "./row-window.ts";

const rowHeight = 24;
const headerHeight = 26;
/** Lines drawn above and below what is visible, so that a fast scroll meets no gap. */
const overscan = 10;
/** A burst larger than this arrives without its lines lighting up: it would only flicker. */
const litRowsMax = 24;

/** What the table tells the page. */
export interface TableListener {
  onSelect(id: number): void;
  onOpen(): void;
  onFollowChange(isFollowing: boolean): void;
}

/**
 * The records as a grid of which only the visible lines exist, so that five thousand cost no more than fifty. The grid
 * itself has the focus and names the line it stands on (`aria-activedescendant`): lines come and go under it.
 */
export class RecordTable {
  readonly root: HTMLElement;
  private readonly listener: TableListener;
  private readonly window = new RowWindow();
  private readonly body: HTMLElement;
  private readonly drawn = new Map<number, HTMLElement>();
  private selected: number | undefined;
  private following = true;
  private litFromId = Infinity;
  private frame: number | undefined;

  constructor(listener: TableListener) {
    this.listener = listener;
    this.body = element("div", { class: "table-body", attributes: { role: "rowgroup" } });
    const header = element("div", {
      class: "table-row table-header",
      attributes: { role: "row", "aria-rowindex": "1" },
    });
    for (const title of ["Part.", "Offset", "Time", "Key", "Value"]) {
      header.append(element("span", { class: "cell", text: title, attributes: { role: "columnheader" } }));
    }
    const head = element("div", { class: "table-head", attributes: { role: "rowgroup" } }, [header]);
    this.root = element(
      "div",
      { class: "table", attributes: { role: "grid", tabindex: "0", "aria-multiselectable": "false" } },
      [head, this.body],
    );
    this.root.addEventListener("scroll", () => this.scrolled());
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    this.body.addEventListener("click", (event) => this.clicked(event));
    this.body.addEventListener("dblclick", () => this.listener.onOpen());
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  get count(): number {
    return this.window.count;
  }

  get selectedId(): number | undefined {
    return this.selected;
  }

  get isFollowing(): boolean {
    return this.following;
  }

  get scrollTop(): number {
    return this.root.scrollTop;
  }

  replace(rows: readonly Row[], scrollTop?: number): void {
    this.window.replace(rows);
    this.forgetDrawn();
    this.draw();
    if (!this.following && scrollTop !== undefined) this.root.scrollTop = scrollTop;
  }

  append(rows: readonly Row[], firstKeptId: number): void {
    this.litFromId = rows.length <= litRowsMax ? (rows[0]?.id ?? Infinity) : Infinity;
    const dropped = this.window.append(rows, firstKeptId);
    // What is being read stays under the eye while lines fall off above it.
    if (dropped > 0 && !this.following) this.root.scrollTop -= dropped * rowHeight;
    if (dropped > 0) this.forgetDrawn();
    this.draw();
  }

  select(id: number | undefined): void {
    this.selected = id;
    this.forgetDrawn();
    this.draw();
  }

  /** Stay at the newest line, or stay where one is. */
  follow(isFollowing: boolean): void {
    if (this.following !== isFollowing) {
      this.following = isFollowing;
      this.listener.onFollowChange(isFollowing);
    }
    if (isFollowing) this.draw();
  }

  /** Bring the selected line into view, where it is still kept. */
  revealSelected(): void {
    const index = this.window.indexOf(this.selected);
    if (index >= 0) this.reveal(index);
  }

  private reveal(index: number): void {
    const top = index * rowHeight;
    const visibleHeight = this.root.clientHeight - headerHeight;
    const { scrollTop } = this.root;
    if (top < scrollTop) this.root.scrollTop = top;
    else if (top + rowHeight > scrollTop + visibleHeight) this.root.scrollTop = top + rowHeight - visibleHeight;
  }

  private pressed(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((this.root.clientHeight - headerHeight) / rowHeight) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const move = moves[event.key];
    if (move !== undefined && !event.altKey && !event.metaKey) {
      event.preventDefault();
      this.moveBy(move);
    } else if (event.key === "Enter" && this.selected !== undefined) {
      event.preventDefault();
      this.listener.onOpen();
    }
  }

  private moveBy(move: number): void {
    const last = this.window.count - 1;
    if (last < 0) return;
    const present = this.window.indexOf(this.selected);
    const start = present >= 0 ? present : move > 0 ? this.firstVisible() - 1 : last + 1;
    const index = Math.min(last, Math.max(0, start + move));
    this.follow(move === Infinity);
    this.choose(index);
  }

  private choose(index: number): void {
    const row = this.window.at(index);
    if (row === undefined) return;
    this.selected = row.id;
    this.reveal(index);
    this.forgetDrawn();
    this.draw();
    this.listener.onSelect(row.id);
  }

  private clicked(event: MouseEvent): void {
    const line = event.target instanceof Element ? event.target.closest<HTMLElement>(".table-row") : null;
    if (line === null) return;
    const index = this.window.indexOf(Number(line.dataset["id"]));
    if (index !== this.window.count - 1) this.follow(false);
    this.choose(index);
  }

  private scrolled(): void {
    const distance = this.root.scrollHeight - this.root.clientHeight - this.root.scrollTop;
    if (this.following && distance > rowHeight) this.follow(false);
    else if (!this.following && distance < 2 && this.root.scrollTop > 0) this.follow(true);
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  private firstVisible(): number {
    return Math.floor(this.root.scrollTop / rowHeight);
  }

  private draw(): void {
    const { count } = this.window;
    this.body.style.height = `${count * rowHeight}px`;
    setAttribute(this.root, "aria-rowcount", String(count + 1));
    if (this.following) this.root.scrollTop = this.root.scrollHeight;
    const first = Math.max(0, this.firstVisible() - overscan);
    const last = Math.min(count, this.firstVisible() + Math.ceil(this.root.clientHeight / rowHeight) + overscan);
    const wanted = new Set<number>();
    const nowMs = Date.now();
    for (let index = first; index < last; index += 1) {
      const row = this.window.at(index);
      if (row === undefined) continue;
      wanted.add(row.id);
      const line = this.drawn.get(row.id) ?? this.drawRow(row, nowMs);
      line.style.transform = `translateY(${index * rowHeight}px)`;
      setAttribute(line, "aria-rowindex", String(index + 2));
    }
    for (const [id, line] of this.drawn) {
      if (wanted.has(id)) continue;
      line.remove();
      this.drawn.delete(id);
    }
    if (this.selected !== undefined && wanted.has(this.selected)) {
      setAttribute(this.root, "aria-activedescendant", `record-${this.selected}`);
    } else this.root.removeAttribute("aria-activedescendant");
  }

  private drawRow(row: Row, nowMs: number): HTMLElement {
    const isSelected = row.id === this.selected;
    const line = element("div", {
      class: `table-row${isSelected ? " selected" : ""}${row.id >= this.litFromId ? " lit" : ""}`,
      attributes: {
        role: "row",
        id: `record-${row.id}`,
        "aria-selected": String(isSelected),
        "data-id": String(row.id),
      },
    });
    for (const [name, text] of [
      ["partition", String(row.partition)],
      ["offset", String(row.offset)],
      ["time", shortTime(row.timestampMs, nowMs)],
    ] as const) {
      line.append(element("span", { class: `cell ${name}`, text, attributes: { role: "gridcell" } }));
    }
    line.append(keyCell(row.key), previewCell(row.value, "value"));
    this.drawn.set(row.id, line);
    this.body.append(line);
    return line;
  }

  private forgetDrawn(): void {
    for (const line of this.drawn.values()) line.remove();
    this.drawn.clear();
  }
}

function keyCell(key: Preview): HTMLElement {
  const cell = previewCell(key, "key");
  if (key.kind === "text" || key.kind === "bytes") {
    const chip = element("span", { class: `chip hue-${hueOf(key.text)}`, text: cell.textContent });
    cell.replaceChildren(chip);
  }
  return cell;
}

function previewCell(preview: Preview, name: string): HTMLElement {
  const cell = element("span", { class: `cell ${name} ${preview.kind}`, attributes: { role: "gridcell" } });
  switch (preview.kind) {
    case "null":
      setText(cell, "null");
      break;
    case "empty":
      setText(cell, "empty");
      break;
    case "text":
      setText(cell, preview.isCut ? `${preview.text}…` : preview.text);
      break;
    case "bytes":
      setText(cell, preview.text);
      break;
  }
  return cell;
}
