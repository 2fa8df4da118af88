import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { messagePage } from "../../../src/extension/messages/message-page.ts";

const page = messagePage({
  cspSource: "https://host.test",
  scriptUri: "https://host.test/s.js",
  styleUri: "https://host.test/s.css",
});

describe("The page of a message view", () => {
  it("allows scripts, styles and fonts from the extension's own files and nothing else", () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    const own = "https://host.test";
    assert.equal(policy, `default-src 'none'; script-src ${own}; style-src ${own}; font-src ${own}`);
  });

  it("has no script and no style of its own", () => {
    assert.doesNotMatch(page, /<style|style=|\son\w+=|<script>|javascript:/);
  });
});
