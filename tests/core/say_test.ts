import assert from "node:assert/strict";
import fc from "../_support/property.ts";
import { UserError } from "../../core/errors.ts";
import { optionFields } from "../../core/options.ts";
import { option, say } from "../../core/say.ts";
import { techniques } from "../../techniques/mod.ts";
import { spoken, told } from "../../cli/_say.ts";
import { inLabels } from "../../web/_say.ts";

const SENTENCE = `A smaller ${option("learningRate")} would hold; ${option("bias", "spread")} too.`;

Deno.test("the library says options as they stand in its calls, each surface in its own way", () => {
  assert.equal(SENTENCE, "A smaller `learningRate` would hold; `bias: spread` too.");
  assert.equal(spoken(SENTENCE), "A smaller --learning-rate would hold; --bias spread too.");
  assert.equal(inLabels(SENTENCE), "A smaller “learning rate” would hold; “bias: spread” too.");
  assert.equal(
    say(new Error(SENTENCE), (name) => name.toUpperCase()).slice(0, 22),
    "A smaller LEARNINGRATE",
  );
});

Deno.test("a truth is a flag alone", () => {
  assert.equal(
    spoken(`${option("force", "true")}, ${option("tree", "false")}`),
    "--force, --no-tree",
  );
});

Deno.test("what is quoted is the user's and stays; so does what is no option", () => {
  const file = JSON.stringify('a`b`" `c`');
  const sentence = `Cannot read ${file}: see \`phosphene layers\`, \`WIDTH\`, \`\`.`;
  assert.equal(spoken(sentence), sentence);
});

Deno.test("any text survives that names no option", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    if (!text.includes("`")) assert.equal(spoken(text), text);
    assert.equal(spoken(JSON.stringify(text)), JSON.stringify(text));
  }));
});

Deno.test("the command line adds which command tells more", () => {
  const missing = new UserError("Cannot use it; `backend: auto` works.", { code: "no-backend" });
  assert.equal(
    told(missing),
    "Cannot use it; --backend auto works. `phosphene doctor` tells what works here.",
  );
  assert.equal(told(new UserError("No.")), "No.");
});

/** Where flags are written: the command that repeats a run, and other programs'. */
const WRITES_FLAGS = ["run/command.ts", "engine/kernels/build.ts"];

async function* sources(folder: string): AsyncGenerator<string> {
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(`../../${folder}`, import.meta.url))
  ) {
    if (isDirectory) yield* sources(`${folder}/${name}`);
    else if (/\.tsx?$/.test(name)) yield `${folder}/${name}`;
  }
}

Deno.test("below the command line, no text names a flag", async () => {
  for (const room of ["core", "engine", "run", "models", "techniques"]) {
    for await (const path of sources(room)) {
      if (WRITES_FLAGS.includes(path)) continue;
      const text = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
      const code = text.replace(/\/\*\*[^]*?\*\//g, "");
      assert.doesNotMatch(code, /--[a-z]/, path);
    }
  }
});

Deno.test("no option's description speaks of commands or flags", () => {
  for (const { id, options } of techniques) {
    for (const { name, description } of optionFields(options)) {
      assert.doesNotMatch(description, /--[a-z]|phosphene /, `${id}: ${name}`);
    }
  }
});
