import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  contentOf,
  detailsOf,
  hexDump,
  holdsText,
  plainText,
  previewOf,
} from "../../../src/extension/messages/record-text.ts";
import { record } from "../builders.ts";

describe("The text of a record", () => {
  it("tells null from empty", () => {
    assert.deepEqual(previewOf(null), { kind: "null" });
    assert.deepEqual(previewOf(Buffer.alloc(0)), { kind: "empty" });
    assert.equal(contentOf(null).kind, "null");
    assert.equal(contentOf(Buffer.alloc(0)).kind, "empty");
  });

  it("shows text as text, and its beginning where it is long", () => {
    assert.deepEqual(previewOf(Buffer.from("Zürich ✓")), { kind: "text", text: "Zürich ✓", isCut: false });
    const long = previewOf(Buffer.from("ü".repeat(100_000)));
    assert.equal(long.kind === "text" && long.isCut && long.text.length, 240);
  });

  it("shows the bytes of what is no text", () => {
    assert.deepEqual(previewOf(Buffer.from([0xca, 0xfe])), { kind: "bytes", text: "ca fe", byteCount: 2 });
    assert.equal(previewOf(Buffer.from([0, 0, 0, 42])).kind, "bytes");
    assert.equal(contentOf(Buffer.from([0xff, 0x41])).text, "000000  ff 41" + " ".repeat(45) + "·A");
  });

  it("dumps sixteen bytes a line, with their position", () => {
    const lines = hexDump(Buffer.from("Tapedeck keeps a log.")).split("\n");
    assert.equal(lines[0], "000000  54 61 70 65 64 65 63 6b  20 6b 65 65 70 73 20 61  Tapedeck keeps a");
    assert.equal(lines[1]?.slice(0, 22), "000010  20 6c 6f 67 2e");
    assert.ok(lines[1].endsWith(" log."));
  });

  it("makes control characters and marks that turn writing around visible", () => {
    assert.deepEqual(previewOf(Buffer.from("a\tb\nc\u001b[31m")), { kind: "text", text: "a␉b␊c␛[31m", isCut: false });
    assert.deepEqual(previewOf(Buffer.from("paid\u202Eon")), { kind: "text", text: "paid\\u202eon", isCut: false });
    assert.equal(contentOf(Buffer.from("line 1\n\tline 2\r")).text, "line 1\n\tline 2␍");
  });

  it("indents JSON and changes no figure in it", () => {
    const content = contentOf(Buffer.from('{"id":12345678901234567890,"pi":3.10}'));
    assert.deepEqual([content.kind, content.text], ["json", '{\n  "id": 12345678901234567890,\n  "pi": 3.10\n}']);
  });

  it("bounds what it hands to the page, and says so", () => {
    const text = contentOf(Buffer.alloc(1_000_000, "a"));
    assert.deepEqual([text.isCut, text.text.length, text.byteCount], [true, 256 * 1024, 1_000_000]);
    assert.ok(contentOf(Buffer.alloc(1_000_000, 0xff)).isCut);
  });

  it("finds text in key, value and headers, whatever its case", () => {
    const headers = [{ key: "Trace", value: Buffer.from("4F1C") }];
    const one = record(1, { key: Buffer.from("Customer"), value: Buffer.from("Tape"), headers });
    for (const wanted of ["customer", "tap", "trace", "4f1c"]) assert.ok(holdsText(one, wanted), wanted);
    assert.equal(holdsText(one, "reel"), false);
    assert.equal(holdsText(record(1, { key: null, value: null }), "reel"), false);
  });

  it("copies what was sent and not what is shown", () => {
    assert.equal(plainText(Buffer.from('{"a":1}\u001b')), '{"a":1}\u001b');
    assert.equal(plainText(Buffer.from([0xff])), "ff");
  });

  it("gives all of a record when asked for its details", () => {
    const details = detailsOf({ id: 7, record: record(3, { headers: [{ key: "h", value: null }] }) });
    assert.equal(details.id, 7);
    assert.equal(details.timestampType, "CreateTime");
    assert.deepEqual(
      details.headers.map(({ name, value }) => [name, value.kind]),
      [["h", "null"]],
    );
  });
});
