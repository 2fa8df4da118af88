import { element } from "./element.ts";

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b/g;

/** Above this many characters colour costs more than it helps. */
const coloredCharactersMax = 64 * 1024;

/** Indented JSON as nodes, with names, strings, numbers and words told apart by colour. */
export function jsonNodes(text: string): readonly Node[] {
  if (text.length > coloredCharactersMax) return [document.createTextNode(text)];
  const nodes: Node[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    nodes.push(document.createTextNode(text.slice(end, match.index)));
    const [whole, string, colon, number] = match;
    if (string !== undefined) {
      nodes.push(element("span", { class: colon === undefined ? "json-string" : "json-name", text: string }));
      if (colon !== undefined) nodes.push(document.createTextNode(colon));
    } else nodes.push(element("span", { class: number === undefined ? "json-word" : "json-number", text: whole }));
    end = match.index + whole.length;
  }
  nodes.push(document.createTextNode(text.slice(end)));
  return nodes;
}
