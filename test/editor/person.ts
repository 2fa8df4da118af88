import type { Locator, Page } from "playwright-core";

/** Somebody at the keyboard of the workbench, who has no mouse. */
export class Person {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(15_000);
  }

  /** By the command palette, as its title reads there. */
  async runCommand(title: string): Promise<void> {
    // The editor knows the extension once its icon is there; a palette that was opened before does not learn of it.
    await this.page.locator(".activitybar a[aria-label^='Tapedeck']").first().waitFor();
    await this.page.keyboard.press("F1");
    await this.input().waitFor();
    await this.page.keyboard.insertText(title);
    await this.page.locator(".quick-input-list .monaco-list-row.focused").waitFor();
    await this.page.locator(`.quick-input-list .monaco-list-row[aria-label^="${title}"]`).first().waitFor();
    const chosen = this.page.locator(`.quick-input-list .monaco-list-row.focused[aria-label^="${title}"]`);
    for (let press = 0; press < 10 && (await chosen.count()) === 0; press += 1) {
      await this.page.keyboard.press("ArrowDown");
      await this.page.waitForTimeout(50);
    }
    await this.page.keyboard.press("Enter");
  }

  /** Types into the box that has this title, and accepts. */
  async answer(title: string, text: string): Promise<void> {
    const box = this.page.locator(".quick-input-widget:visible", {
      has: this.page.locator(".quick-input-title", { hasText: title }),
    });
    const input = box.locator(".quick-input-box input").first();
    await input.waitFor();
    await keepsFocus(input);
    await this.page.keyboard.press("ControlOrMeta+A");
    if (text === "") await this.page.keyboard.press("Delete");
    else await this.page.keyboard.insertText(text);
    await expectValue(input, text);
    // The box offers and checks what was typed a moment after it was typed.
    await this.page.waitForTimeout(200);
    await this.page.keyboard.press("Enter");
  }

  async produceInto(topic: string, record: { readonly key: string; readonly value: string }): Promise<void> {
    await this.runCommand("Tapedeck: Produce Record");
    await this.answer(`Produce to ${topic} (1/3)`, record.key);
    await this.answer(`Produce to ${topic} (2/3)`, record.value);
    await this.answer(`Produce to ${topic} (3/3)`, "");
  }

  async chooseTheme(name: string): Promise<void> {
    await this.runCommand("Preferences: Color Theme");
    await this.input().waitFor();
    await this.page.keyboard.insertText(name);
    await this.page.waitForTimeout(300);
    await this.page.keyboard.press("Enter");
    await this.page.waitForTimeout(500);
  }

  private input(): Locator {
    return this.page.locator(".quick-input-widget:visible .quick-input-box input").first();
  }
}

async function expectValue(input: Locator, text: string): Promise<void> {
  for (let wait = 0; wait < 100; wait += 1) {
    if ((await input.inputValue()) === text) return;
    await input.page().waitForTimeout(30);
  }
  throw new Error(`the box does not hold what was typed: ${text}`);
}

/** A box must get the focus and keep it: a webview behind it that takes it back would swallow what is typed. */
async function keepsFocus(input: Locator): Promise<void> {
  let focusedMs = 0;
  for (let waitedMs = 0; waitedMs < 3_000; waitedMs += 50) {
    const isFocused = await input.evaluate((element) => element.matches(":focus"));
    focusedMs = isFocused ? focusedMs + 50 : 0;
    if (focusedMs >= 400) return;
    await input.page().waitForTimeout(50);
  }
  throw new Error("the box does not have the focus");
}
