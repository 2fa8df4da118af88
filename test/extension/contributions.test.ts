import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { commands, contributes } from "../../src/extension/contributions.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

describe("Contributions", () => {
  it("are in package.json exactly as they are declared", () => {
    assert.deepEqual(manifest.contributes, JSON.parse(JSON.stringify(contributes)));
  });

  it("name only pictures that exist", () => {
    const icons = [
      manifest.icon,
      ...Object.values(contributes.views)
        .flat()
        .map(({ icon }) => icon),
    ];
    assert.deepEqual(
      icons.filter((icon: string) => !existsSync(join(root, icon))),
      [],
    );
  });

  it("have menus and welcome buttons for declared commands only", () => {
    const declared = new Set<string>(commands.map(({ command }) => command));
    const inMenus = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
    const inWelcomes = contributes.viewsWelcome.flatMap(({ contents }) =>
      [...contents.matchAll(/command:([\w.]+)/g)].map((match) => match[1] ?? ""),
    );
    assert.deepEqual(
      [...inMenus, ...inWelcomes].filter((command) => !declared.has(command)),
      [],
    );
  });

  it("say how the extension behaves in workspaces that are not trusted or not on a disk", () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, "limited");
    assert.equal(manifest.capabilities.virtualWorkspaces, true);
    assert.deepEqual(manifest.extensionKind, ["workspace"]);
  });

  it("keep to the marketplace's limit of five keywords", () => {
    assert.ok(manifest.keywords.length <= 5);
  });
});
