/** Flags and figures. */
import assert from "node:assert/strict";
import { Command } from "../../deps/commander.ts";
import { z } from "../../deps/zod.ts";
import type { Context } from "../../cli/_context.ts";
import { addFlags, readFlags } from "../../cli/_flags.ts";
import { pluginsIn } from "../../cli/_plugins.ts";
import { percent, scaled, table, thousands } from "../../cli/_text.ts";
import { addTechnique } from "../../cli/technique.ts";
import { UserError } from "../../core/errors.ts";
import { optionFields } from "../../core/options.ts";
import { techniques } from "../../techniques/mod.ts";
import fc from "../_support/property.ts";

Deno.test("figures keep the digits that count", () => {
  const shares = [0, 0.00001, 0.12345, 0.9999, 0.99999, 1];
  assert.deepEqual(shares.map((share) => percent(share)), [
    "0.00 %",
    "< 0.01 %",
    "12.35 %",
    "99.99 %",
    "> 99.99 %",
    "100.00 %",
  ]);
  assert.deepEqual(shares.map((share) => percent(share, 0)), [
    "0 %",
    "< 1 %",
    "12 %",
    "> 99 %",
    "> 99 %",
    "100 %",
  ]);
  assert.deepEqual([0, 640, 4096, 999_600, 118_013_952, 4.09e9].map(scaled), [
    "0",
    "640",
    "4.10 k",
    "1.00 M",
    "118 M",
    "4.09 G",
  ]);
  assert.equal(thousands(25_557_032), "25,557,032");
  assert.equal(table([["a", "1"], ["bcd", "100"]], [1]), "a      1\nbcd  100");
});

const schema = z.object({
  count: z.int().min(0).default(3).describe("How many"),
  rate: z.number().optional().describe("How fast"),
  word: z.string().optional().describe("What"),
  list: z.array(z.string()).optional().describe("Which"),
  quick: z.boolean().default(false).describe("Hurry"),
  careful: z.boolean().default(true).describe("Take care"),
});

function parse(args: readonly string[]): Command {
  const command = new Command("try").exitOverride();
  addFlags(command, schema, "Options:");
  return command.parse([...args], { from: "user" });
}

Deno.test("what is written on the command line is read", () => {
  const word = fc.string({ minLength: 1, unit: "grapheme-ascii" });
  const item = word.map((text) => text.replaceAll(",", "").trim() || "x");
  const given = fc.record({
    count: fc.nat(),
    rate: fc.float({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
    word,
    list: fc.array(item, { minLength: 1, maxLength: 4 }),
    quick: fc.boolean(),
    careful: fc.boolean(),
  }, { requiredKeys: [] });
  fc.assert(fc.property(given, (options) => {
    const args = Object.entries(options).flatMap(([name, value]) =>
      typeof value === "boolean"
        ? [value ? `--${name}` : `--no-${name}`]
        : [`--${name}`, String(value)]
    );
    const read = readFlags(parse(args), schema);
    assert.deepEqual(read, { count: 3, quick: false, careful: true, ...options });
  }));
});

Deno.test("an option that is there already is refused", () => {
  const program = new Command("all").option("--json", "JSON");
  const command = program.command("try");
  addFlags(command, schema, "Options:");
  const taken = (name: string) => z.object({ [name]: z.string().describe("Taken") });
  assert.throws(() => addFlags(command, taken("count"), "More:"), UserError);
  assert.throws(() => addFlags(command, taken("json"), "More:"), UserError);
});

Deno.test("no technique's flag is one of its command's own", () => {
  const context = {} as Context; // used when a command runs, and none does
  for (const technique of techniques) {
    const program = new Command("all").option("--json").option("--quiet").option("--plugin <file>");
    addTechnique(program, context, technique, true);
    const flags = program.commands[0].options.map(({ long }) => long);
    for (const { flag } of optionFields(technique.options)) {
      assert.ok(flags.includes(`--${flag}`), `${technique.id} --${flag}`);
    }
  }
});

Deno.test("plugins are found wherever they are named, but not behind --", () => {
  assert.deepEqual(pluginsIn(["a", "--plugin", "x.ts", "b", "--plugin=y.ts", "--", "--plugin=z"]), [
    "x.ts",
    "y.ts",
  ]);
  assert.deepEqual(pluginsIn(["--plugin"]), []);
});
