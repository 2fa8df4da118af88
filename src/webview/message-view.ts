import { DetailsPane } from "./details-pane.ts";
import { element, icon, setText } from "./element.ts";
import { counted, withThousands } from "./figures.ts";
import type { HostMessage, Trouble, ViewMessage, ViewState } from "./messages.ts";
import { PartitionStrip } from "./partition-strip.ts";
import { RecordTable } from "./record-table.ts";
import { Sash } from "./sash.ts";
import { Toolbar } from "./toolbar.ts";

/** What the page keeps for itself while it is hidden: where one looked, never what was there. */
export interface Camera {
  readonly isFollowing: boolean;
  readonly scrollTop: number;
  readonly selectedId?: number;
  readonly isDetailsOpen: boolean;
  readonly detailsShare: number;
}

export interface ViewHost {
  send(message: ViewMessage): void;
  saveCamera(camera: Camera): void;
}

/** The page of one topic's records: puts the parts together and passes on what they say. */
export class MessageView {
  private readonly host: ViewHost;
  private readonly camera: Camera | undefined;
  private readonly toolbar: Toolbar;
  private readonly strip: PartitionStrip;
  private readonly table: RecordTable;
  private readonly details: DetailsPane;
  private readonly sash: Sash;
  private readonly notice = element("div", { class: "notice", attributes: { role: "alert" } });
  private readonly empty = element("div", { class: "empty" });
  private readonly status = element("span", { class: "status" });
  private readonly title = element("h1", { class: "only-spoken" });
  private readonly spoken = element("div", { class: "only-spoken", attributes: { role: "status" } });
  private state: ViewState | undefined;
  private wantedDetails: number | undefined;

  constructor(root: HTMLElement, host: ViewHost, camera: Camera | undefined) {
    this.host = host;
    this.camera = camera;
    this.toolbar = new Toolbar({
      onPause: (isPaused) => this.pause(isPaused),
      onFollow: () => this.table.follow(!this.table.isFollowing),
      onFrom: (from) => this.readFrom(from),
      onFilter: (text) => this.filter(text, this.state?.partition),
      onLeaveFilter: () => this.table.root.focus(),
      onProduce: () => host.send({ kind: "produce" }),
    });
    this.strip = new PartitionStrip((partition) => this.filter(this.state?.filter ?? "", partition));
    this.table = new RecordTable({
      onSelect: (id) => this.selected(id),
      onOpen: () => this.openDetails(),
      onFollowChange: () => this.showState(),
    });
    this.details = new DetailsPane(
      { onCopy: (id, part) => this.copy(id, part), onClose: () => this.closeDetails() },
      () => this.state?.topic ?? "",
    );
    const tableArea = element("div", { class: "table-area" }, [this.table.root, this.empty]);
    const work = element("div", { class: "work" }, [tableArea]);
    this.sash = new Sash(work, camera?.detailsShare, () => this.saveCamera());
    work.append(this.sash.root, this.details.root);
    root.append(this.title, this.toolbar.root, this.strip.root, this.notice, work, this.foot(), this.spoken);
    this.showDetailsArea(false);
    document.addEventListener("keydown", (event) => this.pressed(event));
    this.table.root.addEventListener("scrollend", () => this.saveCamera());
  }

  receive(message: HostMessage): void {
    switch (message.kind) {
      case "snapshot":
        this.restore(message.state, message.rows);
        break;
      case "update":
        this.state = message.state;
        this.table.append(message.rows, message.firstKeptId);
        break;
      case "details":
        if (message.id !== this.wantedDetails) return;
        if (message.details === undefined) this.details.showGone();
        else this.details.show(message.details);
        return;
    }
    this.showState();
    const { sequence } = message;
    // After the next frame the lines are on the screen, and the host may fetch more.
    requestAnimationFrame(() => this.host.send({ kind: "shown", sequence }));
  }

  private restore(state: ViewState, rows: ViewMessageRows): void {
    const isFirst = this.state === undefined;
    this.state = state;
    if (isFirst && this.camera !== undefined) {
      this.table.follow(this.camera.isFollowing);
      this.table.replace(rows, this.camera.scrollTop);
      if (this.camera.selectedId !== undefined) this.table.select(this.camera.selectedId);
      if (this.camera.isDetailsOpen) this.openDetails(false);
    } else this.table.replace(rows, this.table.scrollTop);
    if (isFirst) this.table.root.focus();
  }

  private pressed(event: KeyboardEvent): void {
    const { target } = event;
    const isTyping = target instanceof HTMLInputElement;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") this.toolbar.filterBox.select();
    else if (event.key === " " && !(target instanceof HTMLButtonElement)) this.pause(this.state?.mode !== "paused");
    else if (event.key === "Escape" && !this.details.root.hidden) this.closeDetails();
    else return;
    event.preventDefault();
  }

  private pause(isPaused: boolean): void {
    if (this.state === undefined || this.state.mode === "ended") return;
    this.host.send({ kind: "pause", isPaused });
    this.say(isPaused ? "Paused" : "Reading goes on");
  }

  private readFrom(from: "earliest" | "latest"): void {
    this.closeDetails();
    this.table.select(undefined);
    this.table.follow(true);
    this.host.send({ kind: "readFrom", from });
  }

  private filter(text: string, partition: number | undefined): void {
    this.table.follow(true);
    this.host.send({ kind: "filter", text, ...(partition === undefined ? {} : { partition }) });
  }

  private selected(id: number): void {
    if (this.details.root.hidden) this.saveCamera();
    else this.askDetails(id);
  }

  private openDetails(withFocus = true): void {
    const id = this.table.selectedId;
    if (id === undefined) return;
    this.askDetails(id);
    this.showDetailsArea(true);
    // The record may have taken the place of the very line that it is about.
    this.table.revealSelected();
    if (withFocus) this.details.root.focus();
  }

  private askDetails(id: number): void {
    this.wantedDetails = id;
    this.host.send({ kind: "details", id });
    this.saveCamera();
  }

  private closeDetails(): void {
    this.wantedDetails = undefined;
    this.showDetailsArea(false);
    this.table.root.focus();
    this.saveCamera();
  }

  private showDetailsArea(isOpen: boolean): void {
    this.details.root.hidden = !isOpen;
    this.sash.root.hidden = !isOpen;
  }

  private copy(id: number, part: "key" | "value"): void {
    this.host.send({ kind: "copy", id, part });
    this.say(`Copied the ${part}`);
  }

  private showState(): void {
    const { state } = this;
    if (state === undefined) return;
    this.toolbar.show(state, this.table.count, this.table.isFollowing);
    this.strip.show(state.topic, state.partitions, state.partition);
    setText(this.title, `Records of ${state.topic}`);
    this.table.root.setAttribute("aria-label", `Records of ${state.topic}`);
    this.showNotice(state.trouble);
    this.showEmpty(state);
    setText(this.status, statusText(state, this.table.isFollowing));
  }

  private showNotice(trouble: Trouble | undefined): void {
    this.notice.hidden = trouble === undefined;
    if (trouble === undefined || this.notice.dataset["sentence"] === trouble.sentence) return;
    this.notice.dataset["sentence"] = trouble.sentence;
    const { action } = trouble;
    this.notice.replaceChildren(element("span", { text: trouble.sentence }));
    if (action === undefined) return;
    const onClick = (): void => this.host.send({ kind: "act", command: action.command });
    this.notice.append(
      element("button", { class: "button", text: action.title, attributes: { type: "button" }, onClick }),
    );
  }

  private showEmpty(state: ViewState): void {
    const isEmpty = this.table.count === 0;
    this.empty.hidden = !isEmpty;
    if (!isEmpty) return;
    const isFiltering = state.filter !== "" || state.partition !== undefined;
    const key = `${isFiltering} ${state.mode} ${state.keptCount}`;
    if (this.empty.dataset["key"] === key) return;
    this.empty.dataset["key"] = key;
    if (isFiltering && state.keptCount > 0) {
      const text = `None of ${counted(state.keptCount, "record")} matches.`;
      this.empty.replaceChildren(
        element("p", { text }),
        this.emptyButton("Clear the Filter", () => {
          this.toolbar.filterBox.value = "";
          this.filter("", undefined);
        }),
      );
    } else if (state.mode === "ended") this.empty.replaceChildren();
    else {
      const hint =
        state.from === "latest" ? "What is produced from now on appears here." : "What is produced appears here.";
      this.empty.replaceChildren(
        element("p", { class: "empty-title", text: "No records yet" }),
        element("p", { class: "dim", text: hint }),
        this.emptyButton("Produce a Record", () => this.host.send({ kind: "produce" })),
      );
    }
  }

  private emptyButton(text: string, onClick: () => void): HTMLButtonElement {
    return element("button", { class: "button", text, attributes: { type: "button" }, onClick });
  }

  private foot(): HTMLElement {
    const arrows = element("kbd", {}, [
      element("span", { class: "only-spoken", text: "Arrow keys" }),
      icon("up"),
      icon("follow"),
    ]);
    const legend = element("span", { class: "legend" }, [
      element("span", {}, [arrows, document.createTextNode(" select")]),
    ]);
    for (const [key, meaning] of [
      ["Enter", "open"],
      ["/", "filter"],
      ["Space", "pause"],
      ["End", "follow"],
    ] as const) {
      legend.append(element("span", {}, [element("kbd", { text: key }), document.createTextNode(` ${meaning}`)]));
    }
    return element("footer", { class: "foot" }, [this.status, legend]);
  }

  private say(sentence: string): void {
    setText(this.spoken, sentence);
  }

  private saveCamera(): void {
    const { selectedId, isFollowing, scrollTop } = this.table;
    this.host.saveCamera({
      isFollowing,
      scrollTop,
      ...(selectedId === undefined ? {} : { selectedId }),
      isDetailsOpen: !this.details.root.hidden,
      detailsShare: this.sash.share,
    });
  }
}

type ViewMessageRows = Extract<HostMessage, { readonly kind: "snapshot" }>["rows"];

/** What the view does now, what it has let go, and what still waits, as one line. */
function statusText(state: ViewState, isFollowing: boolean): string {
  const doing = {
    live: isFollowing ? "Following the newest record" : "Reading",
    paused: "Paused",
    ended: "Not reading",
  };
  const parts = [doing[state.mode], counted(state.receivedCount, "record")];
  if (state.waitingCount > 0) parts.push(`about ${withThousands(state.waitingCount)} waiting`);
  if (state.droppedCount > 0) {
    parts.push(`the newest ${withThousands(state.keptCount)} are kept`);
    parts.push(`${withThousands(state.droppedCount)} older ones were dropped`);
  }
  return parts.join(" · ");
}
