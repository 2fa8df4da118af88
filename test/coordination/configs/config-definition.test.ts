import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ConfigType, ConfigValue } from "../../../src/coordination/configs/config-definition.ts";
import { configText, parseConfig } from "../../../src/coordination/configs/config-definition.ts";

function parsed(type: ConfigType, text: string): ConfigValue | string {
  const definition = {
    name: "n",
    type,
    defaultValue: "D",
    importance: "low",
    validator: undefined,
    documentation: null,
  } as const;
  const result = parseConfig(definition, text);
  return result.isValid ? result.value : `refused: ${result.complaint}`;
}

describe("a configuration's value", () => {
  it("is read without the blanks around it", () => {
    assert.deepEqual(parsed("boolean", " TRUE\t"), true);
    assert.deepEqual(parsed("string", "\u0001 a b \n"), "a b");
    assert.deepEqual(parsed("list", " a , b,c "), ["a", "b", "c"]);
    assert.deepEqual(parsed("int", " +7 "), 7);
  });

  it("is a list of nothing where the text is empty, and has empty items where commas say so", () => {
    assert.deepEqual(parsed("list", "  "), []);
    assert.deepEqual(parsed("list", "a,,"), ["a", "", ""]);
  });

  it("is a number only within its type", () => {
    assert.deepEqual(parsed("int", "2147483647"), 2147483647);
    assert.deepEqual(parsed("int", "-2147483648"), -2147483648);
    assert.equal(
      parsed("int", "2147483648"),
      "refused: Invalid value 2147483648 for configuration n: Not a number of type INT",
    );
    assert.deepEqual(parsed("short", "32767"), 32767);
    assert.match(String(parsed("short", "32768")), /Not a number of type SHORT/);
    assert.deepEqual(parsed("long", "9223372036854775807"), 9223372036854775807n);
    assert.match(String(parsed("long", "9223372036854775808")), /Not a number of type LONG/);
    for (const text of ["", "1.5", "0x10", "1e3", "five", "--1", "1 0"])
      assert.match(String(parsed("int", text)), /refused/);
  });

  it("is a double as Java reads one", () => {
    for (const [text, value] of [
      ["1", 1],
      [".5", 0.5],
      ["5.", 5],
      ["1e-3", 0.001],
      ["2d", 2],
      ["-0.25F", -0.25],
    ] as const) {
      assert.equal(parsed("double", text), value);
    }
    for (const text of ["", "half", "1e", "."])
      assert.match(String(parsed("double", text)), /Not a number of type DOUBLE/);
  });

  it("is true or false in any case and nothing else", () => {
    assert.equal(parsed("boolean", "False"), false);
    assert.equal(
      parsed("boolean", "1"),
      "refused: Invalid value 1 for configuration n: Expected value to be either true or false",
    );
  });

  it("is the only class there is, the default", () => {
    assert.equal(parsed("class", "D"), "D");
    assert.equal(
      parsed("class", "x.Y"),
      "refused: Invalid value x.Y for configuration n: Class x.Y could not be found.",
    );
  });

  it("is shown as Java writes it", () => {
    const shown = [0.5, 1, 0, 100, 1e7, 12345678, 0.001, 0.0001, 1.7976931348623157e308].map((value) =>
      configText("double", value),
    );
    assert.deepEqual(shown, [
      "0.5",
      "1.0",
      "0.0",
      "100.0",
      "1.0E7",
      "1.2345678E7",
      "0.001",
      "1.0E-4",
      "1.7976931348623157E308",
    ]);
    assert.equal(configText("list", ["a", "b"]), "a,b");
    assert.equal(configText("long", 9223372036854775807n), "9223372036854775807");
  });
});
