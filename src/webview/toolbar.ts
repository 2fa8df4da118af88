import { element, icon, setAttribute, setText } from "./element.ts";
import { counted } from "./figures.ts";
import type { ViewState } from "./messages.ts";

/** What the toolbar tells the page. */
export interface ToolbarListener {
  onPause(isPaused: boolean): void;
  onFollow(): void;
  onFrom(from: "earliest" | "latest"): void;
  onFilter(text: string): void;
  onLeaveFilter(): void;
  onProduce(): void;
}

/** How long typing rests before the filter is applied. */
const filterDelayMs = 120;

const modes = { live: "Live", paused: "Paused", ended: "Ended" } as const;

/** What is read and how: the mode, from where, the filter, pause and follow. */
export class Toolbar {
  readonly root: HTMLElement;
  readonly filterBox: HTMLInputElement;
  private readonly listener: ToolbarListener;
  private readonly mode = element("span", { class: "mode" });
  private readonly figures = element("span", { class: "figures" });
  private readonly pauseButton: HTMLButtonElement;
  private readonly followButton: HTMLButtonElement;
  private readonly fromButtons: Readonly<Record<"earliest" | "latest", HTMLButtonElement>>;
  private readonly matches = element("span", { class: "matches", attributes: { "aria-hidden": "true" } });
  private isPaused = false;
  private typing: number | undefined;

  constructor(listener: ToolbarListener) {
    this.listener = listener;
    this.pauseButton = toggle("pause", "Pause", () => listener.onPause(!this.isPaused));
    this.followButton = toggle("follow", "Follow the newest record", () => listener.onFollow());
    this.fromButtons = {
      earliest: segment("Earliest", "Read again from the earliest record", () => listener.onFrom("earliest")),
      latest: segment("Latest", "Read only what comes from now on", () => listener.onFrom("latest")),
    };
    this.filterBox = element("input", {
      class: "filter-box",
      attributes: {
        type: "text",
        placeholder: "Filter ( / )",
        "aria-label": "Filter by text in key, value or headers",
        spellcheck: "false",
      },
    });
    this.filterBox.addEventListener("input", () => this.typed());
    this.filterBox.addEventListener("keydown", (event) => this.pressed(event));
    const from = element("span", { class: "segments", attributes: { role: "group", "aria-label": "Read from" } }, [
      this.fromButtons.earliest,
      this.fromButtons.latest,
    ]);
    const produce = element(
      "button",
      { class: "button secondary", attributes: { type: "button" }, onClick: () => listener.onProduce() },
      [icon("send"), element("span", { text: "Produce" })],
    );
    this.root = element("div", { class: "toolbar", attributes: { role: "toolbar", "aria-label": "Messages" } }, [
      this.mode,
      this.pauseButton,
      this.followButton,
      this.figures,
      from,
      element("span", { class: "filter" }, [icon("filter"), this.filterBox, this.matches]),
      produce,
    ]);
  }

  show(state: ViewState, rowCount: number, isFollowing: boolean): void {
    this.isPaused = state.mode === "paused";
    setText(this.mode, modes[state.mode]);
    this.mode.className = `mode mode-${state.mode}`;
    setText(this.figures, counted(state.receivedCount, "record"));
    const pauseLabel = this.isPaused ? "Go on (Space)" : "Pause (Space)";
    for (const name of ["title", "aria-label"]) setAttribute(this.pauseButton, name, pauseLabel);
    this.pauseButton.replaceChildren(icon(this.isPaused ? "play" : "pause"));
    this.pauseButton.disabled = state.mode === "ended";
    setAttribute(this.followButton, "aria-pressed", String(isFollowing));
    for (const from of ["earliest", "latest"] as const) {
      setAttribute(this.fromButtons[from], "aria-pressed", String(state.from === from));
    }
    const isFiltering = state.filter !== "" || state.partition !== undefined;
    setText(this.matches, isFiltering ? `${rowCount} of ${state.keptCount}` : "");
    if (document.activeElement !== this.filterBox) this.filterBox.value = state.filter;
  }

  private typed(): void {
    window.clearTimeout(this.typing);
    this.typing = window.setTimeout(() => this.listener.onFilter(this.filterBox.value), filterDelayMs);
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key === "Escape" && this.filterBox.value !== "") {
      this.filterBox.value = "";
      this.typed();
    } else if (event.key === "Escape" || event.key === "Enter" || event.key === "ArrowDown")
      this.listener.onLeaveFilter();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function toggle(name: string, label: string, onClick: () => void): HTMLButtonElement {
  const attributes = { type: "button", title: label, "aria-label": label };
  return element("button", { class: "icon-button", attributes, onClick }, [icon(name)]);
}

function segment(text: string, title: string, onClick: () => void): HTMLButtonElement {
  return element("button", { class: "segment", text, attributes: { type: "button", title }, onClick });
}
