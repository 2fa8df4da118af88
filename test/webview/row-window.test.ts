import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Row } from "../../src/webview/messages.ts";
import { RowWindow } from "../../src/webview/row-window.ts";

function row(id: number): Row {
  return { id, partition: 0, offset: id, timestampMs: 0, key: { kind: "null" }, value: { kind: "null" } };
}

/** Ids 2, 4, ... as a filter leaves them. */
function evenRows(count: number): RowWindow {
  const window = new RowWindow();
  window.replace(Array.from({ length: count }, (_, index) => row(2 * index + 2)));
  return window;
}

describe("The lines of a table", () => {
  it("are found by id though a filter left gaps", () => {
    const window = evenRows(1_000);
    for (const index of [0, 1, 500, 999]) assert.equal(window.indexOf(2 * index + 2), index);
    for (const id of [undefined, 0, 3, 999, 5_000]) assert.equal(window.indexOf(id), -1);
  });

  it("go on at the end, and fall off at the top as far as the host says", () => {
    const window = evenRows(10);
    assert.equal(window.append([row(21), row(22)], 7), 3);
    assert.equal(window.count, 9);
    assert.deepEqual([window.at(0)?.id, window.at(8)?.id, window.at(9)], [8, 22, undefined]);
    assert.equal(window.append([], 1_000), 9);
    assert.equal(window.count, 0);
  });
});
