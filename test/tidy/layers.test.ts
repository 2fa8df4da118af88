import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cruise, type ICruiseOptions, type ICruiseResult } from "dependency-cruiser";
import { after, before, describe, it } from "mocha";

const configuration = createRequire(import.meta.url)("../../.config/dependency-cruiser.cjs") as {
  forbidden: { name: string }[];
  options: ICruiseOptions;
};

/** One planted violation for each rule: the file, what it imports, and the rule that must name it. */
const planted: readonly (readonly [file: string, content: string, rule: string])[] = [
  ["src/base/up.ts", 'import type { T } from "../log/target.ts"; export type U = T;', "base-looks-up"],
  ["src/runtime/up.ts", 'import type { T } from "../log/target.ts"; export type U = T;', "runtime-looks-up"],
  ["src/protocol/up.ts", 'import type { T } from "../log/target.ts"; export type U = T;', "protocol-looks-up"],
  [
    "src/log/up.ts",
    'import type { T } from "../broker/target.ts"; export type U = T;',
    "log-or-coordination-or-client-looks-up",
  ],
  ["src/log/side.ts", 'import type { T } from "../client/target.ts"; export type U = T;', "log-looks-sideways"],
  [
    "src/broker/side.ts",
    'import type { T } from "../controller/target.ts"; export type U = T;',
    "broker-looks-sideways",
  ],
  [
    "src/controller/side.ts",
    'import type { T } from "../broker/target.ts"; export type U = T;',
    "controller-looks-sideways",
  ],
  ["src/cluster/up.ts", 'import type { T } from "../cli/target.ts"; export type U = T;', "cluster-looks-up"],
  ["src/cli/side.ts", 'import type { T } from "../extension/target.ts"; export type U = T;', "cli-looks-sideways"],
  ["src/log/cycle-a.ts", 'import type { B } from "./cycle-b.ts"; export type A = B;', "no-cycles"],
  [
    "src/log/disk.ts",
    'import { readFileSync } from "node:fs"; export const read = readFileSync;',
    "node-built-ins-at-the-edge",
  ],
  ["src/extension/views/tree.ts", 'import type { Uri } from "vscode"; export type U = Uri;', "vscode-in-adapters-only"],
  [
    "src/cluster/wires.ts",
    'import type { T } from "../runtime/node/target.ts"; export type U = T;',
    "runtimes-are-wired-at-the-root",
  ],
  [
    "src/runtime/node/other.ts",
    'import type { T } from "../simulated/target.ts"; export type U = T;',
    "the-two-runtimes-are-strangers-but-for-memory-files",
  ],
  ["src/webview/reach.ts", 'import type { T } from "../log/target.ts"; export type U = T;', "webview-is-alone"],
  [
    "src/extension/reach.ts",
    'import type { T } from "../webview/target.ts"; export type U = T;',
    "nobody-imports-the-webview-but-its-messages",
  ],
  [
    "src/base/test-import.ts",
    'import type { T } from "../../test/target.ts"; export type U = T;',
    "src-never-imports-test",
  ],
  ["src/base/alone.ts", "export const alone = 1;", "no-orphans"],
  [
    "src/broker/npm.ts",
    'import commander from "commander"; export const c = commander;',
    "broker-imports-an-npm-package-not-on-its-list",
  ],
];

const targets = [
  "log",
  "broker",
  "controller",
  "client",
  "cli",
  "extension",
  "webview",
  "runtime/node",
  "runtime/simulated",
]
  .map((folder) => `src/${folder}/target.ts`)
  .concat("test/target.ts");

describe("The layers", () => {
  let directory = "";
  let violations: readonly (readonly [rule: string, file: string])[] = [];

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), "tapedeck-layers-"));
    const put = (file: string, content: string) => {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), content);
    };
    for (const file of targets) put(file, "export type T = 1;");
    put("src/log/cycle-b.ts", 'import type { A } from "./cycle-a.ts"; export type B = A;');
    for (const [file, content] of planted) put(file, content);
    put("node_modules/vscode/package.json", '{ "name": "vscode", "main": "index.js" }');
    put("node_modules/vscode/index.js", "");
    put("node_modules/commander/package.json", '{ "name": "commander", "main": "index.js" }');
    put("node_modules/commander/index.js", "");
    put("package.json", '{ "dependencies": { "commander": "1.0.0", "vscode": "1.0.0" } }');
    const options: ICruiseOptions = { ...configuration.options };
    delete options.tsConfig;
    const result = await cruise(["src"], {
      ...options,
      baseDir: directory,
      validate: true,
      ruleSet: { forbidden: configuration.forbidden as never },
    });
    violations = (result.output as ICruiseResult).summary.violations.map(({ rule, from }) => [rule.name, from]);
  });

  after(() => rmSync(directory, { recursive: true, force: true }));

  for (const [file, , rule] of planted) {
    it(`finds that ${file} breaks ${rule}`, () => {
      const found = violations.some(([name, from]) => name === rule && from === file);
      assert.ok(found, `found only ${JSON.stringify(violations.filter(([, from]) => from === file))}`);
    });
  }
});
