import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Frame } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds wrong with the page of a webview, one line a rule and element. Contrast is part of it. */
export async function accessibilityProblems(view: Frame): Promise<readonly string[]> {
  // Evaluated through the debugger, which a content security policy does not hold up.
  await view.evaluate(axeSource);
  const rules = JSON.stringify({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] });
  const { violations } = await view.evaluate<{ violations: readonly Violation[] }>(`axe.run(document, ${rules})`);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
