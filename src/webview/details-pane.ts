import { element, icon } from "./element.ts";
import { counted, fullTime } from "./figures.ts";
import { jsonNodes } from "./json-tokens.ts";
import type { Content, Details } from "./messages.ts";

/** What the pane tells the page. */
export interface DetailsListener {
  onCopy(id: number, part: "key" | "value"): void;
  onClose(): void;
}

/** One record in full: where it stands, its key, its value, its headers. */
export class DetailsPane {
  readonly root: HTMLElement;
  private readonly listener: DetailsListener;
  private readonly topic: () => string;

  constructor(listener: DetailsListener, topic: () => string) {
    this.listener = listener;
    this.topic = topic;
    this.root = element("section", { class: "details", attributes: { "aria-label": "Record", tabindex: "-1" } });
    this.root.hidden = true;
  }

  show(details: Details): void {
    const { id, partition, offset, key, value, headers } = details;
    const place = `${this.topic()}-${partition} @ ${offset}`;
    const close = button("close", "Close the record", () => this.listener.onClose());
    const head = element("header", { class: "details-head" }, [element("h2", { class: "place", text: place }), close]);
    const copy = (part: "key" | "value") => button("copy", `Copy the ${part}`, () => this.listener.onCopy(id, part));
    const time = `${fullTime(details.timestampMs)} · ${details.timestampType}`;
    const headerNodes =
      headers.length === 0
        ? [element("p", { class: "dim", text: "none" })]
        : headers.map(({ name, value: content }) => headerRow(name, content));
    this.root.replaceChildren(
      head,
      element("div", { class: "details-body" }, [
        section("Key", describe(key), copy("key"), [body(key, "Key")]),
        section("Value", describe(value), copy("value"), [body(value, "Value")]),
        section("Headers", headers.length === 0 ? "" : counted(headers.length, "header"), undefined, headerNodes),
        section("Time", "", undefined, [element("p", { class: "mono", text: time })]),
      ]),
    );
    this.root.hidden = false;
  }

  showGone(): void {
    const close = button("close", "Close the record", () => this.listener.onClose());
    this.root.replaceChildren(
      element("header", { class: "details-head" }, [element("h2", { class: "place", text: "Record" }), close]),
      element("p", { class: "details-body dim", text: "This record is kept no more: newer ones took its place." }),
    );
    this.root.hidden = false;
  }

  hide(): void {
    this.root.hidden = true;
  }
}

function section(title: string, note: string, action: HTMLElement | undefined, children: readonly Node[]): HTMLElement {
  const heading = element("h3", { text: title });
  const head = element("div", { class: "section-head" }, [heading, element("span", { class: "note", text: note })]);
  if (action !== undefined) head.append(action);
  return element("section", { class: "details-section", attributes: { "aria-label": title } }, [head, ...children]);
}

function describe(content: Content): string {
  const size = counted(content.byteCount, "byte");
  switch (content.kind) {
    case "null":
      return "null";
    case "empty":
      return "0 bytes";
    case "json":
      return `JSON · ${size}`;
    case "text":
      return `text · ${size}`;
    case "bytes":
      return `not text · ${size}`;
  }
}

function body(content: Content, name: string): HTMLElement {
  if (content.kind === "null") return element("p", { class: "dim", text: "null" });
  if (content.kind === "empty") return element("p", { class: "dim", text: "empty" });
  const nodes = content.kind === "json" ? jsonNodes(content.text) : [document.createTextNode(content.text)];
  const cut = content.isCut ? [element("span", { class: "dim", text: "\n… the rest is not shown" })] : [];
  const attributes = { tabindex: "0", role: "region", "aria-label": `${name} in full` };
  return element("pre", { class: `content ${content.kind}`, attributes }, [...nodes, ...cut]);
}

function headerRow(name: string, content: Content): HTMLElement {
  const text = content.kind === "null" || content.kind === "empty" ? content.kind : content.text;
  const value = element("span", { class: `mono header-value ${content.kind}`, text });
  return element("div", { class: "header-row" }, [element("span", { class: "mono header-name", text: name }), value]);
}

function button(name: string, label: string, onClick: () => void): HTMLButtonElement {
  const attributes = { type: "button", title: label, "aria-label": label };
  return element("button", { class: "icon-button", attributes, onClick }, [icon(name)]);
}
