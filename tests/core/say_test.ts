import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../../core/errors.ts";
import { option, say } from "../../core/say.ts";
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
