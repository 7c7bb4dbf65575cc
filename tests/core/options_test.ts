import assert from "node:assert/strict";
import { z } from "zod";
import { UserError } from "../../core/errors.ts";
import {
  attributionOptions,
  type OptionField,
  optionFields,
  parseOptions,
  parseSize,
  readFlag,
} from "../../core/options.ts";
import fc from "../_support/property.ts";

const schema = z.object({
  class: attributionOptions.shape.class,
  learningRate: z.number().positive().max(10).default(0.5).describe("Size of a step"),
  steps: z.int().min(1).max(100).default(20).describe("Number of steps"),
  absolute: z.boolean().default(false).describe("Signs left out"),
  optimizer: z.enum(["sgd", "adam"]).default("sgd").describe("How steps are taken"),
  layer: z.string().min(1).describe("Where"),
});
const fields = new Map(optionFields(schema).map((field) => [field.name, field]));

Deno.test("a schema's fields are flags with type, default, range and choices", () => {
  assert.deepEqual([...fields.keys()], Object.keys(schema.shape));
  const pick = (name: string, ...keys: (keyof OptionField)[]) =>
    keys.map((key) => fields.get(name)![key]);
  const range = ["minimum", "maximum", "default"] as const;
  assert.deepEqual(pick("learningRate", "flag", "type", ...range), [
    "learning-rate",
    "number",
    0,
    10,
    0.5,
  ]);
  assert.deepEqual(pick("steps", "type", ...range), ["integer", 1, 100, 20]);
  assert.deepEqual(pick("absolute", "type", "default"), ["boolean", false]);
  assert.deepEqual(pick("optimizer", "type", "choices"), ["string", ["sgd", "adam"]]);
  assert.deepEqual(pick("layer", "required", "description"), [true, "Where"]);
  assert.deepEqual(pick("class", "type", "required", "default"), ["string", false, undefined]);
});

Deno.test("defaults are filled in", () => {
  assert.deepEqual(parseOptions(schema, { layer: "fc" }, "test"), {
    layer: "fc",
    learningRate: 0.5,
    steps: 20,
    absolute: false,
    optimizer: "sgd",
  });
});

Deno.test("every fault is told, by flag, with what was found", () => {
  const message = (given: Record<string, unknown>) => {
    try {
      parseOptions(schema, given, "test");
    } catch (error) {
      assert.ok(error instanceof UserError);
      return error.message;
    }
    assert.fail("it was taken");
  };
  const both = message({ steps: 0, learningRate: 11, layer: "fc" });
  assert.match(both, /^Cannot run test: /);
  assert.match(both, /--steps: .*>=1.*\(found 0\)/);
  assert.match(both, /--learning-rate: .*<=10.*\(found 11\)/);
  assert.match(message({}), /--layer: .*\(nothing was given\)/);
  assert.match(message({ layer: "fc", optimizer: "lbfgs" }), /"sgd"\|"adam".*found "lbfgs"/);
  assert.match(message({ lr: 1 }), /test has no option "lr"; nearest: /);
  assert.match(message({ steps: 1.5, layer: "a" }), /--steps: .*int/);
});

Deno.test("a flag's text becomes what the schema takes", () => {
  const read = (name: string, text: string) => readFlag(fields.get(name)!, text);
  assert.equal(read("steps", "12"), 12);
  assert.equal(read("learningRate", "1e-2"), 0.01);
  assert.equal(read("absolute", "true"), true);
  assert.equal(read("absolute", "yes"), "yes");
  assert.equal(read("layer", "5"), "5");
  assert.equal(read("class", "7"), "7");
  for (const text of ["", " ", "many", "1,5", "NaN"]) assert.equal(read("steps", text), text);
  const list: OptionField = { ...fields.get("layer")!, type: "list" };
  assert.deepEqual(readFlag(list, "a, b,c"), ["a", "b", "c"]);
});

Deno.test("any number survives its way through a flag", () => {
  fc.assert(fc.property(fc.double({ noNaN: true }), (n) => {
    assert.equal(readFlag(fields.get("learningRate")!, String(n)), n === 0 ? 0 : n);
  }));
});

Deno.test("a size is WIDTHxHEIGHT", () => {
  assert.deepEqual(parseSize("413x260"), { width: 413, height: 260 });
  assert.deepEqual(parseSize(" 4 × 3 "), { width: 4, height: 3 });
  for (const text of ["", "4", "4x", "0x3", "-1x2", "4x3x2", "1.5x2"]) {
    assert.throws(() => parseSize(text), UserError, text);
  }
});
