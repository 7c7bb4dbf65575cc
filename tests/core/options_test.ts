import assert from "node:assert/strict";
import { z } from "../../deps/zod.ts";
import { UserError } from "../../core/errors.ts";
import {
  attributionOptions,
  channelOption,
  classOption,
  layerOption,
  optionByRole,
  type OptionField,
  optionFields,
  optionsByRole,
  parseOptions,
  parseSize,
  readFlag,
  sizeOption,
  withRole,
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

/** The error that options are refused with. */
function refusal(given: Record<string, unknown>, of: z.ZodObject = schema): UserError {
  try {
    parseOptions(of, given, "test");
  } catch (error) {
    assert.ok(error instanceof UserError);
    return error;
  }
  assert.fail("it was taken");
}

Deno.test("every fault is told in a sentence: the option, what it takes, what was found", () => {
  const message = (given: Record<string, unknown>) => refusal(given).message;
  assert.equal(
    message({ steps: 0, learningRate: 11, layer: "fc" }),
    "Cannot run test: `learningRate` takes a number above 0 and up to 10; found 11. " +
      "`steps` takes a whole number from 1 to 100; found 0.",
  );
  assert.equal(message({}), "Cannot run test: `layer` is missing: it takes a text.");
  assert.equal(
    message({ layer: "fc", optimizer: "lbfgs" }),
    'Cannot run test: `optimizer` takes sgd or adam; found "lbfgs".',
  );
  assert.match(message({ lr: 1 }), /test has no option "lr"; nearest: /);
  assert.match(message({ steps: 1.5, layer: "a" }), /`steps` takes a whole .*; found 1\.5\./);
  assert.match(message({ steps: "many", layer: "a" }), /`steps` takes a whole .*; found "many"/);
  assert.match(message({ steps: NaN, layer: "a" }), /; found NaN\./);
  assert.match(
    message({ class: null, layer: "a" }),
    /the number or the name of a class; found null/,
  );
  const long = message({ layer: "a", absolute: "x".repeat(500) });
  assert.match(long, /`absolute` takes true or false; found "x+…"\.$/);
  assert.ok(long.length < 150, long);
});

Deno.test("no fault is told in the words of zod, whatever is given", () => {
  const values = fc.oneof(fc.anything(), fc.constantFrom(NaN, Infinity, 1n, () => {}, [], ""));
  fc.assert(fc.property(fc.constantFrom(...Object.keys(schema.shape)), values, (name, value) => {
    try {
      parseOptions(schema, { layer: "fc", [name]: value }, "test");
    } catch (error) {
      assert.ok(error instanceof UserError);
      assert.doesNotMatch(error.message.split("; found ")[0], /[Ii]nvalid|Too|>=|<=|received|--/);
      assert.equal(error.code, "bad-option");
      assert.equal(error.option, name);
    }
  }));
});

Deno.test("a fault carries its kind and its option; a schema's own sentence is kept", () => {
  assert.deepEqual(
    [refusal({ lr: 1 }), refusal({}), refusal({ layer: "a", steps: 0 })].map(
      ({ code, option }) => [code, option],
    ),
    [["unknown-option", "lr"], ["bad-option", "layer"], ["bad-option", "steps"]],
  );
  const even = z.object({
    side: z.int().refine((n) => n % 2 === 0, "must be even").optional(),
    sides: z.array(z.string().min(1, "a side is missing")).optional(),
    size: sizeOption("How large"),
  }).refine(({ side, size }) => !side || !size, "a side and a size exclude each other");
  assert.match(refusal({ side: 3 }, even).message, /: `side`: must be even; found 3\.$/);
  assert.match(refusal({ sides: ["a", ""] }, even).message, /`sides`: a side is missing; found \[/);
  assert.match(refusal({ size: "4" }, even).message, /`size` takes WIDTHxHEIGHT in pixels, .*"4"/);
  const together = refusal({ side: 2, size: "4x4" }, even);
  assert.match(together.message, /^Cannot run test: a side and a size exclude each other\.$/);
  assert.equal(together.option, undefined);
});

Deno.test("an option means what its role says, whatever it is called, and keeps it through its making", () => {
  const named = z.object({
    breed: withRole("class", z.string()).optional().describe("Breed to explain"),
    place: layerOption("Where to look").default("fc"),
    unit: channelOption.describe("Which one"),
    steps: z.int().default(1),
  });
  assert.deepEqual(
    optionFields(named).map((
      { name, role, label, description },
    ) => [name, role, label, description]),
    [
      ["breed", "class", "breed", "Breed to explain"],
      ["place", "layer", "place", "Where to look"],
      ["unit", "channel", "unit", "Which one"],
      ["steps", undefined, "steps", ""],
    ],
  );
  assert.deepEqual(
    optionFields(named.extend({ steps: z.int() }).partial()).map(({ role }) => role),
    ["class", "layer", "channel", undefined],
  );
  assert.equal(optionByRole(named, { breed: "tabby", class: "dog" }, "class"), "tabby");
  assert.equal(optionByRole(named, { seed: 3 }, "seed"), undefined);
  assert.deepEqual(
    optionsByRole(named, { layer: "a", channel: 0, class: undefined, size: "4x4" }),
    { place: "a", unit: 0 },
  );
  const wrong = z.object({ layer: z.string().meta({ role: "leyer" }) });
  assert.throws(() => optionFields(wrong), /"layer" has an unknown role; nearest: "layer"/);
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
  const either = z.union([z.int(), z.literal("auto")]).describe("A number, or not");
  const [points, breed] = optionFields(z.object({ points: either, breed: classOption }));
  assert.deepEqual(["8", "auto", ""].map((text) => readFlag(points, text)), [8, "auto", ""]);
  assert.equal(readFlag(breed, "7"), "7", "the model says whether 7 is a name");
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
