import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";

const root = fileURLToPath(new URL("../..", import.meta.url));
const columnCountMax = 120;

/** Every file that git knows of or would add, so that a rule also sees what is about to be committed. */
const files = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .stdout.split("\n")
  .filter((file) => file !== "" && existsSync(`${root}/${file}`));

const text = (file: string) => readFileSync(`${root}/${file}`, "utf8");
const sources = files.filter((file) => /^(src|test)\/.*\.ts$/.test(file));

function expectNone(offenders: readonly string[], instead: string): void {
  assert.deepEqual(offenders, [], `${instead}:\n${offenders.join("\n")}`);
}

describe("The tree's own form", () => {
  it("names source files in kebab-case", () => {
    const offenders = sources.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|d))?\.ts$/.test(basename(file)));
    expectNone(offenders, "Name it as a noun in kebab-case");
  });

  it("keeps lines within 120 columns", () => {
    const offenders = sources.flatMap((file) =>
      text(file)
        .split("\n")
        .flatMap((line, index) =>
          line.length > columnCountMax && !line.includes("https://") ? [`${file}:${String(index + 1)}`] : [],
        ),
    );
    expectNone(offenders, "Break the line or the comment");
  });

  it("has one test for every handler, under the handler's name, and a schema of the same name", () => {
    const handlers = files.filter((file) => /^src\/broker\/apis\/\d\d-[a-z-]+\.ts$/.test(file));
    assert.ok(handlers.length > 0);
    const offenders = handlers.flatMap((file) => {
      const name = basename(file, ".ts");
      const wanted = [`test/broker/apis/${name}.test.ts`, `src/protocol/messages/${name}.ts`];
      return wanted.filter((path) => !files.includes(path));
    });
    expectNone(offenders, "Write the missing file");
  });

  it("gives every markdown file one title", () => {
    const offenders = files
      .filter((file) => file.endsWith(".md"))
      .filter((file) => {
        const prose = text(file).replace(/^```[\s\S]*?^```/gm, "");
        return (prose.match(/^# /gm) ?? []).length !== 1;
      });
    expectNone(offenders, "Give the file exactly one line that begins with '# '");
  });

  it("writes KIPs as KIP-848", () => {
    const offenders = sources.filter((file) => /\bkip[ _]?\d+|\bKIP[ _]?\d+/.test(text(file)));
    expectNone(offenders, "Write KIP, a dash and the number");
  });

  it("leaves nothing marked as to be done later", () => {
    const mark = new RegExp(`\\b(${["FIX" + "ME", "TO" + "DO", "X" + "XX"].join("|")})\\b`);
    const offenders = sources.filter((file) => mark.test(text(file)));
    expectNone(offenders, "Do it, or list it in src/broker/apis/NOT-IMPLEMENTED.md");
  });

  it("has the changelog's top version equal to package.json's", () => {
    const version = (JSON.parse(text("package.json")) as { version: string }).version;
    assert.equal(/^## (\S+)/m.exec(text("CHANGELOG.md"))?.[1], version);
  });

  it("numbers the decisions one by one", () => {
    const numbers = [...text("src/DECISIONS.md").matchAll(/^## (\d+)\. /gm)].map((match) => Number(match[1]));
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    );
  });

  it("gives a reason for every exemption from a rule, and prints how many there are", () => {
    const exemption = new RegExp("eslint-" + "disable[^\\n]*", "g");
    const exemptions = sources.flatMap((file) => [...text(file).matchAll(exemption)].map(([line]) => [file, line]));
    const offenders = exemptions.filter(([, line]) => !/ -- \S+/.test(line ?? "")).map(([file]) => file ?? "");
    expectNone(offenders, "Say why after two dashes");
    console.log(`      exemptions from lint: ${String(exemptions.length)}`);
  });

  it("claims every golden file for a test", () => {
    const golden = files.filter(
      (file) => file.startsWith("test/golden/") && !file.startsWith("test/golden/conversations/"),
    );
    const tests = sources.filter((file) => file.startsWith("test/")).map(text);
    const offenders = golden.filter((file) => !tests.some((content) => content.includes(basename(file))));
    expectNone(offenders, "Delete the golden file or name it in its test");
  });
});
