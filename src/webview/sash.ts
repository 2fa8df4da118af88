import { element, setAttribute } from "./element.ts";

const shareMin = 0.2;
const shareMax = 0.75;
const shareOfOneKey = 0.04;

/** The bar between the table and the record, which lie side by side or below each other: moved by pointer or keys. */
export class Sash {
  readonly root: HTMLElement;
  private readonly area: HTMLElement;
  private readonly onMoved: () => void;
  private currentShare: number;

  constructor(area: HTMLElement, share: number | undefined, onMoved: () => void) {
    this.area = area;
    this.onMoved = onMoved;
    this.currentShare = share ?? 0.36;
    this.root = element("div", {
      class: "sash",
      attributes: { role: "separator", tabindex: "0", "aria-label": "Size of the record" },
    });
    this.root.addEventListener("pointerdown", (event) => this.root.setPointerCapture(event.pointerId));
    this.root.addEventListener("pointermove", (event) => {
      if (this.root.hasPointerCapture(event.pointerId)) this.drag(event);
    });
    this.root.addEventListener("pointerup", () => this.onMoved());
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    new ResizeObserver(() => this.setShare(this.currentShare)).observe(area);
    this.setShare(this.currentShare);
  }

  /** How much of the area the record takes, from 0 to 1. */
  get share(): number {
    return this.currentShare;
  }

  private drag(event: PointerEvent): void {
    const { left, top, width, height } = this.area.getBoundingClientRect();
    this.setShare(this.isSideBySide() ? 1 - (event.clientX - left) / width : 1 - (event.clientY - top) / height);
  }

  private pressed(event: KeyboardEvent): void {
    const larger = this.isSideBySide() ? "ArrowLeft" : "ArrowUp";
    const smaller = this.isSideBySide() ? "ArrowRight" : "ArrowDown";
    if (event.key !== larger && event.key !== smaller) return;
    event.preventDefault();
    this.setShare(this.currentShare + (event.key === larger ? shareOfOneKey : -shareOfOneKey));
    this.onMoved();
  }

  private setShare(share: number): void {
    this.currentShare = Math.min(shareMax, Math.max(shareMin, share));
    this.area.style.setProperty("--details-share", `${(this.currentShare * 100).toFixed(1)}%`);
    setAttribute(this.root, "aria-orientation", this.isSideBySide() ? "vertical" : "horizontal");
    setAttribute(this.root, "aria-valuenow", String(Math.round(this.currentShare * 100)));
    setAttribute(this.root, "aria-valuemin", String(shareMin * 100));
    setAttribute(this.root, "aria-valuemax", String(shareMax * 100));
  }

  private isSideBySide(): boolean {
    return getComputedStyle(this.area).flexDirection === "row";
  }
}
