/** What an element gets beside its children. Text goes in as text: nothing here ever parses HTML. */
export interface Looks {
  readonly class?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly onClick?: () => void;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  looks: Looks = {},
  children: readonly Node[] = [],
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (looks.class !== undefined) made.className = looks.class;
  if (looks.text !== undefined) made.textContent = looks.text;
  for (const [name, value] of Object.entries(looks.attributes ?? {})) made.setAttribute(name, value);
  if (looks.onClick !== undefined) made.addEventListener("click", looks.onClick);
  made.append(...children);
  return made;
}

/** A picture from the editor's own icon font; silent for a screen reader. */
export function icon(name: string): HTMLElement {
  return element("span", { class: `icon icon-${name}`, attributes: { "aria-hidden": "true" } });
}

/** Set only what differs: writing the same text again costs a layout. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export function setAttribute(target: Element, name: string, value: string): void {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}
