import { element, setAttribute, setText } from "./element.ts";
import { withThousands } from "./figures.ts";
import type { PartitionInfo } from "./messages.ts";

/** More partitions than this are counted, not drawn. */
const drawnMax = 48;

/** The topic's partitions, each with its high watermark and a bar; pressing one shows only its records. */
export class PartitionStrip {
  readonly root: HTMLElement;
  private readonly onChoose: (partition: number | undefined) => void;
  private readonly tabs: HTMLButtonElement[] = [];
  private readonly rest = element("span", { class: "dim" });
  private chosen: number | undefined;

  constructor(onChoose: (partition: number | undefined) => void) {
    this.onChoose = onChoose;
    const attributes = { role: "group", "aria-label": "Partitions: show only one" };
    this.root = element("div", { class: "strip", attributes });
  }

  show(topic: string, partitions: readonly PartitionInfo[], chosen: number | undefined): void {
    this.chosen = chosen;
    const drawn = partitions.slice(0, drawnMax);
    while (this.tabs.length > drawn.length) this.tabs.pop()?.remove();
    while (this.tabs.length < drawn.length) this.addTab();
    const largest = Math.max(1, ...drawn.map((one) => one.highWatermark - one.logStartOffset));
    drawn.forEach((partition, index) => {
      const tab = this.tabs[index];
      if (tab !== undefined) showTab(tab, { topic, partition, largest, isChosen: partition.index === chosen });
    });
    const more = partitions.length - drawn.length;
    setText(this.rest, more > 0 ? `and ${withThousands(more)} more` : "");
    this.root.append(this.rest);
    this.root.hidden = partitions.length === 0;
  }

  private addTab(): void {
    const index = this.tabs.length;
    const tab = element("button", { class: "tab", attributes: { type: "button" } }, [
      element("span", { class: "tab-name" }),
      element("span", { class: "tab-figures" }),
      element("span", { class: "bar", attributes: { "aria-hidden": "true" } }, [
        element("span", { class: "bar-fill" }),
      ]),
    ]);
    tab.addEventListener("click", () => this.onChoose(this.chosen === index ? undefined : index));
    this.tabs.push(tab);
    this.root.append(tab);
  }
}

interface Tab {
  readonly topic: string;
  readonly partition: PartitionInfo;
  readonly largest: number;
  readonly isChosen: boolean;
}

function showTab(tab: HTMLButtonElement, { topic, partition, largest, isChosen }: Tab): void {
  const { index, leaderId, logStartOffset, highWatermark } = partition;
  const [name, figures, bar] = tab.children;
  const leader = leaderId === -1 ? "offline" : `L${leaderId}`;
  if (name !== undefined) setText(name, `${topic}-${index}`);
  if (figures !== undefined) setText(figures, `${leader} · HW ${withThousands(highWatermark)}`);
  const fill = bar?.firstElementChild;
  if (fill instanceof HTMLElement) fill.style.transform = `scaleX(${(highWatermark - logStartOffset) / largest})`;
  setAttribute(tab, "aria-pressed", String(isChosen));
  setAttribute(tab, "title", isChosen ? "Show all partitions" : `Show only ${topic}-${index}`);
}
