import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Frame, Page } from "playwright-core";
import type { Counts } from "../check.ts";
import { accessibilityProblems } from "./accessibility.ts";
import { launchBrowser } from "./browser.ts";
import { startServer } from "./code-server.ts";
import { root } from "./places.ts";
import { Person } from "./person.ts";
import { produceOrders } from "./orders.ts";
import { workbenchAddress } from "./workbench-address.ts";

const screenshots = join(root, ".cache", "screenshots");

/** How to run it against something other than this folder's own build. */
export interface DriveOptions {
  readonly extensionPath?: string;
  /** A package to install and drive instead. */
  readonly vsix?: string;
}

/**
 * One run through the workbench as a person goes, by keyboard alone: start a cluster, create a topic, produce, watch
 * the records arrive, look at one, filter, pause, stop. Leaves pictures of it in light, dark and high contrast.
 */
export async function driveWorkbench(options: DriveOptions = {}): Promise<Counts> {
  mkdirSync(screenshots, { recursive: true });
  const workspace = mkdtempSync(join(tmpdir(), "tapedeck-workspace-"));
  mkdirSync(join(workspace, ".vscode"));
  writeFileSync(join(workspace, ".vscode", "settings.json"), JSON.stringify(settings, undefined, 2));
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  const { extensionPath, vsix } = options;
  await using server = await startServer(vsix === undefined ? {} : { vsix });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const violations: string[] = [];
    page.on("console", (message) => {
      const { url } = message.location();
      if (message.text().includes("Content Security Policy") && /dist\/webview|index-no-csp|fake\.html/.test(url)) {
        violations.push(message.text());
      }
    });
    const address = { port: server.port, workspace, withDevelopedExtension: vsix === undefined };
    await page.goto(workbenchAddress(extensionPath === undefined ? address : { ...address, extensionPath }));
    const scenario = new Scenario(page, new Person(page));
    for (const [name, step] of scenario.steps()) {
      try {
        await step();
        counts.passed += 1;
        console.log(`  ok       a person in the workbench ${name}`);
      } catch (error) {
        counts.failed += 1;
        await page.screenshot({ path: join(screenshots, "failed.png") });
        console.log(`  FAILED   a person in the workbench ${name}\n`, error instanceof Error ? error.stack : error);
        break;
      }
    }
    assert.deepEqual(violations, [], "nothing violates the pages' content security policy");
  } finally {
    await browser.close();
    rmSync(workspace, { recursive: true, force: true });
  }
  return counts;
}

const settings = {
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "chat.disableAIFeatures": true,
  "editor.fontFamily": "'DejaVu Sans Mono', Menlo, Consolas, monospace",
  "telemetry.telemetryLevel": "off",
  "tapedeck.port": 0,
};

/** The steps, in order; each relies on those before it. */
class Scenario {
  private readonly page: Page;
  private readonly person: Person;

  constructor(page: Page, person: Person) {
    this.page = page;
    this.person = person;
  }

  steps(): readonly (readonly [name: string, step: () => Promise<void>])[] {
    return [
      ["finds the view and what to do when nothing runs", () => this.seeWelcome()],
      ["starts a cluster and sees its brokers", () => this.startCluster()],
      ["creates a topic and sees its partitions", () => this.createTopic()],
      ["opens an empty message view that says what to do", () => this.consume()],
      ["produces a record and sees it arrive", () => this.produce()],
      ["sees what an unmodified Kafka client produces", () => this.watchClient()],
      ["opens a record by keyboard", () => this.openRecord()],
      ["filters by text", () => this.filterRecords()],
      ["pauses and goes on", () => this.pause()],
      ["finds the same records after hiding the view", () => this.comeBack()],
      ["can read all of it in light and in high contrast", () => this.changeThemes()],
      ["is told what to do when the cluster stops", () => this.stopCluster()],
    ];
  }

  private async seeWelcome(): Promise<void> {
    await this.person.runCommand("Tapedeck: Focus on Cluster View");
    await this.page.getByText("No cluster is running.").waitFor();
    await this.page.getByRole("button", { name: "Start a 3-broker cluster" }).waitFor();
    await this.shoot("welcome-dark");
  }

  private async startCluster(): Promise<void> {
    await this.person.runCommand("Tapedeck: Start Cluster");
    for (const id of [1, 2, 3]) await this.treeLine(`Broker ${id}, up`).waitFor();
    await this.page.getByText("The cluster has no topics yet.").waitFor();
    await this.page.locator(".statusbar-item", { hasText: "Tapedeck 3 brokers" }).waitFor();
  }

  private async createTopic(): Promise<void> {
    await this.person.runCommand("Tapedeck: Create Topic");
    await this.person.answer("Create a topic (1/2)", "not a topic!");
    await this.page.getByText("Use only letters a to z").waitFor();
    await this.person.answer("Create a topic (1/2)", "orders");
    await this.person.answer("Create the topic orders (2/2)", "3");
    await this.treeLine("Topic orders, 3 partitions").waitFor();
    await this.person.runCommand("Tapedeck: Focus on Topics View");
    // The view takes the focus a moment after the palette has let it go.
    for (let press = 0; press < 20 && !(await this.treeLine("Partition 2 of orders").isVisible()); press += 1) {
      await this.page.keyboard.press("Home");
      await this.page.keyboard.press("ArrowRight");
      await this.page.waitForTimeout(100);
    }
    await this.treeLine("Partition 2 of orders").waitFor();
  }

  private async consume(): Promise<void> {
    await this.person.runCommand("Tapedeck: Consume Topic");
    await this.person.answer("Consume a topic", "orders");
    const view = await this.messageView();
    await view.getByText("No records yet").waitFor();
    await view.locator(".table").focus();
    await this.shoot("empty-dark");
  }

  private async produce(): Promise<void> {
    await this.person.runCommand("Tapedeck: Produce Record");
    await this.person.answer("Produce to orders (1/3)", "customer-7");
    await this.person.answer(
      "Produce to orders (2/3)",
      '{"order": 1001, "total": 42.5, "paid": true, "items": ["tape", "reel"]}',
    );
    await this.person.answer("Produce to orders (3/3)", "trace=4f1c, source=shop");
    await this.page.locator(".statusbar-item", { hasText: /^\s*orders-\d @ 0/ }).waitFor();
    const view = await this.messageView();
    await view.getByRole("gridcell", { name: "customer-7" }).waitFor();
  }

  private async watchClient(): Promise<void> {
    const label = await this.page
      .locator(".statusbar-item a[aria-label*='127.0.0.1:']")
      .first()
      .getAttribute("aria-label");
    const addresses = label?.match(/127\.0\.0\.1:\d+/g) ?? [];
    assert.equal(addresses.length, 3, "the status bar knows three addresses");
    await produceOrders(addresses, "orders", 240);
    const view = await this.messageView();
    await view.locator(".status", { hasText: "241 records" }).waitFor();
    await this.treeLine(/Partition 0 of orders, led by broker \d, high watermark [1-9]/).waitFor();
  }

  private async openRecord(): Promise<void> {
    const view = await this.messageView();
    await view.locator(".table").focus();
    await this.page.keyboard.press("Home");
    await this.page.keyboard.press("Enter");
    await view.getByRole("region", { name: "Value in full" }).waitFor();
    const value = await view.getByRole("region", { name: "Value in full" }).textContent();
    assert.ok(value?.startsWith('{\n  "order": 1001,\n'), `JSON is indented, and no figure changed: ${value ?? ""}`);
    await view.getByText("trace", { exact: true }).waitFor();
    await this.shoot("record-dark");
  }

  private async filterRecords(): Promise<void> {
    const view = await this.messageView();
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("/");
    await this.page.keyboard.type("customer-7");
    await view.getByText(/^\d+ of 241$/).waitFor();
    const keys = await view.locator(".table-body .cell.key").allTextContents();
    assert.ok(keys.length > 0 && keys.every((key) => key === "customer-7"), `only that key is left: ${keys.join()}`);
    await this.shoot("filter-dark");
    await this.page.keyboard.press("Escape");
    await view
      .getByText(/^\d+ of 241$/)
      .waitFor({ state: "detached" })
      .catch(() => undefined);
    await this.page.keyboard.press("Escape");
  }

  private async pause(): Promise<void> {
    const view = await this.messageView();
    await this.page.keyboard.press("Space");
    await view.getByText("Paused", { exact: true }).first().waitFor();
    await this.person.produceInto("orders", { key: "while-paused", value: "waits" });
    await view.getByText(/about 1 waiting/).waitFor();
    assert.equal(await view.getByRole("gridcell", { name: "while-paused" }).count(), 0);
    await view.locator(".table").focus();
    await this.page.keyboard.press("Space");
    await view.getByRole("gridcell", { name: "while-paused" }).waitFor();
  }

  private async comeBack(): Promise<void> {
    await this.person.runCommand("File: New Untitled Text File");
    await this.page.locator(".editor-instance .monaco-editor").first().waitFor();
    await this.person.runCommand("View: Close Editor");
    const view = await this.messageView();
    await view.locator(".status", { hasText: "242 records" }).waitFor();
    await view.getByRole("gridcell", { name: "while-paused" }).waitFor();
  }

  private async changeThemes(): Promise<void> {
    const view = await this.messageView();
    await view.locator(".table").focus();
    await this.page.keyboard.press("Home");
    await this.page.keyboard.press("Enter");
    await view.getByRole("region", { name: "Value in full" }).waitFor();
    await this.person.runCommand("Tapedeck: Focus on Topics View");
    await this.shoot("all-dark");
    assert.deepEqual(await accessibilityProblems(view), [], "what axe finds in the dark theme");
    for (const [theme, name] of [
      ["Light Modern", "light"],
      ["Dark High Contrast", "contrast"],
      ["Light High Contrast", "contrast-light"],
    ] as const) {
      await this.person.chooseTheme(theme);
      await this.shoot(`all-${name}`);
      assert.deepEqual(await accessibilityProblems(view), [], `what axe finds in the theme ${theme}`);
    }
    await this.person.chooseTheme("Dark Modern");
  }

  private async stopCluster(): Promise<void> {
    const view = await this.messageView();
    await this.person.runCommand("Tapedeck: Stop Cluster");
    await view.getByText("The cluster is not running: start it and reading goes on.").waitFor();
    await this.page.getByText("No cluster is running.").waitFor();
    await this.shoot("stopped-dark");
  }

  /** A line of a tree, by what a screen reader says of it. */
  private treeLine(spoken: string | RegExp) {
    return this.page.getByRole("treeitem", { name: spoken }).first();
  }

  /** The page inside the webview: it is a frame in a frame. */
  private async messageView(): Promise<Frame> {
    const deadlineMs = performance.now() + 15_000;
    while (performance.now() < deadlineMs) {
      for (const frame of this.page.frames()) {
        const isThere = await frame
          .locator("#messages .table")
          .count()
          .catch(() => 0);
        if (isThere > 0) return frame;
      }
      await this.page.waitForTimeout(50);
    }
    throw new Error("the message view did not open");
  }

  private async shoot(name: string): Promise<void> {
    // Let what moves come to rest: the picture is for people.
    await this.page.waitForTimeout(900);
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }
}
