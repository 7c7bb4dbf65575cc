import assert from "node:assert/strict";
import { UserError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { oneLine, plain } from "../../core/plain.ts";
import { quoted } from "../../core/text.ts";
import fc from "../_support/property.ts";

const anyText = fc.array(fc.nat(0x2fff)).map((codes) => String.fromCharCode(...codes));

Deno.test("what steers a terminal is written out; the rest, and what JSON means, stay", () => {
  assert.equal(plain("a\tb\nç 猫 ✓"), "a\tb\nç 猫 ✓");
  assert.equal(plain("\x1b[2J\x9b\u202e\r"), "\\u001b[2J\\u009b\\u202e\\u000d");
  fc.assert(fc.property(fc.anything().map((x) => JSON.stringify(x) ?? "0"), (json) => {
    assert.deepEqual(JSON.parse(plain(json)), JSON.parse(json));
  }));
  fc.assert(fc.property(anyText, (text) => {
    assert.ok(!/(?![\t\n])\p{Cc}/u.test(plain(text)));
    assert.equal(plain(plain(text)), plain(text));
    assert.ok(!/[\n\p{Cc}]/u.test(oneLine(text)));
  }));
});

Deno.test("one line keeps its beginning and its end", () => {
  const line = oneLine(`begin${"x".repeat(1e6)}end`, 100);
  assert.ok(line.length < 110 && line.startsWith("begin") && line.endsWith("end"), line);
  const { message } = new UserError(`first\n  second \x1b[31m${"y".repeat(1e5)}`);
  assert.ok(message.startsWith("first second \\u001b[31myyy") && message.length < 2100);
  // what is written out is longer than it was
  assert.ok(oneLine("\x1c".repeat(1e5)).length < 2100);
});

Deno.test("a value is quoted without being asked, whatever it is", () => {
  const circle: unknown[] = [];
  circle.push(circle);
  const cases: [unknown, string][] = [
    [12, "12"],
    [NaN, "NaN"],
    [1n, "1"],
    ["many", '"many"'],
    [[1, 2], "[1,2]"],
    [{ a: { b: "c" } }, '{"a":{"b":"c"}}'],
    [{ toString: 1 }, '{"toString":1}'],
    [circle, "[[[[…]]]]"],
    [Object.create(null), "{}"],
    [undefined, "undefined"],
    [() => 1, "a function"],
    [new Float32Array([0, 1]), "[0,1]"],
  ];
  for (const [value, text] of cases) assert.equal(quoted(value), text);
  assert.match(quoted("x".repeat(1e6)), /^"x{59}…"$/);
  for (const huge of [Array(1e5).fill([1]), "[".repeat(50), { a: "x".repeat(1e6) }]) {
    assert.ok(quoted(huge).length <= 62);
  }
  fc.assert(fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (value) => {
    assert.ok(quoted(value).length <= 62);
  }));
});

Deno.test("JSON is read to a depth and no deeper; brackets in texts do not count", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assert.deepEqual(parseJson(JSON.stringify(value)), JSON.parse(JSON.stringify(value)));
  }));
  assert.deepEqual(parseJson('["[[[[\\"[[[", {"]": 1}]', 2), ['[[[["[[[', { "]": 1 }]);
  assert.throws(() => parseJson('[[{"a":1}]]', 2), /nested more than 2 deep/);
  for (const text of ["[".repeat(1e6), '{"a":'.repeat(1e6), "[[]".repeat(1e6)]) {
    assert.throws(() => parseJson(text), SyntaxError);
  }
});
