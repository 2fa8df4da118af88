import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { indentJson } from "../../../src/extension/messages/indent-json.ts";

describe("Indented JSON", () => {
  it("looks as JSON.stringify would print it, for every value that survives that", () => {
    fc.assert(
      fc.property(fc.oneof(fc.object(), fc.array(fc.jsonValue())), (value) => {
        const compact = JSON.stringify(value);
        assert.equal(indentJson(compact), JSON.stringify(JSON.parse(compact), undefined, 2));
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it("does not round, drop or reorder anything", () => {
    const sent = '{"b":1.0,"a":9007199254740993,"b":1e400}';
    assert.equal(indentJson(sent), '{\n  "b": 1.0,\n  "a": 9007199254740993,\n  "b": 1e400\n}');
  });

  it("keeps braces and quotes inside of strings as they are", () => {
    assert.equal(indentJson('["a{b}\\"c,d:"]'), '[\n  "a{b}\\"c,d:"\n]');
  });

  it("leaves alone what is no object and no array", () => {
    for (const text of ["42", '"text"', "{not json}", "", "[1,"]) assert.equal(indentJson(text), undefined, text);
  });
});
